import type { Item } from './attributes.ts'
import {
  addedUnits,
  consumedCapacity,
  readUnits,
  unitsOfWrite,
  type CapacityMode,
  type Units,
} from './capacity.ts'
import { tableOf, type Database } from './database.ts'
import type { Path } from './documentPaths.ts'
import { read } from './reads.ts'
import { invalid } from './refusal.ts'
import { itemSize } from './sizes.ts'
import { checkIndexKeys } from './indexKeys.ts'
import {
  checkKey,
  checkPathsOutsideAllKeys,
  itemAt,
  keyOf,
  limitedSize,
  sameKey,
  store,
  type Table,
  type TableDefinition,
} from './tables.ts'
import { checkSizeOfPut } from './writes.ts'

export interface BatchGetItem {
  readonly kind: 'BatchGetItem'
  /** Each table once. */
  readonly reads: readonly {
    readonly table: string
    readonly keys: readonly Item[]
    readonly projection?: readonly Path[]
    readonly consistent: boolean
  }[]
  readonly capacity: CapacityMode
}

export interface BatchWriteItem {
  readonly kind: 'BatchWriteItem'
  /** Each table once. */
  readonly writes: readonly {
    readonly table: string
    readonly requests: readonly BatchedWrite[]
  }[]
  readonly capacity: CapacityMode
}

type BatchedWrite =
  | { readonly kind: 'Put'; readonly item: Item }
  | { readonly kind: 'Delete'; readonly key: Item }

/** Reads each item by itself; those that are missing are left out. */
export function batchGetItem(database: Database, { reads, capacity }: BatchGetItem): object {
  const tables = reads.map(({ table }) => tableOf(database, table))
  reads.forEach(({ keys, projection = [] }, i) => {
    const { definition } = tables[i] as Table
    for (const key of keys) checkKey(definition, key)
    checkPathsOutsideAllKeys(definition, projection)
  })
  reads.forEach(({ keys }, i) => checkDistinct((tables[i] as Table).definition, keys))
  const found = reads.map(({ keys }, i) => keys.map((key) => itemAt(tables[i] as Table, key)))
  const units = reads.map(({ consistent }, i): Units => {
    const sizes = (found[i] as (Item | undefined)[]).map((item) => (item ? itemSize(item) : 0))
    return addedUnits(sizes.map((size) => ({ table: readUnits(size, consistent), indexes: {} })))
  })
  return {
    Responses: Object.fromEntries(
      reads.map(({ table, projection }, i) => {
        const items = (found[i] as (Item | undefined)[]).filter((item) => item !== undefined)
        return [table, items.map((item) => read(item, projection))]
      }),
    ),
    UnprocessedKeys: {},
    ConsumedCapacity: capacities(tables, units, capacity),
  }
}

/** Checks all writes, then carries out each by itself; nothing is left over here. */
export function batchWriteItem(database: Database, { writes, capacity }: BatchWriteItem): object {
  const tables = writes.map(({ table }) => tableOf(database, table))
  writes.forEach(({ requests }, i) => {
    for (const request of requests) checkWrite((tables[i] as Table).definition, request)
  })
  writes.forEach(({ requests }, i) => {
    const { definition } = tables[i] as Table
    checkDistinct(
      definition,
      requests.map((request) => keyOfWrite(definition, request)),
    )
  })
  writes.forEach(({ requests }, i) => {
    const { definition } = tables[i] as Table
    const items = requests.flatMap((each) => (each.kind === 'Put' ? [each.item] : []))
    for (const item of items) checkSizeOfPut(limitedSize(definition, item))
  })
  const units = writes.map(({ requests }, i) =>
    addedUnits(requests.map((request) => carriedOut(tables[i] as Table, request))),
  )
  return { UnprocessedItems: {}, ConsumedCapacity: capacities(tables, units, capacity) }
}

/** In a batch the key of a put is told wrong in the words for a wrong `Key`. */
function checkWrite(definition: TableDefinition, request: BatchedWrite): void {
  checkKey(definition, keyOfWrite(definition, request))
  if (request.kind !== 'Put') return
  checkIndexKeys(definition, request.item)
}

function keyOfWrite(definition: TableDefinition, request: BatchedWrite): Item {
  return request.kind === 'Put' ? keyOf(definition, request.item) : request.key
}

function carriedOut(table: Table, request: BatchedWrite): Units {
  const key = keyOfWrite(table.definition, request)
  const before = itemAt(table, key)
  const after = request.kind === 'Put' ? request.item : undefined
  store(table, key, after)
  return unitsOfWrite(table.definition, before, after)
}

function checkDistinct(definition: TableDefinition, keys: readonly Item[]): void {
  const hasTwin = keys.some((key, i) =>
    keys.slice(0, i).some((other) => sameKey(definition, key, other)),
  )
  if (hasTwin) throw invalid('Provided list of item keys contains duplicates')
}

function capacities(
  tables: readonly Table[],
  units: readonly Units[],
  mode: CapacityMode,
): object[] | undefined {
  if (mode === 'NONE') return undefined
  return tables.map(
    ({ definition }, i) => consumedCapacity(mode, definition, units[i] as Units) as object,
  )
}
