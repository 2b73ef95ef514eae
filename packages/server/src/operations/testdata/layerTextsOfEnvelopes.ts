import {
  envelope,
  envelopedRows,
  Key,
  sameRow,
  TableName,
  writes,
  type LayerTextRow,
} from './layerTextRow.ts'
import { invalidValues, nested } from './validationTextRow.ts'

/* The envelope of PutItem, UpdateItem and DeleteItem, and the one of Query. */

const fact = 'envelope'
const all = ['PutItem', 'UpdateItem', 'DeleteItem']
const conditional = ['PutItem', 'DeleteItem']
const names = { ExpressionAttributeNames: { '#a': 'a' } }
const values = { ExpressionAttributeValues: { ':v': { S: 'x' } } }
const exists = { ConditionExpression: 'attribute_exists(a)' }
const valuesAlone = 'ExpressionAttributeValues can only be specified when using expressions'
const nesting =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels ' +
  'beyond supported limit'
/** A value of so many lists round a scalar. */
const wrapped = (lists: number): object => nested(lists + 1)

const ofSubstitutions: LayerTextRow[] = [
  ...Object.entries({
    PutItem: 'ConditionExpression is null',
    DeleteItem: 'ConditionExpression is null',
    UpdateItem: 'UpdateExpression and ConditionExpression are null',
  }).map(([operation, reason]) => ({
    fact,
    operation,
    request: { ...writes[operation], ...values },
    older: `${valuesAlone}: ${reason}`,
    newer: `${envelope}${valuesAlone}`,
  })),
  // Of Query nothing is known but the older form.
  sameRow(
    fact,
    'Query',
    {
      TableName,
      KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } },
      ...values,
    },
    `${valuesAlone}: FilterExpression and KeyConditionExpression are null`,
  ),
  ...envelopedRows(
    fact,
    all,
    names,
    'ExpressionAttributeNames can only be specified when using expressions',
  ),
  ...envelopedRows(
    fact,
    ['DeleteItem'],
    { ...names, Expected: { a: { Exists: false } } },
    'ExpressionAttributeNames can only be specified when using expressions',
  ),
  ...['ExpressionAttributeValues', 'ExpressionAttributeNames'].flatMap((parameter) =>
    envelopedRows(fact, all, { ...exists, [parameter]: {} }, `${parameter} must not be empty`),
  ),
  ...envelopedRows(
    fact,
    all,
    { ...exists, ...values },
    'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}',
  ),
]

const undefinedValue =
  'An expression attribute value used in expression is not defined; attribute value: :v'

const ofExpressions: LayerTextRow[] = [
  ...envelopedRows(
    fact,
    all,
    { ConditionExpression: '' },
    'Invalid ConditionExpression: The expression can not be empty;',
  ),
  ...envelopedRows(
    fact,
    ['UpdateItem'],
    {
      UpdateExpression: 'SET b = :w',
      ConditionExpression: 'a = :v',
      ExpressionAttributeValues: { ':w': { S: 'x' } },
    },
    `Invalid ConditionExpression: ${undefinedValue}`,
  ),
  ...envelopedRows(
    fact,
    all,
    { ConditionExpression: 'a = = b' },
    'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"',
  ),
  ...envelopedRows(
    fact,
    all,
    { ...exists, Expected: { a: { Exists: false } } },
    'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}',
  ),
  // Where no layer was seen to give an envelope there is none.
  sameRow(
    fact,
    'GetItem',
    { TableName, Key, ProjectionExpression: '' },
    'Invalid ProjectionExpression: The expression can not be empty;',
  ),
  sameRow(
    fact,
    'Scan',
    { TableName, FilterExpression: '' },
    'Invalid FilterExpression: The expression can not be empty;',
  ),
]

const list = [{ S: 'x' }]
const ofExpected: LayerTextRow[] = (
  [
    [{ Exists: true }, 'Value must be provided when Exists is true for Attribute: a'],
    [
      { Exists: false, Value: list[0] },
      'Value cannot be used when Exists is false for Attribute: a',
    ],
    [
      { Value: list[0], ComparisonOperator: 'EQ', AttributeValueList: list },
      'Value and AttributeValueList cannot be used together for Attribute: a',
    ],
    [
      { ComparisonOperator: 'EQ' },
      'Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a',
    ],
    [
      { ComparisonOperator: 'BETWEEN', AttributeValueList: list },
      'Invalid number of argument(s) for the BETWEEN ComparisonOperator',
    ],
  ] as const
).flatMap(([a, text]) => envelopedRows(fact, all, { Expected: { a } }, invalidValues + text))

/** Values of expressions; from 63 lists on both layers answer alike. */
const ofDepth: LayerTextRow[] = [32, 61, 63].flatMap((lists) => {
  const inValues = `ExpressionAttributeValues contains invalid value: ${nesting} for key :deep`
  return all.map((operation) => ({
    fact: 'depth of the values of expressions',
    operation,
    request: {
      ...writes[operation],
      ConditionExpression: 'd = :deep',
      ExpressionAttributeValues: { ':deep': wrapped(lists) },
    },
    older: inValues,
    newer: lists < 63 ? `${envelope}${nesting}` : inValues,
  }))
})

const selected =
  'Must specify the AttributesToGet or ProjectionExpression when choosing to get ' +
  'SPECIFIC_ATTRIBUTES'
const select = { TableName, Select: 'SPECIFIC_ATTRIBUTES' }

const ofOthers: LayerTextRow[] = [
  ...['ALL_NEW', 'UPDATED_NEW'].flatMap((ReturnValues) =>
    envelopedRows(fact, conditional, { ReturnValues }, 'ReturnValues can only be ALL_OLD or NONE'),
  ),
  ...[32, 61].flatMap((lists) =>
    envelopedRows(fact, ['PutItem'], { Item: { ...Key, d: wrapped(lists) } }, nesting),
  ),
  sameRow(fact, 'PutItem', { TableName, Item: { ...Key, d: wrapped(63) } }, nesting),
  {
    fact,
    operation: 'Query',
    request: {
      ...select,
      KeyConditionExpression: 'pk = :v',
      ...values,
    },
    older: selected,
    newer: `${envelope}${selected}`,
  },
  sameRow(fact, 'Scan', select, selected),
  // What only the table or the item can refuse is the same in both layers.
  sameRow(
    fact,
    'PutItem',
    { TableName, Item: { pk: { N: '1' } } },
    `${invalidValues}Type mismatch for key pk expected: S actual: N`,
  ),
  sameRow(
    fact,
    'UpdateItem',
    {
      TableName,
      Key,
      UpdateExpression: 'SET a.b = :v',
      ...values,
    },
    'The document path provided in the update expression is invalid for update',
  ),
]

export const layerTextsOfEnvelopes: readonly LayerTextRow[] = [
  ...ofSubstitutions,
  ...ofExpressions,
  ...ofExpected,
  ...ofDepth,
  ...ofOthers,
]
