import {
  cancelled,
  enveloped,
  nested,
  validation,
  type ExpectedError,
  type ValidationText,
} from './validationTextRow.ts'

/*
 * Values that are nested too deep: what is told of them, and when. In a transaction that shows the
 * order in which its actions are looked at.
 */

const TableName = 'Simple'
const Key = { pk: { S: 'a' } }

function row(
  line: string,
  operation: string,
  request: object,
  expected: ExpectedError | string,
): ValidationText {
  const error = typeof expected === 'string' ? validation(expected) : expected
  return { source: `validation-2026 ${line}`, quote: '…', operation, request, expected: error }
}

const nesting =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels ' +
  'beyond supported limit'
const inValues = `ExpressionAttributeValues contains invalid value: ${nesting} for key :deep`
/** A value of so many lists round a scalar. */
const wrapped = (lists: number): object => nested(lists + 1)
const deep = (lists: number): object => ({
  ExpressionAttributeValues: { ':deep': wrapped(lists) },
})
const keyed = { TableName, Key }
const condition = { ConditionExpression: 'd = :deep' }
const update = { UpdateExpression: 'SET d = :deep' }
const usedSomehow = { ConditionExpression: 'attribute_exists(pk) OR d <> :deep' }

/** Single-item writes: the newer layer names the value only where it has more levels than it tells. */
const ofWrites: ValidationText[] = [32, 33, 61, 63].flatMap((lists) => {
  const texts = [
    row('B2', 'UpdateItem', { ...keyed, ...update, ...deep(lists) }, inValues),
    row('B2', 'PutItem', { TableName, Item: Key, ...condition, ...deep(lists) }, inValues),
    row(
      'B2',
      'UpdateItem',
      {
        ...keyed,
        UpdateExpression: 'SET touched = :t',
        ConditionExpression: '#d = :deep',
        ExpressionAttributeNames: { '#d': 'd' },
        ExpressionAttributeValues: { ':t': { N: '1' }, ':deep': wrapped(lists) },
      },
      inValues,
    ),
  ]
  return lists < 63 ? texts.map((text) => enveloped(text, nesting)) : texts
})

/** Whether or not the value would be used, and whether or not the table is there. */
const ofUnusedValues: ValidationText[] = [
  row(
    'B2',
    'UpdateItem',
    {
      ...keyed,
      UpdateExpression: 'SET a = if_not_exists(pk, :deep)',
      ...usedSomehow,
      ...deep(32),
    },
    inValues,
  ),
  row('B2', 'UpdateItem', { ...keyed, UpdateExpression: 'REMOVE a', ...deep(32) }, inValues),
  row('B2', 'DeleteItem', { TableName: 'Nothing', Key, ...usedSomehow, ...deep(32) }, inValues),
].map((text) => enveloped(text, nesting))

const ofLegacyParameters: ValidationText[] = [
  row('B2', 'UpdateItem', { ...keyed, AttributeUpdates: { d: { Value: wrapped(32) } } }, nesting),
  row('B2', 'PutItem', { TableName, Item: Key, Expected: { d: { Value: wrapped(32) } } }, nesting),
].map((text) => enveloped(text))

const ofReads: ValidationText[] = [
  row('B2', 'GetItem', { TableName, Key: { pk: wrapped(32) } }, nesting),
  {
    ...row(
      'B2',
      'Query',
      {
        TableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'd = :deep',
        ExpressionAttributeValues: { ':deep': wrapped(32), ':pk': { S: 'a' } },
      },
      inValues,
    ),
    newer: validation(nesting),
  },
  row('B2', 'Scan', { TableName, FilterExpression: 'd = :deep', ...deep(32) }, inValues),
]

const transact = (...TransactItems: readonly object[]): object => ({ TransactItems })
const check = (value: object): object => ({
  ConditionCheck: { ...keyed, ...condition, ExpressionAttributeValues: { ':deep': value } },
})

/** A transaction that both layers refuse for the value :deep, the newer without naming it. */
function refused(line: string, ...actions: readonly object[]): ValidationText {
  const newer = validation(nesting)
  return { ...row(line, 'TransactWriteItems', transact(...actions), inValues), newer }
}

function maps(levels: number): object {
  let value: object = { N: '1' }
  for (let level = 0; level < levels; level++) value = { M: { a: value } }
  return value
}

/** Actions of each kind that have values of expressions. */
const deepActions = (levels: number): object[] => [
  check(wrapped(levels)),
  check(maps(levels)),
  { Update: { ...keyed, ...update, ...deep(levels) } },
  {
    Put: {
      TableName,
      Item: Key,
      ConditionExpression: 'attribute_not_exists(pk) AND d <> :deep',
      ...deep(levels),
    },
  },
]

const inTransactions: ValidationText[] = [
  ...[33, 60].flatMap((lists) => deepActions(lists).map((action) => refused('B2', action))),
  ...[61, 63].flatMap((lists) =>
    deepActions(lists).map((action) => row('B2', 'TransactWriteItems', transact(action), inValues)),
  ),
  row(
    'B3',
    'TransactWriteItems',
    transact({ Update: { ...keyed, ...update, ...deep(32) } }),
    cancelled(1, 0, 'Nesting Levels have exceeded supported limits'),
  ),
]

const unnamedPut = { Put: { TableName, Item: { ...Key, '': { S: 'x' } } } }
const unnamed = 'Empty attribute name'
const emptyInMap = { M: { M: { M: { '': { S: 'x' } } } } }
const deepKey = { pk: wrapped(40) }
const inNothing = { ...keyed, TableName: 'Nothing' }

/** The actions of a transaction one after the other; in each, expressions, then its item or key. */
const orderInTransactions: ValidationText[] = [
  row('B4', 'TransactWriteItems', transact(unnamedPut), unnamed),
  refused('B5', check(wrapped(40)), unnamedPut),
  refused('B5', { Update: { ...inNothing, ...update, ...deep(40) } }, unnamedPut),
  row('B5', 'TransactWriteItems', transact(unnamedPut, check(wrapped(40))), unnamed),
  row(
    'B5',
    'TransactWriteItems',
    transact(
      { Delete: { TableName: 'Nothing', Key: deepKey } },
      { Put: { TableName: 'Nothing', Item: Key, ConditionExpression: 'a = = b' } },
    ),
    nesting,
  ),
  row(
    'B5',
    'TransactWriteItems',
    transact(
      {
        ConditionCheck: {
          TableName: 'Nothing',
          Key: deepKey,
          ConditionExpression: 'attribute_exists(a)',
        },
      },
      {
        Update: {
          ...inNothing,
          UpdateExpression: 'REMOVE a',
          ExpressionAttributeValues: { ':u': { S: 'x' } },
        },
      },
    ),
    nesting,
  ),
  row(
    'B5',
    'TransactWriteItems',
    transact({ Put: { TableName: 'Nothing', Item: { ...Key, m: emptyInMap, d: wrapped(40) } } }),
    nesting,
  ),
  row(
    'B5',
    'TransactWriteItems',
    transact({ Put: { TableName: 'Nothing', Item: { d: wrapped(40), '': { S: 'x' } } } }),
    unnamed,
  ),
  row('B5', 'TransactGetItems', transact({ Get: { TableName, Key: deepKey } }), nesting),
]

export const validationTextsOfDepth: readonly ValidationText[] = [
  ...ofWrites,
  ...ofUnusedValues,
  ...ofLegacyParameters,
  ...ofReads,
  ...inTransactions,
  ...orderInTransactions,
]
