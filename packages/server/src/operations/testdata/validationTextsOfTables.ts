import {
  constraint,
  index,
  invalidValues,
  keySchema,
  tableDefinition,
  validation,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'

function row(
  [operation, request]: PreparingCall,
  expected: ExpectedError | string,
  quote?: string,
): ValidationText {
  const error = typeof expected === 'string' ? validation(expected) : expected
  return {
    source: '5',
    quote: quote ?? String(error['message']),
    operation,
    request,
    expected: error,
  }
}

/** A table with partition key `a`, sort key `b` and one more attribute, changed by `more`. */
const definition = tableDefinition('New', { a: 'S', b: 'S' }, ['a', 'b'])

function create(more: object, message: string, quote: string = message): ValidationText {
  return row(['CreateTable', { ...definition, ...more }], message, quote)
}

/** The text behind `One or more parameter values were invalid: `. */
function createInvalid(more: object, detail: string, quote: string = `…${detail}`): ValidationText {
  return create(more, invalidValues + detail, quote)
}

const attributes = (...names: string[]): object => ({
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
})
const units = (read: number, write: number): object => ({
  ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
})
const all = { ProjectionType: 'ALL' }
const local = (name: string, keys = ['a', 'c'], projection: object = all): object =>
  index(name, keys, projection)
const global = (name: string, keys = ['b'], projection: object = all): object =>
  index(name, keys, projection)
const locals = (...indexes: object[]): object => ({
  ...attributes('a', 'b', 'c'),
  LocalSecondaryIndexes: indexes,
})
const globals = (...indexes: object[]): object => ({ GlobalSecondaryIndexes: indexes })
const named = (count: number, make: (name: string) => object): object[] =>
  Array.from({ length: count }, (_, i) => make(`index${i}`))

const keys: ValidationText[] = [
  create(attributes('a'), 'Invalid KeySchema: Some index key attribute have no definition'),
  createInvalid(
    attributes('a', 'c'),
    'Some index key attributes are not defined in AttributeDefinitions. Keys: [a, b], ' +
      'AttributeDefinitions: [a, c]',
    '…Some index key attributes are not defined in AttributeDefinitions. Keys: […], ' +
      'AttributeDefinitions: […]',
  ),
  create(attributes('a', 'b', 'a'), 'Attribute Name is duplicated: a'),
  createInvalid(
    globals(global('byC', ['c'])),
    'Some index key attributes are not defined in AttributeDefinitions. Keys: [c], ' +
      'AttributeDefinitions: [a, b]',
    '…Some index key attributes are not defined in AttributeDefinitions. Keys: […], ' +
      'AttributeDefinitions: […]',
  ),
  create(
    { KeySchema: keySchema(['a', 'a']) },
    'Both the Hash Key and the Range Key element in the KeySchema have the same name',
  ),
  create(
    { KeySchema: [...keySchema(['a', 'b'])].reverse() },
    'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
  ),
  create(
    {
      KeySchema: [
        { AttributeName: 'a', KeyType: 'HASH' },
        { AttributeName: 'b', KeyType: 'HASH' },
      ],
    },
    'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
    'The second KeySchemaElement is not a RANGE key type',
  ),
  createInvalid(
    attributes('a', 'b', 'c'),
    'Number of attributes in KeySchema does not exactly match number of attributes defined in ' +
      'AttributeDefinitions',
  ),
]

const capacity: ValidationText[] = [
  createInvalid(
    { BillingMode: 'PROVISIONED' },
    'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is ' +
      'PROVISIONED',
  ),
  createInvalid(
    units(1, 1),
    'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is ' +
      'PAY_PER_REQUEST',
  ),
  createInvalid(
    globals({ ...global('byB'), ...units(1, 1) }),
    'ProvisionedThroughput should not be specified for index: byB when BillingMode is ' +
      'PAY_PER_REQUEST',
    '…ProvisionedThroughput should not be specified for index: … when BillingMode is PAY_PER_REQUEST',
  ),
  create(
    { BillingMode: 'PROVISIONED', ...units(1, 1), OnDemandThroughput: { MaxReadRequestUnits: 1 } },
    `${invalidValues}MaxReadRequestUnits for OnDemandThroughput cannot be specified when table ` +
      'BillingMode is PROVISIONED.',
  ),
  ...[0, -1, -2].map((MaxReadRequestUnits) =>
    createInvalid(
      { OnDemandThroughput: { MaxReadRequestUnits } },
      'Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range',
    ),
  ),
]

const projected = (count: number): object => ({
  ProjectionType: 'INCLUDE',
  NonKeyAttributes: Array.from({ length: count }, (_, i) => `n${i}`),
})

const indexes: ValidationText[] = [
  createInvalid(
    {
      ...attributes('a', 'c'),
      KeySchema: keySchema(['a']),
      LocalSecondaryIndexes: [local('byC')],
    },
    'Table KeySchema does not have a range key, which is required when specifying a ' +
      'LocalSecondaryIndex',
  ),
  createInvalid(
    { LocalSecondaryIndexes: [local('Xyz', ['a'])] },
    'Index KeySchema does not have a range key for index: Xyz',
    '…Index KeySchema does not have a range key for index: X',
  ),
  createInvalid(
    { LocalSecondaryIndexes: [local('Xyz', ['b', 'a'])] },
    'Index KeySchema does not have the same leading hash key as table KeySchema for index: Xyz. ' +
      'index hash key: b, table hash key: a',
    '…Index KeySchema does not have the same leading hash key as table KeySchema for index: …. ' +
      'index hash key: b, table hash key: a',
  ),
  createInvalid(
    globals(global('Xyz'), global('Xyz')),
    'Duplicate index name: Xyz',
    '…Duplicate index name: X',
  ),
  createInvalid(
    { ...locals(local('Xyz')), ...globals(global('Xyz')) },
    'Duplicate index name: Xyz',
    '…Duplicate index name: X',
  ),
  createInvalid(
    locals(...named(6, (name) => local(name))),
    'Number of LocalSecondaryIndexes exceeds per-table limit of 5',
  ),
  createInvalid(
    globals(...named(21, (name) => global(name))),
    'GlobalSecondaryIndex count exceeds the per-table limit of 20',
  ),
  createInvalid(globals(), 'List of GlobalSecondaryIndexes is empty'),
  createInvalid(globals(global('byB', ['b'], {})), 'Unknown ProjectionType: null'),
  createInvalid(
    globals(global('byB', ['b'], { ProjectionType: 'ALL', NonKeyAttributes: ['x'] })),
    'ProjectionType is ALL, but NonKeyAttributes is specified',
  ),
  createInvalid(
    globals(global('byB', ['b'], { ProjectionType: 'INCLUDE' })),
    'ProjectionType is INCLUDE, but NonKeyAttributes is not specified',
  ),
  createInvalid(
    globals(...named(6, (name) => global(name, ['b'], projected(20)))),
    'Number of NonKeyAttributes over all indexes exceeds per-table limit of 100',
    '… 100',
  ),
]

const streams: ValidationText[] = [
  createInvalid(
    { StreamSpecification: { StreamEnabled: false, StreamViewType: 'KEYS_ONLY' } },
    'Table is being created with a stream disabled, UpdateViewType should not be specified',
  ),
]

const protectedTable: PreparingCall = [
  'CreateTable',
  { ...tableDefinition('Protected', { a: 'S' }, ['a']), DeletionProtectionEnabled: true },
]
const provisionedTable: PreparingCall = [
  'CreateTable',
  {
    ...tableDefinition('Paid', { a: 'S' }, ['a']),
    BillingMode: 'PROVISIONED',
    ...units(2, 3),
  },
]
const updateOfPaid = (more: object): PreparingCall => [
  'UpdateTable',
  { TableName: 'Paid', ...more },
]
const createIndex = (name: string): object => ({
  Create: { ...global(name, ['g']) },
})

const nothingToDo =
  'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, ' +
  'GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ' +
  'ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, ' +
  'WarmThroughput or TableClass is required'

/** An update of an on-demand table that is refused for what it is about. */
function refused(more: object, message: string, quote: string = message): ValidationText {
  return row(['UpdateTable', { TableName: 'Indexed', ...more }], message, quote)
}

const byG = (more: object): object => ({
  GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'byG', ...more } }],
})
const keyWithType = (AttributeName: string, AttributeType: string): object => ({
  AttributeDefinitions: [{ AttributeName, AttributeType }],
})
const protection = { DeletionProtectionEnabled: true }
const warmer = { WarmThroughput: { ReadUnitsPerSecond: 13_000 } }
const limited = { OnDemandThroughput: { MaxReadRequestUnits: 5 } }
const streaming = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }
const deletion = { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byG' } }] }
const infrequent = { TableClass: 'STANDARD_INFREQUENT_ACCESS' }
const encrypted = { SSESpecification: { Enabled: true } }
const alone = 'must be the only operation in the request'

const refusedUpdates: ValidationText[] = [
  refused({ OnDemandThroughput: {} }, nothingToDo.replace('OnDemandThroughput, ', ''), '…'),
  refused({ WarmThroughput: {} }, nothingToDo.replace(', WarmThroughput', ''), '…'),
  refused({ GlobalSecondaryIndexUpdates: [] }, nothingToDo),
  refused(
    { ...protection, GlobalSecondaryIndexUpdates: [] },
    `${invalidValues}List of GlobalSecondaryIndexUpdates is empty`,
    '…List of GlobalSecondaryIndexUpdates is empty',
  ),
  ...(
    [
      [{ ...encrypted, ...infrequent }, `Server-Side Encryption modification ${alone}`],
      [{ ...infrequent, ...protection }, `TableClass modification ${alone}`],
      [{ ...protection, ...warmer }, `DeletionProtection modification ${alone}`],
      [{ ...warmer, ...streaming }, `WarmThroughput ${alone}`],
      [
        { ...limited, ...streaming },
        'OnDemandThroughput can only be combined with BillingMode in an UpdateTable request',
      ],
      [
        { ...streaming, BillingMode: 'PROVISIONED', ...units(1, 1) },
        'You cannot modify stream status while updating table IOPS',
      ],
      [
        {
          ...warmer,
          ...attributes('n'),
          GlobalSecondaryIndexUpdates: [{ Create: global('byN', ['n']) }],
        },
        'Create global secondary index cannot be specified when updating WarmThroughput',
      ],
      [
        { ...units(1, 1), ...deletion },
        'You cannot create or delete index while updating table IOPS',
      ],
      [
        { ...streaming, ...deletion },
        'You cannot create or delete index while changing stream status',
      ],
    ] as const
  ).map(([more, detail]) => refused(more, invalidValues + detail, `…${detail}`)),
  {
    ...row(
      updateOfPaid({ GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'byB' } }] }),
      `${invalidValues}Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ` +
        'byB',
    ),
    setup: [
      [
        'CreateTable',
        {
          ...tableDefinition('Paid', { a: 'S', b: 'S' }, ['a']),
          ...globals({ ...global('byB'), ...units(1, 1) }),
          BillingMode: 'PROVISIONED',
          ...units(2, 3),
        },
      ],
    ],
  },
  refused(
    { BillingMode: 'PROVISIONED' },
    `${invalidValues}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`,
  ),
  refused(
    { ...attributes('n'), GlobalSecondaryIndexUpdates: [{ Create: global('byG', ['n']) }] },
    'Attempting to create an index which already exists',
  ),
  refused(
    {
      ...keyWithType('g', 'N'),
      GlobalSecondaryIndexUpdates: [{ Create: global('byNumber', ['g']) }],
    },
    `${invalidValues}Attributes cannot be redefined. Please check that your attribute has the ` +
      'same type as previously defined. Existing schema: Schema:[SchemaElement: key{g:S:HASH}, ' +
      'SchemaElement: key{sk:N:RANGE}] New schema: Schema:[SchemaElement: key{g:N:HASH}]',
    '…Attributes cannot be redefined. Please check that your attribute has the same type as ' +
      'previously defined. Existing schema: Schema:[SchemaElement: key{…:S:HASH}… New schema: ' +
      'Schema:[SchemaElement: key{…:N:HASH}]',
  ),
  refused(
    byG({}),
    `${invalidValues}The only Updates for index: byG when TableThroughputMode is PAY_PER_REQUEST ` +
      'can be to OnDemandThroughput, WarmThroughput',
  ),
  refused(
    byG({ WarmThroughput: {} }),
    `${invalidValues}WarmThroughput must have at least one of ReadUnitsPerSecond or ` +
      'WriteUnitsPerSecond specified for index: byG',
  ),
  refused(
    byG({ WarmThroughput: { ReadUnitsPerSecond: 1 } }),
    `${invalidValues}Requested ReadUnitsPerSecond for WarmThroughput for index byG is lower than ` +
      'current WarmThroughput, decreasing WarmThroughput is not supported',
  ),
  refused(
    byG(units(1, 1)),
    `${invalidValues}The only Updates for index: byG when TableThroughputMode is PAY_PER_REQUEST ` +
      'can be to OnDemandThroughput, WarmThroughput',
  ),
  refused(
    { BillingMode: 'PAY_PER_REQUEST', ...byG(units(1, 1)) },
    `${invalidValues}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ` +
      'byG when BillingMode is PAY_PER_REQUEST',
  ),
  refused(
    { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byL' } }] },
    'Cannot delete an index that is not a GlobalSecondaryIndex: byL',
  ),
  refused(
    { SSESpecification: { Enabled: false } },
    `${invalidValues}Table is already encrypted by default`,
  ),
  refused(
    { StreamSpecification: { StreamEnabled: false } },
    'Table has no stream to disable: TableName: Indexed',
  ),
  refused(
    { TableClass: 'GLACIER' },
    'Invalid table-class parameter provided. Please try again with a valid table-class value: ' +
      '[STANDARD, STANDARD_INFREQUENT_ACCESS].',
  ),
]

