import {
  cancelled,
  enveloped,
  invalidValues,
  noResource,
  notValidValues,
  validation,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'

/*
 * Texts about items, keys and expressions that runs on AWS showed in 2026: which fault is told
 * where several are, and what older sources had otherwise.
 */

const TableName = 'Simple'
const Key = { pk: { S: 'a' } }
const indexed = { ...Key, sk: { N: '1' } }

function row(
  source: string,
  operation: string,
  request: object,
  expected: ExpectedError | string,
): ValidationText {
  const error = typeof expected === 'string' ? validation(expected) : expected
  return { source, quote: '…', operation, request, expected: error }
}

const update = (UpdateExpression: string, values: object, more: object = {}): object => ({
  TableName,
  Key,
  UpdateExpression,
  ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  ...more,
})
const transact = (...TransactItems: readonly object[]): object => ({ TransactItems })

const inValues = (text: string, key: string): string =>
  `ExpressionAttributeValues contains invalid value: ${text} for key ${key}`

const emptyName = `${invalidValues}Empty attribute name`
const one = { N: '1' }
const eqOne = { ComparisonOperator: 'EQ', AttributeValueList: [one] }

const emptyNames: ValidationText[] = [
  row('2.2', 'PutItem', { TableName, Item: { ...Key, '': { S: 'x' } } }, emptyName),
  row(
    '2.2',
    'BatchWriteItem',
    { RequestItems: { Simple: [{ PutRequest: { Item: { ...Key, '': { S: 'x' } } } }] } },
    emptyName,
  ),
  row('2.2', 'UpdateItem', { TableName, Key, AttributeUpdates: { '': { Value: one } } }, emptyName),
  row(
    '2.2',
    'UpdateItem',
    { TableName, Key, AttributeUpdates: { '': { Action: 'DELETE' } } },
    emptyName,
  ),
  row('2.2', 'PutItem', { TableName, Item: Key, Expected: { '': { Value: one } } }, emptyName),
  row('2.2', 'DeleteItem', { TableName, Key, Expected: { '': { Exists: false } } }, emptyName),
  row('2.2', 'GetItem', { TableName, Key, AttributesToGet: ['a', ''] }, emptyName),
  row(
    '2.2',
    'BatchGetItem',
    { RequestItems: { Simple: { Keys: [Key], AttributesToGet: [''] } } },
    emptyName,
  ),
  row('2.2', 'Scan', { TableName, ScanFilter: { '': eqOne } }, emptyName),
  row('2.2', 'Scan', { TableName, ScanFilter: { '': { ComparisonOperator: 'NULL' } } }, emptyName),
  row('2.2', 'Query', { TableName, KeyConditions: { '': eqOne } }, emptyName),
  row(
    '2.2',
    'Query',
    {
      TableName,
      KeyConditions: { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } },
      QueryFilter: { '': eqOne },
    },
    emptyName,
  ),
]

const overflow =
  'Number overflow. Attempting to store a number with magnitude larger than supported range'
const underflow =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range'
const notNumeric = 'The parameter cannot be converted to a numeric value: '
const wrapping = { N: '1e2147483647' }
const beyond = '1e9223372036854775808'

/** The page has the wrap of the older layer beside the numbers (A2), the exponents in B9. */
const wraps = 'validation-2026 A2'
const inItem = (n: object): object => ({ TableName, Item: { ...Key, n } })
const sortKeyWrapping = { TableName: 'Indexed', Key: { ...Key, sk: wrapping } }
const inValue = { ':n': wrapping }

/** Exponents that 32 bits do not hold, which wrap round in the older layer alone. */
const exponents: ValidationText[] = [
  enveloped(row(wraps, 'PutItem', inItem(wrapping), underflow), overflow),
  enveloped(
    row(wraps, 'UpdateItem', update('SET n = :n', inValue), inValues(underflow, ':n')),
    overflow,
  ),
  { ...row(wraps, 'GetItem', sortKeyWrapping, underflow), newer: validation(overflow) },
  ...(
    [
      [beyond, notNumeric + beyond],
      ['0e-131', underflow],
      ['0e126', overflow],
    ] as const
  ).map(([N, text]) => enveloped(row('validation-2026 B9', 'PutItem', inItem({ N }), text))),
  row(
    wraps,
    'BatchWriteItem',
    { RequestItems: { Simple: [{ PutRequest: { Item: { ...Key, n: wrapping } } }] } },
    underflow,
  ),
  row(
    wraps,
    'BatchWriteItem',
    { RequestItems: { Indexed: [{ DeleteRequest: { Key: sortKeyWrapping.Key } }] } },
    underflow,
  ),
  row(
    wraps,
    'TransactWriteItems',
    transact({ Update: update('SET n = :n', inValue) }),
    inValues(underflow, ':n'),
  ),
  row(
    wraps,
    'TransactWriteItems',
    transact({ Put: inItem({ L: [{ NS: ['1', '1e2147483647'] }] }) }),
    underflow,
  ),
  row(wraps, 'TransactGetItems', transact({ Get: sortKeyWrapping }), underflow),
  row(
    wraps,
    'Scan',
    { TableName, FilterExpression: 'n = :n', ExpressionAttributeValues: inValue },
    inValues(underflow, ':n'),
  ),
  row(
    wraps,
    'Scan',
    { TableName, ScanFilter: { n: { ComparisonOperator: 'EQ', AttributeValueList: [wrapping] } } },
    underflow,
  ),
]

