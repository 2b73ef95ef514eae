import { tableInUse, throughputMissing, throughputOnDemand } from '../../errors/tableErrors.ts'
import type { RecordChange } from '../../catalog/catalog.ts'
import type { ResourceNames } from '../../schema/resourceNames.ts'
import type { BillingMode, TableRecord } from '../../schema/tableRecord.ts'
import {
  checkOnDemandThroughput,
  checkWarmThroughput,
  mergedOnDemandThroughput,
  raisedFloor,
} from './capacityChecks.ts'
import { kmsMasterKeyArn } from './encryptionSettings.ts'
import { withIndexChange } from './indexCreation.ts'
import { updateGlobalSecondaryIndexes } from './indexUpdates.ts'
import { updatedStream } from './streamSettings.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'
import { updatedThroughput } from './throughputChange.ts'

/** What the server adds to an update. */
export interface UpdateContext {
  readonly names: ResourceNames
  readonly nowMs: number
  /** Gives the number of a new index. */
  readonly nextNumber: () => number
}

/**
 * What becomes of a table by an update that has passed the checks of the request alone. Throws when
 * the table's status or settings do not admit it.
 */
export function updatedTableChange(
  record: TableRecord,
  request: UpdateTableRequest,
  { names, nowMs, nextNumber }: UpdateContext,
): RecordChange {
  checkStatus(record)
  const billingMode = request.BillingMode ?? record.billingMode
  const updated: TableRecord = {
    ...withCapacity(record, request, nowMs),
    globalSecondaryIndexes: updateGlobalSecondaryIndexes(
      record,
      request.GlobalSecondaryIndexUpdates ?? [],
      { billingMode, nowMs },
    ),
    ...(request.TableClass !== undefined && {
      tableClass: { tableClass: request.TableClass, lastUpdateDateTimeMs: nowMs },
    }),
    ...(request.DeletionProtectionEnabled !== undefined && {
      deletionProtectionEnabled: request.DeletionProtectionEnabled,
    }),
  }
  const after = withIndexChange(updated, request, nextNumber)
  const settled = withEncryption(withStream(after, request, nowMs), request, names)
  return { during: recordDuringUpdate(record, settled), after: settled }
}

function checkStatus({ status, tableName }: TableRecord): void {
  if (status === 'CREATING') throw tableInUse('created', tableName)
  if (status === 'UPDATING') throw tableInUse('updated', tableName)
  if (status === 'DELETING') throw tableInUse('deleted', tableName)
}

function withCapacity(
  record: TableRecord,
  request: UpdateTableRequest,
  nowMs: number,
): TableRecord {
  const { billingMode: billingModeBefore, warmThroughput } = record
  const { BillingMode: billingMode = billingModeBefore, ProvisionedThroughput: units } = request
  const switched = billingMode !== billingModeBefore
  if (billingMode === 'PAY_PER_REQUEST' && units !== undefined) throw throughputOnDemand()
  if (switched && billingMode === 'PROVISIONED' && units === undefined) throw throughputMissing()
  checkOnDemandThroughput(request.OnDemandThroughput, { billingMode }, true)
  const change = { units, billingMode, billingModeBefore }
  const throughput = updatedThroughput(record.throughput, change, nowMs)
  const floor = raisedFloor(billingMode, throughput, warmThroughput)
  checkWarmThroughput(request.WarmThroughput, undefined, floor)
  const { onDemandThroughput: limitsBefore, ...unlimited } = record
  const limits = limitsAfter(limitsBefore, request, billingMode)
  return {
    ...unlimited,
    billingMode,
    throughput,
    ...(limits !== undefined && { onDemandThroughput: limits }),
    ...(switched && billingMode === 'PAY_PER_REQUEST' && { lastUpdateToPayPerRequestMs: nowMs }),
    ...(request.WarmThroughput !== undefined && {
      warmThroughput: { ...warmThroughput, ...request.WarmThroughput },
    }),
  }
}

function limitsAfter(
  before: TableRecord['onDemandThroughput'],
  request: UpdateTableRequest,
  billingMode: BillingMode,
): TableRecord['onDemandThroughput'] {
  if (billingMode === 'PROVISIONED') return undefined
  return mergedOnDemandThroughput(before, request.OnDemandThroughput)
}

function withStream(record: TableRecord, request: UpdateTableRequest, nowMs: number): TableRecord {
  const stream = updatedStream(record, request.StreamSpecification, nowMs)
  return stream === undefined ? record : { ...record, stream }
}

function withEncryption(
  record: TableRecord,
  { SSESpecification: specification }: UpdateTableRequest,
  names: ResourceNames,
): TableRecord {
  if (specification === undefined) return record
  const { kmsMasterKeyArn: _before, ...unencrypted } = record
  const keyArn = kmsMasterKeyArn(specification, names)
  return keyArn === undefined ? unencrypted : { ...unencrypted, kmsMasterKeyArn: keyArn }
}

/**
 * While it is being updated, a table shows its old throughput, but its new billing mode; the
 * backfill of a new index has not begun.
 */
function recordDuringUpdate(before: TableRecord, after: TableRecord): TableRecord {
  const switched = before.billingMode !== after.billingMode
  const { lastUpdateToPayPerRequestMs: _after, ...undated } = after
  const lastMs = before.lastUpdateToPayPerRequestMs
  return {
    ...undated,
    ...(lastMs !== undefined && { lastUpdateToPayPerRequestMs: lastMs }),
    status: 'UPDATING',
    throughput: switched ? after.throughput : before.throughput,
    globalSecondaryIndexes: after.globalSecondaryIndexes.map((index, i) => {
      const indexBefore = before.globalSecondaryIndexes[i]
      if (indexBefore === undefined) return { ...index, backfilling: false }
      if (indexBefore === index) return index
      const throughput = switched ? index.throughput : indexBefore.throughput
      return { ...index, status: index.status === 'ACTIVE' ? 'UPDATING' : index.status, throughput }
    }),
  }
}
