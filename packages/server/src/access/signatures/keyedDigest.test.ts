import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyedDigest } from './keyedDigest.ts'

test('digests are those of HMAC, by one key for texts of any length', () => {
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
  const text = fc.oneof(
    fc.string({ unit: byte, maxLength: 200 }),
    fc.string({ unit: byte, minLength: 1000, maxLength: 1100 }),
  )
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.array(text, { maxLength: 5 }),
      (key, texts) => {
        const digest = new KeyedDigest(key)
        for (const each of texts) {
          const expected = createHmac('sha256', key).update(each, 'latin1').digest('hex')
          expect(digest.hexOf(each)).toBe(expected)
        }
      },
    ),
  )
})
