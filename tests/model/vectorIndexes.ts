import { attributeOf, typeOf, type Item, type Value } from './attributes.ts'
import { equalItems } from './comparisons.ts'
import { invalid, type Refusal } from './refusal.ts'
import { isEmptyText, itemSize, valueSize } from './sizes.ts'
import { emptyKeyText, keyAttributesOf, type KeyAttribute, type TableDefinition } from './tables.ts'

/*
 * Vector indexes, like others, are a way of looking at the items of a table: at those that have a
 * vector, and the partition key of the index if it has one.
 */

export interface VectorIndexDefinition {
  readonly name: string
  readonly attribute: string
  readonly dimensions: number
  readonly distance: 'COSINE' | 'EUCLIDEAN' | 'DOT_PRODUCT'
  readonly partitionKey?: KeyAttribute
  readonly filters: readonly KeyAttribute[]
  readonly projection: 'ALL' | 'KEYS_ONLY' | readonly string[]
}

/** What a vector index has of an item. */
export interface VectorEntry {
  readonly floats: readonly number[]
  /** The projected item without its vector. */
  readonly rest: Item
}

export const vectorIndexesOf = ({
  vectorIndexes = [],
}: TableDefinition): readonly VectorIndexDefinition[] => vectorIndexes

/** The attributes that searches can ask about, the partition key first. */
export const searchKeysOf = ({
  partitionKey,
  filters,
}: VectorIndexDefinition): readonly KeyAttribute[] =>
  partitionKey === undefined ? filters : [partitionKey, ...filters]

const invalidVector = (detail: string): Refusal =>
  invalid(`One or more parameter values were invalid. ${detail}`)

/** The elements as 32-bit floats. Throws for what is no vector of the index. */
function floatsOf(index: VectorIndexDefinition, value: Value): number[] {
  const { name, attribute, dimensions } = index
  if (!('L' in value)) {
    throw invalidVector(
      `Invalid type for parameter ${attribute}, Expected: 32-bit floating point number list ` +
        `IndexName: ${name}`,
    )
  }
  if (value.L.length !== dimensions) {
    throw invalidVector(
      `Invalid size for parameter ${attribute}, Expected: ${dimensions}, ` +
        `Actual: ${value.L.length} IndexName: ${name}`,
    )
  }
  return value.L.map((element, i) => {
    if (!('N' in element)) {
      throw invalidVector(
        `Invalid type for parameter ${attribute}[${i}], Expected: 32-bit floating point number, ` +
          `Actual: ${typeOf(element)}. IndexName: ${name}`,
      )
    }
    const float = Math.fround(Number(element.N))
    if (Number.isFinite(float)) return float
    throw invalidVector(
      `Invalid value for parameter ${attribute}[${i}], Value: ${scientific(element.N)} is ` +
        `outside valid range [-3.4028235E38, 3.4028235E38]. IndexName: ${name}`,
    )
  })
}

/** A whole number with its exponent: `1E+39`. */
function scientific(text: string): string {
  const [, sign, first, others, power] = /^(-?)(\d)(\d*)(?:E\+?(\d+))?$/.exec(
    text,
  ) as unknown as string[]
  const exponent = (others as string).length + Number(power ?? 0)
  const fraction = (others as string).replace(/0+$/, '')
  return `${sign}${first}${fraction === '' ? '' : `.${fraction}`}E+${exponent}`
}

/** Throws when an item that is put cannot be in one of the indexes, in the order of their names. */
export function checkVectors(definition: TableDefinition, item: Item): void {
  checkAll(definition, (name) => attributeOf(item, name), emptyKeyOfPut)
}

/** The same of an item as an update leaves it. */
export function checkUpdatedVectors(
  definition: TableDefinition,
  item: Item,
  isKept: (name: string) => boolean,
): void {
  const read = (name: string): Value | undefined =>
    isKept(name) ? undefined : attributeOf(item, name)
  checkAll(definition, read, (_, __, value) => emptyKeyOfUpdate(value))
}

function checkAll(
  definition: TableDefinition,
  read: (name: string) => Value | undefined,
  emptyKey: typeof emptyKeyOfPut,
): void {
  const byName = [...vectorIndexesOf(definition)].sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const index of byName) {
    const vector = read(index.attribute)
    if (vector !== undefined) floatsOf(index, vector)
    for (const key of searchKeysOf(index)) {
      const value = read(key.name)
      if (value === undefined) continue
      if (typeOf(value) !== key.type) throw wrongType(index, key, value)
      if (key === index.partitionKey && isEmptyText(value)) throw emptyKey(index, key, value)
    }
  }
}

