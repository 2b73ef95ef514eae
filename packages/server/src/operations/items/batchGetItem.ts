import { batchGetPermissions } from '../access/batchPermissions.ts'
import { duplicateBatchKeys, tooManyBatchItems } from '../../errors/batchErrors.ts'
import { throttled, type Refusal } from '../../errors/throttlingErrors.ts'
import { maxBatchGetBytes, maxPageBytes } from '../../limits.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import { itemCollectionOf } from '../../items/itemCollection.ts'
import { areDistinct, rowKeyOfKey } from '../../items/primaryKey.ts'
import type { Table } from '../../schema/table.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { consumedCapacities, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { readUnitsOfItem } from '../../capacity/readCapacity.ts'
import { unitsOfTable, type TableUsage } from '../../capacity/usage.ts'
import { projected, projectionPaths, type Projection } from '../../reads/projection.ts'
import { checkKeyValues } from './keyParameter.ts'
import { batchedTables } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import {
  checkProjectionMembers,
  checkUniformProjections,
  compileCheckedProjection,
  type ProjectionParameters,
} from './projectionParameter.ts'
import { checkPathsOutsideAllKeys } from './scalarKeys.ts'
import { itemSourceOf } from '../readConsistency.ts'
import type { Services } from '../services.ts'

/** Most keys of one request, over all its tables (model: BatchGetItem). */
const maxKeys = 100
/** How many items are read together: not all, for those that do not fit are not to be read. */
const keysAtOnce = 25

/** What is read of one table (model: KeysAndAttributes). */
interface KeysAndAttributes extends ProjectionParameters {
  readonly Keys: readonly AttributeMap[]
  readonly ConsistentRead?: boolean
}

export interface BatchGetItemRequest {
  readonly RequestItems: Readonly<Record<string, KeysAndAttributes>>
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/** The part of a request that one table answers, and what it has answered so far. */
interface TableRead {
  /** The table's name or ARN as the client wrote it. */
  readonly name: string
  readonly request: KeysAndAttributes
  readonly projection: Projection
  readonly table: Table
  readonly rowKeys: readonly Buffer[]
  readonly items: object[]
  readonly unprocessed: AttributeMap[]
  /** Why keys of it were throttled. */
  readonly refusals: Refusal[]
  /** Whether one of its keys was looked for, and found or not. */
  hasRead: boolean
  units: number
}

/**
 * BatchGetItem: up to 100 items of any tables, each in its last committed state and none related to
 * the others. Missing items are left out. What would make the response too large, and what is
 * throttled, comes back as UnprocessedKeys; when all is throttled, the request is.
 */
export async function batchGetItem(
  services: Services,
  request: BatchGetItemRequest,
): Promise<Answer> {
  const reads = checkedReads(services, request)
  const budget = new ResponseBudget()
  for (const read of reads) await readTable(services, read, budget)
  const refusals = reads.flatMap((read) => read.refusals)
  if (refusals.length > 0 && !reads.some(({ hasRead }) => hasRead)) throw throttled(refusals)
  const usage = reads.map(usageOf)
  return {
    response: {
      Responses: Object.fromEntries(reads.map(({ name, items }) => [name, items])),
      UnprocessedKeys: Object.fromEntries(
        reads
          .filter(({ unprocessed }) => unprocessed.length > 0)
          .map((read) => [read.name, { ...read.request, Keys: read.unprocessed }]),
      ),
      ConsumedCapacity: consumedCapacities(request.ReturnConsumedCapacity, usage),
    },
    usage,
    ...(refusals.length > 0 && { refusals }),
  }
}

function usageOf({ name, table, units }: TableRead): TableUsage {
  return { name, table, kind: 'read', units: unitsOfTable(units) }
}

/** All parameters by themselves, then the tables, then the keys by their tables' schemas. */
function checkedReads(services: Services, { RequestItems }: BatchGetItemRequest): TableRead[] {
  const names = Object.keys(RequestItems)
  const requests = names.map((name) => RequestItems[name] as KeysAndAttributes)
  checkBatchSize(
    'BatchGetItem',
    requests.map(({ Keys }) => Keys),
    maxKeys,
  )
  checkUniformProjections(requests)
  const projections = requests.map((each) => checkedProjection(services, each))
  const tables = names.map((name) => services.catalog.tableForData(name))
  const reads = requests.map((each, i): TableRead => {
    const table = tables[i] as Table
    const projection = projections[i] as Projection
    const rowKeys = each.Keys.map((key) => rowKeyOfKey(table, key))
    checkPathsOutsideAllKeys(table, projectionPaths(projection))
    return {
      name: names[i] as string,
      request: each,
      projection,
      table,
      rowKeys,
      items: [],
      unprocessed: [],
      refusals: [],
      hasRead: false,
      units: 0,
    }
  })
  checkDistinctRows(reads.flatMap(({ rowKeys }) => rowKeys))
  return reads
}

function checkedProjection(services: Services, request: KeysAndAttributes): Projection {
  checkProjectionMembers(request)
  for (const key of request.Keys) checkKeyValues(key)
  return compileCheckedProjection(services, request)
}

async function readTable(
  services: Services,
  read: TableRead,
  budget: ResponseBudget,
): Promise<void> {
  const { request, projection, rowKeys, items, unprocessed, table } = read
  const source = itemSourceOf(services, request.ConsistentRead)
  let images: readonly (ItemImage | undefined)[] = []
  for (const [i, rowKey] of rowKeys.entries()) {
    const position = i % keysAtOnce
    if (position === 0 && !budget.isSpent) {
      images = await source.readMany(rowKeys.slice(i, i + keysAtOnce))
    }
    const image = budget.isSpent ? undefined : images[position]
    if (!budget.admits(image, table, rowKey)) {
      unprocessed.push(request.Keys[i] as AttributeMap)
      continue
    }
    const units = readUnitsOfItem(image?.sizeBytes ?? 0, request.ConsistentRead)
    const refusal = services.throttle?.readFound(table, rowKey, units)
    if (refusal !== undefined) {
      unprocessed.push(request.Keys[i] as AttributeMap)
      read.refusals.push(refusal)
      continue
    }
    read.hasRead = true
    read.units += units
    if (image !== undefined) items.push(projected(image, projection))
  }
}

/**
 * How much one response may still hold: 16 MB of items in all, and 1 MB of items that share a
 * partition (model: BatchGetItem), which here is an item collection. Sizes are those of whole
 * items, as for a page of Query. The first item is always admitted, so that a client that asks
 * again gets on.
 */
class ResponseBudget {
  #totalBytes = 0
  readonly #collectionBytes = new Map<string, number>()
  /** Nothing is read any more once an item did not fit. */
  isSpent = false

