import { describe, expect, test } from 'vitest'
import { openControlPlane, testTableId } from '../../testing/controlPlane.ts'
import { createTable } from './createTable.ts'
import { describeTable } from './describeTable.ts'
import type { CreateTableRequest } from './tableCreation.ts'

const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType })
const hash = (name: string) => key(name, 'HASH')
const range = (name: string) => key(name, 'RANGE')
const attributes = (...names: string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }))
const units = (read: number, write: number) => ({
  ReadCapacityUnits: read,
  WriteCapacityUnits: write,
})
const all = { ProjectionType: 'ALL' as const }

const hashOnly: CreateTableRequest = {
  TableName: 'music',
  AttributeDefinitions: attributes('a'),
  KeySchema: [hash('a')],
  BillingMode: 'PAY_PER_REQUEST',
}
const hashAndRange: CreateTableRequest = {
  ...hashOnly,
  AttributeDefinitions: attributes('a', 'b'),
  KeySchema: [hash('a'), range('b')],
}
const localIndex = { IndexName: 'byC', KeySchema: [hash('a'), range('c')], Projection: all }
const withLocalIndex: CreateTableRequest = {
  ...hashAndRange,
  AttributeDefinitions: attributes('a', 'b', 'c'),
  LocalSecondaryIndexes: [localIndex],
}
const globalIndex = { IndexName: 'byB', KeySchema: [hash('b')], Projection: all }
const withGlobalIndex: CreateTableRequest = {
  ...hashOnly,
  AttributeDefinitions: attributes('a', 'b'),
  GlobalSecondaryIndexes: [globalIndex],
}
const { BillingMode: _onDemand, ...provisioned } = {
  ...hashOnly,
  ProvisionedThroughput: units(5, 6),
}

const invalid = 'One or more parameter values were invalid: '
const constraint = (value: string, path: string, text: string) =>
  `1 validation error detected: Value ${value} at '${path}' failed to satisfy constraint: ${text}`

