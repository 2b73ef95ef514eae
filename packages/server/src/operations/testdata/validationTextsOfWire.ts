import {
  constraint,
  constraints,
  enveloped,
  serialization,
  tableDefinition,
  validation,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'

const TableName = 'Simple'
const Key = { pk: { S: 'a' } }

function row(
  source: string,
  [operation, request]: PreparingCall,
  expected: ExpectedError,
  quote: string,
): ValidationText {
  return { source, quote, operation, request, expected }
}

const notNull = 'Member must not be null'
const atLeast = (length: number): string =>
  `Member must have length greater than or equal to ${length}`
const atMost = (length: number): string => `Member must have length less than or equal to ${length}`
const enumOf = (...values: string[]): string =>
  `Member must satisfy enum value set: [${values.join(', ')}]`
const nullName = "Value null at 'tableName' failed to satisfy constraint: Member must not be null"

const required: ValidationText[] = [
  ...['Query', 'Scan'].map((operation) =>
    row(
      '4.1',
      [operation, {}],
      constraint('null', 'tableName', notNull),
      `1 validation error detected: ${nullName}`,
    ),
  ),
  ...(
    [
      ['PutItem', ['tableName', 'item']],
      ['GetItem', ['tableName', 'key']],
      ['DeleteItem', ['tableName', 'key']],
      ['UpdateItem', ['tableName', 'key']],
    ] as const
  ).map(([operation, members]) =>
    row(
      '4.1',
      [operation, {}],
      constraints(members.map((member) => ['null', member, notNull])),
      '2 validation errors detected: … ; … Member must not be null',
    ),
  ),
  ...['CreateTable', 'DescribeTable', 'DeleteTable', 'UpdateTable'].map((operation) =>
    row(
      '4.1',
      [operation, {}],
      validation("The parameter 'TableName' is required but was not present in the request"),
      "The parameter 'TableName' is required but was not present in the request",
    ),
  ),
  row(
    '4.1',
    [
      'TransactWriteItems',
      { TransactItems: [{ Put: { TableName, Item: Key } }, { Delete: { TableName } }] },
    ],
    constraint('null', 'transactItems.2.member.delete.key', notNull),
    "Value null at '….2.member…' failed to satisfy constraint: Member must not be null",
  ),
  row(
    '4.1',
    ['UpdateItem', { TableName, Key, AttributeUpdates: { a: { Action: 'X' } } }],
    constraint("'X'", 'attributeUpdates.a.member.action', enumOf('ADD', 'PUT', 'DELETE')),
    "Value '…' at '….a.member.…' failed to satisfy constraint: Member must satisfy enum value set:…",
  ),
]

const misspelt = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'

/** A call of each kind that names one table, and the path to the name. */
const namings: readonly (readonly [string, (name: string) => object, string])[] = [
  ['PutItem', (name) => ({ TableName: name, Item: Key }), 'tableName'],
  ['GetItem', (name) => ({ TableName: name, Key }), 'tableName'],
  ['UpdateItem', (name) => ({ TableName: name, Key }), 'tableName'],
  ['DeleteItem', (name) => ({ TableName: name, Key }), 'tableName'],
  ['Query', (name) => ({ TableName: name }), 'tableName'],
  ['Scan', (name) => ({ TableName: name }), 'tableName'],
  ['DescribeTable', (name) => ({ TableName: name }), 'tableName'],
  ['UpdateTable', (name) => ({ TableName: name }), 'tableName'],
  ['DeleteTable', (name) => ({ TableName: name }), 'tableName'],
  ['CreateTable', (name) => tableDefinition(name, { pk: 'S' }, ['pk']), 'tableName'],
  [
    'TransactWriteItems',
    (name) => ({ TransactItems: [{ Put: { TableName: name, Item: Key } }] }),
    'transactItems.1.member.put.tableName',
  ],
  [
    'TransactWriteItems',
    (name) => ({
      TransactItems: [
        { Delete: { TableName, Key } },
        { Update: { TableName: name, Key, UpdateExpression: 'SET a = :a' } },
      ],
    }),
    'transactItems.2.member.update.tableName',
  ],
  [
    'TransactWriteItems',
    (name) => ({ TransactItems: [{ Delete: { TableName: name, Key } }] }),
    'transactItems.1.member.delete.tableName',
  ],
  [
    'TransactWriteItems',
    (name) => ({
      TransactItems: [{ ConditionCheck: { TableName: name, Key, ConditionExpression: 'a = b' } }],
    }),
    'transactItems.1.member.conditionCheck.tableName',
  ],
  [
    'TransactGetItems',
    (name) => ({ TransactItems: [{ Get: { TableName: name, Key } }] }),
    'transactItems.1.member.get.tableName',
  ],
]

/** The operations of which the page of 2026 has the texts; the others have them by kind. */
const seenIn2026: ReadonlySet<string> = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'TransactWriteItems',
  'TransactGetItems',
])

