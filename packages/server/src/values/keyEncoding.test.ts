import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvariantViolation } from '../invariant.ts'
import type { AttributeValue, KeyAttributeType } from './attributeValue.ts'
import {
  decodeNumberKey,
  encodePartitionKey,
  encodeSortKey,
  encodeTerminated,
  encodeTerminatedPrefix,
  endOfPrefix,
  hashPartitionKey,
} from './keyEncoding.ts'
import { canonicalNumber } from './number.ts'
import {
  binaryText,
  byteString,
  numberText,
  scaled,
  stringText,
} from './testdata/arbitraryValues.ts'

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function numberKey(text: string): Uint8Array {
  return encodeSortKey('N', { N: canonicalNumber(text) })
}

describe('encodeSortKey', () => {
  test.each<[KeyAttributeType, AttributeValue, string]>([
    ['S', { S: 'aé😀' }, '61c3a9f09f9880'],
    ['B', { B: 'AP9/' }, '00ff7f'],
    ['N', { N: '0' }, '80'],
    ['N', { N: '1' }, 'c101'],
    ['N', { N: '12' }, 'c10c'],
    ['N', { N: '100' }, 'c201'],
    ['N', { N: '123' }, 'c20117'],
    ['N', { N: '12.5' }, 'c10c32'],
    ['N', { N: '0.5' }, 'c032'],
    ['N', { N: '0.05' }, 'c005'],
    ['N', { N: '-1' }, '3e62ff'],
    ['N', { N: '-12.5' }, '3e5731ff'],
  ])('%s %j is %s', (type, value, bytes) => {
    expect(hex(encodeSortKey(type, value))).toBe(bytes)
    expect(hex(encodePartitionKey(type, value))).toBe(bytes)
  })

  test.each([
    ['1e-130', '8001'],
    ['-1e-130', '7f62ff'],
    ['9e125', 'ff5a'],
    ['-9e125', '0009ff'],
  ])('%s, at the edge, is %s', (text, bytes) => {
    expect(hex(numberKey(text))).toBe(bytes)
  })

  test('the longest number takes 22 bytes', () => {
    expect(numberKey(`-${'9'.repeat(38)}e1`)).toHaveLength(22)
  })

  test('numbers round trip and order by value', () => {
    fc.assert(
      fc.property(numberText(), numberText(), (a, b) => {
        const [x, y] = [numberKey(a), numberKey(b)]
        expect(decodeNumberKey(x)).toBe(a)
        const [p, q] = [scaled(a), scaled(b)]
        expect(Buffer.compare(x, y)).toBe(p < q ? -1 : p > q ? 1 : 0)
      }),
      { numRuns: 3000 },
    )
  })

  test('numbers that differ in the last digit or in sign and exponent order by value', () => {
    const magnitudes = ['1e-130', '1.1e-130', '1e-129', '1e-2', '1e-1', '1', '1.01', '1.1', '9.99']
    magnitudes.push('10', '10.1', '11', '99', '99.9', '100', '1e124', '9e124', '1e125', '9e125')
    const sorted = [...magnitudes.toReversed().map((text) => `-${text}`), '0', ...magnitudes]
    const keys = sorted.map((text) => hex(numberKey(text)))
    expect(keys.toSorted()).toEqual(keys)
    expect(new Set(keys).size).toBe(sorted.length)
  })

  test('strings order by code point', () => {
    fc.assert(
      fc.property(stringText(), stringText(), (a, b) => {
        const [x, y] = [encodeSortKey('S', { S: a }), encodeSortKey('S', { S: b })]
        expect(Buffer.compare(x, y)).toBe(compareCodePoints(Array.from(a), Array.from(b)))
        expect(Buffer.from(x).toString('utf8')).toBe(a)
      }),
      { numRuns: 1000 },
    )
  })

  test('binaries are their bytes', () => {
    fc.assert(
      fc.property(binaryText(), (B) => {
        expect(Buffer.from(encodeSortKey('B', { B })).toString('base64')).toBe(B)
      }),
    )
  })
})

function compareCodePoints(a: string[], b: string[]): number {
  for (const [index, x] of a.entries()) {
    const y = b[index]
    if (y === undefined) return 1
    const difference = (x.codePointAt(0) as number) - (y.codePointAt(0) as number)
    if (difference !== 0) return Math.sign(difference)
  }
  return a.length < b.length ? -1 : 0
}

describe('decodeNumberKey', () => {
  test.each([[[]], [[0x81]], [[0xc1, 100]]])('refuses %j', (bytes) => {
    expect(() => decodeNumberKey(Uint8Array.from(bytes))).toThrow(InvariantViolation)
  })
})

