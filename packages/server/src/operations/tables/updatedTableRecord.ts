import { capacityInUpdate, tableInUse, throughputOnDemand } from '../../errors/tableErrors.ts'
import { vectorTableStaysOnDemand } from '../../errors/vectorErrors.ts'
import type { RecordChange } from '../../catalog/recordChange.ts'
import type { StreamOpening } from '../../catalog/tableStreams.ts'
import type { ResourceNames } from '../../schema/resourceNames.ts'
import { decreasesToday } from '../../schema/tableDescription.ts'
import type {
  GlobalSecondaryIndexRecord,
  TableRecord,
  Throughput,
  VectorIndexRecord,
} from '../../schema/tableRecord.ts'
import { warmUnits } from '../../schema/warmUnits.ts'
import { checkOnDemandThroughput, mergedOnDemandThroughput } from './capacityChecks.ts'
import { withEncryption } from './encryptionSettings.ts'
import { withIndexChange } from './indexCreation.ts'
import { updateGlobalSecondaryIndexes } from './indexUpdates.ts'
import { changingStream, updatedStream } from './streamSettings.ts'
import { tableClassOf } from './tableClass.ts'
import { billingModeOf } from './tableCreation.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'
import { switchesToOnDemand, updatedThroughput } from './throughputChange.ts'
import { checkAllocated } from './vectorIndexUpdates.ts'

/** What the server adds to an update. */
export interface UpdateContext {
  readonly names: ResourceNames
  readonly nowMs: number
  /** Whether a table may be switched to on demand so often and no oftener. */
  readonly limitsSwitches: boolean
  /** Gives the number of a new index. */
  readonly nextNumber: () => number
  /** Gives what a stream has that is enabled. */
  readonly openStream: () => StreamOpening
}

/**
 * What becomes of a table by an update that has passed the checks of the request alone. Throws when
 * the table's status or settings do not admit it.
 */
export function updatedTableChange(
  record: TableRecord,
  request: UpdateTableRequest,
  { names, nowMs, nextNumber, openStream, limitsSwitches }: UpdateContext,
): RecordChange {
  checkStatus(record, request)
  const billingMode = billingModeOf(request) ?? record.billingMode
  const updated: TableRecord = {
    ...withCapacity(record, request, { nowMs, limitsSwitches }),
    globalSecondaryIndexes: updateGlobalSecondaryIndexes(
      record,
      request.GlobalSecondaryIndexUpdates ?? [],
      { billingMode, nowMs },
    ),
  }
  const indexed = withIndexChange(updated, request, nextNumber)
  const streaming = withStream(withTableClass(indexed, request, nowMs), request, openStream)
  const after = withEncryption(streaming, request.SSESpecification, names)
  return { during: recordDuringUpdate(record, after, nowMs), after }
}

function checkStatus(record: TableRecord, request: UpdateTableRequest): void {
  const { status, tableName } = record
  if (status === 'CREATING') throw tableInUse('created', tableName)
  if (status === 'DELETING') throw tableInUse('deleted', tableName)
  if (status !== 'UPDATING') return
  const deleted = request.VectorIndexUpdates?.[0]?.Delete?.IndexName
  const index = record.vectorIndexes?.find(({ indexName }) => indexName === deleted)
  if (index !== undefined) checkAllocated(index, tableName)
  const changesCapacity =
    request.ProvisionedThroughput !== undefined || billingModeOf(request) !== undefined
  throw changesCapacity ? capacityInUpdate(tableName) : tableInUse('updated', tableName)
}

function withCapacity(
  record: TableRecord,
  request: UpdateTableRequest,
  { nowMs, limitsSwitches }: Pick<UpdateContext, 'nowMs' | 'limitsSwitches'>,
): TableRecord {
  const { billingMode: billingModeBefore, throughput: throughputBefore } = record
  const { ProvisionedThroughput: units } = request
  const billingMode = billingModeOf(request) ?? billingModeBefore
  if (billingMode === 'PROVISIONED' && record.vectorIndexes !== undefined) {
    throw vectorTableStaysOnDemand()
  }
  const switched = billingMode !== billingModeBefore
  if (billingMode === 'PAY_PER_REQUEST' && units !== undefined) throw throughputOnDemand()
  checkOnDemandThroughput(request.OnDemandThroughput, { billingMode })
  const change = { units, billingMode, billingModeBefore }
  const throughput = updatedThroughput(throughputBefore, change, nowMs)
  const { onDemandThroughput: limitsBefore, ...unlimited } = record
  const limits =
    billingMode === 'PROVISIONED'
      ? undefined
      : mergedOnDemandThroughput(limitsBefore, request.OnDemandThroughput)
  return {
    ...unlimited,
    billingMode,
    throughput,
    ...(limits !== undefined && { onDemandThroughput: limits }),
    ...(switched &&
      billingMode === 'PAY_PER_REQUEST' && {
        lastUpdateToPayPerRequestMs: nowMs,
        switchesToOnDemandMs: switchesToOnDemand(record, nowMs, limitsSwitches),
      }),
    // Warm throughput never goes down.
    ...(throughput !== throughputBefore && {
      warmThroughput: warmUnits(billingModeBefore, throughputBefore, record.warmThroughput),
    }),
  }
}