const names: ValidationText[] = namings.flatMap(([operation, naming, path]) => {
  const source = seenIn2026.has(operation) ? 'validation-2026 B6' : '4.1'
  return [
    row(
      source,
      [operation, naming('bad!name')],
      constraint("'bad!name'", path, misspelt),
      'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
    ),
    row(
      source,
      [operation, naming('ab')],
      constraint("'ab'", path, atLeast(3)),
      'Member must have length greater than or equal to 3',
    ),
    row(
      source,
      [operation, naming('x!')],
      constraints([
        ["'x!'", path, atLeast(3)],
        ["'x!'", path, misspelt],
      ]),
      '2 validation errors detected: …',
    ),
  ]
})

const batch = (name: string, content: object): object => ({ RequestItems: { [name]: content } })

/** Calls of each kind that find a table by the name. */
const lookups: readonly (readonly [string, (name: string) => object])[] = [
  ...namings
    .filter(([operation]) => !['Query', 'UpdateTable', 'TransactWriteItems'].includes(operation))
    .map(([operation, naming]) => [operation, naming] as const),
  [
    'Query',
    (name) => ({
      TableName: name,
      KeyConditionExpression: 'pk = :a',
      ExpressionAttributeValues: { ':a': { S: 'a' } },
    }),
  ],
  ['UpdateTable', (name) => ({ TableName: name, DeletionProtectionEnabled: false })],
  [
    'TransactWriteItems',
    (name) => ({
      TransactItems: [{ Put: { TableName, Item: Key } }, { Delete: { TableName: name, Key } }],
    }),
  ],
  ['BatchGetItem', (name) => batch(name, { Keys: [Key] })],
  ['BatchWriteItem', (name) => batch(name, [{ PutRequest: { Item: Key } }])],
]

const ownArns = 'arn:aws:dynamodb:us-east-1:000000000000:table'

const arns: ValidationText[] = lookups.flatMap(([operation, naming]) => [
  ...(
    [
      ['Invalid AWS region in', 'arn:aws:dynamodb:eu-west-1:000000000000:table/Simple'],
      ['Invalid AWS partition in', 'arn:aws-cn:dynamodb:us-east-1:000000000000:table/Simple'],
      ['Invalid resource type in', `${ownArns}/Simple/index/byG`],
      ['Invalid resource type in', `${ownArns}/Simple/stream/2026-01-02T03:04:05.678`],
      ['Invalid resource type in', 'arn:aws:s3:us-east-1:000000000000:table/Simple'],
    ] as const
  ).map(([text, arn]) =>
    row(
      '4.1',
      [operation, naming(arn)],
      validation(`1 validation error detected: ${text} '${arn}'`),
      `${text} '…'`,
    ),
  ),
  row(
    '4.1',
    [operation, naming('arn:nonsense')],
    constraint("'arn:nonsense'", 'tableName', misspelt),
    'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
  ),
  row(
    '4.1',
    [operation, naming('arn:aws:dynamodb:us-east-1:111122223333:table/Simple')],
    { __type: 'AccessDeniedException', Message: 'Access is denied' },
    'Access is denied',
  ),
])

