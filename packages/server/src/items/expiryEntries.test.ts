import { describe, expect, test } from 'vitest'
import { secondsOfExpiryKey } from '../layout/storeKeys.ts'
import type { ExpiryOrder } from '../schema/table.ts'
import { asBuffer } from '../storage/engine.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import { canonicalNumber } from '../values/number.ts'
import { expiryEntry, expirySeconds } from './expiryEntries.ts'
import { ItemImage } from './itemImage.ts'

describe('the second at which an item has expired', () => {
  test.each([
    ['0', 0],
    ['1', 1],
    ['1700000000', 1_700_000_000],
    ['1.7e9', 1_700_000_000],
    ['1700000000.25', 1_700_000_001],
    ['1700000000.000000000000000000000001', 1_700_000_001],
    ['0.5', 1],
    ['1700000000000', 1_700_000_000_000],
    ['8640000000000', 8_640_000_000_000],
    ['8640000000000.1', undefined],
    ['8640000000001', undefined],
    ['9.9e125', undefined],
    ['-1', undefined],
    ['-0.5', undefined],
  ])('of %s is %s', (text, seconds) => {
    expect(expirySeconds(canonicalNumber(text))).toBe(seconds)
  })
})

describe('an entry of expiry', () => {
  const order: ExpiryOrder = { number: 7, attributeName: 'ends', backfill: undefined }
  const rowKey = Buffer.from([0x10, 0, 0, 0, 6, 1, 2, 3, 4, 0, 1, 0x61])
  const entryOf = (item: Record<string, AttributeValue>, key = rowKey) =>
    expiryEntry(order, ItemImage.ofItem(item), key)

  test('tells the item and when it expires', () => {
    const entry = entryOf({ ends: { N: '1700000000' } })
    expect(entry?.key.toString('hex')).toBe('1300000007000000006553f10000000161')
    expect(secondsOfExpiryKey(entry?.key as Buffer)).toBe(1_700_000_000)
    expect(asBuffer(entry?.value as Buffer)).toEqual(rowKey)
  })

  test('comes after the entries of items that expire before', () => {
    const keys = ['0', '5', '300', '70000', '1700000000', '1700000000000'].map(
      (N) => entryOf({ ends: { N } })?.key as Buffer,
    )
    expect(keys.toSorted(Buffer.compare)).toEqual(keys)
  })

  test('of a long key is short, and tells items apart', () => {
    const long = [1, 2].map((last) => Buffer.concat([rowKey, Buffer.alloc(3000, last)]))
    const keys = long.map((key) => entryOf({ ends: { N: '1' } }, key)?.key as Buffer)
    expect(keys.map(({ length }) => length)).toEqual([46, 46])
    expect(keys[0]?.equals(keys[1] as Buffer)).toBe(false)
  })

  test.each<Record<string, AttributeValue>>([
    {},
    { ends: { S: '1700000000' } },
    { ends: { NS: ['1700000000'] } },
    { map: { M: { ends: { N: '1700000000' } } } },
    { ends: { N: '-1700000000' } },
  ])('is not there for %j', (item) => {
    expect(entryOf(item)).toBeUndefined()
  })

  test('is not there for an item that is not there', () => {
    expect(expiryEntry(order, undefined, rowKey)).toBeUndefined()
  })
})
