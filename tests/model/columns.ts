import type { Item } from './attributes.ts'
import { valueAt, type Path } from './documentPaths.ts'

/**
 * What the columns of a SELECT make of an item: attributes called by the last names of their
 * paths, elements of lists by the numbers of their columns. Of one name the last column counts.
 */
export function columnsOf(item: Item, columns: readonly Path[] | undefined): Item {
  if (columns === undefined) return item
  const found = columns.flatMap((path, i) => {
    const value = valueAt(item, path)
    const last = path.at(-1)
    return value === undefined ? [] : [[typeof last === 'string' ? last : `_${i + 1}`, value]]
  })
  return Object.fromEntries(found) as Item
}