function withTableClass(
  record: TableRecord,
  request: UpdateTableRequest,
  nowMs: number,
): TableRecord {
  const tableClass = tableClassOf(request.TableClass)
  const before = record.tableClass?.tableClass ?? 'STANDARD'
  if (tableClass === undefined || tableClass === before) return record
  return { ...record, tableClass: { tableClass, lastUpdateDateTimeMs: nowMs } }
}

function withStream(
  record: TableRecord,
  request: UpdateTableRequest,
  openStream: () => StreamOpening,
): TableRecord {
  const stream = updatedStream(record, request.StreamSpecification, openStream)
  return stream === undefined ? record : { ...record, stream }
}

/**
 * While it is being updated, a table shows its old throughput, but its new billing mode; the
 * backfill of a new index has not begun. Encryption, limits on demand and the throughput of indexes
 * do not make the table UPDATING.
 */
function recordDuringUpdate(before: TableRecord, after: TableRecord, nowMs: number): TableRecord {
  const switched = before.billingMode !== after.billingMode
  const { lastUpdateToPayPerRequestMs: _after, ...undated } = after
  const lastMs = before.lastUpdateToPayPerRequestMs
  return {
    ...undated,
    ...(lastMs !== undefined && { lastUpdateToPayPerRequestMs: lastMs }),
    status: changesTable(before, after) ? 'UPDATING' : 'ACTIVE',
    ...(after.stream !== undefined &&
      after.stream !== before.stream && { stream: changingStream(after.stream) }),
    throughput: switched
      ? after.throughput
      : throughputDuringUpdate(before.throughput, after.throughput, nowMs),
    globalSecondaryIndexes: after.globalSecondaryIndexes.map((index, i) =>
      indexDuringUpdate(before.globalSecondaryIndexes[i], index, switched, nowMs),
    ),
    ...(after.vectorIndexes !== undefined && {
      vectorIndexes: after.vectorIndexes.map((index) =>
        isNewIn(before, index) ? { ...index, backfilling: false } : index,
      ),
    }),
  }
}

const isNewIn = (
  { vectorIndexes = [] }: TableRecord,
  { indexNumber }: VectorIndexRecord,
): boolean => !vectorIndexes.some((index) => index.indexNumber === indexNumber)

/** Whether the table itself is UPDATING; throughput of its indexes changes without it. */
function changesTable(before: TableRecord, after: TableRecord): boolean {
  const [indexes, indexesBefore] = [after.globalSecondaryIndexes, before.globalSecondaryIndexes]
  return (
    before.billingMode !== after.billingMode ||
    before.throughput !== after.throughput ||
    before.stream !== after.stream ||
    before.tableClass !== after.tableClass ||
    before.vectorIndexes !== after.vectorIndexes ||
    indexes.length !== indexesBefore.length ||
    indexes.some(({ status }, i) => status === 'DELETING' && indexesBefore[i]?.status !== status)
  )
}

function indexDuringUpdate(
  before: GlobalSecondaryIndexRecord | undefined,
  after: GlobalSecondaryIndexRecord,
  switched: boolean,
  nowMs: number,
): GlobalSecondaryIndexRecord {
  if (before === undefined) return { ...after, backfilling: false }
  if (before === after) return after
  const { warmThroughput: _after, ...unwarmed } = after
  return {
    ...unwarmed,
    status: after.status === 'ACTIVE' ? 'UPDATING' : after.status,
    throughput: switched
      ? after.throughput
      : throughputDuringUpdate(before.throughput, after.throughput, nowMs),
    ...(before.warmThroughput !== undefined && { warmThroughput: before.warmThroughput }),
  }
}

/** The old units and count of decreases, but the time of this change already. */
function throughputDuringUpdate(before: Throughput, after: Throughput, nowMs: number): Throughput {
  return {
    ...after,
    readCapacityUnits: before.readCapacityUnits,
    writeCapacityUnits: before.writeCapacityUnits,
    decreasesThatDay: decreasesToday(before, nowMs),
  }
}
