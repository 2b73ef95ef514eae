import {
  cancelled,
  constraints,
  enveloped,
  index,
  invalidValues,
  tableDefinition,
  validation,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'

/** A row for a rule of section `source`, whose text the digest leaves open. */
function row(
  source: string,
  [operation, request]: PreparingCall,
  expected: ExpectedError | string,
): ValidationText {
  const error = typeof expected === 'string' ? validation(expected) : expected
  return { source, quote: '…', operation, request, expected: error }
}

const TableName = 'Simple'
const Key = { pk: { S: 'a' } }
const ConditionExpression = 'attribute_exists(a)'
const longName = `#${'n'.repeat(255)}`
const token = { ClientRequestToken: 'token' }
const putOf = (pk: string): object => ({
  TransactItems: [{ Put: { TableName, Item: { pk: { S: pk } } } }],
})

function create(more: object): PreparingCall {
  return ['CreateTable', { ...tableDefinition('New', { a: 'S', b: 'S' }, ['a', 'b']), ...more }]
}

/** A global index whose key attributes have the given types, in their order. */
function globalIndex(types: readonly string[]): object {
  const names = types.map((_, i) => `k${i}`)
  return {
    AttributeDefinitions: ['a', 'b', ...names].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        ...index('byK', [], { ProjectionType: 'ALL' }),
        KeySchema: types.map((KeyType, i) => ({ AttributeName: names[i], KeyType })),
      },
    ],
  }
}

const unknown = 'Member must satisfy enum value set: '

/** Section 4.1 says that failures are listed, not in which order. */
const membersInOrder: readonly ValidationText[] = [
  enveloped(
    row(
      '4.1',
      ['PutItem', { ReturnValues: 'x', ReturnConsumedCapacity: 'x', ConditionalOperator: 'x' }],
      constraints([
        ["'x'", 'returnConsumedCapacity', `${unknown}[INDEXES, TOTAL, NONE]`],
        ["'x'", 'returnValues', `${unknown}[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]`],
        ['null', 'tableName', 'Member must not be null'],
        ['null', 'item', 'Member must not be null'],
        ["'x'", 'conditionalOperator', `${unknown}[OR, AND]`],
      ]),
    ),
    `Failed to satisfy constraint: ${unknown}[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]`,
  ),
  row(
    '4.1',
    ['ListTables', { ExclusiveStartTableName: 'a', Limit: 0 }],
    constraints([
      ["'0'", 'limit', 'Member must have value greater than or equal to 1'],
      ["'a'", 'exclusiveStartTableName', 'Member must have length greater than or equal to 3'],
    ]),
  ),
]

const empty = { ...Key, v: {} }
const emptyText =
  'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
const broken = { ConditionExpression: 'f(a)' }
const allNew = { ReturnValues: 'ALL_NEW' }

/** Section 4.1 names expressions and values, not which of them comes first. */
const valuesBeforeExpressions: readonly ValidationText[] = [
  row('4.1', ['PutItem', { TableName, Item: empty, ...broken, ...allNew }], emptyText),
  row('4.1', ['DeleteItem', { TableName, Key: { pk: {} }, ...broken, ...allNew }], emptyText),
  row('4.1', ['UpdateItem', { TableName, Key: { pk: {} }, ...broken }], emptyText),
  row('4.1', ['GetItem', { TableName, Key: { pk: {} }, ProjectionExpression: 'f(a)' }], emptyText),
  enveloped(
    row(
      '4.1',
      ['PutItem', { TableName, Item: Key, ...broken, ...allNew }],
      'ReturnValues can only be ALL_OLD or NONE',
    ),
  ),
  enveloped(
    row(
      '4.1',
      ['PutItem', { TableName, Item: empty, ExpressionAttributeNames: { '#a': 'a' } }],
      'ExpressionAttributeNames can only be specified when using expressions',
    ),
  ),
]

const scalarKeys =
  "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
const indexed = { TableName: 'Indexed', Key: { ...Key, sk: { N: '1' } } }

