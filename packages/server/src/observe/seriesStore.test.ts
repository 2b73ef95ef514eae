import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manualClock.ts'
import { consumedRead, successfulRequestLatency } from './metricDefinitions.ts'
import { SeriesStore } from './seriesStore.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dimensions = [{ Name: 'TableName', Value: 'Orders' }]
const startMs = Date.UTC(2026, 0, 2, 3, 0, 0)

function storeAt(limits = {}) {
  const clock = new ManualClock({ nowMs: startMs })
  return { clock, store: new SeriesStore(clock, limits) }
}

function add(store: SeriesStore, name: string, value: number) {
  const minute = store.minute()
  store.series(consumedRead, [{ Name: 'TableName', Value: name }])?.add(minute, value)
}

describe('points', () => {
  test('are the figures of each minute, that under way too', () => {
    const { clock, store } = storeAt()
    for (const value of [4, 1, 2.5]) add(store, 'Orders', value)
    clock.advance(2 * minuteMs)
    add(store, 'Orders', 7)
    const first = startMs / minuteMs
    const points = store.find('ConsumedReadCapacityUnits', dimensions)?.points(0, first + 10)
    expect(points).toEqual([
      { minute: first, count: 3, sum: 7.5, minimum: 1, maximum: 4, buckets: undefined },
      { minute: first + 2, count: 1, sum: 7, minimum: 7, maximum: 7, buckets: undefined },
    ])
  })

  test('are kept for a day, and a series that had none for so long goes', () => {
    const { clock, store } = storeAt()
    add(store, 'Orders', 1)
    add(store, 'Quiet', 1)
    clock.advance(24 * hourMs)
    add(store, 'Orders', 2)
    const pointsOf = (name: string) =>
      store
        .find('ConsumedReadCapacityUnits', [{ Name: 'TableName', Value: name }])
        ?.points(0, Number.MAX_SAFE_INTEGER)
    expect(pointsOf('Orders')?.map(({ sum }) => sum)).toEqual([1, 2])
    expect(pointsOf('Quiet')).toHaveLength(1)
    clock.advance(hourMs)
    const removals = store.removals
    store.minute()
    expect(pointsOf('Orders')?.map(({ sum }) => sum)).toEqual([2])
    expect(pointsOf('Quiet')).toBeUndefined()
    expect(store.removals).toBe(removals + 1)
  })

  test('go into the minute under way when the clock is put back', () => {
    const { store } = storeAt()
    const series = store.series(consumedRead, dimensions)
    series?.add(100, 1)
    series?.add(99, 2)
    expect(series?.points(0, 1000)).toMatchObject([{ minute: 100, count: 2, sum: 3 }])
  })

  test('are found whatever the order of the dimensions', () => {
    const { store } = storeAt()
    const operation = { Name: 'Operation', Value: 'Scan' }
    const series = store.series(consumedRead, [...dimensions, operation])
    expect(store.find(consumedRead.name, [operation, ...dimensions])).toBe(series)
    expect(store.find(consumedRead.name, dimensions)).toBeUndefined()
  })
})

describe('bounds', () => {
  test('beyond the most series nothing is made, and what is lost is counted', () => {
    const { store } = storeAt({ maxSeries: 2 })
    for (const name of ['A', 'B', 'C', 'C']) add(store, name, 1)
    expect([...store.all()]).toHaveLength(2)
    expect(store.lost).toEqual({ values: 2, minutes: 0 })
  })

  test('the oldest hour of all series makes room for a new one', () => {
    const { clock, store } = storeAt({ maxBytes: 10_000 })
    for (let hour = 0; hour < 6; hour++) {
      add(store, 'Orders', hour)
      clock.advance(hourMs)
    }
    add(store, 'Orders', 6)
    const points = store.find(consumedRead.name, dimensions)?.points(0, Number.MAX_SAFE_INTEGER)
    expect(points?.map(({ sum }) => sum)).toEqual([2, 3, 4, 5, 6])
    expect(store.lost).toEqual({ values: 0, minutes: 0 })
  })

  test('a minute without room in its own hour is lost, and counted', () => {
    const { clock, store } = storeAt({ maxBytes: 1000 })
    add(store, 'Orders', 1)
    clock.advance(minuteMs)
    add(store, 'Orders', 2)
    expect(store.lost).toEqual({ values: 0, minutes: 1 })
    const points = store.find(consumedRead.name, dimensions)?.points(0, Number.MAX_SAFE_INTEGER)
    expect(points?.map(({ sum }) => sum)).toEqual([2])
  })

  test('hold for whatever comes', () => {
    const step = fc.record({
      table: fc.integer({ min: 0, max: 30 }),
      value: fc.double({ min: 0, max: 1e5, noNaN: true }),
      ms: fc.integer({ min: 0, max: 2 * hourMs }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const limits = { maxSeries: 20, maxBytes: 60_000 }
        const { clock, store } = storeAt(limits)
        for (const { table, value, ms } of steps) {
          const minute = store.minute()
          const named = [{ Name: 'TableName', Value: `T${table}` }]
          store.series(successfulRequestLatency, named)?.add(minute, value)
          clock.advance(ms)
          expect([...store.all()].length).toBeLessThanOrEqual(limits.maxSeries)
          expect(store.heldBytes).toBeLessThanOrEqual(limits.maxBytes)
        }
        const kept = [...store.all()].flatMap((series) => series.points(0, Number.MAX_SAFE_INTEGER))
        const values = kept.reduce((sum, { count }) => sum + count, 0)
        expect(values + store.lost.values).toBeLessThanOrEqual(steps.length)
      }),
      { numRuns: 50 },
    )
  })
})
