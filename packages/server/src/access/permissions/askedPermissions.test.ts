import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { askedOfCloudWatch, askedPermissions, accountOfResource } from './askedPermissions.ts'
import type { ReadFromRequest } from './askedPermissions.ts'
import { operationPermissions } from './operationPermissions.ts'

const place = { accountId: '123456789012', region: 'eu-west-1' }
const prefix = 'arn:aws:dynamodb:eu-west-1:123456789012:'
const table = `${prefix}table/T`
const foreign = 'arn:aws:dynamodb:us-east-1:999999999999:table/T'

/** Each permission as `Action resource`, the resource without what all have in common. */
function told(operation: string, request: object, read?: ReadFromRequest): string[] {
  return askedPermissions(operation, request, place, read).map(({ action, resource, entry }) => {
    const short = resource.startsWith(prefix) ? resource.slice(prefix.length) : resource
    return `${entry === undefined ? '' : `${entry}: `}${action.slice('dynamodb:'.length)} ${short}`
  })
}

function operationsOf(model: string): string[] {
  const url = new URL(`../../../model/${model}.json`, import.meta.url)
  const { operations } = JSON.parse(readFileSync(url, 'utf8')) as { operations: object }
  return Object.keys(operations)
}

test('every operation of the models has its permissions, and nothing else has', () => {
  const operations = [...operationsOf('dynamodb'), ...operationsOf('dynamodbstreams')]
  expect(operations).toHaveLength(66)
  expect([...operationPermissions.keys()].sort()).toEqual(operations.sort())
})

const dataActions = [
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
]
const dataOn = (resource: string): string[] => dataActions.map((action) => `${action} ${resource}`)

