import { expect, test } from 'vitest'
import { FreePagesCheck } from './freePagesCheck.ts'
import { itemCheck } from './itemCheck.ts'
import type { KeyPlace } from './nodeLayout.ts'
import type { PageLedger } from './pageLedger.ts'

const place = (bytes: Buffer): KeyPlace => ({ bytes, start: 0, end: bytes.length })

test('an item has a key of 1 to 4,026 bytes', () => {
  const isKey = (length: number): boolean => itemCheck.isKey(place(Buffer.alloc(length)))
  expect([0, 1, 4026, 4027].map(isKey)).toEqual([false, true, true, false])
})

test('free pages are listed under a transaction up to the last one', () => {
  const check = new FreePagesCheck({} as PageLedger, 300)
  const isKey = (id: bigint, length = 8): boolean => {
    const bytes = Buffer.alloc(9)
    bytes.writeBigUInt64LE(id)
    return check.isKey(place(bytes.subarray(0, length)))
  }
  expect([0n, 1n, 300n, 301n, 2n ** 40n].map((id) => isKey(id))).toEqual([
    false,
    true,
    true,
    false,
    false,
  ])
  expect([isKey(1n, 7), isKey(1n, 9)]).toEqual([false, false])
})
