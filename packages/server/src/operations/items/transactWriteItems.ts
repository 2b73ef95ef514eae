import { duplicateTransactionItems, transactionTooLarge } from '../../errors/transactionErrors.ts'
import { maxTransactionBytes } from '../../limits.ts'
import { areDistinct } from '../../items/primaryKey.ts'
import type { Table } from '../../schema/table.ts'
import { checkPutSize } from '../../transactions/evaluateAction.ts'
import type {
  InvalidAction,
  TransactionResult,
  WriteAction,
  ActionResult,
} from '../../transactions/writePlan.ts'
import {
  transactionalReadCapacity,
  type ReturnConsumedCapacity,
} from '../../capacity/consumedCapacity.ts'
import {
  itemCollectionMetrics,
  type ItemCollectionMetrics,
  type ReturnItemCollectionMetrics,
} from './itemCollectionMetrics.ts'
import type { RequestContext } from '../requestContext.ts'
import { requestToken } from './requestDigest.ts'
import type { Services } from '../services.ts'
import {
  bindAction,
  checkAction,
  checkNoKeyEmpty,
  payloadSize,
  type CheckedAction,
  type TransactWriteItem,
} from './transactionActions.ts'
import { sumOfWrites, writeCapacity, type WriteUnits } from '../../capacity/writeCapacity.ts'

export interface TransactWriteItemsRequest {
  readonly TransactItems: readonly TransactWriteItem[]
  readonly ClientRequestToken?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}

/**
 * TransactWriteItems: up to 100 writes and checks, all or nothing (behaviour digest 1.6 for the
 * order).
 */
export async function transactWriteItems(
  services: Services,
  request: TransactWriteItemsRequest,
  context: RequestContext,
): Promise<object> {
  const checked = request.TransactItems.map((entry, i) => checkAction(services, entry, i))
  const tables = checked.map(({ parameters }) =>
    services.catalog.tableForData(parameters.TableName),
  )
  const bound = checked.map((action, i) => bindAction(tables[i] as Table, action))
  checkDistinctItems(bound.map(({ rowKey }) => rowKey))
  const actions = bound.map(({ action }) => action)
  checkKeysAndSizes(tables, checked, actions)
  const result = await services.coordinator.transact({
    actions,
    token: requestToken('TransactWriteItems', request.ClientRequestToken, () =>
      parametersOf(tables, checked),
    ),
  })
  return respond(services, request, context, { checked, actions, result })
}

/**
 * What makes two requests the same: tables by their ids, however they are named, and all else as
 * sent.
 */
function parametersOf(tables: readonly Table[], checked: readonly CheckedAction[]): object[] {
  return checked.map(({ kind, parameters }, i) => ({
    kind,
    parameters: { ...parameters, TableName: (tables[i] as Table).record.tableId },
  }))
}

/** Throws duplicateTransactionItems when two actions name one item. */
export function checkDistinctItems(rowKeys: readonly (Buffer | undefined)[]): void {
  if (!areDistinct(rowKeys)) throw duplicateTransactionItems()
}

function checkKeysAndSizes(
  tables: readonly Table[],
  checked: readonly CheckedAction[],
  actions: readonly (WriteAction | InvalidAction)[],
): void {
  let sizeBytes = 0
  checked.forEach((entry, i) => {
    sizeBytes += payloadSize(entry)
    checkNoKeyEmpty(tables[i] as Table, entry)
    const action = actions[i] as WriteAction | InvalidAction
    if (!('invalid' in action)) checkPutSize(action)
  })
  if (sizeBytes > maxTransactionBytes) throw transactionTooLarge()
}

async function respond(
  services: Services,
  request: TransactWriteItemsRequest,
  context: RequestContext,
  outcome: {
    readonly checked: readonly CheckedAction[]
    readonly actions: readonly (WriteAction | InvalidAction)[]
    readonly result: TransactionResult
  },
): Promise<object> {
  const { checked, actions, result } = outcome
  const sizes = await collectionSizes(services, request.ReturnItemCollectionMetrics, outcome)
  const { ReturnConsumedCapacity: mode, ReturnItemCollectionMetrics: metricsMode } = request
  const names = checked.map(({ parameters }) => parameters.TableName)
  return {
    // A replay is reported as reads (behaviour digest 1.8).
    ConsumedCapacity:
      result.kind === 'replayed'
        ? transactionalReadCapacity(mode, context, names, result.readUnits)
        : capacity(mode, context, unitsByTableName(names, actions, result.results)),
    ItemCollectionMetrics: metricsByTable(metricsMode, names, actions, sizes),
  }
}

function capacity(
  mode: ReturnConsumedCapacity | undefined,
  context: RequestContext,
  tables: ReadonlyMap<string, WriteUnits>,
): (object | undefined)[] | undefined {
  context.consumedUnits = 0
  for (const { total } of tables.values()) context.consumedUnits += total
  if (mode === undefined || mode === 'NONE') return undefined
  return [...tables].map(([tableName, units]) => writeCapacity(mode, tableName, units, true))
}

/**
 * The table pays each write twice: once to prepare it and once to commit it. A table is named as
 * the request names it, by an ARN for example (model: ConsumedCapacity).
 */
function unitsByTableName(
  names: readonly string[],
  actions: readonly (WriteAction | InvalidAction)[],
  results: readonly ActionResult[],
): Map<string, WriteUnits> {
  const tables = new Map<string, WriteUnits>()
  actions.forEach((action, i) => {
    if ('invalid' in action) return
    const name = names[i] as string
    const { units } = results[i] as ActionResult
    const before = tables.get(name)
    tables.set(name, before === undefined ? units : sumOfWrites([before, units]))
  })
  return tables
}

/** The sizes that the commit has told; those of now for a replay, which has made none. */
function collectionSizes(
  { coordinator }: Services,
  mode: ReturnItemCollectionMetrics | undefined,
  {
    actions,
    result,
  }: {
    readonly actions: readonly (WriteAction | InvalidAction)[]
    readonly result: TransactionResult
  },
): readonly (number | undefined)[] | Promise<readonly (number | undefined)[]> {
  if (mode !== 'SIZE') return []
  if (result.kind === 'replayed') return coordinator.readCollectionSizes(actions)
  return result.results.map(({ collectionBytes }) => collectionBytes)
}

/** Like ConsumedCapacity, the metrics name a table as the request does. */
function metricsByTable(
  mode: ReturnItemCollectionMetrics | undefined,
  names: readonly string[],
  actions: readonly (WriteAction | InvalidAction)[],
  sizes: readonly (number | undefined)[],
): Record<string, ItemCollectionMetrics[]> | undefined {
  if (mode !== 'SIZE') return undefined
  const tables = new Map<string, ItemCollectionMetrics[]>()
  for (const [i, action] of actions.entries()) {
    if ('invalid' in action || action.change.kind === 'ConditionCheck') continue
    const metrics = itemCollectionMetrics(mode, action, sizes[i])
    if (metrics === undefined) continue
    const name = names[i] as string
    const list = tables.get(name)
    if (list === undefined) tables.set(name, [metrics])
    else list.push(metrics)
  }
  return tables.size === 0 ? undefined : Object.fromEntries(tables)
}
