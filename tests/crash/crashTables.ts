import type { Item } from '../model/attributes.ts'
import { createTableBody } from '../model/requests.ts'
import type { IndexDefinition, KeyAttribute, TableDefinition } from '../model/tables.ts'

/*
 * The tables that crash tests write to. Attributes `state` and `weight` are keys of indexes, and an
 * item may lack either; `w` names the request that wrote the item last.
 */

const pk: KeyAttribute = { name: 'pk', type: 'S' }
const sk: KeyAttribute = { name: 'sk', type: 'N' }
const state: KeyAttribute = { name: 'state', type: 'S' }
const weight: KeyAttribute = { name: 'weight', type: 'N' }

/** The request that creates a table; every change of its items goes into a stream. */
export const creationOf = (definition: TableDefinition): object => ({
  ...createTableBody(definition),
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
})

/** A table and the keys that requests choose from, so that they meet the same items again. */
export interface KeySpace {
  readonly definition: TableDefinition
  readonly size: number
  keyAt(position: number): Item
}

export const orders: KeySpace = {
  definition: {
    name: 'Orders',
    partitionKey: pk,
    sortKey: sk,
    indexes: [
      { name: 'byState', kind: 'local', partitionKeys: [pk], sortKeys: [state], projection: 'ALL' },
      {
        name: 'byWeight',
        kind: 'local',
        partitionKeys: [pk],
        sortKeys: [weight],
        projection: 'KEYS_ONLY',
      },
      {
        name: 'states',
        kind: 'global',
        partitionKeys: [state],
        sortKeys: [weight],
        projection: ['w'],
      },
    ],
  },
  size: 400,
  keyAt: (position) => ({
    pk: { S: `order ${position % 16}` },
    sk: { N: String(Math.floor(position / 16)) },
  }),
}

export const ledger: KeySpace = {
  definition: {
    name: 'Ledger',
    partitionKey: pk,
    indexes: [
      { name: 'states', kind: 'global', partitionKeys: [state], sortKeys: [], projection: 'ALL' },
    ],
  },
  size: 250,
  keyAt: (position) => ({ pk: { S: `entry ${position}` } }),
}

/** Has so many items that the backfill of {@link lateIndex} takes many steps. */
export const archive: KeySpace = {
  definition: { name: 'Archive', partitionKey: pk, sortKey: sk, indexes: [] },
  size: 1500,
  keyAt: (position) => ({
    pk: { S: `file ${position % 150}` },
    sk: { N: String(Math.floor(position / 150)) },
  }),
}

/** The index of the archive that comes and goes. */
export const lateIndex: IndexDefinition = {
  name: 'late',
  kind: 'global',
  partitionKeys: [weight],
  sortKeys: [state],
  projection: ['w'],
}

/**
 * Items that many requests write at once: each adds 1 to `n` and its id to the set `ids`. The index
 * has an entry that moves with every request.
 */
export const counters: TableDefinition = {
  name: 'Counters',
  partitionKey: pk,
  indexes: [
    {
      name: 'byN',
      kind: 'global',
      partitionKeys: [{ name: 'n', type: 'N' }],
      sortKeys: [],
      projection: 'KEYS_ONLY',
    },
  ],
}

export const lastingTables: readonly TableDefinition[] = [
  orders.definition,
  ledger.definition,
  archive.definition,
  counters,
]

/** Tables that are created and deleted again under the same few names. */
export const passingTables: readonly KeySpace[] = ['Passing1', 'Passing2', 'Passing3'].map(
  (name) => ({ ...orders, definition: { ...orders.definition, name }, size: 240 }),
)
