import { attributeOf, picked, typeOf, type Item, type Value } from './attributes.ts'
import type { CapacityMode } from './capacity.ts'
import { equal, order } from './comparisons.ts'
import { tableOf, type Database } from './database.ts'
import { canonicalNumber } from './decimals.ts'
import type { Path } from './documentPaths.ts'
import { read } from './reads.ts'
import { invalid, type Refusal } from './refusal.ts'
import { isEmptyText, itemSize, sum } from './sizes.ts'
import { emptyKeyText, keyAttributesOf, type TableDefinition } from './tables.ts'
import {
  searchKeysOf,
  vectorEntryOf,
  vectorIndexesOf,
  type VectorEntry,
  type VectorIndexDefinition,
} from './vectorIndexes.ts'

/** SearchVectors. The condition is equalities that all hold. */
export interface SearchVectors {
  readonly kind: 'SearchVectors'
  readonly table: string
  readonly index: string
  readonly vector: readonly Value[]
  readonly topK: number
  readonly conditions?: readonly { readonly name: string; readonly value: Value }[]
  /** Attributes as a whole. */
  readonly projection?: readonly Path[]
  readonly capacity: CapacityMode
}

/** Looks at each item, and gives the nearest in the order of their scores and keys. */
export function searchVectors(database: Database, search: SearchVectors): object {
  const { definition, items } = tableOf(database, search.table)
  const index = vectorIndexesOf(definition).find(({ name }) => name === search.index)
  if (index === undefined) {
    throw invalid(`The table does not have the specified index: ${search.index}`)
  }
  const query = queryOf(index, search.vector)
  checkConditions(index, search)
  const found = items
    .map((item) => ({ item, entry: vectorEntryOf(definition, index, item) }))
    .filter((each): each is Found => each.entry !== undefined && isAsked(each.entry, search))
    .map(({ item, entry }) => ({ item, entry, score: scoreOf(index, query, entry.floats) }))
  const sign = index.distance === 'DOT_PRODUCT' ? -1 : 1
  found.sort((a, b) => sign * (a.score - b.score) || keyOrder(definition, a.item, b.item))
  const results = found.slice(0, search.topK).map(({ entry, score }) => {
    return { entry, score, shown: shownOf(index, entry, search.projection) }
  })
  return {
    SearchResults: results.map(({ shown, score }) => ({ Item: shown, Score: score })),
    ConsumedCapacity: capacityOf(
      index,
      search,
      results.map(({ shown }) => shown),
    ),
  }
}

interface Found {
  readonly item: Item
  readonly entry: VectorEntry
}

function queryOf({ dimensions }: VectorIndexDefinition, vector: readonly Value[]): number[] {
  const floats = vector.map((element) => ('N' in element ? Math.fround(Number(element.N)) : NaN))
  if (!floats.every(Number.isFinite)) {
    throw invalid(
      'Search vector contains invalid values. All values in the search vector must be a 32-bit ' +
        'floating-point number attribute',
    )
  }
  if (floats.length === dimensions) return floats
  throw invalid(
    `Input search vector dimension ${floats.length} does not match vector index dimension ` +
      String(dimensions),
  )
}

function checkConditions(index: VectorIndexDefinition, { conditions }: SearchVectors): void {
  const { partitionKey } = index
  if (conditions === undefined) {
    if (partitionKey === undefined) return
    throw invalid('SearchConditionExpression must be provided when SearchSchema has a HASH key')
  }
  const keys = new Map(searchKeysOf(index).map((key) => [key.name, key]))
  const strange = conditions.find(({ name }) => !keys.has(name))
  if (strange !== undefined) throw notInSchema(strange.name)
  if (new Set(conditions.map(({ name }) => name)).size < conditions.length) {
    throw invalid(
      'Invalid SearchConditionExpression: SearchConditionExpression must only contain one ' +
        'condition per attribute',
    )
  }
  const asked = conditions.find(({ name }) => name === partitionKey?.name)
  if (partitionKey !== undefined && asked === undefined) {
    throw invalid(
      'SearchConditionExpression must have all HASH attributes in configured SearchSchema',
    )
  }
  for (const { name, value } of conditions) {
    const type = keys.get(name)?.type
    if (type === typeOf(value)) continue
    throw invalid(
      `Type of '${name}' attribute in SearchConditionExpression (${typeOf(value)}) does not ` +
        `match type in search schema (${type})`,
    )
  }
  if (asked === undefined || !isEmptyText(asked.value)) return
  throw invalid(
    `One or more parameter values are not valid. ${emptyKeyText(asked.value)} Key: ${asked.name}`,
  )
}

