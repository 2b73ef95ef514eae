import fc from 'fast-check'
import type { Item, KeyType, Value } from './attributes.ts'
import { canonicalNumber } from './decimals.ts'
import { keyAttributesOf, type KeyAttribute, type TableDefinition } from './tables.ts'
import { vectorDimensions } from './tableDefinitions.ts'
import { searchKeysOf, vectorIndexesOf } from './vectorIndexes.ts'

/** One of `usual`, and now and then of `rare`. */
export function seldom<T>(
  rare: fc.Arbitrary<T>,
  usual: fc.Arbitrary<T>,
  oneIn = 30,
): fc.Arbitrary<T> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: usual }, { weight: 1, arbitrary: rare })
}

const texts = ['a', '', 'ab', 'abc', 'b', 'é', '\uffff', '\u{1f600}']
const binaries = ['AQ==', '', 'AQI=', 'Ag==', '/w==']
const plainNumbers = ['0', '1', '2', '-1', '1.5', '10', '-10', '0.1', '1000']
/** Other ways to write them. */
const spelledNumbers = ['+1', '1.0', '0.1E1', '1E1', '-0', '0042.1200', '.5', '20e-1', '1.5E+0']
/** At the edges of what a number can be. */
const extremeNumbers = [
  '9E125',
  '-9E125',
  '9.9999999999999999999999999999999999999E+125',
  '1E-130',
  '-1E-130',
  '1.2E-129',
  '12345678901234567890123456789012345678',
  '0.12345678901234567890123456789012345678',
]

export const text: fc.Arbitrary<string> = fc.constantFrom(...texts)
const binary = fc.constantFrom(...binaries)
export const number: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...plainNumbers) },
  { weight: 2, arbitrary: fc.constantFrom(...spelledNumbers) },
  { weight: 1, arbitrary: fc.constantFrom(...extremeNumbers) },
)

/** Values of which conditions know an order. */
export const orderedValue: fc.Arbitrary<Value> = fc.oneof(
  number.map((N): Value => ({ N })),
  text.map((S): Value => ({ S })),
  binary.map((B): Value => ({ B })),
)

export const setValue: fc.Arbitrary<Value> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((SS): Value => ({ SS })),
  },
  fc
    .uniqueArray(number, { minLength: 1, maxLength: 3, selector: canonicalNumber })
    .map((NS): Value => ({ NS })),
  fc.uniqueArray(binary, { minLength: 1, maxLength: 3 }).map((BS): Value => ({ BS })),
)

const {
  value: anyValue,
  list: listOfAny,
  map: mapOfAny,
} = fc.letrec<{
  value: Value
  list: Value
  map: Value
}>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    orderedValue,
    fc.boolean().map((BOOL): Value => ({ BOOL })),
    fc.constant<Value>({ NULL: true }),
    setValue,
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }).map((L): Value => ({ L })),
  map: fc
    .dictionary(fc.constantFrom('x', 'y', 'constructor'), tie('value'), { maxKeys: 3 })
    .map((members): Value => ({ M: { ...members } })),
}))

export const listValue: fc.Arbitrary<Value> = listOfAny

/** Sizes that cost several units, and two of which do not fit into one item. */
const longText = fc
  .constantFrom(1000, 5000, 205_000, 205_000)
  .map((length): Value => ({ S: 'x'.repeat(length) }))

/** As deep as a value may be, so that it fits nowhere below another one. */
const deepest = Array.from({ length: 31 }).reduce<Value>((inner) => ({ L: [inner] }), { N: '1' })

export const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 40, arbitrary: anyValue },
  { weight: 3, arbitrary: longText },
  { weight: 1, arbitrary: fc.constant(deepest) },
)

/**
 * Each free attribute has its favourite kind of value, so that expressions often find what they
 * want.
 */
const favourites: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  a: number.map((N): Value => ({ N })),
  b: mapOfAny,
  c: listOfAny,
  d: setValue,
}

export const freeNames = ['a', 'b', 'c', 'd']

export const valueOfAttribute = (name: string): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 3, arbitrary: favourites[name] as fc.Arbitrary<Value> }, value)

/** The attributes that have vectors. */
export const vectorNamesOf = (definition: TableDefinition): string[] => [
  ...new Set(vectorIndexesOf(definition).map(({ attribute }) => attribute)),
]

/** Few, so that vectors are the same, or opposite, or as far from another one. */
const elements = ['0', '1', '-1', '0.5', '2', '0.1', '16777217', '1E-50', '-3.4E38']
const vectorElement: fc.Arbitrary<Value> = fc.constantFrom(...elements).map((N) => ({ N }))

export const goodVector: fc.Arbitrary<Value[]> = fc.array(vectorElement, {
  minLength: vectorDimensions,
  maxLength: vectorDimensions,
})

export const noVector: fc.Arbitrary<Value[]> = fc.oneof(
  fc.array(vectorElement, { minLength: 1, maxLength: 4 }),
  fc
    .tuple(goodVector, fc.constantFrom<Value>({ S: '1' }, { N: '1E39' }, { N: '-35E39' }))
    .map(([[first, ...others], wrong]) => [first as Value, wrong, ...others.slice(1)]),
)

