import { indexInUse } from '../../errors/indexErrors.ts'
import {
  indexThroughputMissing,
  indexThroughputOnDemand,
  resourceNotFound,
} from '../../errors/tableErrors.ts'
import {
  indexActionMissing,
  indexUpdatedTwice,
  severalIndexActions,
} from '../../errors/tableSettingErrors.ts'
import type {
  BillingMode,
  GlobalSecondaryIndexRecord,
  TableRecord,
  WarmThroughput,
} from '../../schema/tableRecord.ts'
import {
  checkCapacityBounds,
  checkOnDemandThroughput,
  checkWarmThroughput,
  mergedOnDemandThroughput,
  raisedFloor,
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
    const units = (update.Update ?? update.Create)?.ProvisionedThroughput
    checkCapacityBounds(units, action.IndexName)
    if (billingMode === 'PAY_PER_REQUEST' && units !== undefined) {
      throw indexThroughputOnDemand(action.IndexName)
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
    if (index === undefined) throw resourceNotFound()
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
  if (missing.length > 0) throw indexThroughputMissing(missing)
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
  const units = action?.ProvisionedThroughput
  if (billingMode === 'PAY_PER_REQUEST' && units !== undefined) {
    throw indexThroughputOnDemand(indexName)
  }
  checkOnDemandThroughput(action?.OnDemandThroughput, { indexName, billingMode }, true)
  const request = { units, billingMode, billingModeBefore: record.billingMode, indexName }
  const throughput = updatedThroughput(index.throughput, request, nowMs)
  const warm: WarmThroughput | undefined = action?.WarmThroughput
  const floor = raisedFloor(billingMode, throughput, index.warmThroughput)
  checkWarmThroughput(warm, indexName, floor)
  const { onDemandThroughput: before, ...unlimited } = index
  const limits =
    billingMode === 'PROVISIONED'
      ? undefined
      : mergedOnDemandThroughput(before, action?.OnDemandThroughput)
  return {
    ...unlimited,
    throughput,
    ...(limits !== undefined && { onDemandThroughput: limits }),
    ...(warm !== undefined && { warmThroughput: { ...index.warmThroughput, ...warm } }),
  }
}