const wrongType = ({ name }: VectorIndexDefinition, key: KeyAttribute, value: Value): Refusal =>
  invalidVector(
    `Attribute '${key.name}' type mismatch. Expected: ${key.type}, Actual: ${typeOf(value)}. ` +
      `IndexName: ${name}`,
  )

const notSupported = 'is not supported.'

const emptyKeyOfPut = (index: VectorIndexDefinition, key: KeyAttribute, value: Value): Refusal =>
  invalid(
    'One or more parameter values are not valid. A value specified for a secondary index key ' +
      `${notSupported} ${emptyKeyText(value)} IndexName: ${index.name}, IndexKey: ${key.name}`,
  )

const emptyKeyOfUpdate = (value: Value): Refusal =>
  invalid(
    'One or more parameter values are not valid. The update expression attempted to update a ' +
      `secondary index key to a value that ${notSupported} ${emptyKeyText(value)}`,
  )

/** An empty partition key refuses a whole transaction, of a put and of an update. */
export function checkSearchKeysFilled(
  definition: TableDefinition,
  item: Item,
  kind: 'put' | 'update',
): void {
  for (const index of vectorIndexesOf(definition)) {
    const key = index.partitionKey
    const value = key === undefined ? undefined : attributeOf(item, key.name)
    if (key === undefined || value === undefined || typeOf(value) !== key.type) continue
    if (!isEmptyText(value)) continue
    throw kind === 'put' ? emptyKeyOfPut(index, key, value) : emptyKeyOfUpdate(value)
  }
}

export function vectorEntryOf(
  definition: TableDefinition,
  index: VectorIndexDefinition,
  item: Item | undefined,
): VectorEntry | undefined {
  const vector = item === undefined ? undefined : attributeOf(item, index.attribute)
  if (item === undefined || vector === undefined) return undefined
  const { partitionKey, projection } = index
  if (partitionKey !== undefined && attributeOf(item, partitionKey.name) === undefined) {
    return undefined
  }
  const keys = [...keyAttributesOf(definition), ...searchKeysOf(index)].map(({ name }) => name)
  const named = typeof projection === 'string' ? keys : [...keys, ...projection]
  const rest = Object.entries(item).filter(
    ([name]) => name !== index.attribute && (projection === 'ALL' || named.includes(name)),
  )
  return { floats: floatsOf(index, vector), rest: Object.fromEntries(rest) }
}

const vectorSize = ({ attribute, dimensions }: VectorIndexDefinition): number =>
  Buffer.byteLength(attribute) + 4 * dimensions

export const vectorEntrySize = (index: VectorIndexDefinition, { rest }: VectorEntry): number =>
  vectorSize(index) + itemSize(rest)

/**
 * Bytes of an item for which a write of its table is charged: a vector that is in an index counts
 * four for each element.
 */
export function chargedSize(definition: TableDefinition, item: Item | undefined): number {
  if (item === undefined) return 0
  const indexed = vectorIndexesOf(definition).filter(
    (index) => vectorEntryOf(definition, index, item) !== undefined,
  )
  let bytes = itemSize(item)
  for (const attribute of new Set(indexed.map((index) => index.attribute))) {
    const index = indexed.find((each) => each.attribute === attribute) as VectorIndexDefinition
    const listed = Buffer.byteLength(attribute) + valueSize(item[attribute] as Value)
    bytes += vectorSize(index) - listed
  }
  return bytes
}

/** Bytes that a write of each index is charged for; none for one that stays as it is. */
export function bytesOfVectorWrite(
  definition: TableDefinition,
  before: Item | undefined,
  after: Item | undefined,
): Record<string, number> {
  const bytes: Record<string, number> = {}
  for (const index of vectorIndexesOf(definition)) {
    const entries = [before, after].map((item) => vectorEntryOf(definition, index, item))
    if (isSameEntry(entries[0], entries[1])) continue
    const sizes = entries.map((entry) => (entry === undefined ? 0 : vectorEntrySize(index, entry)))
    bytes[index.name] = Math.max(1024, ...sizes)
  }
  return bytes
}

function isSameEntry(a: VectorEntry | undefined, b: VectorEntry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const isSameVector = a.floats.every((float, i) => Object.is(float, b.floats[i]))
  return isSameVector && equalItems(a.rest, b.rest)
}

/** How many entries an index has, and their bytes. */
export function vectorCountsOf(
  definition: TableDefinition,
  index: VectorIndexDefinition,
  items: readonly Item[],
): [number, number] {
  const entries = items
    .map((item) => vectorEntryOf(definition, index, item))
    .filter((entry) => entry !== undefined)
  return [entries.length, entries.reduce((sum, each) => sum + vectorEntrySize(index, each), 0)]
}
