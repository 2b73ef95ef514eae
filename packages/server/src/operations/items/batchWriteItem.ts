import { batchWritePermissions } from '../access/batchPermissions.ts'
import { isTransactionConflict } from '../../errors/batchErrors.ts'
import { Throttled, throttled, type Refusal } from '../../errors/throttlingErrors.ts'
import { keySchemaMismatch, severalDatatypes } from '../../errors/valueErrors.ts'
import { ItemImage } from '../../items/itemImage.ts'
import { checkIndexKeys, rowKeyOfKey } from '../../items/primaryKey.ts'
import type { Table } from '../../schema/table.ts'
import { checkPutSize } from '../../transactions/evaluateAction.ts'
import type { Change, WriteAction, WriteResult } from '../../transactions/writePlan.ts'
import { attributeOf, newAttributeMap } from '../../values/attributeValue.ts'
import type { AttributeMap, Item } from '../../values/attributeValue.ts'
import { checkItem } from '../../values/checkAttributeValue.ts'
import { checkBatchSize, checkDistinctRows } from './batchGetItem.ts'
import { consumedCapacities, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import {
  itemCollectionMetrics,
  type ItemCollectionMetrics,
  type ReturnItemCollectionMetrics,
} from './itemCollectionMetrics.ts'
import { checkKeyValues } from './keyParameter.ts'
import { batchedTables } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { writeItemsOfBatch } from '../throughput/singleItems.ts'
import { sumOfUnits, type TableUsage, type Units } from '../../capacity/usage.ts'
import { consumedByWrite } from '../../capacity/writeCapacity.ts'

/** Most writes of one request, over all its tables (model: BatchWriteItem). */
const maxWrites = 25

/** One write of a batch: exactly one of its members. */
interface WriteRequest {
  readonly PutRequest?: { readonly Item: Item }
  readonly DeleteRequest?: { readonly Key: AttributeMap }
}

export interface BatchWriteItemRequest {
  readonly RequestItems: Readonly<Record<string, readonly WriteRequest[]>>
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}

/** One write with what it belongs to. */
interface BatchWrite {
  /** The table's name or ARN as the client wrote it. */
  readonly name: string
  readonly request: WriteRequest
  readonly action: WriteAction
}

/** What became of one write; an error, where it was not done. */
type Outcome = WriteResult | Error

/**
 * BatchWriteItem: up to 25 puts and deletes of any tables. The whole request is checked before
 * anything is written; then each write is one of its own, and those that could not be done come
 * back as UnprocessedItems (behaviour digest 1.3): one whose item a transaction held for longer
 * than it waits, or one that was throttled. When none could and no transaction was in the way of
 * any, the request fails with the error of the first; when all were throttled, with all reasons.
 */
export async function batchWriteItem(
  services: Services,
  request: BatchWriteItemRequest,
): Promise<Answer> {
  const writes = checkedWrites(services, request)
  const outcomes: Outcome[] = []
  await writeItemsOfBatch(
    services,
    writes.map(({ action }) => action),
    (position, outcome) => {
      outcomes[position] = outcome
    },
  )
  const refusals = outcomes.flatMap(refusalsOf)
  if (refusals.length === outcomes.length) throw throttled(refusals)
  if (outcomes.every(isFault)) throw outcomes[0]
  const answer = answerOf(request, tableOutcomes(request, writes, outcomes))
  return refusals.length === 0 ? answer : { ...answer, refusals }
}

const noRefusals: readonly Refusal[] = []

function refusalsOf(outcome: Outcome): readonly Refusal[] {
  return outcome instanceof Throttled ? outcome.refusals : noRefusals
}

/** Whether a write failed for another reason than an unfinished transaction. */
function isFault(outcome: Outcome): boolean {
  return outcome instanceof Error && !isTransactionConflict(outcome)
}

/**
 * All writes by themselves, then the tables, then keys by their tables' schemas, duplicates and
 * sizes.
 */
function checkedWrites(services: Services, { RequestItems }: BatchWriteItemRequest): BatchWrite[] {
  const names = Object.keys(RequestItems)
  const lists = names.map((name) => RequestItems[name] as readonly WriteRequest[])
  checkBatchSize('BatchWriteItem', lists, maxWrites)
  for (const list of lists) for (const each of list) checkWriteRequest(each)
  const tables = names.map((name) => services.catalog.tableForData(name))
  const writes = lists.flatMap((list, i) =>
    list.map((each): BatchWrite => {
      const action = actionOf(tables[i] as Table, each)
      return { name: names[i] as string, request: each, action }
    }),
  )
  checkDistinctRows(writes.map(({ action }) => action.rowKey))
  for (const { action } of writes) checkPutSize(action)
  return writes
}

/** AWS words it in the same way whether there is no request or both. */
function checkWriteRequest({ PutRequest, DeleteRequest }: WriteRequest): void {
  if (PutRequest !== undefined) {
    if (DeleteRequest !== undefined) throw severalDatatypes()
    checkItem(PutRequest.Item)
  } else {
    if (DeleteRequest === undefined) throw severalDatatypes()
    checkKeyValues(DeleteRequest.Key)
  }
}

/** REQUIRES: the request is a checked put or delete. */
function actionOf(table: Table, { PutRequest, DeleteRequest }: WriteRequest): WriteAction {
  if (PutRequest === undefined) {
    const key = (DeleteRequest as { readonly Key: AttributeMap }).Key
    return unconditional(table, key, rowKeyOfKey(table, key), { kind: 'Delete' })
  }
  const item = PutRequest.Item
  const rowKey = rowKeyOfKey(table, keyOfPut(table, item))
  checkIndexKeys(table, item)
  return unconditional(table, item, rowKey, { kind: 'Put', image: ItemImage.ofItem(item) })
}

// All in one form, and not spread out of another object, which takes a kilobyte.
const unconditional = (
  table: Table,
  key: AttributeMap,
  rowKey: Buffer,
  change: Change,
): WriteAction => ({ table, key, rowKey, condition: undefined, change, returnOldOnFailure: false })

/**
 * A put's key attributes. In a batch their faults have the text that a wrong `Key` has elsewhere.
 */
function keyOfPut({ primaryKey }: Table, item: Item): AttributeMap {
  const { partitionKey, sortKey } = primaryKey
  const key = newAttributeMap()
  for (const attribute of sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]) {
    const value = attributeOf(item, attribute.name)
    if (value === undefined) throw keySchemaMismatch()
    key[attribute.name] = value
  }
  return key
}