const notInSchema = (name: string): Refusal =>
  invalid(
    'SearchConditionExpression must not contain any attributes that is not in SearchSchema. ' +
      `Invalid attribute: ${name}`,
  )

const isAsked = ({ rest }: VectorEntry, { conditions = [] }: SearchVectors): boolean =>
  conditions.every(({ name, value }) => {
    const own = attributeOf(rest, name)
    return own !== undefined && equal(own, value)
  })

/**
 * Sums have eight parts, by the position of the elements modulo 8, which are added in pairs
 * (docs/vectors.md).
 */
function partedSum(terms: readonly number[]): number {
  const parts = Array.from({ length: 8 }, (_, lane) =>
    sum(terms.filter((__, position) => position % 8 === lane)),
  )
  const pair = (i: number, j: number): number => (parts[i] as number) + (parts[j] as number)
  return pair(0, 2) + pair(4, 6) + (pair(1, 3) + pair(5, 7))
}

const product = (a: readonly number[], b: readonly number[]): number =>
  partedSum(a.map((element, i) => element * (b[i] as number)))

function scoreOf(
  { distance }: VectorIndexDefinition,
  query: readonly number[],
  vector: readonly number[],
): number {
  if (distance === 'DOT_PRODUCT') return asFloat(product(query, vector))
  if (distance === 'EUCLIDEAN') {
    const squares = query.map((element, i) => (element - (vector[i] as number)) ** 2)
    return asFloat(Math.sqrt(partedSum(squares)))
  }
  const length = Math.sqrt(product(query, query) * product(vector, vector))
  if (length === 0) return 1
  return asFloat(Math.min(2, Math.max(0, 1 - product(query, vector) / length)))
}

const largest = 3.4028234663852886e38
const asFloat = (score: number): number => Math.max(-largest, Math.min(largest, Math.fround(score)))

/** By the length of the partition key, then by partition and sort key. */
function keyOrder(definition: TableDefinition, a: Item, b: Item): number {
  const [partition] = keyAttributesOf(definition)
  const lengthOf = (item: Item): number =>
    itemSize({ '': item[partition?.name as string] as Value })
  if (lengthOf(a) !== lengthOf(b)) return lengthOf(a) - lengthOf(b)
  for (const { name } of keyAttributesOf(definition)) {
    const compared = order(a[name] as Value, b[name] as Value) as number
    if (compared !== 0) return compared
  }
  return 0
}

/** The shortest decimal that the 32-bit float is the nearest one to. */
function shortest(float: number): string {
  const texts = Array.from({ length: 9 }, (_, i) => float.toPrecision(i + 1))
  return canonicalNumber(texts.find((text) => Math.fround(Number(text)) === float) as string)
}

/** The vector is shown to those alone who name it, of an index that projects it. */
function shownOf(
  index: VectorIndexDefinition,
  { rest, floats }: VectorEntry,
  projection: readonly Path[] | undefined,
): Item {
  const { attribute, projection: own } = index
  const isProjected = own === 'ALL' || (typeof own !== 'string' && own.includes(attribute))
  const isNamed = projection?.some(([name]) => name === attribute) === true
  const vector = { [attribute]: { L: floats.map((float) => ({ N: shortest(float) })) } }
  return read({ ...rest, ...(isProjected && isNamed && vector) }, projection)
}

function capacityOf(
  { attribute, dimensions }: VectorIndexDefinition,
  { capacity }: SearchVectors,
  shown: readonly Item[],
): object | undefined {
  if (capacity === 'NONE') return undefined
  const withoutVector = shown.map((item) => {
    return itemSize(item) - itemSize(picked(item, [attribute]))
  })
  const vectors = shown.filter((item) => attributeOf(item, attribute) !== undefined).length
  const bytes =
    30.6875 * dimensions + 65 * shown.length + sum(withoutVector) + 4 * dimensions * vectors
  const charged = Math.max(1024, Math.round(bytes))
  return { VectorSearchRequestBytes: charged, VectorSearchUnits: charged }
}
