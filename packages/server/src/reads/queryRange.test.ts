import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluateCondition } from '../expressions/evaluateCondition.ts'
import type { BoundKeyCondition } from '../expressions/bindKeyCondition.ts'
import type { KeyOperator } from '../expressions/keyCondition.ts'
import { compileFilterConditions, type LegacyOperator } from '../expressions/legacyConditions.ts'
import { invariant, unreachable } from '../invariant.ts'
import type { AttributeMap, AttributeValue, KeyAttributeType } from '../values/attributeValue.ts'
import { compareValues } from '../values/compare.ts'
import { binaryText, numberText, stringText } from '../values/testdata/arbitraryValues.ts'
import { isInside, movedToPartition, queryRange, rangeBehind, scanRange } from './queryRange.ts'
import { keyAttributesOf, positionOf, type ReadTarget } from './readTarget.ts'
import type { KeyAttribute, SecondaryIndex, Table } from '../schema/table.ts'
import { runsOf } from '../testing/propertyRuns.ts'

function tableOf(sortKeyType: KeyAttributeType | undefined): Table {
  return {
    number: 7,
    name: 'T',
    arn: 'arn',
    primaryKey: {
      partitionKey: { name: 'pk', type: 'S' },
      sortKey: sortKeyType === undefined ? undefined : { name: 'sk', type: sortKeyType },
    },
    counter: { key: Buffer.of(1), values: [0, 0] },
    record: {} as Table['record'],
    version: 0,
    indexKeys: [],
    indexes: [],
    vectorIndexes: [],
    expiryOrder: undefined,
    stream: undefined,
    dropped: false,
  }
}

function indexOf(
  partitionKeys: readonly KeyAttribute[],
  sortKeys: readonly KeyAttribute[],
): SecondaryIndex {
  return {
    name: 'byOther',
    kind: 'global',
    vector: undefined,
    number: 8,
    partitionKeys,
    sortKeys,
    projectedAttributes: 'all',
    status: 'ACTIVE',
    backfill: undefined,
    counter: { key: Buffer.of(2), values: [0, 0] },
  }
}

function keyPosition(target: ReadTarget, key: AttributeMap): Uint8Array {
  const position = positionOf(target, key)
  invariant(position !== undefined, 'the key fits the index')
  return position
}

const legacyNames: Readonly<Record<KeyOperator, LegacyOperator>> = {
  '=': 'EQ',
  '<': 'LT',
  '<=': 'LE',
  '>': 'GT',
  '>=': 'GE',
  BETWEEN: 'BETWEEN',
  begins_with: 'BEGINS_WITH',
}

interface SortCase {
  readonly operator: KeyOperator
  readonly values: readonly AttributeValue[]
  readonly sortValues: readonly AttributeValue[]
}

function sortCase(type: KeyAttributeType): fc.Arbitrary<SortCase> {
  const value = keyValue(type)
  const operators = Object.keys(legacyNames) as KeyOperator[]
  return fc
    .record({
      operator: fc.constantFrom(
        ...operators.filter((name) => type !== 'N' || name !== 'begins_with'),
      ),
      bounds: fc.tuple(value, value),
      sortValues: fc.array(value, { minLength: 1, maxLength: 12 }),
    })
    .map(({ operator, bounds: [a, b], sortValues }) => {
      const bounds = (compareValues(a, b) ?? 0) <= 0 ? [a, b] : [b, a]
      const values = operator === 'BETWEEN' ? bounds : [a]
      return { operator, values, sortValues: [...sortValues, a, b, extended(a)] }
    })
}

/** A value that begins with `value`, where that makes sense. */
function extended(value: AttributeValue): AttributeValue {
  if ('S' in value) return { S: `${value.S}\0x` }
  if (!('B' in value)) return value
  const bytes = Buffer.concat([Buffer.from(value.B, 'base64'), Buffer.of(0)])
  return { B: bytes.toString('base64') }
}