/** What one table of the request comes to. */
interface TableOutcome {
  /** The table's name or ARN as the client wrote it. */
  readonly name: string
  readonly table: Table
  readonly units: Units[]
  readonly unprocessed: WriteRequest[]
  readonly metrics: ItemCollectionMetrics[]
}

function tableOutcomes(
  request: BatchWriteItemRequest,
  writes: readonly BatchWrite[],
  outcomes: readonly Outcome[],
): TableOutcome[] {
  const tables = new Map<string, TableOutcome>()
  for (const [i, { name, action, request: write }] of writes.entries()) {
    const { units, unprocessed, metrics } = outcomeOf(tables, name, action.table)
    const outcome = outcomes[i] as Outcome
    if (outcome instanceof Error) {
      unprocessed.push(write)
      continue
    }
    units.push(consumedByWrite(action, outcome))
    const mode = request.ReturnItemCollectionMetrics
    if (mode !== 'SIZE') continue
    const collection = itemCollectionMetrics(mode, action, outcome.collectionBytes)
    if (collection !== undefined) metrics.push(collection)
  }
  return [...tables.values()]
}

function outcomeOf(tables: Map<string, TableOutcome>, name: string, table: Table): TableOutcome {
  let outcome = tables.get(name)
  if (outcome === undefined) {
    outcome = { name, table, units: [], unprocessed: [], metrics: [] }
    tables.set(name, outcome)
  }
  return outcome
}

function answerOf(
  { ReturnConsumedCapacity: mode }: BatchWriteItemRequest,
  tables: readonly TableOutcome[],
): Answer {
  const usage = tables.map(usageOf)
  const metrics = filled(tables.map((table) => [table.name, table.metrics]))
  return {
    response: {
      UnprocessedItems: filled(tables.map((table) => [table.name, table.unprocessed])),
      ItemCollectionMetrics: Object.keys(metrics).length === 0 ? undefined : metrics,
      ConsumedCapacity: consumedCapacities(mode, usage),
    },
    usage,
  }
}

function usageOf({ name, table, units }: TableOutcome): TableUsage {
  return { name, table, kind: 'write', units: sumOfUnits(units) }
}

/** The tables whose list has anything in it. */
function filled<T>(
  lists: readonly (readonly [string, readonly T[]])[],
): Record<string, readonly T[]> {
  return Object.fromEntries(lists.filter(([, list]) => list.length > 0))
}

export const batchWriteItemOperation: Operation<BatchWriteItemRequest> = {
  name: 'BatchWriteItem',
  access: 'write',
  resources: batchedTables,
  permissions: batchWritePermissions,
  handler: batchWriteItem,
}
