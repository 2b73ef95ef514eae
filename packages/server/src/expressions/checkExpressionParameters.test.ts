import { expect, test } from 'vitest'
import { checkExpressionParameters } from './checkExpressionParameters.ts'
import type { ParameterNames } from './checkExpressionParameters.ts'

const put: ParameterNames = {
  expressions: ['ConditionExpression'],
  legacy: ['Expected', 'ConditionalOperator'],
}
const update: ParameterNames = {
  expressions: ['UpdateExpression', 'ConditionExpression'],
  legacy: ['AttributeUpdates', 'Expected', 'ConditionalOperator'],
}
const get: ParameterNames = { expressions: ['ProjectionExpression'], legacy: ['AttributesToGet'] }
const scan: ParameterNames = {
  expressions: ['ProjectionExpression', 'FilterExpression'],
  legacy: ['AttributesToGet', 'ScanFilter', 'ConditionalOperator'],
}
const query: ParameterNames = {
  expressions: ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'],
  legacy: ['AttributesToGet', 'QueryFilter', 'KeyConditions', 'ConditionalOperator'],
}

const mixed = 'Can not use both expression and non-expression parameters in the same request: '
const valuesOnly = 'ExpressionAttributeValues can only be specified when using expressions: '
const names = { ExpressionAttributeNames: { '#a': 'a' } }
const values = { ExpressionAttributeValues: { ':v': { S: 'v' } } }

test.each([
  [
    put,
    { Expected: {}, ConditionExpression: 'a' },
    `${mixed}Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}`,
  ],
  [
    update,
    {
      UpdateExpression: 'a',
      ConditionExpression: '',
      Expected: {},
      AttributeUpdates: {},
      ...names,
    },
    `${mixed}Non-expression parameters: {AttributeUpdates, Expected} ` +
      'Expression parameters: {UpdateExpression, ConditionExpression}',
  ],
  [put, names, 'ExpressionAttributeNames can only be specified when using expressions'],
  [
    get,
    { ...names, AttributesToGet: ['a'] },
    'ExpressionAttributeNames can only be specified when using expressions',
  ],
  [
    put,
    { ...names, ...values },
    'ExpressionAttributeNames can only be specified when using expressions',
  ],
  [put, values, `${valuesOnly}ConditionExpression is null`],
  [update, values, `${valuesOnly}UpdateExpression and ConditionExpression are null`],
  [scan, values, `${valuesOnly}FilterExpression is null`],
  [scan, { ...values, ProjectionExpression: 'a' }, `${valuesOnly}FilterExpression is null`],
  [query, values, `${valuesOnly}FilterExpression and KeyConditionExpression are null`],
  [put, { ...values, ConditionExpression: null }, `${valuesOnly}ConditionExpression is null`],
] as const)('%# is refused', (parameters, request, message) => {
  expect(() => checkExpressionParameters(request, parameters)).toThrow(
    expect.objectContaining({ name: 'ValidationException', message }),
  )
})

test.each([
  [put, {}],
  [put, { Expected: {}, ConditionalOperator: 'AND' }],
  [put, { ConditionExpression: '', ...names, ...values }],
  [update, { ConditionExpression: 'a', ...values }],
  [get, { ProjectionExpression: 'a', ...names }],
  [scan, { FilterExpression: 'a', ScanFilter: undefined, ...values }],
])('%# is allowed', (parameters, request) => {
  expect(() => checkExpressionParameters(request, parameters)).not.toThrow()
})
