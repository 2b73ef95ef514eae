import { array, assert, constantFrom, integer, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TokenBucket } from './tokenBucket.ts'

const size = { unitsPerSecond: 5, capacityUnits: 1500 }

describe('a bucket', () => {
  test('is full at first and lets in what it holds', () => {
    const bucket = new TokenBucket(size, 0)
    expect(bucket.isFull(0)).toBe(true)
    bucket.take(1499, 0)
    expect(bucket.isOpen(0)).toBe(true)
    bucket.take(1, 0)
    expect(bucket.isOpen(0)).toBe(false)
  })

  test('fills at its rate, and no further than it holds', () => {
    const bucket = new TokenBucket(size, 0)
    bucket.take(1500, 0)
    expect(bucket.isOpen(1)).toBe(true)
    bucket.take(5, 1000)
    expect(bucket.isOpen(1000)).toBe(false)
    expect(bucket.isFull(300_999)).toBe(false)
    expect(bucket.isFull(301_000)).toBe(true)
    bucket.take(1500, 10_000_000)
    expect(bucket.isOpen(10_000_000)).toBe(false)
  })

  test('is closed until its debt is paid', () => {
    const bucket = new TokenBucket(size, 0)
    bucket.take(1510, 0)
    expect(bucket.isOpen(2000)).toBe(false)
    expect(bucket.isOpen(2001)).toBe(true)
  })

  test('takes back what was too much, and no more than it holds', () => {
    const bucket = new TokenBucket(size, 0)
    bucket.take(1500, 0)
    bucket.take(-3, 0)
    bucket.take(3, 0)
    expect(bucket.isOpen(0)).toBe(false)
    bucket.take(-10_000, 0)
    bucket.take(1500, 0)
    expect(bucket.isOpen(0)).toBe(false)
  })

  test('of another size has filled at its own rate until then', () => {
    const bucket = new TokenBucket(size, 0)
    bucket.take(1510, 0)
    bucket.resize({ unitsPerSecond: 1, capacityUnits: 300 }, 1000)
    expect(bucket.isOpen(6000)).toBe(false)
    expect(bucket.isOpen(6001)).toBe(true)
  })

  test('of another size keeps what it has room for', () => {
    const bucket = new TokenBucket(size, 0)
    bucket.resize({ unitsPerSecond: 1, capacityUnits: 300 }, 0)
    bucket.take(300, 0)
    expect(bucket.isOpen(0)).toBe(false)
    bucket.resize({ unitsPerSecond: 100, capacityUnits: 30_000 }, 0)
    expect(bucket.isOpen(0)).toBe(false)
    expect(bucket.isOpen(10)).toBe(true)
  })
})

/** A bucket in whole steps of a millisecond, with whole units: a thousandth of a unit each. */
class CountedBucket {
  #thousandths: number
  readonly #unitsPerSecond: number
  readonly #mostThousandths: number

  constructor(unitsPerSecond: number, capacityUnits: number) {
    this.#unitsPerSecond = unitsPerSecond
    this.#mostThousandths = capacityUnits * 1000
    this.#thousandths = this.#mostThousandths
  }

  passMillisecond(): void {
    this.#thousandths = Math.min(this.#mostThousandths, this.#thousandths + this.#unitsPerSecond)
  }

  get isOpen(): boolean {
    return this.#thousandths > 0
  }

  take(units: number): void {
    this.#thousandths -= units * 1000
  }
}

const requests = array(
  record({
    waitMs: constantFrom(0, 0, 1, 7, 250, 1000, 5000),
    units: integer({ min: 1, max: 60 }),
  }),
  { minLength: 1, maxLength: 200 },
)
const anySize = record({
  unitsPerSecond: integer({ min: 1, max: 40 }),
  seconds: constantFrom(1, 3, 300),
})

test('never lets in more than its rate and what it holds, beside one request', () => {
  assert(
    property(requests, anySize, (asked, { unitsPerSecond, seconds }) => {
      const capacityUnits = unitsPerSecond * seconds
      const bucket = new TokenBucket({ unitsPerSecond, capacityUnits }, 0)
      const admitted: { readonly atMs: number; readonly units: number }[] = []
      let nowMs = 0
      for (const { waitMs, units } of asked) {
        nowMs += waitMs
        if (!bucket.isOpen(nowMs)) continue
        bucket.take(units, nowMs)
        admitted.push({ atMs: nowMs, units })
      }
      // From any moment on, not from the first alone.
      admitted.forEach(({ atMs: fromMs }, first) => {
        let sum = 0
        for (const { atMs, units } of admitted.slice(first)) {
          const bound = capacityUnits + ((atMs - fromMs) * unitsPerSecond) / 1000
          expect(sum).toBeLessThan(bound + 1e-6)
          sum += units
        }
      })
    }),
  )
})

test('lets in what a bucket does that is counted millisecond by millisecond', () => {
  assert(
    property(requests, anySize, (asked, { unitsPerSecond, seconds }) => {
      const capacityUnits = unitsPerSecond * seconds
      const bucket = new TokenBucket({ unitsPerSecond, capacityUnits }, 0)
      const counted = new CountedBucket(unitsPerSecond, capacityUnits)
      let nowMs = 0
      for (const { waitMs, units } of asked) {
        for (let i = 0; i < waitMs; i++) counted.passMillisecond()
        nowMs += waitMs
        // A sum of fractions may miss zero by a hair, which the next millisecond makes good.
        const isOpen = bucket.isOpen(nowMs)
        if (isOpen !== counted.isOpen) {
          counted.passMillisecond()
          nowMs += 1
        }
        expect(bucket.isOpen(nowMs)).toBe(counted.isOpen)
        if (!counted.isOpen) continue
        bucket.take(units, nowMs)
        counted.take(units)
      }
    }),
  )
})