const bounds: ValidationText[] = [
  row(
    '4.1',
    ['GetItem', { TableName: '', Key }],
    constraint("''", 'tableName', atLeast(1)),
    'Member must have length greater than or equal to 1',
  ),
  row(
    '4.1',
    ['GetItem', { TableName: 'x'.repeat(256), Key }],
    constraint(`'${'x'.repeat(256)}'`, 'tableName', atMost(255)),
    'Member must have length less than or equal to …',
  ),
  row(
    '2.2, 4.1',
    ['CreateTable', tableDefinition('a b', { pk: 'S' }, ['pk'])],
    constraint("'a b'", 'tableName', misspelt),
    'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]',
  ),
  row(
    '2.2, 4.1',
    ['CreateTable', tableDefinition('Long', { ['k'.repeat(256)]: 'S' }, ['k'.repeat(256)])],
    constraints([
      [`'${'k'.repeat(256)}'`, 'attributeDefinitions.1.member.attributeName', atMost(255)],
      [`'${'k'.repeat(256)}'`, 'keySchema.1.member.attributeName', atMost(255)],
    ]),
    '2 validation errors detected: … ; … 255',
  ),
  row(
    '4.1',
    ['Query', { TableName, Limit: 0 }],
    validation(
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: " +
        'Member must have value greater than or equal to 1',
    ),
    "1 validation error detected: Value at 'Limit' failed to satisfy constraint: " +
      'Member must have value greater than or equal to 1',
  ),
  row(
    '4.1',
    ['Scan', { TableName, Limit: 0 }],
    constraint("'0'", 'limit', 'Member must have value greater than or equal to 1'),
    "…Value '0' at 'limit' …",
  ),
  row(
    '4.1',
    ['Scan', { TableName, Segment: 0, TotalSegments: 1_000_001 }],
    constraint(
      "'1000001'",
      'totalSegments',
      'Member must have value less than or equal to 1000000',
    ),
    'Member must have value less than or equal to …',
  ),
  row(
    '4.1',
    ['BatchGetItem', { RequestItems: { '': { Keys: [Key] } } }],
    constraint(
      `'{"":{"Keys":[${JSON.stringify(Key)}]}}'`,
      'requestItems',
      `Map keys must satisfy constraint: [${atMost(255)}, ${atLeast(3)}, ${misspelt}]`,
    ),
    'Map keys must satisfy constraint: […, …]',
  ),
  row(
    '4.1',
    ['BatchWriteItem', { RequestItems: { Simple: [] } }],
    constraint(
      "'{Simple=[]}'",
      'requestItems',
      `Map value must satisfy constraint: [${atMost(25)}, ${atLeast(1)}]`,
    ),
    'Map value must satisfy constraint: […, …]',
  ),
  row(
    '4.1',
    ['TransactGetItems', { TransactItems: Array.from({ length: 11 }, () => ({})) }],
    constraints(
      Array.from({ length: 10 }, (_, i) => ['null', `transactItems.${i + 1}.member.get`, notNull]),
    ),
    '10 validation errors detected: …',
  ),
]

/** Enumerations in the order in which AWS prints them. */
const enums: ValidationText[] = (
  [
    [
      'PutItem',
      { TableName, Item: Key, ReturnConsumedCapacity: 'x' },
      'returnConsumedCapacity',
      ['INDEXES', 'TOTAL', 'NONE'],
    ],
    [
      'DeleteItem',
      { TableName, Key, ReturnItemCollectionMetrics: 'x' },
      'returnItemCollectionMetrics',
      ['SIZE', 'NONE'],
    ],
    [
      'Scan',
      { TableName, Select: 'x' },
      'select',
      ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'],
    ],
    [
      'CreateTable',
      {
        ...tableDefinition('New', { a: 'S' }, []),
        KeySchema: [{ AttributeName: 'a', KeyType: 'x' }],
      },
      'keySchema.1.member.keyType',
      ['HASH', 'RANGE'],
    ],
    [
      'CreateTable',
      tableDefinition('New', { a: 'x' }, ['a']),
      'attributeDefinitions.1.member.attributeType',
      ['B', 'N', 'S'],
    ],
    [
      'CreateTable',
      {
        ...tableDefinition('New', { a: 'S' }, ['a']),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byA',
            KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'x' },
          },
        ],
      },
      'globalSecondaryIndexes.1.member.projection.projectionType',
      ['ALL', 'INCLUDE', 'KEYS_ONLY'],
    ],
    [
      'CreateTable',
      { ...tableDefinition('New', { a: 'S' }, ['a']), BillingMode: 'x' },
      'billingMode',
      ['PROVISIONED', 'PAY_PER_REQUEST'],
    ],
    [
      'Query',
      { TableName, KeyConditions: { pk: { ComparisonOperator: 'x' } } },
      'keyConditions.pk.member.comparisonOperator',
      [
        'IN',
        'NULL',
        'BETWEEN',
        'LT',
        'NOT_CONTAINS',
        'EQ',
        'GT',
        'NOT_NULL',
        'NE',
        'LE',
        'BEGINS_WITH',
        'GE',
        'CONTAINS',
      ],
    ],
    [
      'PutItem',
      { TableName, Item: Key, ConditionalOperator: 'x' },
      'conditionalOperator',
      ['OR', 'AND'],
    ],
  ] as const
).map(([operation, request, path, values]) =>
  row(
    '4.1',
    [operation, request],
    constraint("'x'", path, enumOf(...values)),
    `[${values.join(', ')}]`,
  ),
)

