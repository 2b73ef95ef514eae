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
import { consumedCapacities, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { UsageByName, unitsOfTable, type Usage } from '../../capacity/usage.ts'
import type { Answer } from '../operation.ts'
import {
  itemCollectionMetrics,
  type ItemCollectionMetrics,
  type ReturnItemCollectionMetrics,
} from './itemCollectionMetrics.ts'
import { requestToken } from './requestDigest.ts'
import type { RequestContext } from '../../wire/dispatcher.ts'
import type { Services } from '../services.ts'
import {
  bindAction,
  checkNoKeyEmpty,
  payloadSize,
  type CheckedAction,
} from './transactionActions.ts'

/** The members of a request that writes a transaction, beside its actions. */
export interface WriteTransactionMembers {
  readonly ClientRequestToken?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}

/** The actions of a transaction by themselves, and their tables. */
export interface CheckedTransaction {
  /** The operation, whose tokens are its own. */
  readonly operation: string
  /** Of its request. */
  readonly context: RequestContext
  readonly checked: readonly CheckedAction[]
  readonly tables: readonly Table[]
}

/** Does a transaction of up to 100 writes and checks. Rejects as {@link Coordinator.transact}. */
export async function writeTransaction(
  services: Services,
  request: WriteTransactionMembers,
  { operation, context, checked, tables }: CheckedTransaction,
): Promise<Answer> {
  const bound = checked.map((action, i) => bindAction(tables[i] as Table, action))
  checkDistinctItems(bound.map(({ rowKey }) => rowKey))
  const actions = bound.map(({ action }) => action)
  checkKeysAndSizes(tables, checked, actions)
  const { coordinator, throttle } = services
  const plan = {
    actions,
    token: requestToken(operation, request.ClientRequestToken, () => parametersOf(tables, checked)),
    operation,
    context,
  }
  const result =
    throttle === undefined
      ? await coordinator.transact(plan)
      : await throttle.transact(coordinator, plan)
  const names = checked.map(({ parameters }) => parameters.TableName)
  return answerOf(services, request, { names, tables, actions, result })
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

/** A transaction that is done. Names, tables and actions are those of the request's entries. */
interface Outcome {
  readonly names: readonly string[]
  readonly tables: readonly Table[]
  readonly actions: readonly (WriteAction | InvalidAction)[]
  readonly result: TransactionResult
}

async function answerOf(
  services: Services,
  request: WriteTransactionMembers,
  outcome: Outcome,
): Promise<Answer> {
  const { names, actions } = outcome
  const sizes = await collectionSizes(services, request.ReturnItemCollectionMetrics, outcome)
  const { ReturnConsumedCapacity: mode, ReturnItemCollectionMetrics: metricsMode } = request
  const usage = usageOf(outcome)
  return {
    response: {
      ConsumedCapacity: consumedCapacities(mode, usage, true),
      ItemCollectionMetrics: metricsByTable(metricsMode, names, actions, sizes),
    },
    usage,
  }
}

/**
 * What the transaction has consumed: the table pays each write twice, once to prepare it and once
 * to commit it. A replay is reported as reads (behaviour digest 1.8).
 */
function usageOf({ names, tables, actions, result }: Outcome): Usage {
  const sums = new UsageByName()
  actions.forEach((action, i) => {
    const [name, table] = [names[i] as string, tables[i] as Table]
    if (result.kind === 'replayed') {
      sums.add(name, table, 'read', unitsOfTable(result.readUnits[i] as number))
    } else if (!('invalid' in action)) {
      sums.add(name, table, 'write', (result.results[i] as ActionResult).units)
    }
  })
  return sums.usage
}

/** The sizes that the commit has told; those of now for a replay, which has made none. */
function collectionSizes(
  { coordinator }: Services,
  mode: ReturnItemCollectionMetrics | undefined,
  { actions, result }: Outcome,
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
