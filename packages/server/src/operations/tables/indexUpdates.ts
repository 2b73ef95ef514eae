import type { ApiError } from '../../errors/apiError.ts'
import { indexInUse } from '../../errors/indexErrors.ts'
import {
  indexNotFound,
  indexThroughputMissingInUpdate,
  indexThroughputOnDemandInUpdate,
  indexCapacityMissing,
  indexUpdateNotOnDemand,
  warmUnitsMissing,
} from '../../errors/tableErrors.ts'
import {
  indexActionMissing,
  indexNotGlobal,
  indexUpdatedTwice,
  severalIndexActions,
} from '../../errors/tableSettingErrors.ts'
import type {
  BillingMode,
  GlobalSecondaryIndexRecord,
  TableRecord,
} from '../../schema/tableRecord.ts'
import { warmUnits } from '../../schema/warmUnits.ts'
import {
  checkOnDemandThroughput,
  checkWarmThroughput,
  mergedOnDemandThroughput,
  type OnDemandThroughputParameter,
  type ProvisionedThroughputParameter,
  type WarmThroughputParameter,
} from './capacityChecks.ts'
import type { GlobalSecondaryIndexParameter } from './indexChecks.ts'
import { updatedThroughput } from './throughputChange.ts'

export interface IndexUpdateAction {
  readonly IndexName: string
  readonly ProvisionedThroughput?: ProvisionedThroughputParameter
  readonly OnDemandThroughput?: OnDemandThroughputParameter
  readonly WarmThroughput?: WarmThroughputParameter
}

/** One element of GlobalSecondaryIndexUpdates. */
export interface IndexUpdate {
  readonly Update?: IndexUpdateAction
  readonly Create?: GlobalSecondaryIndexParameter
  readonly Delete?: { readonly IndexName: string }
}

/** What the whole request says that its index updates depend on. */
export interface IndexUpdateContext {
  readonly billingMode: BillingMode
  readonly nowMs: number
}

/** Checks what can be said of index updates without their table. */
export function checkIndexUpdates(
  updates: readonly IndexUpdate[],
  billingMode: BillingMode | undefined,
): void {
  const names = new Set<string>()
  for (const update of updates) {
    const actions = [update.Update, update.Create, update.Delete]
    const [action, second] = actions.filter((present) => present !== undefined)
    if (action === undefined) throw indexActionMissing()
    if (second !== undefined) throw severalIndexActions()
    if (names.has(action.IndexName)) throw indexUpdatedTwice(action.IndexName)
    names.add(action.IndexName)
    const { WarmThroughput: warm } = update.Update ?? {}
    if (warm !== undefined && Object.keys(warm).length === 0) {
      throw warmUnitsMissing(action.IndexName)
    }
    const units = (update.Update ?? update.Create)?.ProvisionedThroughput
    if (billingMode === 'PAY_PER_REQUEST' && units !== undefined) {
      throw indexThroughputOnDemandInUpdate(action.IndexName)
    }
  }
}

/**
 * The indexes of a table after the Update actions of `updates`; an index that stays as it is keeps
 * its record object.
 */
export function updateGlobalSecondaryIndexes(
  record: TableRecord,
  updates: readonly IndexUpdate[],
  context: IndexUpdateContext,
): readonly GlobalSecondaryIndexRecord[] {
  const actions = new Map<string, IndexUpdateAction>()
  for (const { Update: action } of updates) {
    if (action !== undefined) actions.set(action.IndexName, action)
  }
  const indexes = record.globalSecondaryIndexes
  for (const name of actions.keys()) {
    const index = indexes.find(({ indexName }) => indexName === name)
    if (index === undefined) throw noSuchIndex(record, name)
    if (index.status === 'DELETING') throw indexInUse('deleted', name)
  }
  checkAllProvisioned(record, actions, context.billingMode)
  return indexes.map((index) => updatedIndex(record, index, actions.get(index.indexName), context))
}

/** A table that becomes provisioned needs throughput for all of its indexes. */
function checkAllProvisioned(
  record: TableRecord,
  actions: ReadonlyMap<string, IndexUpdateAction>,
  billingMode: BillingMode,
): void {
  if (record.billingMode === 'PROVISIONED' || billingMode === 'PAY_PER_REQUEST') return
  const missing = record.globalSecondaryIndexes
    .filter(({ status }) => status !== 'DELETING')
    .map(({ indexName }) => indexName)
    .filter((name) => actions.get(name)?.ProvisionedThroughput === undefined)
  if (missing.length > 0) throw indexThroughputMissingInUpdate(missing)
}

function noSuchIndex({ localSecondaryIndexes, tableName }: TableRecord, name: string): ApiError {
  const isLocal = localSecondaryIndexes.some(({ indexName }) => indexName === name)
  return isLocal ? indexNotGlobal('update', name) : indexNotFound(name, tableName)
}

function updatedIndex(
  record: TableRecord,
  index: GlobalSecondaryIndexRecord,
  action: IndexUpdateAction | undefined,
  { billingMode, nowMs }: IndexUpdateContext,
): GlobalSecondaryIndexRecord {
  if (action === undefined && billingMode === record.billingMode) return index
  if (index.status === 'DELETING') return index
  const { indexName } = index
  if (action !== undefined) checkAction(action, billingMode)
  const units = action?.ProvisionedThroughput
  const request = { units, billingMode, billingModeBefore: record.billingMode, indexName }
  const throughput = updatedThroughput(index.throughput, request, nowMs)
  const warm = warmUnits(record.billingMode, index.throughput, index.warmThroughput)
  checkWarmThroughput(action?.WarmThroughput, indexName, warm, 'current')
  const { onDemandThroughput: before, ...unlimited } = index
  const limits =
    billingMode === 'PROVISIONED'
      ? undefined
      : mergedOnDemandThroughput(before, action?.OnDemandThroughput)
  return {
    ...unlimited,
    throughput,
    ...(limits !== undefined && { onDemandThroughput: limits }),
    // Warm throughput never goes down.
    warmThroughput: { ...warm, ...action?.WarmThroughput },
  }
}

/** An action must ask for something, of the kind that the billing mode knows. */
function checkAction(action: IndexUpdateAction, billingMode: BillingMode): void {
  const { IndexName: indexName, ProvisionedThroughput: units, OnDemandThroughput: limits } = action
  const onDemand = billingMode === 'PAY_PER_REQUEST'
  if (onDemand && units !== undefined) throw indexUpdateNotOnDemand(indexName)
  checkOnDemandThroughput(limits, { indexName, billingMode })
  if (units !== undefined || action.WarmThroughput !== undefined) return
  if (limits !== undefined && Object.keys(limits).length > 0) return
  throw onDemand ? indexUpdateNotOnDemand(indexName) : indexCapacityMissing(indexName)
}
