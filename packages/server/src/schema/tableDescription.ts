import { findIndex, type Table } from './table.ts'
import type {
  AttributeDefinition,
  BillingMode,
  GlobalSecondaryIndexRecord,
  LocalSecondaryIndexRecord,
  OnDemandThroughput,
  Projection,
  TableRecord,
  TableStatus,
  Throughput,
  VectorIndexRecord,
  WarmThroughput,
} from './tableRecord.ts'
import { warmUnits } from './warmUnits.ts'

type Description = Record<string, unknown>

/** A time as the API shows it: seconds since the Unix epoch. */
const seconds = (timeMs: number): number => timeMs / 1000

/**
 * TableDescription as the API shows `record`, which may be another than the one in force: the
 * answer to a change shows the change under way.
 */
export function describeTableRecord(table: Table, record: TableRecord, nowMs: number): Description {
  const [itemCount, sizeBytes] = table.counter.values
  const { stream, tableClass } = record
  return {
    AttributeDefinitions: record.attributeDefinitions.toSorted(byName),
    TableName: record.tableName,
    KeySchema: record.keySchema,
    TableStatus: tableStatus(record),
    CreationDateTime: seconds(record.creationDateTimeMs),
    ProvisionedThroughput: describeThroughput(record.throughput, nowMs),
    TableSizeBytes: sizeBytes,
    ItemCount: itemCount,
    TableArn: table.arn,
    TableId: record.tableId,
    ...billingSummary(record),
    ...indexLists(table, record, nowMs),
    ...(stream?.viewType !== undefined && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: stream.viewType },
    }),
    ...(stream !== undefined && {
      LatestStreamLabel: stream.latestLabel,
      LatestStreamArn: `${table.arn}/stream/${stream.latestLabel}`,
    }),
    ...encryption(record),
    ...(tableClass !== undefined && {
      TableClassSummary: {
        TableClass: tableClass.tableClass,
        ...(tableClass.lastUpdateDateTimeMs !== undefined && {
          LastUpdateDateTime: seconds(tableClass.lastUpdateDateTimeMs),
        }),
      },
    }),
    DeletionProtectionEnabled: record.deletionProtectionEnabled,
    ...(record.disassociationProtectionEnabled !== undefined && {
      DisassociationProtectionEnabled: record.disassociationProtectionEnabled,
    }),
    ...describeOnDemandThroughput(record.onDemandThroughput),
    ...(!isUnaskedWhileCreated(record) && { WarmThroughput: describeTableWarmth(record) }),
  }
}

const byName = (a: AttributeDefinition, b: AttributeDefinition): number =>
  a.AttributeName < b.AttributeName ? -1 : 1

/** Names are shown in their order, not in the request's. */
function describeProjection(projection: Projection): Projection {
  const { NonKeyAttributes: names } = projection
  return names === undefined ? projection : { ...projection, NonKeyAttributes: names.toSorted() }
}

/**
 * A table is UPDATING as long as a global index of it is being created or deleted; a vector index
 * is so in an active table once its backfill has begun.
 */
function tableStatus({ status, globalSecondaryIndexes }: TableRecord): TableStatus {
  if (status !== 'ACTIVE') return status
  const isChanging = globalSecondaryIndexes.some(
    (index) => index.status === 'CREATING' || index.status === 'DELETING',
  )
  return isChanging ? 'UPDATING' : status
}

/** The shorter description that DeleteTable answers with. */
export function describeDeletedTable(
  table: Table,
  record: TableRecord,
  nowMs: number,
): Description {
  const [itemCount, sizeBytes] = table.counter.values
  return {
    TableName: record.tableName,
    TableStatus: record.status,
    ProvisionedThroughput: describeThroughput(record.throughput, nowMs),
    TableSizeBytes: sizeBytes,
    ItemCount: itemCount,
    TableArn: table.arn,
    TableId: record.tableId,
    ...billingSummary(record),
    DeletionProtectionEnabled: record.deletionProtectionEnabled,
  }
}

/** Decreases so far on the UTC day of `nowMs`. */
export function decreasesToday(throughput: Throughput, nowMs: number): number {
  const { lastDecreaseDateTimeMs: lastMs, decreasesThatDay } = throughput
  const dayMs = 24 * 60 * 60 * 1000
  const sameDay = lastMs !== undefined && Math.floor(lastMs / dayMs) === Math.floor(nowMs / dayMs)
  return sameDay ? decreasesThatDay : 0
}

function describeThroughput(throughput: Throughput, nowMs: number): Description {
  const { lastIncreaseDateTimeMs, lastDecreaseDateTimeMs } = throughput
  return {
    ...(lastIncreaseDateTimeMs !== undefined && {
      LastIncreaseDateTime: seconds(lastIncreaseDateTimeMs),
    }),
    ...(lastDecreaseDateTimeMs !== undefined && {
      LastDecreaseDateTime: seconds(lastDecreaseDateTimeMs),
    }),
    NumberOfDecreasesToday: decreasesToday(throughput, nowMs),
    ReadCapacityUnits: throughput.readCapacityUnits,
    WriteCapacityUnits: throughput.writeCapacityUnits,
  }
}

