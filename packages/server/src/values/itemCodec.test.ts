import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LoopTurns, systemClock } from '../clock.ts'
import { InvariantViolation } from '../invariant.ts'
import { equalValues } from './compare.ts'
import {
  decodeItem,
  encodeItem,
  joinItem,
  joinItemInTurns,
  storedItemJson,
  storedItemSize,
} from './itemCodec.ts'
import { itemSize } from './size.ts'
import { item } from './testdata/arbitraryValues.ts'

describe('stored items', () => {
  test('are a format byte, four bytes of size and the JSON text', () => {
    const stored = encodeItem({ a: { S: 'é' } }, 0x01020304)
    expect([...stored.subarray(0, 5)]).toEqual([1, 1, 2, 3, 4])
    expect(stored.subarray(5).toString('utf8')).toBe('{"a":{"S":"é"}}')
  })

  test('keep item, size and text', () => {
    fc.assert(
      fc.property(item(), (original) => {
        const stored = encodeItem(original, itemSize(original))
        expect(storedItemSize(stored)).toBe(itemSize(original))
        expect(Buffer.from(storedItemJson(stored)).toString()).toBe(JSON.stringify(original))
        expect(equalValues({ M: decodeItem(stored) }, { M: original })).toBe(true)
      }),
    )
  })

  test('may stand anywhere in a larger buffer and be a plain Uint8Array', () => {
    const stored = encodeItem({ a: { N: '1' } }, 0xfffffffe)
    const page = new Uint8Array(stored.length + 10).fill(0xff)
    page.set(stored, 7)
    const view = page.subarray(7, 7 + stored.length)
    expect(storedItemSize(view)).toBe(0xfffffffe)
    expect(decodeItem(view)).toEqual({ a: { N: '1' } })
  })

  test('are put together from the texts of their attributes, at once or between turns', async () => {
    const attributes = [
      { name: 'a"', text: Buffer.from(`{"S":"${'x'.repeat(700_000)}"}`) },
      { name: 'b', text: Buffer.from('{"N":"1"}') },
      { name: 'c', text: Buffer.from(`{"S":"${'y'.repeat(300_000)}"}`) },
    ]
    const whole = joinItem(attributes, 1_000_007)
    expect(decodeItem(whole)['a"']).toEqual({ S: 'x'.repeat(700_000) })
    let nowMs = 0
    let turns = 0
    const clock = {
      ...systemClock,
      monotonicMs: () => (nowMs += 10),
      defer: (work: () => void) => {
        turns += 1
        setImmediate(work)
      },
    }
    const joined = await joinItemInTurns(attributes, 1_000_007, new LoopTurns(clock))
    expect(joined.equals(whole)).toBe(true)
    expect(joined.buffer.byteLength).toBe(joined.length)
    // The first value has three pieces, the third two; names and ends have one each.
    expect(turns).toBe(11)
    const none = await joinItemInTurns([], 0, new LoopTurns(clock))
    expect(none.equals(encodeItem({}, 0))).toBe(true)
  })

  test('give their text without copying it', () => {
    const stored = Uint8Array.from(encodeItem({}, 0))
    expect(storedItemJson(stored).buffer).toBe(stored.buffer)
  })

  test('of an unknown format are refused', () => {
    const stored = encodeItem({ a: { N: '1' } }, 2)
    stored[0] = 2
    expect(() => storedItemSize(stored)).toThrow(InvariantViolation)
    expect(() => storedItemJson(stored)).toThrow(InvariantViolation)
    expect(() => decodeItem(stored)).toThrow(InvariantViolation)
  })
})
