import type { Item } from '../model/attributes.ts'
import type { KeyAttribute, TableDefinition } from '../model/tables.ts'

/*
 * The table that lives through all epochs. `state` and `weight` are keys of indexes, and an item may lack
 * either; `w` names the request that wrote the item last.
 */

const pk: KeyAttribute = { name: 'pk', type: 'S' }
const sk: KeyAttribute = { name: 'sk', type: 'N' }
const weight: KeyAttribute = { name: 'weight', type: 'N' }

export const standingTable: TableDefinition = {
  name: 'Standing',
  partitionKey: pk,
  sortKey: sk,
  indexes: [
    {
      name: 'byWeight',
      kind: 'local',
      partitionKeys: [pk],
      sortKeys: [weight],
      projection: 'ALL',
    },
    {
      name: 'states',
      kind: 'global',
      partitionKeys: [{ name: 'state', type: 'S' }],
      sortKeys: [weight],
      projection: ['w'],
    },
  ],
}

export const states: readonly string[] = [
  'new',
  'open',
  'paid',
  'packed',
  'sent',
  'late',
  'back',
  'closed',
]

/** Weights are below it. */
export const weightLimit = 1000

const partitions = 100

/** The keys of the table; about four in five have an item at any time. */
export const defaultKeyCount = 12_500

export const keyAt = (position: number): Item => ({
  pk: { S: partitionAt(position % partitions) },
  sk: { N: String(Math.floor(position / partitions)) },
})

export const partitionAt = (number: number): string => `part ${number}`

export const partitionCount: number = partitions
