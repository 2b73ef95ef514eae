import { done, validation, type PreparingCall, type ValidationText } from './validationTextRow.ts'

/*
 * What a statement may weigh: the one rule of the layers whose verdict is not the same. Each weight
 * is worked out in updateWeight.test.ts.
 */

const TableName = 'Simple'
const Key = { pk: { S: 'L' } }
const tooLarge = validation('Item size to update has exceeded the maximum allowed size')
const failed = {
  __type: 'ConditionalCheckFailedException',
  message: 'The conditional request failed',
}
const pad = (count: number): object => ({
  ExpressionAttributeValues: { ':pad': { S: 'x'.repeat(count) } },
})

function update(
  request: object,
  expected: ValidationText['expected'],
  setup: readonly PreparingCall[] = [],
): ValidationText {
  return {
    source: 'validation-2026 B1',
    quote: tooLarge['message'] as string,
    operation: 'UpdateItem',
    setup,
    request: { TableName, Key, ...request },
    expected,
    newer: tooLarge,
  }
}

const set = { UpdateExpression: 'SET b = :pad' }
const keep = { UpdateExpression: 'SET c = if_not_exists(c, :pad)' }
const withC: PreparingCall[] = [['PutItem', { TableName, Item: { ...Key, c: { S: 'x' } } }]]
const withB: PreparingCall[] = [
  ['PutItem', { TableName, Item: { ...Key, b: { S: 'x'.repeat(300_000) } } }],
]
const condition = { ConditionExpression: 'attribute_exists(nope)' }

export const validationTextsOfUpdateWeights: readonly ValidationText[] = [
  update({ ...set, ...pad(409_578) }, done),
  update({ ...set, ...pad(409_578), ...condition }, failed),
  update({ ...keep, ...pad(409_700) }, done, withC),
  update({ ...keep, ...pad(409_700), ...condition }, failed, withC),
  // The statement is small; what it would leave is not.
  update({ UpdateExpression: 'SET d = b', ...condition }, failed, withB),
]