const changes: ValidationText[] = [
  row(
    ['CreateTable', tableDefinition('Simple', { pk: 'S' }, ['pk'])],
    { __type: 'ResourceInUseException', message: 'Table already exists: Simple' },
    'Table already exists: …',
  ),
  {
    ...row(
      ['DeleteTable', { TableName: 'Protected' }],
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion ' +
        'protection first.',
    ),
    setup: [protectedTable],
  },
  row(['UpdateTable', { TableName: 'Simple' }], nothingToDo),
  row(['UpdateTable', { TableName: 'Nothing' }], nothingToDo),
  {
    ...row(
      updateOfPaid(units(2, 3)),
      'The provisioned throughput for the table will not change. The requested value equals the ' +
        'current value. Current ReadCapacityUnits provisioned for the table: 2. Requested ' +
        'ReadCapacityUnits: 2. Current WriteCapacityUnits provisioned for the table: 3. Requested ' +
        'WriteCapacityUnits: 3. Refer to the Amazon DynamoDB Developer Guide for current limits and ' +
        'how to request higher limits.',
      'The provisioned throughput for the table will not change. The requested value equals the ' +
        'current value. Current ReadCapacityUnits provisioned for the table: …. Requested …',
    ),
    setup: [provisionedTable],
  },
  {
    ...row(
      updateOfPaid({ OnDemandThroughput: { MaxReadRequestUnits: 1 } }),
      `${invalidValues}MaxReadRequestUnits for OnDemandThroughput cannot be specified when the ` +
        'table BillingMode is PROVISIONED',
    ),
    setup: [provisionedTable],
  },
  row(
    ['UpdateTable', { TableName: 'Simple', OnDemandThroughput: { MaxReadRequestUnits: 0 } }],
    `${invalidValues}Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of ` +
      'valid range',
    '…Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range',
  ),
  row(
    [
      'UpdateTable',
      {
        TableName: 'Simple',
        ...attributes('g'),
        GlobalSecondaryIndexUpdates: [createIndex('one'), createIndex('two')],
      },
    ],
    {
      __type: 'LimitExceededException',
      message:
        'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously ' +
        'per table',
    },
  ),
  row(
    ['UpdateTable', { TableName: 'Simple', GlobalSecondaryIndexUpdates: [createIndex('one')] }],
    `${invalidValues}AttributeDefinitions is not specified for index: one`,
    '…AttributeDefinitions is not specified for index: …',
  ),
  row(
    [
      'UpdateTable',
      {
        TableName: 'Simple',
        ...attributes('h'),
        GlobalSecondaryIndexUpdates: [createIndex('one')],
      },
    ],
    `${invalidValues}Some index key attributes are not defined in AttributeDefinitions. Keys: [g], ` +
      'AttributeDefinitions: [h]',
    '…Some index key attributes are not defined in AttributeDefinitions. Keys: […], ' +
      'AttributeDefinitions: […]',
  ),
  ...refusedUpdates,
]