/** Section 3.5 prints the text for queries and scans. */
const pathsIntoKeys: readonly ValidationText[] = [
  row('3.5', ['GetItem', { TableName, Key, ProjectionExpression: 'pk.x' }], `${scalarKeys}Key: pk`),
  row(
    '3.5',
    ['UpdateItem', { TableName, Key, UpdateExpression: 'SET a = pk[0]' }],
    `${scalarKeys}Key: pk`,
  ),
  row(
    '3.5',
    ['UpdateItem', { ...indexed, UpdateExpression: 'REMOVE g.x' }],
    `${scalarKeys}IndexKey: g`,
  ),
  row(
    '3.5',
    ['UpdateItem', { ...indexed, UpdateExpression: 'SET d = if_not_exists(a, b) - g.x' }],
    `${scalarKeys}IndexKey: g`,
  ),
  row(
    '3.5',
    [
      'TransactWriteItems',
      { TransactItems: [{ Update: { TableName, Key, UpdateExpression: 'SET a = pk.x' } }] },
    ],
    cancelled(1, 0, `${scalarKeys}Key: pk`),
  ),
  row(
    '3.5',
    [
      'TransactGetItems',
      { TransactItems: [{ Get: { ...indexed, ProjectionExpression: 'g[0]' } }] },
    ],
    cancelled(1, 0, `${scalarKeys}IndexKey: g`),
  ),
]

/** Rules that the digest has, or AWS is known to have, without a text in the digest. */
export const validationTextsBeyondDigest: readonly ValidationText[] = [
  row(
    '3.1',
    [
      'PutItem',
      { TableName, Item: Key, ConditionExpression, ExpressionAttributeNames: { [longName]: 'a' } },
    ],
    'ExpressionAttributeNames contains invalid key: The key has exceeded the maximum allowed size; ' +
      `key: "${longName}"`,
  ),
  row(
    '3.1',
    [
      'PutItem',
      {
        TableName,
        Item: Key,
        ConditionExpression: 'a = :v',
        ExpressionAttributeValues: { ':v': { S: 'x'.repeat(2 * 1024 * 1024 + 1) } },
      },
    ],
    'ExpressionAttributeValues exceeds max size',
  ),
  ...membersInOrder,
  ...valuesBeforeExpressions,
  ...pathsIntoKeys,
  row(
    '2.2',
    ['PutItem', { TableName, Item: { ...Key, m: { M: { '': { S: 'x' } } } } }],
    `${invalidValues}Empty attribute name`,
  ),
  {
    ...row('1.4', ['TransactWriteItems', { ...putOf('b'), ...token }], {
      __type: 'IdempotentParameterMismatchException',
      Message:
        'DynamoDB rejected the request because you retried a request with a different payload but ' +
        'with an idempotent token that was already used.',
    }),
    setup: [['TransactWriteItems', { ...putOf('a'), ...token }]],
  },
  row(
    '3.3',
    create(globalIndex(['HASH', 'RANGE', 'HASH'])),
    `${invalidValues}All HASH key attributes must precede RANGE key attributes in the KeySchema`,
  ),
  row(
    '3.3',
    create(globalIndex(['HASH', 'HASH', 'HASH', 'HASH', 'HASH'])),
    `${invalidValues}The KeySchema exceeds the maximum allowed number of HASH key attributes`,
  ),
  row(
    '3.3',
    create(globalIndex(['HASH', 'RANGE', 'RANGE', 'RANGE', 'RANGE', 'RANGE'])),
    `${invalidValues}The KeySchema exceeds the maximum allowed number of RANGE key attributes`,
  ),
  row(
    '5',
    create({ StreamSpecification: { StreamEnabled: true } }),
    `${invalidValues}Table is being created with a stream enabled, UpdateViewType is required`,
  ),
  row(
    '5',
    create({ SSESpecification: { Enabled: false, SSEType: 'KMS' } }),
    `${invalidValues}SSEType can not be specified if Enabled is false`,
  ),
  row(
    '5',
    create({
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 40_001, WriteCapacityUnits: 1 },
    }),
    {
      __type: 'LimitExceededException',
      message:
        'The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in ' +
        'us-east-1. Per table maximum: 40000. Refer to the Amazon DynamoDB Developer Guide for ' +
        'current limits and how to request higher limits.',
    },
  ),
  row(
    '5',
    [
      'UpdateTable',
      {
        TableName,
        GlobalSecondaryIndexUpdates: [
          { Delete: { IndexName: 'one' }, Update: { IndexName: 'one' } },
        ],
      },
    ],
    `${invalidValues}Only one global secondary index action is allowed per ` +
      'GlobalSecondaryIndexUpdate object',
  ),
]
