import type { Item } from './attributes.ts'
import { consumedCapacity, readUnits, type CapacityMode } from './capacity.ts'
import { tableOf, type Database } from './database.ts'
import { partsAt, type Path } from './documentPaths.ts'
import { itemSize } from './sizes.ts'
import { checkKey, checkPathsOutsideAllKeys, itemAt } from './tables.ts'

export interface GetItem {
  readonly kind: 'GetItem'
  readonly table: string
  readonly key: Item
  readonly projection?: readonly Path[]
  readonly consistent: boolean
  readonly capacity: CapacityMode
}

/** An item whole, or the parts of it that a projection names. */
export function read(item: Item, projection: readonly Path[] | undefined): Item {
  return projection === undefined ? item : partsAt(item, projection)
}

export function getItem(database: Database, request: GetItem): object {
  const { definition, ...table } = tableOf(database, request.table)
  checkKey(definition, request.key)
  checkPathsOutsideAllKeys(definition, request.projection ?? [])
  const item = itemAt({ definition, ...table }, request.key)
  const bytes = item === undefined ? 0 : itemSize(item)
  const units = { table: readUnits(bytes, request.consistent), indexes: {} }
  return {
    Item: item === undefined ? undefined : read(item, request.projection),
    ConsumedCapacity: consumedCapacity(request.capacity, definition, units),
  }
}