const arn = (name: string): string => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`

const missing: ValidationText[] = [
  ...(['DescribeTable', 'DeleteTable', 'UpdateTable'] as const).map((operation) => ({
    ...row([operation, { TableName: 'Xyz', TableClass: 'STANDARD' }], {
      __type: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: Xyz not found',
    }),
    source: '4.5',
    quote: 'Requested resource not found: Table: X… not found',
  })),
  ...(
    [
      ['TagResource', { Tags: [{ Key: 'k', Value: 'v' }] }],
      ['UntagResource', { TagKeys: ['k'] }],
      ['ListTagsOfResource', {}],
    ] as const
  ).map(([operation, more]) => ({
    ...row([operation, { ResourceArn: arn('Nothing'), ...more }], {
      __type: 'ResourceNotFoundException',
      message: `Requested resource not found: ResourcArn: ${arn('Nothing')} not found`,
    }),
    source: '4.5',
    quote: 'Requested resource not found: ResourcArn: … not found',
  })),
]

/** Limits of section 5 that the service model holds. */
const modelled: ValidationText[] = [
  row(
    ['ListTables', { Limit: 101 }],
    constraint("'101'", 'limit', 'Member must have value less than or equal to 100'),
    '… 100',
  ),
  row(
    ['TagResource', { ResourceArn: arn('Simple'), Tags: [{ Key: 'k'.repeat(129), Value: '' }] }],
    `The Tag Key provided is invalid, Key: ${'k'.repeat(129)}`,
    'The Tag Key provided is invalid, Key: …',
  ),
  row(
    ['TagResource', { ResourceArn: arn('Simple'), Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] }],
    `The Tag Value provided is invalid, Value: ${'v'.repeat(257)}`,
    'The Tag Value provided is invalid, Value: …',
  ),
  row(
    [
      'TagResource',
      {
        ResourceArn: arn('Simple'),
        Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })),
      },
    ],
    'Number of Tags exceed the current limit for the provided ResourceArn',
    '',
  ),
  create(
    globals(global('byB', ['b'], projected(21))),
    "1 validation error detected: Value '[" +
      Array.from({ length: 21 }, (_, i) => `n${i}`).join(', ') +
      "]' at 'globalSecondaryIndexes.1.member.projection.nonKeyAttributes' failed to satisfy " +
      'constraint: Member must have length less than or equal to 20',
    '… 20',
  ),
]

/** Section 5: tables, and what 4.5 says of the ones that are not there. */
export const validationTextsOfTables: readonly ValidationText[] = [
  ...keys,
  ...capacity,
  ...indexes,
  ...streams,
  ...changes,
  ...missing,
  ...modelled,
]