/** A provisioned table has no summary unless it was on demand once. */
function billingSummary(record: TableRecord): Description | undefined {
  const { billingMode, lastUpdateToPayPerRequestMs } = record
  if (billingMode === 'PROVISIONED' && lastUpdateToPayPerRequestMs === undefined) return undefined
  const last = lastUpdateToPayPerRequestMs !== undefined && {
    LastUpdateToPayPerRequestDateTime: seconds(lastUpdateToPayPerRequestMs),
  }
  return {
    BillingModeSummary: { BillingMode: billingMode, ...last },
    TableThroughputModeSummary: { TableThroughputMode: billingMode, ...last },
  }
}

/** Limits that older stores hold as -1 are none. */
function describeOnDemandThroughput(
  limits: OnDemandThroughput | undefined,
): Description | undefined {
  const shown = Object.entries(limits ?? {}).filter(([, limit]) => limit !== -1)
  return shown.length === 0 ? undefined : { OnDemandThroughput: Object.fromEntries(shown) }
}

function encryption({ kmsMasterKeyArn }: TableRecord): Description | undefined {
  if (kmsMasterKeyArn === undefined) return undefined
  return {
    SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: kmsMasterKeyArn },
  }
}

function indexLists(table: Table, record: TableRecord, nowMs: number): Description {
  const { localSecondaryIndexes: locals, globalSecondaryIndexes: globals } = record
  const { vectorIndexes: vectors = [] } = record
  return {
    ...(locals.length > 0 && {
      LocalSecondaryIndexes: locals.map((index) => describeIndex(table, index)),
    }),
    ...(globals.length > 0 && {
      GlobalSecondaryIndexes: globals.map((index) => ({
        ...describeIndex(table, index),
        IndexStatus: index.status,
        ...(index.backfilling !== undefined && { Backfilling: index.backfilling }),
        ProvisionedThroughput: describeThroughput(index.throughput, nowMs),
        ...describeOnDemandThroughput(index.onDemandThroughput),
        ...(!isUnaskedWhileCreated(index) && {
          WarmThroughput: {
            ...warmUnits(record.billingMode, index.throughput, index.warmThroughput),
            Status: index.status === 'ACTIVE' ? 'ACTIVE' : 'UPDATING',
          },
        }),
      })),
    }),
    ...(vectors.length > 0 && {
      VectorIndexes: vectors.map((index) => describeVectorIndex(table, index)),
    }),
  }
}

function describeIndex(
  table: Table,
  index: LocalSecondaryIndexRecord | GlobalSecondaryIndexRecord,
): Description {
  return {
    IndexName: index.indexName,
    KeySchema: index.keySchema,
    Projection: describeProjection(index.projection),
    ...describeEntries(table, index),
  }
}

function describeVectorIndex(table: Table, index: VectorIndexRecord): Description {
  return {
    IndexName: index.indexName,
    VectorAttribute: { AttributeName: index.vectorAttribute },
    ...(index.searchSchema !== undefined && { SearchSchema: index.searchSchema }),
    Projection: describeProjection(index.projection),
    Dimensions: index.dimensions,
    DistanceFunction: index.distanceFunction,
    IndexStatus: index.status,
    ...(index.backfilling !== undefined && { Backfilling: index.backfilling }),
    ...describeEntries(table, index),
  }
}

function describeEntries(table: Table, { indexName }: { readonly indexName: string }): Description {
  const [entryCount, sizeBytes] = findIndex(table, indexName)?.counter.values ?? [0, 0]
  return {
    IndexSizeBytes: sizeBytes,
    ItemCount: entryCount,
    IndexArn: `${table.arn}/index/${indexName}`,
  }
}

/** While a table or index is being created, only what its creator asked for is shown. */
function isUnaskedWhileCreated({
  status,
  warmThroughput,
}: {
  readonly status: TableStatus
  readonly warmThroughput?: WarmThroughput
}): boolean {
  return status === 'CREATING' && warmThroughput === undefined
}

/** WarmThroughput of a table; other changes than its own do not make it UPDATING. */
export function describeTableWarmth({
  billingMode,
  throughput,
  warmThroughput,
  status,
}: {
  readonly billingMode: BillingMode
  readonly throughput: Throughput
  readonly warmThroughput?: WarmThroughput
  readonly status: TableStatus
}): Description {
  return {
    ...warmUnits(billingMode, throughput, warmThroughput),
    Status: status === 'CREATING' ? 'UPDATING' : 'ACTIVE',
  }
}
