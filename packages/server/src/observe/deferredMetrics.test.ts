import { expect, test, vi } from 'vitest'
import { noUsage } from '../capacity/usage.ts'
import { noResources } from '../operations/namedResources.ts'
import type { AnsweredRequest } from '../operations/answeredRequest.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { maxDeferredAnswerBytes, maxDeferredAnswers } from '../limits.ts'
import { DeferredMetrics } from './deferredMetrics.ts'
import { timeToLiveDeletedItemCount } from './metricDefinitions.ts'

const scanned = (bodyBytes = 0): AnsweredRequest => ({
  operation: {
    name: 'Scan',
    access: 'read',
    resources: noResources,
    handler: () => ({ response: {}, usage: noUsage }),
  },
  request: {},
  answer: {
    response: { Count: 1 },
    usage: [
      {
        name: 'T',
        table: { name: 'T' } as never,
        kind: 'read',
        units: { total: 1, table: 1, indexes: [] },
      },
    ],
  },
  error: undefined,
  startMs: 0,
  durationMs: 0,
  requestLength: 0,
  bodyBytes,
})

function open() {
  const clock = new ManualClock()
  const faults: unknown[] = []
  const metrics = new DeferredMetrics({ clock, onFault: (error) => void faults.push(error) })
  metrics.follow({ find: () => undefined, tables: () => [] })
  return { clock, metrics, faults }
}

async function readUnits(metrics: DeferredMetrics): Promise<number | undefined> {
  const { store } = await metrics.load()
  return store.find('ConsumedReadCapacityUnits', [{ Name: 'TableName', Value: 'T' }])?.totalSum
}

test('what happens before the code is there is counted', async () => {
  const { metrics, faults } = open()
  for (let i = 0; i < 3; i++) metrics.answered(scanned())
  metrics.expired('T')
  const { store } = await metrics.load()
  metrics.answered(scanned())
  metrics.expired('T')
  expect(await readUnits(metrics)).toBe(4)
  const expired = store.find(timeToLiveDeletedItemCount.name, [{ Name: 'TableName', Value: 'T' }])
  expect(expired?.totalSum).toBe(2)
  expect(store.lost).toEqual({ values: 0, minutes: 0 })
  expect(faults).toEqual([])
})

test('no more answers wait than there is room for, and the others are told as lost', async () => {
  const { metrics } = open()
  for (let i = 0; i < maxDeferredAnswers + 2; i++) metrics.answered(scanned())
  expect(await readUnits(metrics)).toBe(maxDeferredAnswers)
  expect((await metrics.load()).store.lost.values).toBe(2)
})

test('no more bytes of answers wait than there is room for', async () => {
  const { metrics } = open()
  const bytes = maxDeferredAnswerBytes / 4
  for (let i = 0; i < 6; i++) metrics.answered(scanned(bytes))
  expect(await readUnits(metrics)).toBe(4)
})

test('the code is loaded a while after the start, and follows the tables then', async () => {
  const { clock, metrics } = open()
  expect(clock.pendingTimers).toBe(1)
  const load = vi.spyOn(metrics, 'load')
  clock.advance(999)
  expect(load).not.toHaveBeenCalled()
  clock.advance(1)
  expect(load).toHaveBeenCalledTimes(1)
  await metrics.load()
  expect(clock.pendingTimers).toBe(1)
  metrics.end()
  expect(clock.pendingTimers).toBe(0)
})

test('a database that is closed before starts nothing', async () => {
  const { clock, metrics } = open()
  metrics.answered(scanned())
  metrics.end()
  await metrics.load()
  expect(clock.pendingTimers).toBe(0)
})