/** A table whose attribute `v` is a key of three indexes; `gsi1` is the first by name. */
const shared: PreparingCall = [
  'CreateTable',
  {
    TableName: 'Shared',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'v'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'lsi1',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'v', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    GlobalSecondaryIndexes: ['gsi2', 'gsi1'].map((IndexName) => ({
      IndexName,
      KeySchema: [{ AttributeName: 'v', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    })),
  },
]
const inShared = { pk: { S: 'a' }, sk: { S: 'a' } }
const ofShared = { TableName: 'Shared', Key: inShared }
const mismatch = (actual: string): string =>
  `${invalidValues}Type mismatch for Index Key v Expected: S Actual: ${actual} IndexName: gsi1`
const emptyIndexKey =
  `${notValidValues}A value specified for a secondary index key is not supported. The ` +
  'AttributeValue for a key attribute cannot contain an empty string value. IndexName: gsi1, ' +
  'IndexKey: v'
const setV = (v: object): object => ({
  UpdateExpression: 'SET v = :v',
  ExpressionAttributeValues: { ':v': v },
})
const falseCondition = { ConditionExpression: 'attribute_exists(pk)' }

const indexKeys: ValidationText[] = [
  row(
    'validation-2026 B7',
    'PutItem',
    { TableName: 'Shared', Item: { ...inShared, v: one } },
    mismatch('N'),
  ),
  row(
    'validation-2026 B7',
    'BatchWriteItem',
    { RequestItems: { Shared: [{ PutRequest: { Item: { ...inShared, v: one } } }] } },
    mismatch('N'),
  ),
  row(
    'validation-2026 B7',
    'BatchWriteItem',
    { RequestItems: { Shared: [{ PutRequest: { Item: { ...inShared, v: { S: '' } } } }] } },
    emptyIndexKey,
  ),
  row(
    'validation-2026 B7',
    'TransactWriteItems',
    transact({ Put: { TableName: 'Shared', Item: { ...inShared, v: one } } }),
    cancelled(1, 0, mismatch('N')),
  ),
  row(
    'validation-2026 B7',
    'TransactWriteItems',
    transact({ Put: { TableName: 'Shared', Item: { ...inShared, v: { S: '' } } } }),
    emptyIndexKey,
  ),
  ...[
    ['N', one],
    ['L', { L: [] }],
  ].flatMap(([type, v]) => [
    row(
      'validation-2026 B7',
      'TransactWriteItems',
      transact({ Update: { ...ofShared, ...setV(v as object) } }),
      cancelled(1, 0, mismatch(type as string)),
    ),
    row(
      'validation-2026 B7',
      'UpdateItem',
      { ...ofShared, ...setV(v as object) },
      mismatch(type as string),
    ),
  ]),
  row(
    'validation-2026 B7',
    'UpdateItem',
    { ...ofShared, ...setV(one), ...falseCondition },
    mismatch('N'),
  ),
  row(
    'validation-2026 B7',
    'UpdateItem',
    { ...ofShared, AttributeUpdates: { v: { Value: one } } },
    mismatch('N'),
  ),
  row(
    'validation-2026 B7',
    'UpdateItem',
    {
      ...ofShared,
      UpdateExpression: 'SET v = if_not_exists(v, :n)',
      ExpressionAttributeValues: { ':n': one },
    },
    'The update expression attempted to update the secondary index key to unsupported type',
  ),
].map((each) => ({ ...each, setup: [shared] }))

const scalarKeys =
  "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: " +
  'IndexKey: g'

/** A path into the key of an index, whatever is read. */
const pathsIntoIndexKeys: ValidationText[] = [
  row(
    '3.5',
    'GetItem',
    { TableName: 'Indexed', Key: indexed, ProjectionExpression: 'g[0]' },
    scalarKeys,
  ),
  row(
    '3.5',
    'BatchGetItem',
    { RequestItems: { Indexed: { Keys: [indexed], ProjectionExpression: 'a, g.x' } } },
    scalarKeys,
  ),
  row('3.5', 'Scan', { TableName: 'Indexed', ProjectionExpression: 'g[0]' }, scalarKeys),
  row(
    '3.5',
    'Query',
    {
      TableName: 'Indexed',
      IndexName: 'byH',
      KeyConditionExpression: 'h = :h',
      ProjectionExpression: 'g.x',
      ExpressionAttributeValues: { ':h': { B: 'AQ==' } },
    },
    scalarKeys,
  ),
]

const wrongOperand = 'Incorrect operand type for operator or function; '
const startInIndexed = (key: object, more: object): object => ({
  TableName: 'Indexed',
  KeyConditionExpression: 'pk = :p AND sk > :n',
  ExpressionAttributeValues: { ':p': { S: 'a' }, ':n': { N: '5' } },
  ExclusiveStartKey: key,
  ...more,
})
const notIndexable = 'Attempted conditional constraint is not an indexable operation'
const byInequality = {
  KeyConditions: { pk: { ComparisonOperator: 'NE', AttributeValueList: [{ S: 'a' }] } },
}

/** Which of two faults is told. */
const order: ValidationText[] = [
  row('3.5', 'Query', { TableName, ...byInequality }, notIndexable),
  row('3.5', 'Query', { TableName: 'Nothing', ...byInequality }, noResource),
  row(
    '3.5',
    'Query',
    { TableName, IndexName: 'none', ...byInequality },
    'The table does not have the specified index: none',
  ),
  row(
    '3.5',
    'UpdateItem',
    update('SET a = :n', { ':n': { N: 'abc' }, bad: { S: 'x' } }),
    'ExpressionAttributeValues contains invalid key: Syntax error; key: "bad"',
  ),
  row(
    '3.5',
    'UpdateItem',
    update('SET #a = :n', { ':n': one }, { ExpressionAttributeNames: { '#a': '', bad: 'x' } }),
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "bad"',
  ),
  enveloped(
    row('2.3', 'PutItem', { TableName, Item: { ...Key, v: { S: 'a', N: 'x' } } }, `${notNumeric}x`),
  ),
  enveloped(
    row(
      '3.5',
      'UpdateItem',
      update('SET a = list_append(:s, a) ADD b :s', { ':s': { S: 'x' } }),
      `Invalid UpdateExpression: ${wrongOperand}operator: ADD, operand type: STRING`,
    ),
  ),
  row(
    '3.5',
    'UpdateItem',
    { TableName, Key, AttributeUpdates: { a: { Action: 'DELETE', Value: { S: 'x' } } } },
    `${invalidValues}DELETE action with value is not supported for the type S`,
  ),
  row(
    '3.5',
    'UpdateItem',
    { TableName, Key, AttributeUpdates: { a: { Action: 'ADD', Value: { S: 'x' } } } },
    `${invalidValues}ADD action is not supported for the type S`,
  ),
  row(
    '3.5',
    'Query',
    startInIndexed({ pk: { S: 'b' }, sk: { N: '1' } }, {}),
    'The provided starting key does not match the range key predicate',
  ),
  row(
    '3.5',
    'Query',
    startInIndexed({ pk: { S: 'b' }, sk: { N: '6' } }, {}),
    'The provided starting key is outside query boundaries based on provided conditions',
  ),
  row(
    '3.5',
    'Query',
    startInIndexed({ pk: { S: 'a' }, sk: { N: '5' } }, { ScanIndexForward: false }),
    'The provided starting key does not match the range key predicate',
  ),
  ...['FilterExpression', 'ProjectionExpression'].map((member) =>
    row(
      '3.5',
      'Query',
      {
        TableName,
        KeyConditionExpression: 'pk = :p OR pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'a' } },
        [member]: '',
      },
      `Invalid ${member}: The expression can not be empty;`,
    ),
  ),
  row(
    'validation-2026 B12',
    'BatchGetItem',
    {
      RequestItems: {
        Simple: { Keys: [Key], ProjectionExpression: 'a' },
        Ranged: { Keys: [{ ...Key, sk: { S: 'a' } }], AttributesToGet: ['a'] },
      },
    },
    'Can not use both expression and non-expression parameters in the same request: ' +
      'Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}',
  ),
]

export const validationTextsOfItems: readonly ValidationText[] = [
  ...emptyNames,
  ...exponents,
  ...indexKeys,
  ...pathsIntoIndexKeys,
  ...order,
]