describe('the action of its own name', () => {
  const byTable = [
    'GetItem',
    'PutItem',
    'UpdateItem',
    'DeleteItem',
    'DescribeTable',
    'DeleteTable',
    'UpdateTimeToLive',
    'DescribeTimeToLive',
    'CreateBackup',
    'UpdateContinuousBackups',
    'DescribeContinuousBackups',
    'StartBulkPutItems',
    'UpdateTableReplicaAutoScaling',
    'EnableKinesisStreamingDestination',
    'DisableKinesisStreamingDestination',
    'DescribeKinesisStreamingDestination',
    'UpdateKinesisStreamingDestination',
    'DescribeTableReplicaAutoScaling',
    'CreateTable',
    'UpdateTable',
  ]
  test.each(byTable)('%s on the table', (operation) => {
    expect(told(operation, { TableName: 'T' })).toEqual([`${operation} table/T`])
    expect(told(operation, { TableName: foreign })).toEqual([`${operation} ${foreign}`])
    expect(told(operation, {})).toEqual([])
  })

  test.each(['Query', 'Scan', 'DescribeContributorInsights', 'UpdateContributorInsights'])(
    '%s on the index alone, if one is named',
    (operation) => {
      expect(told(operation, { TableName: 'T' })).toEqual([`${operation} table/T`])
      expect(told(operation, { TableName: 'T', IndexName: 'I' })).toEqual([
        `${operation} table/T/index/I`,
      ])
      expect(told(operation, { TableName: foreign, IndexName: 'I' })).toEqual([
        `${operation} ${foreign}/index/I`,
      ])
    },
  )

  test.each<[string, string, object, string]>([
    ['SearchVectors', 'the index', { TableName: 'T', IndexName: 'V' }, 'table/T/index/V'],
    ['DescribeStream', 'the stream', { StreamArn: `${table}/stream/L` }, 'table/T/stream/L'],
    ['GetShardIterator', 'the stream', { StreamArn: `${table}/stream/L` }, 'table/T/stream/L'],
    ['DescribeBackup', 'the backup', { BackupArn: `${table}/backup/B` }, 'table/T/backup/B'],
    ['DeleteBackup', 'the backup', { BackupArn: `${table}/backup/B` }, 'table/T/backup/B'],
    ['DescribeExport', 'the export', { ExportArn: `${table}/export/E` }, 'table/T/export/E'],
    ['DescribeImport', 'the import', { ImportArn: `${table}/import/E` }, 'table/T/import/E'],
    ['DescribeBulkOperation', 'its ARN', { BulkOperationArn: `${table}/bulk/E` }, 'table/T/bulk/E'],
    ['CancelBulkOperation', 'its ARN', { BulkOperationArn: `${table}/bulk/E` }, 'table/T/bulk/E'],
    ['TagResource', 'the ARN in the request', { ResourceArn: table }, 'table/T'],
    ['UntagResource', 'the ARN in the request', { ResourceArn: table }, 'table/T'],
    ['ListTagsOfResource', 'the ARN in the request', { ResourceArn: table }, 'table/T'],
    [
      'PutResourcePolicy',
      'the ARN in the request',
      { ResourceArn: `${table}/stream/L` },
      'table/T/stream/L',
    ],
    ['GetResourcePolicy', 'the ARN in the request', { ResourceArn: table }, 'table/T'],
    ['DeleteResourcePolicy', 'the ARN in the request', { ResourceArn: table }, 'table/T'],
    ['ExportTableToPointInTime', 'the table', { TableArn: table }, 'table/T'],
    ['ListExports', 'the table if given', { TableArn: table }, 'table/T'],
    ['ListImports', 'the table if given', { TableArn: table }, 'table/T'],
    ['ListExports', '* otherwise', {}, '*'],
    ['ListImports', '* otherwise', {}, '*'],
    ['ImportTable', 'the new table', { TableCreationParameters: { TableName: 'T' } }, 'table/T'],
    ...['DescribeGlobalTable', 'DescribeGlobalTableSettings'].map(
      (operation): [string, string, object, string] => [
        operation,
        'the global table, which has no Region',
        { GlobalTableName: 'G' },
        'arn:aws:dynamodb::123456789012:global-table/G',
      ],
    ),
    ...[
      'ListTables',
      'ListBackups',
      'ListStreams',
      'ListContributorInsights',
      'ListGlobalTables',
      'ListBulkOperations',
      'DescribeLimits',
      'DescribeEndpoints',
    ].map((operation): [string, string, object, string] => [
      operation,
      '* even where a table is named',
      { TableName: 'T' },
      '*',
    ]),
  ])('%s on %s', (operation, _, request, resource) => {
    expect(told(operation, request)).toEqual([`${operation} ${resource}`])
  })

  test('GetRecords on the stream that its iterator belongs to', () => {
    const request = { ShardIterator: 'text' }
    expect(told('GetRecords', request, { stream: `${table}/stream/L` })).toEqual([
      'GetRecords table/T/stream/L',
    ])
    expect(told('GetRecords', request)).toEqual([])
  })
})

describe('batches and transactions', () => {
  test.each(['BatchGetItem', 'BatchWriteItem'])('%s: itself, on each table', (operation) => {
    expect(told(operation, { RequestItems: { T: {}, U: {}, [foreign]: {} } })).toEqual([
      `${operation} table/T`,
      `${operation} table/U`,
      `${operation} ${foreign}`,
    ])
    expect(told(operation, {})).toEqual([])
  })

  test('TransactGetItems: GetItem for each entry', () => {
    const Get = { TableName: 'T' }
    expect(told('TransactGetItems', { TransactItems: [{ Get }, {}, { Get }] })).toEqual([
      '0: GetItem table/T',
      '2: GetItem table/T',
    ])
    expect(told('TransactGetItems', {})).toEqual([])
  })

  test('TransactWriteItems: the action of each entry', () => {
    const on = { TableName: 'T' }
    const TransactItems = [{ Put: on }, { Update: on }, { Delete: on }, { ConditionCheck: on }]
    expect(told('TransactWriteItems', { TransactItems })).toEqual([
      '0: PutItem table/T',
      '1: UpdateItem table/T',
      '2: DeleteItem table/T',
      '3: ConditionCheckItem table/T',
    ])
  })

  test.each(['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction'])(
    '%s: the PartiQL action of each statement',
    (operation) => {
      const statements = [
        { verb: 'Select', table: 'T' },
        { verb: 'Select', table: 'T', index: 'I' },
        { verb: 'Insert', table: 'T' },
        { verb: 'Update', table: 'T' },
        { verb: 'Delete', table: foreign },
        { verb: 'Exists', table: 'T' },
      ] as const
      expect(told(operation, {}, { statements })).toEqual([
        '0: PartiQLSelect table/T',
        '1: PartiQLSelect table/T/index/I',
        '2: PartiQLInsert table/T',
        '3: PartiQLUpdate table/T',
        `4: PartiQLDelete ${foreign}`,
        '5: PartiQLSelect table/T',
      ])
    },
  )
})

