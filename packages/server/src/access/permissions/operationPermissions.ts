/**
 * What of a request names the resource that an action is checked on. `...OrIndex` is the index
 * alone where there is one: a policy for its table does not cover it.
 */
export type ResourceSource =
  | 'table'
  | 'tableOrIndex'
  | 'index'
  | 'batchedTables'
  | 'stream'
  | 'streamOfIterator'
  | 'resourceArn'
  | 'backup'
  | 'export'
  | 'import'
  | 'bulkOperation'
  | 'tableArn'
  | 'tableArnOrAll'
  | 'sourceTable'
  | 'targetTable'
  | 'importedTable'
  | 'globalTable'
  | 'tableOfGlobalTable'
  | 'all'

/** One action that an operation needs, and on what. */
export interface PermissionRule {
  /** Without the prefix of its service. */
  readonly action: string
  readonly on: ResourceSource
  /** The member, by its path, that a request must have for this to be needed; absent for always. */
  readonly when?: string
}

/** Which actions an operation needs: rules, or the actions of its entries, each on its table. */
export type OperationPermissions =
  | { readonly kind: 'rules'; readonly rules: readonly PermissionRule[] }
  /** Entries of TransactItems, by the member that each has. */
  | { readonly kind: 'transaction'; readonly actions: Readonly<Record<string, string>> }
  /** Statements of PartiQL, by what each does. */
  | { readonly kind: 'statements' }

const needs = (...rules: readonly PermissionRule[]): OperationPermissions => ({
  kind: 'rules',
  rules,
})

/** What is needed of the data of a table that is made of others. */
const dataActions = [
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'UpdateItem',
]

const allOf = (
  actions: readonly string[],
  on: ResourceSource,
  when?: string,
): readonly PermissionRule[] =>
  actions.map((action) => ({ action, on, ...(when !== undefined && { when }) }))

/** Operations that need the action of their own name, by the resource that it is checked on. */
const ownAction: Readonly<Partial<Record<ResourceSource, readonly string[]>>> = {
  table: [
    'CreateBackup',
    'DeleteItem',
    'DeleteTable',
    'DescribeContinuousBackups',
    'DescribeKinesisStreamingDestination',
    'DescribeTable',
    'DescribeTableReplicaAutoScaling',
    'DescribeTimeToLive',
    'DisableKinesisStreamingDestination',
    'EnableKinesisStreamingDestination',
    'GetItem',
    'PutItem',
    'StartBulkPutItems',
    'UpdateContinuousBackups',
    'UpdateItem',
    'UpdateKinesisStreamingDestination',
    'UpdateTableReplicaAutoScaling',
    'UpdateTimeToLive',
  ],
  tableOrIndex: ['DescribeContributorInsights', 'Query', 'Scan', 'UpdateContributorInsights'],
  index: ['SearchVectors'],
  batchedTables: ['BatchGetItem', 'BatchWriteItem'],
  stream: ['DescribeStream', 'GetShardIterator'],
  streamOfIterator: ['GetRecords'],
  resourceArn: [
    'DeleteResourcePolicy',
    'GetResourcePolicy',
    'ListTagsOfResource',
    'PutResourcePolicy',
    'TagResource',
    'UntagResource',
  ],
  backup: ['DeleteBackup', 'DescribeBackup'],
  export: ['DescribeExport'],
  import: ['DescribeImport'],
  bulkOperation: ['CancelBulkOperation', 'DescribeBulkOperation'],
  tableArn: ['ExportTableToPointInTime'],
  tableArnOrAll: ['ListExports', 'ListImports'],
  importedTable: ['ImportTable'],
  globalTable: ['DescribeGlobalTable', 'DescribeGlobalTableSettings'],
  all: [
    'DescribeEndpoints',
    'DescribeLimits',
    'ListBackups',
    'ListBulkOperations',
    'ListContributorInsights',
    'ListGlobalTables',
    'ListStreams',
    'ListTables',
  ],
}

/** On the global table and on the table that is part of it. */
const onGlobalTable = (action: string): OperationPermissions =>
  needs({ action, on: 'globalTable' }, { action, on: 'tableOfGlobalTable' })

const several: Readonly<Record<string, OperationPermissions>> = {
  TransactGetItems: { kind: 'transaction', actions: { Get: 'GetItem' } },
  TransactWriteItems: {
    kind: 'transaction',
    actions: {
      ConditionCheck: 'ConditionCheckItem',
      Delete: 'DeleteItem',
      Put: 'PutItem',
      Update: 'UpdateItem',
    },
  },
  BatchExecuteStatement: { kind: 'statements' },
  ExecuteStatement: { kind: 'statements' },
  ExecuteTransaction: { kind: 'statements' },
  CreateGlobalTable: onGlobalTable('CreateGlobalTable'),
  UpdateGlobalTable: onGlobalTable('UpdateGlobalTable'),
  UpdateGlobalTableSettings: onGlobalTable('UpdateGlobalTableSettings'),
  CreateTable: needs(
    { action: 'CreateTable', on: 'table' },
    { action: 'TagResource', on: 'table', when: 'Tags' },
    { action: 'PutResourcePolicy', on: 'table', when: 'ResourcePolicy' },
    ...allOf(
      ['CreateTableReplica', 'AssociateTableReplica', ...dataActions],
      'table',
      'GlobalTableSourceArn',
    ),
  ),
  UpdateTable: needs(
    { action: 'UpdateTable', on: 'table' },
    ...allOf(
      [
        'CreateTableReplica',
        'ReplicateSettings',
        'WriteDataForReplication',
        ...dataActions,
        'TagResource',
      ],
      'table',
      'ReplicaUpdates.Create',
    ),
    { action: 'DeleteTableReplica', on: 'table', when: 'ReplicaUpdates.Delete' },
    { action: 'DisassociateTableReplica', on: 'table', when: 'ReplicaUpdates.Disassociate' },
    { action: 'CreateGlobalTableWitness', on: 'table', when: 'GlobalTableWitnessUpdates.Create' },
    { action: 'DeleteGlobalTableWitness', on: 'table', when: 'GlobalTableWitnessUpdates.Delete' },
  ),
  RestoreTableFromBackup: needs(
    { action: 'RestoreTableFromBackup', on: 'backup' },
    ...allOf(['RestoreTableFromBackup', ...dataActions], 'targetTable'),
  ),
  RestoreTableToPointInTime: needs(
    { action: 'RestoreTableToPointInTime', on: 'sourceTable' },
    ...allOf(dataActions, 'targetTable'),
  ),
}

/**
 * What every operation of DynamoDB and of its streams needs (service authorization reference of
 * DynamoDB). There are no actions for transactions or for the execution of statements.
 */
export const operationPermissions: ReadonlyMap<string, OperationPermissions> = new Map([
  ...Object.entries(ownAction).flatMap(([on, operations]) =>
    operations.map((action): [string, OperationPermissions] => [
      action,
      needs({ action, on: on as ResourceSource }),
    ]),
  ),
  ...Object.entries(several),
])

/** What a statement of PartiQL does, by its first word; EXISTS reads. */
export type StatementVerb = 'Select' | 'Insert' | 'Update' | 'Delete' | 'Exists'

export const statementActions: Readonly<Record<StatementVerb, string>> = {
  Select: 'PartiQLSelect',
  Insert: 'PartiQLInsert',
  Update: 'PartiQLUpdate',
  Delete: 'PartiQLDelete',
  Exists: 'PartiQLSelect',
}
