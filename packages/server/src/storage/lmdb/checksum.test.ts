import { crc32 as nativeCrc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { crc32, hasChecksum, withChecksum, withoutChecksum } from './checksum.ts'

const bytes = Buffer.from(Array.from({ length: 1200 }, (_, i) => (i * i * 7 + i) & 0xff))

test('crc32 is that of zlib for every length, place and begin', () => {
  for (let length = 0; length < 600; length++) {
    for (const start of [0, 1, 5, 600 - (length >> 1)]) {
      for (const crc of [0, 1, 0xffff_ffff, 0x1234_5678]) {
        const expected = nativeCrc32(bytes.subarray(start, start + length), crc)
        expect(crc32(bytes, start, start + length, crc)).toBe(expected)
      }
    }
  }
})

test('a value comes back, and any changed bit of it, of its key or of the checksum is found', () => {
  for (const length of [0, 1, 7, 500]) {
    const key = Buffer.from('key')
    const value = bytes.subarray(0, length)
    const stored = withChecksum(key, value)
    expect(withoutChecksum(stored)).toEqual(value)
    expect(hasChecksum(key, stored)).toBe(true)
    for (const changed of [key, stored]) {
      for (let bit = 0; bit < changed.length * 8; bit++) {
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
        expect(hasChecksum(key, stored)).toBe(false)
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7))
      }
    }
  }
})

test('a boundary between key and value that has moved is found', () => {
  const stored = withChecksum(Buffer.from('key'), Buffer.from('value'))
  expect(hasChecksum(Buffer.from('ke'), Buffer.concat([Buffer.from('y'), stored]))).toBe(false)
  expect(hasChecksum(Buffer.from('keyv'), stored.subarray(1))).toBe(false)
})

test.each([0, 1, 3])('%i bytes have no checksum', (length) => {
  expect(hasChecksum(Buffer.from('key'), Buffer.alloc(length))).toBe(false)
})