/** A vector of the indexes, or now and then something else. */
export const vectorValue: fc.Arbitrary<Value> = seldom(
  fc.oneof(
    noVector.map((L): Value => ({ L })),
    value,
  ),
  goodVector.map((L): Value => ({ L })),
  20,
)

const partitionValues: Readonly<Record<KeyType, readonly Value[]>> = {
  S: [{ S: 'p' }, { S: 'q' }, { S: 'pq' }],
  N: [{ N: '1' }, { N: '-1' }, { N: '1.0' }, { N: '10' }],
  B: [{ B: 'AA==' }, { B: 'AAA=' }, { B: '/w==' }],
}
const sortValues: Readonly<Record<KeyType, readonly Value[]>> = {
  S: [{ S: 'a' }, { S: 'ab' }, { S: '\uffff' }, { S: '\u{1f600}' }],
  N: [{ N: '1' }, { N: '-1.5' }, { N: '10' }, { N: '1E1' }, { N: '9' }],
  B: [{ B: 'AQ==' }, { B: 'AQA=' }, { B: 'AQI=' }, { B: '/w==' }],
}

/** What the key attributes of tables and indexes can be. The first value of each is met most. */
export function keyValue({ name, type }: KeyAttribute): fc.Arbitrary<Value> {
  const values = (name === 'pk' ? partitionValues : sortValues)[type]
  return fc.oneof(fc.constant(values[0] as Value), fc.constantFrom(...values))
}

/** The primary key of an item that may exist. */
export function goodKey(definition: TableDefinition): fc.Arbitrary<Item> {
  const values = keyAttributesOf(definition).map((each) => [each.name, keyValue(each)] as const)
  return fc.record(Object.fromEntries(values)) as fc.Arbitrary<Item>
}

/** What no attribute of a key can be: a value of another type, or an empty one. */
export function noKeyValue({ type }: KeyAttribute): fc.Arbitrary<Value> {
  const empty = type === 'N' ? [] : [{ [type]: '' } as unknown as Value]
  return fc.constantFrom<Value>({ BOOL: true }, { NULL: true }, ...empty)
}

/**
 * A key that does not fit its schema: a value of another type, an empty one, one too few or too
 * many.
 */
function badKey(definition: TableDefinition): fc.Arbitrary<Item> {
  const { name } = definition.partitionKey
  return fc.oneof(
    fc
      .tuple(goodKey(definition), noKeyValue(definition.partitionKey))
      .map(([own, wrong]) => ({ ...own, [name]: wrong })),
    goodKey(definition).map((own) => ({ ...own, other: { S: 'o' } })),
    goodKey(definition).map((own) => without(own, name)),
  )
}

function without(map: Item, name: string): Item {
  return Object.fromEntries(Object.entries(map).filter(([each]) => each !== name))
}

export const key = (definition: TableDefinition): fc.Arbitrary<Item> =>
  seldom(badKey(definition), goodKey(definition), 40)

const unstorableNumbers: fc.Arbitrary<Value> = fc
  .constantFrom('1E126', '-1E-131', '1.00000000000000000000000000000000000001', 'one', '1e')
  .map((N) => ({ N }))

const indexKeyOf = (attribute: KeyAttribute): fc.Arbitrary<Value> =>
  seldom(noKeyValue(attribute), keyValue(attribute), 60)

/** The index keys of a table that are not keys of the table itself, each once. */
export function indexAttributesOf(definition: TableDefinition): KeyAttribute[] {
  const own = keyAttributesOf(definition).map(({ name }) => name)
  const all = [
    ...definition.indexes.flatMap((index) => [...index.partitionKeys, ...index.sortKeys]),
    ...vectorIndexesOf(definition).flatMap(searchKeysOf),
  ]
  const names = [...new Set(all.map(({ name }) => name))].filter((name) => !own.includes(name))
  return names.map((name) => all.find((attribute) => attribute.name === name) as KeyAttribute)
}

/** Most of the attributes that `arbitraries` names. */
function mostOf(arbitraries: Record<string, fc.Arbitrary<Value>>): fc.Arbitrary<Item> {
  const options = Object.entries(arbitraries).map(
    ([name, arbitrary]) => [name, fc.option(arbitrary, { freq: 4, nil: undefined })] as const,
  )
  return fc
    .record(Object.fromEntries(options))
    .map((all) => Object.entries(all).filter(([, member]) => member !== undefined))
    .map((present) => Object.fromEntries(present) as Item)
}

/** An item to put: its key, most of its index keys, most of the free attributes. */
export function item(definition: TableDefinition, keys: typeof key = key): fc.Arbitrary<Item> {
  const indexKeys = indexAttributesOf(definition).map(
    (attribute) => [attribute.name, indexKeyOf(attribute)] as const,
  )
  const free = freeNames.map((name) => {
    return [name, seldom(unstorableNumbers, valueOfAttribute(name), 200)] as const
  })
  const vectors = vectorNamesOf(definition).map((name) => [name, vectorValue] as const)
  const attributes = mostOf(Object.fromEntries([...indexKeys, ...free, ...vectors]))
  return fc.tuple(keys(definition), attributes).map(([own, others]) => ({ ...others, ...own }))
}
