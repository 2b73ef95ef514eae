import { tableOf, type Database } from './database.ts'
import type { IndexDefinition } from './tables.ts'

/** UpdateTable that creates a global index of a table that may have items, or deletes one. */
export interface IndexChange {
  readonly kind: 'CreateIndex' | 'DeleteIndex'
  readonly table: string
  readonly index: IndexDefinition
}

/**
 * Changes the indexes of a table; false when there is nothing to do. Items are left as they are.
 */
export function changeIndexes(database: Database, { kind, table, index }: IndexChange): boolean {
  const changed = tableOf(database, table)
  const { indexes } = changed.definition
  const others = indexes.filter(({ name }) => name !== index.name)
  const isThere = others.length < indexes.length
  if (isThere === (kind === 'CreateIndex')) return false
  changed.definition = {
    ...changed.definition,
    indexes: kind === 'CreateIndex' ? [...others, index] : others,
  }
  return true
}