const returnValues: ValidationText = enveloped(
  row(
    '4.1',
    ['UpdateItem', { TableName, Key, ReturnValues: 'x' }],
    constraint(
      "'x'",
      'returnValues',
      enumOf('ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'),
    ),
    '[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]',
  ),
  `Failed to satisfy constraint: ${enumOf('ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATE_NEW', 'NONE')}`,
)

function mistyped(
  operation: string,
  request: object,
  message: string,
  quote = message,
): ValidationText {
  return row('4.2', [operation, request], serialization(message), quote)
}
const put = (v: unknown, message: string, quote = message): ValidationText =>
  mistyped('PutItem', { TableName, Item: { ...Key, v } }, message, quote)

const javaMap = 'java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>'

function deep(levels: number): object {
  let value: object = {}
  for (let level = 0; level < levels; level++) value = { L: [value] }
  return value
}

const types: ValidationText[] = [
  put({ S: 1 }, 'NUMBER_VALUE cannot be converted to String'),
  put({ S: 1.5 }, 'DECIMAL_VALUE cannot be converted to String'),
  put({ S: true }, 'TRUE_VALUE cannot be converted to String'),
  put({ S: false }, 'FALSE_VALUE cannot be converted to String'),
  put({ BOOL: 1 }, 'NUMBER_VALUE cannot be converted to Boolean'),
  mistyped('Scan', { TableName, Limit: '1' }, 'STRING_VALUE cannot be converted to Integer'),
  mistyped('Scan', { TableName, Limit: true }, 'TRUE_VALUE cannot be converted to Integer'),
  mistyped(
    'CreateTable',
    { TableName: 'New', ProvisionedThroughput: { ReadCapacityUnits: '1' } },
    'STRING_VALUE cannot be converted to Long',
  ),
  put({ BOOL: 'x' }, 'Unexpected token received from parser'),
  mistyped('PutItem', { TableName: [] }, 'Unrecognized collection type class java.lang.String'),
  mistyped('PutItem', { TableName: {} }, 'Start of structure or map found where not expected'),
  put({ SS: {} }, 'Start of structure or map found where not expected'),
  mistyped('PutItem', { TableName, Item: 'x' }, 'Unexpected field type'),
  put({ L: 'x' }, 'Unexpected field type'),
  put('x', 'Unexpected value type in payload'),
  put({ B: 1 }, 'only base-64-encoded strings are convertible to bytes'),
  put({ B: 'abcde' }, 'Base64 encoded length is expected a multiple of 4 bytes but found: 5'),
  put({ B: 'YX==' }, 'Invalid last non-pad Base64 character dectected'),
  put({ BS: ['YX=='] }, 'Invalid last non-pad Base64 character dectected'),
  mistyped('PutItem', { TableName, Item: [] }, `Unrecognized collection type ${javaMap}`),
  put({ M: [] }, `Unrecognized collection type ${javaMap}`),
  row(
    '4.2',
    ['PutItem', { TableName, Item: { v: deep(300) } }],
    { __type: 'SerializationException' },
    'SerializationException',
  ),
]

const unknown: ValidationText[] = [
  row('4.4', ['Nothing', {}], { __type: 'UnknownOperationException' }, 'UnknownOperationException'),
]

/** Sections 4.1 to 4.4: constraints of the service model, JSON types, and what is no operation. */
export const validationTextsOfWire: readonly ValidationText[] = [
  ...required,
  ...bounds,
  ...names,
  ...arns,
  ...enums,
  returnValues,
  ...types,
  ...unknown,
]