function keyValue(type: KeyAttributeType): fc.Arbitrary<AttributeValue> {
  switch (type) {
    case 'S':
      return stringText()
        .filter((S) => S !== '')
        .map((S) => ({ S }))
    case 'B':
      return binaryText()
        .filter((B) => B !== '')
        .map((B) => ({ B }))
    case 'N':
      return numberText().map((N) => ({ N }))
    default:
      return unreachable(type)
  }
}

/** The judgement of the filter evaluator, which knows nothing of bytes. */
function meets(sortValue: AttributeValue, { operator, values }: SortCase): boolean {
  const condition = { ComparisonOperator: legacyNames[operator], AttributeValueList: values }
  return evaluateCondition(compileFilterConditions({ v: condition }, undefined), { v: sortValue })
}

const types: readonly KeyAttributeType[] = ['S', 'N', 'B']

describe('queryRange', () => {
  it.each(types)('holds the rows whose sort key of type %s meets the condition', (type) => {
    const target = { table: tableOf(type), index: undefined }
    fc.assert(
      fc.property(sortCase(type), (drawn) => {
        const { operator, values } = drawn
        const range = queryRange(target, {
          partitionKey: [{ name: 'pk', value: { S: 'a' } }],
          sortKeyPrefix: [],
          sortKey: { name: 'sk', operator, values },
        })
        for (const sk of drawn.sortValues) {
          const position = keyPosition(target, { pk: { S: 'a' }, sk })
          expect(isInside(position, range)).toBe(meets(sk, drawn))
          expect(movedToPartition(position, range)).toEqual(position)
          const other = keyPosition(target, { pk: { S: 'bb' }, sk })
          expect(isInside(other, range)).toBe(false)
          expect(movedToPartition(other, range)).toEqual(position)
        }
      }),
      { numRuns: runsOf(500) },
    )
  })

  it.each(types)('holds the entries whose sort key of type %s meets the condition', (type) => {
    const index = indexOf([{ name: 'p', type: 'N' }], [{ name: 'v', type }])
    const target = { table: tableOf('B'), index }
    fc.assert(
      fc.property(sortCase(type), keyValue('B'), (drawn, sk) => {
        const { operator, values } = drawn
        const range = queryRange(target, {
          partitionKey: [{ name: 'p', value: { N: '1' } }],
          sortKeyPrefix: [],
          sortKey: { name: 'v', operator, values },
        })
        for (const v of drawn.sortValues) {
          const base = { pk: { S: 'a' }, sk }
          const position = keyPosition(target, { ...base, p: { N: '1' }, v })
          expect(isInside(position, range)).toBe(meets(v, drawn))
          const other = keyPosition(target, { ...base, p: { N: '2' }, v })
          expect(isInside(other, range)).toBe(false)
          expect(movedToPartition(other, range)).toEqual(position)
        }
      }),
      { numRuns: runsOf(500) },
    )
  })

  it('fixes the sort keys before the last one of an index with several', () => {
    const index = indexOf(
      [
        { name: 'p', type: 'S' },
        { name: 'q', type: 'S' },
      ],
      [
        { name: 'u', type: 'S' },
        { name: 'v', type: 'S' },
        { name: 'w', type: 'S' },
      ],
    )
    const target = { table: tableOf(undefined), index }
    const partitionKey = [
      { name: 'p', value: { S: 'a' } },
      { name: 'q', value: { S: 'bc' } },
    ]
    const sortKeyPrefix = [{ name: 'u', value: { S: 'x' } }]
    const sortKey = { name: 'v', operator: '>' as const, values: [{ S: 'm' }] }
    const found = (condition: BoundKeyCondition, [p, q, u, v]: readonly string[]): boolean => {
      const key = { pk: 'k', p, q, u, v, w: 'w' }
      const entries = Object.entries(key).map(([name, S]) => [name, { S }])
      const position = keyPosition(target, Object.fromEntries(entries) as AttributeMap)
      return isInside(position, queryRange(target, condition))
    }
    const condition = { partitionKey, sortKeyPrefix, sortKey }
    expect(found(condition, ['a', 'bc', 'x', 'n'])).toBe(true)
    expect(found(condition, ['a', 'bc', 'x', 'm'])).toBe(false)
    expect(found(condition, ['a', 'bc', 'x', 'mm'])).toBe(true)
    expect(found(condition, ['a', 'bc', 'y', 'n'])).toBe(false)
    expect(found(condition, ['ab', 'c', 'x', 'n'])).toBe(false)
    expect(found({ partitionKey, sortKeyPrefix: [] }, ['a', 'bc', 'z', 'a'])).toBe(true)
  })

  it.each([
    [{ S: 'x'.repeat(2049) }, { S: 'a' }, 'Size of hashkey has exceeded the maximum size limit'],
    [{ S: 'x'.repeat(70_000) }, { S: 'a' }, 'Size of hashkey has exceeded the maximum size limit'],
    [{ S: 'a' }, { S: 'x'.repeat(1025) }, 'Aggregated size of all range keys has exceeded'],
  ])('refuses values that are longer than a key %#', (value, sortValue, message) => {
    const condition: BoundKeyCondition = {
      partitionKey: [{ name: 'pk', value }],
      sortKeyPrefix: [],
      sortKey: { name: 'sk', operator: '=', values: [sortValue] },
    }
    expect(() => queryRange({ table: tableOf('S'), index: undefined }, condition)).toThrow(message)
  })
})

