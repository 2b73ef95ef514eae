import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withReversedSets } from '../testing/olderStore.ts'
import type { Item } from './attributeValue.ts'
import { decodeItem, encodeItem, storedItemSize } from './itemCodec.ts'
import { inSetOrder } from './storedSets.ts'
import { item } from './testdata/arbitraryValues.ts'
import { checkItem } from './checkAttributeValue.ts'

const ordered = (value: Item): Item => decodeItem(inSetOrder(encodeItem(value, 7)))

describe('inSetOrder', () => {
  test('sorts strings and binaries by bytes and numbers by value, at any depth', () => {
    const sets = {
      s: { SS: ['é', 'b', '', 'a', '\u{1f600}', '\uffee'] },
      n: { NS: ['10', '9', '-1', '0.5'] },
      b: { BS: ['/w==', 'AA==', 'Aw=='] },
    }
    const sorted = {
      s: { SS: ['', 'a', 'b', 'é', '\uffee', '\u{1f600}'] },
      n: { NS: ['-1', '0.5', '9', '10'] },
      b: { BS: ['AA==', 'Aw==', '/w=='] },
    }
    const nested = (value: Item): Item => ({
      ...value,
      l: { L: [{ S: 'z' }, { M: { deep: { L: [{ M: value }] } } }, { S: 'a' }] },
    })
    expect(ordered(nested(sets))).toEqual(nested(sorted))
  })

  test('keeps the size and the order of everything else', () => {
    const text = '{"z":{"S":"S\\":["},"a":{"L":[{"S":"b"},{"S":"a"}]},"s":{"SS":["b","a"]}}'
    const stored = Buffer.concat([encodeItem({}, 123_456).subarray(0, 5), Buffer.from(text)])
    const result = inSetOrder(stored)
    expect(storedItemSize(result)).toBe(123_456)
    expect(Buffer.from(result).toString('utf8', 5)).toBe(text.replace('"b","a"', '"a","b"'))
  })

  test.each<Item>([
    {},
    { SS: { S: 'S":[' }, NS: { L: [] }, BS: { L: [{ S: 'b' }, { S: 'a' }] } },
    { s: { SS: ['a', 'b'] }, l: { L: [{ NS: ['9', '10'] }] }, m: { M: { b: { BS: ['AA=='] } } } },
  ])('gives what is in order as it is: %j', (value) => {
    const stored = encodeItem(value, 1)
    expect(inSetOrder(stored)).toBe(stored)
  })

  test('takes bytes that stand anywhere in a larger buffer', () => {
    const stored = encodeItem({ s: { SS: ['b', 'a'] } }, 1)
    const page = new Uint8Array(stored.length + 10).fill(0xff)
    page.set(stored, 7)
    const result = inSetOrder(page.subarray(7, 7 + stored.length))
    expect(decodeItem(result)).toEqual({ s: { SS: ['a', 'b'] } })
  })

  test('gives the bytes that a write of the item gives today', () => {
    let changed = 0
    fc.assert(
      fc.property(item(), (drawn) => {
        checkItem(drawn)
        const today = encodeItem(drawn, 1)
        const older = withReversedSets(today)
        if (!older.equals(today)) changed += 1
        expect(Buffer.from(inSetOrder(older)).equals(today)).toBe(true)
      }),
    )
    expect(changed).toBeGreaterThan(10)
  })
})