  admits(image: ItemImage | undefined, table: Table, rowKey: Buffer): boolean {
    if (this.isSpent) return false
    if (image === undefined) return true
    const { sizeBytes } = image
    if (this.#totalBytes + sizeBytes > maxBatchGetBytes) {
      this.isSpent = true
      return false
    }
    if (!this.#collectionAdmits(table, rowKey, sizeBytes)) return false
    this.#totalBytes += sizeBytes
    return true
  }

  /** Without a sort key every item is a collection of its own, and smaller than a page. */
  #collectionAdmits(table: Table, rowKey: Buffer, sizeBytes: number): boolean {
    if (table.primaryKey.sortKey === undefined) return true
    const name = itemCollectionOf(rowKey)
    const bytes = (this.#collectionBytes.get(name) ?? 0) + sizeBytes
    this.#collectionBytes.set(name, bytes)
    return bytes <= maxPageBytes
  }
}

/** Throws tooManyBatchItems when the lists of all tables have more than `max` entries together. */
export function checkBatchSize(
  operation: 'BatchGetItem' | 'BatchWriteItem',
  lists: readonly (readonly unknown[])[],
  max: number,
): void {
  const count = lists.reduce((sum, { length }) => sum + length, 0)
  if (count > max) throw tooManyBatchItems(operation)
}

/** Throws duplicateBatchKeys when two row keys are the same. */
export function checkDistinctRows(rowKeys: readonly Buffer[]): void {
  if (!areDistinct(rowKeys)) throw duplicateBatchKeys()
}

export const batchGetItemOperation: Operation<BatchGetItemRequest> = {
  name: 'BatchGetItem',
  access: 'read',
  resources: batchedTables,
  permissions: batchGetPermissions,
  handler: batchGetItem,
}
