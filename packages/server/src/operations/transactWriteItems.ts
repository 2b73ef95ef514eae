import { duplicateTransactionItems, transactionTooLarge } from '../errors/transactionErrors.ts'
import { maxTransactionBytes } from '../limits.ts'
import type {
  InvalidAction,
  TransactionResult,
  WriteAction,
  WriteResult,
} from '../transactions/writePlan.ts'
import {
  transactionalCapacity,
  unitsByTable,
  writeUnits,
  type ReturnConsumedCapacity,
  type TableUnits,
} from './consumedCapacity.ts'
import {
  itemCollectionMetrics,
  type ItemCollectionMetrics,
  type ReturnItemCollectionMetrics,
} from './itemCollectionMetrics.ts'
import type { RequestContext } from './requestContext.ts'
import { requestToken } from './requestDigest.ts'
import type { Services } from './services.ts'
import {
  bindAction,
  checkAction,
  payloadSize,
  type CheckedAction,
  type TransactWriteItem,
} from './transactionActions.ts'

export interface TransactWriteItemsRequest {
  readonly TransactItems: readonly TransactWriteItem[]
  readonly ClientRequestToken?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}

/** TransactWriteItems: up to 100 writes and checks, all or nothing (behaviour digest 1.6 for the order). */
export async function transactWriteItems(
  services: Services,
  request: TransactWriteItemsRequest,
  context: RequestContext,
): Promise<object> {
  const checked = request.TransactItems.map((entry) => checkAction(services, entry))
  const tables = checked.map(({ parameters }) =>
    services.catalog.tableForData(parameters.TableName),
  )
  const actions = checked.map((action, i) => bindAction(tables[i] as (typeof tables)[0], action))
  checkDistinctItems(actions)
  checkPayload(checked)
  const result = await services.coordinator.transact({
    actions,
    token: requestToken('TransactWriteItems', request.ClientRequestToken, request.TransactItems),
  })
  return respond(request, context, actions as readonly WriteAction[], result)
}

/** Throws duplicateTransactionItems when two actions name one item. */
export function checkDistinctItems(
  actions: readonly ({ readonly rowKey: Buffer } | InvalidAction)[],
): void {
  const seen = new Set<string>()
  for (const action of actions) {
    if ('invalid' in action) continue
    const name = action.rowKey.toString('latin1')
    if (seen.has(name)) throw duplicateTransactionItems()
    seen.add(name)
  }
}

function checkPayload(checked: readonly CheckedAction[]): void {
  let sizeBytes = 0
  for (const action of checked) sizeBytes += payloadSize(action)
  if (sizeBytes > maxTransactionBytes) throw transactionTooLarge()
}

function respond(
  request: TransactWriteItemsRequest,
  context: RequestContext,
  actions: readonly WriteAction[],
  result: TransactionResult,
): object {
  const replayed = result.kind === 'replayed'
  const units = replayed
    ? result.units.map(({ tableName, readUnits }) => ({ tableName, units: readUnits }))
    : unitsOf(actions, result.results)
  context.consumedUnits = units.reduce((sum, entry) => sum + entry.units, 0)
  return {
    ConsumedCapacity: transactionalCapacity(
      request.ReturnConsumedCapacity,
      replayed ? 'ReadCapacityUnits' : 'WriteCapacityUnits',
      units,
    ),
    ItemCollectionMetrics: metricsByTable(request.ReturnItemCollectionMetrics, actions),
  }
}

/** Twice the units of each write: one to prepare it and one to commit it. */
function unitsOf(actions: readonly WriteAction[], results: readonly WriteResult[]): TableUnits[] {
  return unitsByTable(
    actions.map(({ table }, i) => ({
      tableName: table.name,
      units: 2 * writeUnits(results[i] as WriteResult),
    })),
  )
}

function metricsByTable(
  mode: ReturnItemCollectionMetrics | undefined,
  actions: readonly WriteAction[],
): Record<string, ItemCollectionMetrics[]> | undefined {
  const tables = new Map<string, ItemCollectionMetrics[]>()
  for (const { table, key, change } of actions) {
    if (change.kind === 'ConditionCheck') continue
    const metrics = itemCollectionMetrics(mode, table, key)
    if (metrics === undefined) continue
    const list = tables.get(table.name)
    if (list === undefined) tables.set(table.name, [metrics])
    else list.push(metrics)
  }
  return tables.size === 0 ? undefined : Object.fromEntries(tables)
}
