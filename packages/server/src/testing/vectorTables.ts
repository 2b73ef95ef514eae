import type { AttributeValue, Item } from '../values/attributeValue.ts'
import type { SeededRandom } from './seededRandom.ts'

export const tableName = 'Vectors'

export type DistanceName = 'COSINE' | 'EUCLIDEAN' | 'DOT_PRODUCT'
export const distanceFunctions: readonly DistanceName[] = ['COSINE', 'EUCLIDEAN', 'DOT_PRODUCT']

/** One index for each distance function: of all items, by tenant, and with filters. */
export function vectorIndexes(dimensions: number): object[] {
  const schemas = [
    undefined,
    [schemaElement('tenant', 'HASH')],
    [schemaElement('tenant', 'HASH'), schemaElement('shade', 'INLINE_FILTER')],
  ]
  const projections = [
    { ProjectionType: 'ALL' },
    { ProjectionType: 'KEYS_ONLY' },
    { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note', 'embedding'] },
  ]
  return distanceFunctions.map((DistanceFunction, i) => ({
    IndexName: `by${DistanceFunction}`,
    VectorAttribute: { AttributeName: 'embedding' },
    Dimensions: dimensions,
    DistanceFunction,
    Projection: projections[i],
    ...(schemas[i] !== undefined && { SearchSchema: schemas[i] }),
  }))
}

const schemaElement = (AttributeName: string, SearchSchemaElementType: string): object => ({
  AttributeName,
  SearchSchemaElementType,
})

/** A CreateTable request; it defines the attributes that the indexes among `more` search by. */
export function vectorTable(more: { readonly VectorIndexes?: readonly object[] } = {}): object {
  const used = JSON.stringify(more.VectorIndexes ?? [])
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      ...searched.filter(({ AttributeName }) => used.includes(`"${AttributeName}"`)),
    ],
    ...more,
  }
}

/** The attributes of the search schemas of `vectorIndexes`. */
export const searched: readonly {
  readonly AttributeName: string
  readonly AttributeType: string
}[] = [
  { AttributeName: 'tenant', AttributeType: 'S' },
  { AttributeName: 'shade', AttributeType: 'N' },
]

export const numbersOf = (vector: ArrayLike<number>): AttributeValue[] =>
  Array.from(vector, (element) => ({ N: String(element) }))

export function randomVector(random: SeededRandom, dimensions: number): number[] {
  // Few values, so that there are ties, zeros and vectors that are the same.
  return Array.from({ length: dimensions }, () => random.below(9) / 4 - 1)
}

export function randomItem(random: SeededRandom, id: string, dimensions: number): Item {
  return {
    id: { S: id },
    note: { S: `note ${random.below(1000)}` },
    ...(random.below(8) > 0 && { embedding: { L: numbersOf(randomVector(random, dimensions)) } }),
    ...(random.below(8) > 0 && { tenant: { S: `tenant ${random.below(3)}` } }),
    ...(random.below(8) > 0 && { shade: { N: String(random.below(3)) } }),
  }
}

/**
 * The results of a search that looks at each item, by the rule of docs/vectors.md: [id, score] of
 * those nearest, of one score in the order of `ids`.
 */
export function searchedItems(
  items: readonly Item[],
  query: readonly number[],
  {
    distance,
    topK,
    asked,
  }: { readonly distance: DistanceName; readonly topK: number; readonly asked: Item },
): [string, number][] {
  const found: [string, number][] = []
  for (const item of items) {
    const isAsked = Object.entries(asked).every(
      ([name, value]) => JSON.stringify(item[name]) === JSON.stringify(value),
    )
    const embedding = item['embedding'] as { L: { N: string }[] } | undefined
    if (!isAsked || embedding === undefined) continue
    const vector = embedding.L.map(({ N }) => Math.fround(Number(N)))
    found.push([(item['id'] as { S: string }).S, plainScore(distance, query, vector)])
  }
  const sign = distance === 'DOT_PRODUCT' ? -1 : 1
  found.sort(([a, x], [b, y]) => sign * (x - y) || keyOrder(a, b))
  return found.slice(0, topK)
}

/** Ids of up to 61 bytes are kept with their lengths before them. */
const keyOrder = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1)

function plainScore(distance: DistanceName, query: readonly number[], vector: number[]): number {
  const q = query.map(Math.fround)
  const sum = (term: (i: number) => number): number => {
    const parts = [0, 0, 0, 0, 0, 0, 0, 0]
    q.forEach((_, i) => (parts[i % 8] = (parts[i % 8] as number) + term(i)))
    const [a, b, c, d, e, f, g, h] = parts as [number, ...number[]] as number[]
    return (
      (a as number) +
      (c as number) +
      ((e as number) + (g as number)) +
      ((b as number) + (d as number) + ((f as number) + (h as number)))
    )
  }
  const product = (a: readonly number[], b: readonly number[]): number =>
    sum((i) => (a[i] as number) * (b[i] as number))
  if (distance === 'DOT_PRODUCT') return Math.fround(product(q, vector))
  if (distance === 'EUCLIDEAN') {
    const difference = (i: number): number => (q[i] as number) - (vector[i] as number)
    return Math.fround(Math.sqrt(sum((i) => difference(i) * difference(i))))
  }
  const length = Math.sqrt(product(q, q) * product(vector, vector))
  if (length === 0) return 1
  return Math.fround(Math.min(2, Math.max(0, 1 - product(q, vector) / length)))
}
