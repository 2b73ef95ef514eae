import type { IndexDefinition, KeyAttribute, TableDefinition } from './tables.ts'

/*
 * The tables that scripts run on. Their keys come from small spaces (`arbitraryItems.ts`), so that
 * the operations of a script meet. Attributes a, b, c and d are free; g, h, i and j are keys of
 * indexes.
 */

const g: KeyAttribute = { name: 'g', type: 'S' }
const h: KeyAttribute = { name: 'h', type: 'N' }
const i: KeyAttribute = { name: 'i', type: 'B' }
const j: KeyAttribute = { name: 'j', type: 'N' }

/** No sort key and no index. */
const simple: TableDefinition = {
  name: 'Simple',
  partitionKey: { name: 'pk', type: 'S' },
  indexes: [],
}

const sorted: TableDefinition = {
  name: 'Sorted',
  partitionKey: { name: 'pk', type: 'S' },
  sortKey: { name: 'sk', type: 'N' },
  indexes: [],
}

const pk: KeyAttribute = { name: 'pk', type: 'S' }
const sk: KeyAttribute = { name: 'sk', type: 'S' }

/**
 * Indexes of both kinds with every projection; some share key attributes, one has a key of the
 * table.
 */
const indexed: TableDefinition = {
  name: 'Indexed',
  partitionKey: pk,
  sortKey: sk,
  indexes: [
    { name: 'localG', kind: 'local', partitionKeys: [pk], sortKeys: [g], projection: 'ALL' },
    { name: 'localH', kind: 'local', partitionKeys: [pk], sortKeys: [h], projection: 'KEYS_ONLY' },
    { name: 'localI', kind: 'local', partitionKeys: [pk], sortKeys: [i], projection: ['a'] },
    { name: 'globalG', kind: 'global', partitionKeys: [g], sortKeys: [], projection: 'KEYS_ONLY' },
    { name: 'globalH', kind: 'global', partitionKeys: [h], sortKeys: [sk], projection: 'ALL' },
    { name: 'globalGH', kind: 'global', partitionKeys: [g], sortKeys: [h], projection: ['a', 'b'] },
  ],
}

/** Keys of other types, and global indexes whose keys are several attributes. */
const severalKeys: TableDefinition = {
  name: 'SeveralKeys',
  partitionKey: { name: 'pk', type: 'N' },
  sortKey: { name: 'sk', type: 'B' },
  indexes: [
    {
      name: 'allFour',
      kind: 'global',
      partitionKeys: [g, h],
      sortKeys: [i, j],
      projection: 'ALL',
    },
    {
      name: 'byGIJ',
      kind: 'global',
      partitionKeys: [g],
      sortKeys: [i, j],
      projection: 'KEYS_ONLY',
    },
    { name: 'byJH', kind: 'global', partitionKeys: [j, h], sortKeys: [], projection: ['c'] },
  ],
}

/** So many that a search of one result is charged for more than the least. */
export const vectorDimensions = 34

/** Vector indexes of each distance function and projection, of one attribute. */
const vectors: TableDefinition = {
  name: 'Vectors',
  partitionKey: { name: 'pk', type: 'S' },
  sortKey: { name: 'sk', type: 'N' },
  indexes: [],
  vectorIndexes: [
    {
      name: 'byProduct',
      attribute: 'v',
      dimensions: vectorDimensions,
      distance: 'DOT_PRODUCT',
      partitionKey: g,
      filters: [h],
      projection: 'KEYS_ONLY',
    },
    {
      name: 'byAngle',
      attribute: 'v',
      dimensions: vectorDimensions,
      distance: 'COSINE',
      filters: [],
      projection: 'ALL',
    },
    {
      name: 'byDistance',
      attribute: 'v',
      dimensions: vectorDimensions,
      distance: 'EUCLIDEAN',
      filters: [h, i],
      projection: ['a', 'v'],
    },
  ],
}

/** Indexes that a script may create on items that have anything there. */
export const lateIndexes: readonly IndexDefinition[] = [
  {
    name: 'lateA',
    kind: 'global',
    partitionKeys: [{ name: 'a', type: 'N' }],
    sortKeys: [],
    projection: ['b'],
  },
  {
    name: 'lateBA',
    kind: 'global',
    partitionKeys: [{ name: 'b', type: 'S' }],
    sortKeys: [{ name: 'a', type: 'N' }],
    projection: 'ALL',
  },
]

/** The pairs of tables that scripts run on, the one that most operations are about first. */
export const tablePairs: readonly (readonly [TableDefinition, TableDefinition])[] = [
  [sorted, simple],
  [indexed, simple],
  [severalKeys, sorted],
  [vectors, simple],
]