describe('encodeTerminated', () => {
  test.each([
    ['', '000000000000000000'],
    ['61', '610000000000000001'],
    ['6162636465666768', '616263646566676808'],
    ['616263646566676869', '616263646566676809690000000000000001'],
  ])('%s becomes %s', (bytes, encoded) => {
    expect(hex(encodeTerminated(Buffer.from(bytes, 'hex')))).toBe(encoded)
  })

  test('1,024 bytes stay within 1,161', () => {
    expect(encodeTerminated(new Uint8Array(1024)).length).toBeLessThanOrEqual(1161)
  })

  test('keeps the order, whatever follows', () => {
    const bytes = byteString()
    fc.assert(
      fc.property(bytes, bytes, bytes, bytes, (a, b, afterA, afterB) => {
        const x = Buffer.concat([encodeTerminated(a), afterA])
        const y = Buffer.concat([encodeTerminated(b), afterB])
        const order = Buffer.compare(a, b) || Buffer.compare(afterA, afterB)
        expect(Buffer.compare(x, y)).toBe(order)
      }),
      { numRuns: 3000 },
    )
  })

  test('no form is a prefix of another', () => {
    fc.assert(
      fc.property(byteString(), byteString(), (a, b) => {
        const [x, y] = [hex(encodeTerminated(a)), hex(encodeTerminated(b))]
        expect(x.startsWith(y)).toBe(hex(a) === hex(b))
      }),
      { numRuns: 2000 },
    )
  })

  test('a prefix of zeros, padded or not', () => {
    const forms = []
    for (let length = 0; length < 40; length++) {
      forms.push(hex(encodeTerminated(new Uint8Array(length))))
    }
    expect(forms.toSorted()).toEqual(forms)
    expect(new Set(forms).size).toBe(forms.length)
  })
})

describe('encodeTerminatedPrefix', () => {
  test.each([
    ['', ''],
    ['6100', '6100'],
    ['6162636465666768', '6162636465666768'],
    ['616263646566676869', '61626364656667680969'],
  ])('%s becomes %s', (bytes, prefix) => {
    expect(hex(encodeTerminatedPrefix(Buffer.from(bytes, 'hex')))).toBe(prefix)
  })

  test('with endOfPrefix bounds exactly what begins with the bytes, whatever follows', () => {
    const inFront = Buffer.from('k')
    const head = fc.oneof(byteString(), byteString(3))
    const tail = fc.oneof(byteString(3), byteString())
    fc.assert(
      fc.property(head, tail, byteString(), byteString(4), fc.boolean(), (...drawn) => {
        const [prefix, rest, other, after, isExtended] = drawn
        const bytes = isExtended ? Buffer.concat([prefix, rest]) : Buffer.from(other)
        const key = Buffer.concat([inFront, encodeTerminated(bytes), after])
        const start = Buffer.concat([inFront, encodeTerminated(prefix)])
        const end = endOfPrefix(Buffer.concat([inFront, encodeTerminatedPrefix(prefix)]))
        const isBetween = Buffer.compare(key, start) >= 0 && Buffer.compare(key, end) < 0
        expect(isBetween).toBe(hex(bytes).startsWith(hex(prefix)))
      }),
      { numRuns: 5000 },
    )
  })

  test('tells zeros that belong to the value from those that fill its group', () => {
    for (let length = 0; length < 20; length++) {
      for (let prefixLength = 0; prefixLength < 20; prefixLength++) {
        const prefix = new Uint8Array(prefixLength)
        const key = Buffer.concat([Buffer.of(1), encodeTerminated(new Uint8Array(length))])
        const start = Buffer.concat([Buffer.of(1), encodeTerminated(prefix)])
        const end = endOfPrefix(Buffer.concat([Buffer.of(1), encodeTerminatedPrefix(prefix)]))
        const isBetween = Buffer.compare(key, start) >= 0 && Buffer.compare(key, end) < 0
        expect(isBetween).toBe(length >= prefixLength)
      }
    }
  })
})

describe('endOfPrefix', () => {
  test.each([
    ['61', '62'],
    ['6100', '6101'],
    ['61ff', '62'],
    ['61ffff', '62'],
    ['00fffe', '00ffff'],
  ])('of %s is %s', (prefix, end) => {
    expect(hex(endOfPrefix(Buffer.from(prefix, 'hex')))).toBe(end)
  })

  test.each([[''], ['ff'], ['ffff']])('refuses %j, above which nothing is', (prefix) => {
    expect(() => endOfPrefix(Buffer.from(prefix, 'hex'))).toThrow(InvariantViolation)
  })
})

describe('hashPartitionKey', () => {
  // Published vectors of MurmurHash3_x86_32 with seed 0.
  test.each([
    ['', 0],
    ['test', 0xba6bd213],
    ['Hello, world!', 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ])('%j', (text, hash) => {
    expect(hashPartitionKey(Buffer.from(text))).toBe(hash)
  })

  test('spreads consecutive keys evenly over segments', () => {
    const segments = new Uint32Array(16)
    for (let user = 0; user < 16_000; user++) {
      const segment = hashPartitionKey(Buffer.from(`user#${user}`)) >>> 28
      segments.set([segments.at(segment)! + 1], segment)
    }
    expect(Math.min(...segments)).toBeGreaterThan(850)
    expect(Math.max(...segments)).toBeLessThan(1150)
  })
})