describe('rangeBehind', () => {
  it('leaves out the position and all that was read before it', () => {
    const [a, b, c, ba] = ['a', 'b', 'c', 'b\0'].map((text) => Buffer.from(text))
    const range = { start: a!, end: c! }
    expect(isInside(b!, rangeBehind(range, b!, false))).toBe(false)
    expect(isInside(ba!, rangeBehind(range, b!, false))).toBe(true)
    expect(isInside(a!, rangeBehind(range, b!, false))).toBe(false)
    expect(isInside(b!, rangeBehind(range, b!, true))).toBe(false)
    expect(isInside(a!, rangeBehind(range, b!, true))).toBe(true)
    expect(rangeBehind(range, b!, true).reverse).toBe(true)
  })
})

describe('scanRange', () => {
  const targets: readonly ReadTarget[] = [
    { table: tableOf(undefined), index: undefined },
    { table: tableOf(undefined), index: indexOf([{ name: 'p', type: 'S' }], []) },
  ]

  it.each([0, 1])('gives every key to exactly one segment of target %d', (which) => {
    const target = targets[which] as ReadTarget
    const total = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 1_000_000 }))
    fc.assert(
      fc.property(total, keyValue('S'), (segments, pk) => {
        const position = keyPosition(target, which === 0 ? { pk } : { pk, p: pk })
        const hash = Buffer.from(position).readUInt32BE(5)
        const mine = Math.floor((hash * segments) / 2 ** 32)
        const holders = [mine - 1, mine, mine + 1]
          .filter((number) => number >= 0 && number < segments)
          .filter((number) => isInside(position, scanRange(target, { number, total: segments })))
        expect(holders).toHaveLength(1)
      }),
      { numRuns: runsOf(1000) },
    )
  })

  it('divides the whole range without gaps, in shares of equal length', () => {
    const target = targets[0] as ReadTarget
    const whole = scanRange(target, undefined)
    const segments = [0, 1, 2].map((number) => scanRange(target, { number, total: 3 }))
    expect(segments[0]?.start).toEqual(whole.start)
    expect(segments[1]?.start).toEqual(segments[0]?.end)
    expect(segments[2]?.start).toEqual(segments[1]?.end)
    expect(segments[2]?.end).toEqual(whole.end)
    expect(Buffer.from(segments[1]?.start as Buffer).readUInt32BE(5)).toBe(1431655765)
    expect(Buffer.from(segments[2]?.start as Buffer).readUInt32BE(5)).toBe(2863311530)
  })
})

describe('keyAttributesOf', () => {
  it('names every key attribute once', () => {
    const shared = indexOf([{ name: 'sk', type: 'S' }], [{ name: 'v', type: 'N' }])
    const names = keyAttributesOf({ table: tableOf('S'), index: shared }).map(({ name }) => name)
    expect(names).toEqual(['pk', 'sk', 'v'])
  })
})
