import type { RecordChange } from '../../catalog/recordChange.ts'
import type { StreamOpening } from '../../catalog/tableStreams.ts'
import type { ResourceNames } from '../../schema/resourceNames.ts'
import type {
  GlobalSecondaryIndexRecord,
  LocalSecondaryIndexRecord,
  Projection,
  TableClass,
  TableRecord,
  WarmThroughput,
} from '../../schema/tableRecord.ts'
import {
  mergedOnDemandThroughput,
  newThroughput,
  type WarmThroughputParameter,
} from './capacityChecks.ts'
import { kmsMasterKeyArn } from './encryptionSettings.ts'
import type { GlobalSecondaryIndexParameter, LocalSecondaryIndexParameter } from './indexChecks.ts'
import { newStream } from './streamSettings.ts'
import { billingModeOf, type TableCreation } from './tableCreation.ts'
import { vectorIndexRecord } from './vectorIndexChecks.ts'

/** What a new table gets from the server, and what the server made of the request. */
export interface TableIdentity
  extends Pick<
    TableRecord,
    'tableName' | 'tableId' | 'tableNumber' | 'creationDateTimeMs' | 'tags' | 'policySettings'
  > {
  readonly tableClass: TableClass | undefined
  /** Gives numbers for its indexes. */
  readonly nextNumber: () => number
  /** Gives what its stream has. */
  readonly openStream: () => StreamOpening
}

/** The records of a new table while it is being created and from then on. */
export function newTableChange(
  request: TableCreation,
  names: ResourceNames,
  identity: TableIdentity,
): RecordChange {
  const during = creatingRecord(request, names, identity)
  const { vectorIndexes } = during
  const after: TableRecord = {
    ...during,
    status: 'ACTIVE',
    globalSecondaryIndexes: during.globalSecondaryIndexes.map((index) => ({
      ...index,
      status: 'ACTIVE',
    })),
    ...(vectorIndexes !== undefined && {
      vectorIndexes: vectorIndexes.map((index) => ({ ...index, status: 'ACTIVE' as const })),
    }),
    ...(during.billingMode === 'PAY_PER_REQUEST' && {
      lastUpdateToPayPerRequestMs: during.creationDateTimeMs,
    }),
  }
  return { during, after }
}

function creatingRecord(
  request: TableCreation,
  names: ResourceNames,
  { nextNumber, openStream, tableClass, ...identity }: TableIdentity,
): TableRecord {
  const onDemandThroughput = mergedOnDemandThroughput(undefined, request.OnDemandThroughput)
  const stream = newStream(request.StreamSpecification, openStream)
  const keyArn = kmsMasterKeyArn(request.SSESpecification, names)
  return {
    ...identity,
    status: 'CREATING',
    attributeDefinitions: request.AttributeDefinitions,
    keySchema: request.KeySchema,
    billingMode: billingModeOf(request) ?? 'PROVISIONED',
    throughput: newThroughput(request.ProvisionedThroughput),
    ...(onDemandThroughput !== undefined && { onDemandThroughput }),
    ...warmThroughputOf(request.WarmThroughput),
    localSecondaryIndexes: (request.LocalSecondaryIndexes ?? []).map((index) =>
      localIndexRecord(index, nextNumber()),
    ),
    globalSecondaryIndexes: (request.GlobalSecondaryIndexes ?? []).map((index) =>
      globalIndexRecord(index, nextNumber()),
    ),
    ...(request.VectorIndexes !== undefined && {
      vectorIndexes: request.VectorIndexes.map((index) => vectorIndexRecord(index, nextNumber())),
    }),
    ...(stream !== undefined && { stream }),
    ...(keyArn !== undefined && { kmsMasterKeyArn: keyArn }),
    // The API is silent about the class that every table has when nothing is said.
    ...(tableClass === 'STANDARD_INFREQUENT_ACCESS' && { tableClass: { tableClass } }),
    deletionProtectionEnabled: request.DeletionProtectionEnabled ?? false,
  }
}

function warmThroughputOf(
  units: WarmThroughputParameter | undefined,
): { warmThroughput: WarmThroughput } | undefined {
  return units === undefined || Object.keys(units).length === 0
    ? undefined
    : { warmThroughput: units }
}

function localIndexRecord(
  index: LocalSecondaryIndexParameter,
  indexNumber: number,
): LocalSecondaryIndexRecord {
  return {
    indexName: index.IndexName,
    indexNumber,
    keySchema: index.KeySchema,
    projection: index.Projection as Projection,
  }
}

/** A global secondary index that is being created. */
export function globalIndexRecord(
  index: GlobalSecondaryIndexParameter,
  indexNumber: number,
): GlobalSecondaryIndexRecord {
  const onDemandThroughput = mergedOnDemandThroughput(undefined, index.OnDemandThroughput)
  return {
    ...localIndexRecord(index, indexNumber),
    status: 'CREATING',
    throughput: newThroughput(index.ProvisionedThroughput),
    ...(onDemandThroughput !== undefined && { onDemandThroughput }),
    ...warmThroughputOf(index.WarmThroughput),
  }
}