/** Requests as changes of a valid one, and the text that refuses them. */
const refusals: [string, CreateTableRequest, string][] = [
  [
    'no key schema',
    { TableName: 'music', AttributeDefinitions: attributes('a') },
    constraint('null', 'keySchema', 'Member must not be null'),
  ],
  [
    'neither definitions nor key schema',
    { TableName: 'music' },
    "2 validation errors detected: Value null at 'attributeDefinitions' failed to satisfy " +
      "constraint: Member must not be null; Value null at 'keySchema' failed to satisfy " +
      'constraint: Member must not be null',
  ],
  [
    'three key attributes',
    {
      ...hashOnly,
      AttributeDefinitions: attributes('a', 'b', 'c'),
      KeySchema: [hash('a'), range('b'), range('c')],
    },
    constraint(
      "'[KeySchemaElement(attributeName=a, keyType=HASH), " +
        'KeySchemaElement(attributeName=b, keyType=RANGE), ' +
        "KeySchemaElement(attributeName=c, keyType=RANGE)]'",
      'keySchema',
      'Member must have length less than or equal to 2',
    ),
  ],
  [
    'units on demand',
    { ...hashOnly, ProvisionedThroughput: units(1, 1) },
    `${invalid}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when ` +
      'BillingMode is PAY_PER_REQUEST',
  ],
  [
    'no units when provisioned',
    { ...hashOnly, BillingMode: 'PROVISIONED' },
    `${invalid}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode ` +
      'is PROVISIONED',
  ],
  [
    'read units beyond all bounds',
    { ...provisioned, ProvisionedThroughput: units(1_000_000_000_001, 1_000_000_000_001) },
    'Given value 1000000000001 for ReadCapacityUnits is out of bounds',
  ],
  [
    'index write units beyond all bounds',
    {
      ...withGlobalIndex,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: units(1, 1),
      GlobalSecondaryIndexes: [
        { ...globalIndex, ProvisionedThroughput: units(1, 1_000_000_000_001) },
      ],
    },
    'Given value 1000000000001 for WriteCapacityUnits is out of bounds for index byB',
  ],
  [
    'an attribute defined twice',
    { ...hashOnly, AttributeDefinitions: attributes('a', 'a') },
    'Attribute Name is duplicated: a',
  ],
  [
    'fewer definitions than key attributes, before one attribute twice',
    { ...hashOnly, KeySchema: [hash('a'), range('a')] },
    'Invalid KeySchema: Some index key attribute have no definition',
  ],
  [
    'no definitions',
    { ...hashOnly, AttributeDefinitions: [] },
    'Invalid KeySchema: Some index key attribute have no definition',
  ],
  [
    'an undefined key attribute',
    { ...hashOnly, AttributeDefinitions: attributes('b') },
    `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [a], ` +
      'AttributeDefinitions: [b]',
  ],
  [
    'undefined key attributes, before one attribute twice',
    { ...hashAndRange, KeySchema: [hash('c'), range('c')] },
    `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [c, c], ` +
      'AttributeDefinitions: [a, b]',
  ],
  [
    'RANGE first',
    { ...hashAndRange, KeySchema: [range('a'), hash('b')] },
    'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
  ],
  [
    'one attribute twice',
    { ...hashAndRange, KeySchema: [hash('a'), range('a')] },
    'Both the Hash Key and the Range Key element in the KeySchema have the same name',
  ],
  [
    'HASH twice',
    { ...hashAndRange, KeySchema: [hash('a'), hash('b')] },
    'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
  ],
  [
    'a definition without use',
    { ...hashOnly, AttributeDefinitions: attributes('a', 'b') },
    `${invalid}Number of attributes in KeySchema does not exactly match number of attributes ` +
      'defined in AttributeDefinitions',
  ],
  [
    'a definition without use beside an index',
    { ...withGlobalIndex, AttributeDefinitions: attributes('a', 'b', 'c') },
    `${invalid}Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c], ` +
      'keys used: [a, b]',
  ],
  [
    'a definition without use, before a projection without type',
    {
      ...withGlobalIndex,
      AttributeDefinitions: attributes('a', 'b', 'c'),
      GlobalSecondaryIndexes: [{ ...globalIndex, Projection: {} }],
    },
    `${invalid}Some AttributeDefinitions are not used. AttributeDefinitions: [a, b, c], ` +
      'keys used: [a, b]',
  ],
  [
    'no local index in the list',
    { ...hashAndRange, LocalSecondaryIndexes: [] },
    `${invalid}List of LocalSecondaryIndexes is empty`,
  ],
  [
    'no global index in the list',
    { ...hashAndRange, GlobalSecondaryIndexes: [] },
    `${invalid}List of GlobalSecondaryIndexes is empty`,
  ],
  [
    'no vector index in the list',
    { ...hashOnly, VectorIndexes: [] },
    `${invalid}List of VectorIndexes is empty`,
  ],
  [
    'a policy',
    { ...hashOnly, ResourcePolicy: '{}' },
    `${invalid}Invalid policy document: Missing required field Statement`,
  ],
  [
    'an undefined index key',
    { ...withGlobalIndex, AttributeDefinitions: attributes('a') },
    `${invalid}Some index key attributes are not defined in AttributeDefinitions. Keys: [b], ` +
      'AttributeDefinitions: [a]',
  ],
  [
    'a local index of a table without range key',
    {
      ...hashOnly,
      AttributeDefinitions: attributes('a', 'c'),
      LocalSecondaryIndexes: [localIndex],
    },
    `${invalid}Table KeySchema does not have a range key, which is required when specifying a ` +
      'LocalSecondaryIndex',
  ],
  [
    'a local index of a table without range key, before its undefined attributes',
    { ...hashOnly, LocalSecondaryIndexes: [localIndex] },
    `${invalid}Table KeySchema does not have a range key, which is required when specifying a ` +
      'LocalSecondaryIndex',
  ],
  [
    'a local index without range key',
    { ...hashAndRange, LocalSecondaryIndexes: [{ ...localIndex, KeySchema: [hash('a')] }] },
    `${invalid}Index KeySchema does not have a range key for index: byC`,
  ],
  [
    'a local index with another hash key',
    {
      ...hashAndRange,
      LocalSecondaryIndexes: [{ ...localIndex, KeySchema: [hash('b'), range('a')] }],
    },
    `${invalid}Index KeySchema does not have the same leading hash key as table KeySchema for ` +
      'index: byC. index hash key: b, table hash key: a',
  ],
  [
    'three key attributes of a local index',
    {
      ...withLocalIndex,
      LocalSecondaryIndexes: [{ ...localIndex, KeySchema: [hash('a'), range('b'), range('c')] }],
    },
    constraint(
      "'[KeySchemaElement(attributeName=a, keyType=HASH), " +
        'KeySchemaElement(attributeName=b, keyType=RANGE), ' +
        "KeySchemaElement(attributeName=c, keyType=RANGE)]'",
      'localSecondaryIndexes.1.member.keySchema',
      'Member must have length less than or equal to 2',
    ),
  ],
  [
    'one index name twice',
    {
      ...withLocalIndex,
      GlobalSecondaryIndexes: [{ ...globalIndex, IndexName: 'byC' }],
    },
    `${invalid}Duplicate index name: byC`,
  ],
  [
    'six local indexes',
    {
      ...withLocalIndex,
      LocalSecondaryIndexes: Array.from({ length: 6 }, (_, i) => ({
        ...localIndex,
        IndexName: `byC${i}`,
      })),
    },
    `${invalid}Number of LocalSecondaryIndexes exceeds per-table limit of 5`,
  ],
  [
    'twenty-one global indexes',
    {
      ...withGlobalIndex,
      GlobalSecondaryIndexes: Array.from({ length: 21 }, (_, i) => ({
        ...globalIndex,
        IndexName: `byB${i}`,
      })),
    },
    `${invalid}GlobalSecondaryIndex count exceeds the per-table limit of 20`,
  ],
  [
    'no projection type',
    { ...withGlobalIndex, GlobalSecondaryIndexes: [{ ...globalIndex, Projection: {} }] },
    `${invalid}Unknown ProjectionType: null`,
  ],
  [
    'names to an ALL projection',
    {
      ...withGlobalIndex,
      GlobalSecondaryIndexes: [
        { ...globalIndex, Projection: { ProjectionType: 'ALL', NonKeyAttributes: ['x'] } },
      ],
    },
    `${invalid}ProjectionType is ALL, but NonKeyAttributes is specified`,
  ],
  [
    'names to a KEYS_ONLY projection',
    {
      ...withLocalIndex,
      LocalSecondaryIndexes: [
        { ...localIndex, Projection: { ProjectionType: 'KEYS_ONLY', NonKeyAttributes: ['x'] } },
      ],
    },
    `${invalid}ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified`,
  ],
  [
    'a projected name twice',
    {
      ...withGlobalIndex,
      GlobalSecondaryIndexes: [
        {
          ...globalIndex,
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x', 'y', 'x'] },
        },
      ],
    },
    `${invalid}Duplicate element in NonKeyAttributes: x`,
  ],
  [
    'no names to an INCLUDE projection',
    {
      ...withGlobalIndex,
      GlobalSecondaryIndexes: [{ ...globalIndex, Projection: { ProjectionType: 'INCLUDE' } }],
    },
    `${invalid}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
  ],
  [
    'more than 100 projected attributes over all indexes',
    {
      ...withGlobalIndex,
      GlobalSecondaryIndexes: Array.from({ length: 6 }, (_, i) => ({
        ...globalIndex,
        IndexName: `byB${i}`,
        Projection: {
          ProjectionType: 'INCLUDE' as const,
          NonKeyAttributes: Array.from({ length: i === 5 ? 1 : 20 }, (__, j) => `x${j}`),
        },
      })),
    },
    `${invalid}Number of NonKeyAttributes over all indexes exceeds per-table limit of 100`,
  ],
  [
    'units of an index on demand',
    {
      ...withGlobalIndex,
      GlobalSecondaryIndexes: [{ ...globalIndex, ProvisionedThroughput: units(1, 1) }],
    },
    `${invalid}ProvisionedThroughput should not be specified for index: byB when BillingMode is ` +
      'PAY_PER_REQUEST',
  ],
  [
    'no units of a provisioned index',
    { ...withGlobalIndex, BillingMode: 'PROVISIONED', ProvisionedThroughput: units(1, 1) },
    `${invalid}ProvisionedThroughput is not specified for index: byB`,
  ],
  [
    'request units of a provisioned table',
    { ...provisioned, OnDemandThroughput: { MaxReadRequestUnits: 5 } },
    `${invalid}MaxReadRequestUnits for OnDemandThroughput cannot be specified when table ` +
      'BillingMode is PROVISIONED.',
  ],
  [
    'request units of 0',
    { ...hashOnly, OnDemandThroughput: { MaxReadRequestUnits: 0 } },
    `${invalid}Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of ` +
      'valid range',
  ],
  [
    'removing request units of a new table',
    { ...hashOnly, OnDemandThroughput: { MaxWriteRequestUnits: -1 } },
    `${invalid}Requested MaxWriteRequestUnits for OnDemandThroughput for table is outside of ` +
      'valid range',
  ],
  [
    'a view type of no stream',
    {
      ...hashOnly,
      StreamSpecification: { StreamEnabled: false, StreamViewType: 'KEYS_ONLY' },
    },
    `${invalid}Table is being created with a stream disabled, UpdateViewType should not be ` +
      'specified',
  ],
  [
    'one tag key twice',
    {
      ...hashOnly,
      Tags: [
        { Key: 'k', Value: '1' },
        { Key: 'k', Value: '2' },
      ],
    },
    'Duplicate Tag Keys provided as input: Duplicate Tag Key found k',
  ],
  [
    'a reserved tag key',
    { ...hashOnly, Tags: [{ Key: 'aws:k', Value: '1' }] },
    'Tag Key cannot be prefixed with aws:, Key: aws:k',
  ],
  [
    'fifty-one tags',
    { ...hashOnly, Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })) },
    'Number of Tags exceed the current limit for the provided ResourceArn',
  ],
]

describe('CreateTable refuses', () => {
  test.each(refusals)('%s', async (_case, request, message) => {
    const plane = await openControlPlane()
    await expect(createTable(plane, request)).rejects.toMatchObject({
      name: 'ValidationException',
      message,
    })
    expect(plane.catalog.tableNames()).toEqual([])
  })

  test('the name of a table that is there', async () => {
    const plane = await openControlPlane()
    await createTable(plane, hashOnly)
    await expect(createTable(plane, hashOnly)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Table already exists: music',
    })
  })

  test('more units than the quota of a table', async () => {
    const plane = await openControlPlane()
    const request = { ...provisioned, ProvisionedThroughput: units(40_000, 40_001) }
    await expect(createTable(plane, request)).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: expect.stringContaining('Per table maximum: 40000.'),
    })
  })
})

/** Creates a table and gives its description in the answer and afterwards. */
async function created(request: CreateTableRequest): Promise<[object, object]> {
  const plane = await openControlPlane()
  const answer = (await createTable(plane, request)) as { TableDescription: object }
  const { Table } = (await describeTable(plane, request)) as { Table: object }
  return [answer.TableDescription, Table]
}

const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/music'
const creationTime = Date.UTC(2026, 0, 2, 3, 4, 5, 678) / 1000
const common = {
  AttributeDefinitions: attributes('a'),
  TableName: 'music',
  KeySchema: [hash('a')],
  CreationDateTime: creationTime,
  TableSizeBytes: 0,
  ItemCount: 0,
  TableArn: arn,
  TableId: testTableId,
  DeletionProtectionEnabled: false,
}
const noUnits = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 }
const onDemandWarm = {
  WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: 'ACTIVE' },
}
const onDemand = { ...common, ProvisionedThroughput: noUnits }

describe('CreateTable describes', () => {
  test('a provisioned table', async () => {
    const described = {
      ...common,
      ProvisionedThroughput: {
        NumberOfDecreasesToday: 0,
        ReadCapacityUnits: 5,
        WriteCapacityUnits: 6,
      },
    }
    const [answer, table] = await created(provisioned)
    expect(answer).toStrictEqual({ ...described, TableStatus: 'CREATING' })
    expect(table).toStrictEqual({
      ...described,
      TableStatus: 'ACTIVE',
      WarmThroughput: { ReadUnitsPerSecond: 5, WriteUnitsPerSecond: 6, Status: 'ACTIVE' },
    })
  })

  test('an on-demand table', async () => {
    const [answer, table] = await created(hashOnly)
    expect(answer).toStrictEqual({
      ...onDemand,
      TableStatus: 'CREATING',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      TableThroughputModeSummary: { TableThroughputMode: 'PAY_PER_REQUEST' },
    })
    expect(table).toStrictEqual({
      ...onDemand,
      TableStatus: 'ACTIVE',
      BillingModeSummary: {
        BillingMode: 'PAY_PER_REQUEST',
        LastUpdateToPayPerRequestDateTime: creationTime,
      },
      TableThroughputModeSummary: {
        TableThroughputMode: 'PAY_PER_REQUEST',
        LastUpdateToPayPerRequestDateTime: creationTime,
      },
      ...onDemandWarm,
    })
  })

  test('indexes in the order of the request', async () => {
    const include = { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['x', 'y'] }
    const [answer, table] = await created({
      ...withLocalIndex,
      GlobalSecondaryIndexes: [
        { ...globalIndex, IndexName: 'second', KeySchema: [hash('c'), hash('b'), range('a')] },
        { ...globalIndex, Projection: include, OnDemandThroughput: { MaxReadRequestUnits: 7 } },
      ],
    })
    const counts = { IndexSizeBytes: 0, ItemCount: 0 }
    const locals = [{ ...localIndex, ...counts, IndexArn: `${arn}/index/byC` }]
    expect(answer).toMatchObject({ LocalSecondaryIndexes: locals })
    expect(table).toMatchObject({ LocalSecondaryIndexes: locals })
    const globals = (status: string, warm: object) => [
      {
        IndexName: 'second',
        KeySchema: [hash('c'), hash('b'), range('a')],
        Projection: all,
        ...counts,
        IndexArn: `${arn}/index/second`,
        IndexStatus: status,
        ProvisionedThroughput: noUnits,
        ...warm,
      },
      {
        IndexName: 'byB',
        KeySchema: [hash('b')],
        Projection: include,
        ...counts,
        IndexArn: `${arn}/index/byB`,
        IndexStatus: status,
        ProvisionedThroughput: noUnits,
        OnDemandThroughput: { MaxReadRequestUnits: 7 },
        ...warm,
      },
    ]
    expect((answer as { GlobalSecondaryIndexes: unknown }).GlobalSecondaryIndexes).toStrictEqual(
      globals('CREATING', {}),
    )
    expect((table as { GlobalSecondaryIndexes: unknown }).GlobalSecondaryIndexes).toStrictEqual(
      globals('ACTIVE', onDemandWarm),
    )
  })

  test('stream, encryption, class, protection and request units', async () => {
    const [answer, table] = await created({
      ...hashOnly,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      SSESpecification: { Enabled: true, SSEType: 'KMS' },
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
      DeletionProtectionEnabled: true,
      OnDemandThroughput: { MaxReadRequestUnits: 1, MaxWriteRequestUnits: 2 },
    })
    const settings = {
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      LatestStreamLabel: '2026-01-02T03:04:05.678',
      LatestStreamArn: `${arn}/stream/2026-01-02T03:04:05.678`,
      SSEDescription: {
        Status: 'ENABLED',
        SSEType: 'KMS',
        KMSMasterKeyArn: 'arn:aws:kms:us-east-1:000000000000:alias/aws/dynamodb',
      },
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
      DeletionProtectionEnabled: true,
      OnDemandThroughput: { MaxReadRequestUnits: 1, MaxWriteRequestUnits: 2 },
    }
    expect(answer).toMatchObject(settings)
    expect(table).toMatchObject(settings)
  })

  test.each([
    ['1234', 'arn:aws:kms:us-east-1:000000000000:key/1234'],
    ['alias/mine', 'arn:aws:kms:us-east-1:000000000000:alias/mine'],
    ['arn:aws:kms:eu-west-1:1:key/2', 'arn:aws:kms:eu-west-1:1:key/2'],
  ])('the KMS key %s by its ARN', async (id, keyArn) => {
    const specification = { SSEType: 'KMS' as const, KMSMasterKeyId: id }
    const [, table] = await created({ ...hashOnly, SSESpecification: specification })
    expect(table).toMatchObject({ SSEDescription: { KMSMasterKeyArn: keyArn } })
  })

  test('no stream and no encryption that were refused in the request', async () => {
    const [answer] = await created({
      ...hashOnly,
      StreamSpecification: { StreamEnabled: false },
      SSESpecification: { Enabled: false },
    })
    expect(answer).not.toHaveProperty('StreamSpecification')
    expect(answer).not.toHaveProperty('LatestStreamArn')
    expect(answer).not.toHaveProperty('SSEDescription')
  })
})

test('index keys of the table at run time say type and index', async () => {
  const plane = await openControlPlane()
  await createTable(plane, {
    ...withLocalIndex,
    GlobalSecondaryIndexes: [{ ...globalIndex, KeySchema: [hash('b'), range('a')] }],
  })
  expect(plane.catalog.tableForData('music').indexKeys).toEqual([
    { name: 'b', type: 'S', indexName: 'byB', keyType: 'HASH' },
    { name: 'a', type: 'S', indexName: 'byB', keyType: 'RANGE' },
    { name: 'c', type: 'S', indexName: 'byC', keyType: 'RANGE' },
  ])
})