describe('operations that need several actions', () => {
  test('CreateTable: tags, a policy, a global table to join', () => {
    const own = { TableName: 'T', Tags: [], ResourcePolicy: undefined }
    expect(told('CreateTable', own)).toEqual(['CreateTable table/T'])
    const Tags = [{ Key: 'a', Value: 'b' }]
    expect(told('CreateTable', { ...own, Tags, ResourcePolicy: '{}' })).toEqual([
      'CreateTable table/T',
      'TagResource table/T',
      'PutResourcePolicy table/T',
    ])
    expect(told('CreateTable', { ...own, GlobalTableSourceArn: foreign })).toEqual([
      'CreateTable table/T',
      'CreateTableReplica table/T',
      'AssociateTableReplica table/T',
      ...dataOn('table/T'),
    ])
  })

  test('UpdateTable: replicas and witnesses', () => {
    const update = (members: object) => told('UpdateTable', { TableName: 'T', ...members })
    expect(update({ ReplicaUpdates: [] })).toEqual(['UpdateTable table/T'])
    expect(update({ ReplicaUpdates: [{ Update: {} }] })).toEqual(['UpdateTable table/T'])
    expect(update({ ReplicaUpdates: [{ Update: {} }, { Create: { RegionName: 'x' } }] })).toEqual([
      'UpdateTable table/T',
      'CreateTableReplica table/T',
      'ReplicateSettings table/T',
      'WriteDataForReplication table/T',
      ...dataOn('table/T'),
      'TagResource table/T',
    ])
    expect(update({ ReplicaUpdates: [{ Delete: {} }, { Disassociate: {} }] })).toEqual([
      'UpdateTable table/T',
      'DeleteTableReplica table/T',
      'DisassociateTableReplica table/T',
    ])
    expect(update({ GlobalTableWitnessUpdates: [{ Create: {} }, { Delete: {} }] })).toEqual([
      'UpdateTable table/T',
      'CreateGlobalTableWitness table/T',
      'DeleteGlobalTableWitness table/T',
    ])
  })

  test('restores: the source, and the data of the target', () => {
    const BackupArn = `${table}/backup/B`
    expect(told('RestoreTableFromBackup', { BackupArn, TargetTableName: 'N' })).toEqual([
      'RestoreTableFromBackup table/T/backup/B',
      'RestoreTableFromBackup table/N',
      ...dataOn('table/N'),
    ])
    for (const source of [{ SourceTableName: 'T' }, { SourceTableArn: table }]) {
      expect(told('RestoreTableToPointInTime', { ...source, TargetTableName: 'N' })).toEqual([
        'RestoreTableToPointInTime table/T',
        ...dataOn('table/N'),
      ])
    }
  })

  test.each(['CreateGlobalTable', 'UpdateGlobalTable', 'UpdateGlobalTableSettings'])(
    '%s: the global table and its table here',
    (operation) => {
      expect(told(operation, { GlobalTableName: 'G' })).toEqual([
        `${operation} arn:aws:dynamodb::123456789012:global-table/G`,
        `${operation} table/G`,
      ])
    },
  )
})

test('CloudWatch: its own actions, on no resource', () => {
  expect(askedOfCloudWatch('GetMetricData')).toEqual([
    { action: 'cloudwatch:GetMetricData', resource: '*' },
  ])
})

test.each([
  [table, '123456789012'],
  [foreign, '999999999999'],
  ['*', 'mine'],
  ['arn:aws:s3:::bucket', 'mine'],
])('the account of %s', (resource, account) => {
  expect(accountOfResource(resource, 'mine')).toBe(account)
})
