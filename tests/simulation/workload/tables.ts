import { attributeOf, contentOf, type Item, type Value } from '../../model/attributes.ts'
import { createTableBody } from '../../model/requests.ts'
import type { Profile } from '../world/profile.ts'
import { keyAttributesOf, type IndexDefinition, type TableDefinition } from '../../model/tables.ts'

/*
 * The tables of the simulated world. Every item that clients share keeps the ids of its writes in the
 * list `log`; g and h are keys of indexes, c is a count, t a set, and b a balance.
 */

const pk = { name: 'pk', type: 'S' } as const
const sk = { name: 'sk', type: 'N' } as const
const g = { name: 'g', type: 'S' } as const
const h = { name: 'h', type: 'N' } as const

/** An index is created and deleted here under load, when the run has somebody who does. */
export const lists: TableDefinition = { name: 'Lists', partitionKey: pk, indexes: [] }

export const sorted: TableDefinition = {
  name: 'Sorted',
  partitionKey: pk,
  sortKey: sk,
  indexes: [
    { name: 'localH', kind: 'local', partitionKeys: [pk], sortKeys: [h], projection: 'KEYS_ONLY' },
    { name: 'globalG', kind: 'global', partitionKeys: [g], sortKeys: [sk], projection: 'ALL' },
  ],
}

export const lateIndex: IndexDefinition = {
  name: 'late',
  kind: 'global',
  partitionKeys: [g],
  sortKeys: [],
  projection: 'ALL',
}

/** Tables that come and go. */
export const temporaryTables: readonly TableDefinition[] = ['TempA', 'TempB'].map((name) => ({
  name,
  partitionKey: pk,
  indexes: [{ name: 'byG', kind: 'global', partitionKeys: [g], sortKeys: [], projection: 'ALL' }],
}))

export const permanentTables: readonly TableDefinition[] = [lists, sorted]
export const allTables: readonly TableDefinition[] = [...permanentTables, ...temporaryTables]

/** The request that creates a table, with a stream where the run has streams. */
export const creationOf = (definition: TableDefinition, { streamShards }: Profile): object => ({
  ...createTableBody(definition),
  ...(streamShards !== undefined && { StreamSpecification: wholeStream }),
})

export const wholeStream = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } as const

export const isTemporary = (name: string): boolean => name.startsWith('Temp')

/** An item that clients share. */
export interface SharedItem {
  readonly definition: TableDefinition
  readonly key: Item
  /** How histories call it. */
  readonly name: string
}

function sharedItem(definition: TableDefinition, key: Item): SharedItem {
  return { definition, key, name: nameOfItem(definition, key) }
}

function nameOfItem(definition: TableDefinition, item: Item): string {
  const values = keyAttributesOf(definition).map(
    ({ name }) => contentOf(item[name] as Value) as string,
  )
  return `${definition.name}/${values.join('/')}`
}

/** The name of an item of one of the tables above. */
export function nameIn(table: string, item: Item): string {
  const definition = allTables.find(({ name }) => name === table)
  if (definition === undefined) throw new Error(`there is no table ${table}`)
  return nameOfItem(definition, item)
}

export const listItem = (name: string): SharedItem => sharedItem(lists, { pk: { S: name } })

export const sortedItem = (partition: string, position: number): SharedItem =>
  sharedItem(sorted, { pk: { S: partition }, sk: { N: String(position) } })

export const logName = 'log'
export const countName = 'c'
/** When an item expires that does, in a table where time to live is enabled. */
export const endsName = 'ends'

export const logValue = (ids: readonly string[]): Value => ({ L: ids.map((S) => ({ S })) })

/** The ids of the writes that made an item; none for one that is absent. */
export function chainOf(item: Item | undefined): string[] {
  const log = item === undefined ? undefined : attributeOf(item, logName)
  if (log === undefined || !('L' in log)) return []
  return log.L.map((id) => ('S' in id ? id.S : ''))
}
