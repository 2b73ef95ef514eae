import { readFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { ManualClock } from '../../testing/manualClock.ts'
import {
  consumedWrite,
  provisionedRead,
  successfulRequestLatency,
  throttleEventsOf,
} from '../metricDefinitions.ts'
import * as definitions from '../metricDefinitions.ts'
import { Metrics } from '../metrics.ts'
import { prometheusPage } from './prometheusPage.ts'

let metrics: Metrics
const table = { Name: 'TableName', Value: 'Orders' }
const index = { Name: 'GlobalSecondaryIndexName', Value: 'ByDay' }
const operation = { Name: 'Operation', Value: 'ExecuteStatement' }

beforeEach(() => {
  metrics = new Metrics({ clock: new ManualClock(), onFault: () => {} })
})

const linesOf = async (name: string) =>
  (await prometheusPage(metrics)).text.split('\n').filter((line) => line.includes(name))

function add(
  ...[metric, dimensions, value]: [Parameters<Metrics['store']['series']>[0], object[], number]
) {
  const minute = metrics.store.minute()
  metrics.store.series(metric, dimensions as never)?.add(minute, value)
}

test('counts since the start, with labels for dimensions', async () => {
  add(consumedWrite, [table], 4)
  add(consumedWrite, [table], 0.5)
  add(consumedWrite, [table, index], 1)
  expect(await linesOf('consumed_write')).toEqual([
    '# HELP dynatom_consumed_write_capacity_units_total ' +
      'Write units consumed; a transaction counts its items twice.',
    '# TYPE dynatom_consumed_write_capacity_units_total counter',
    'dynatom_consumed_write_capacity_units_total{table="Orders"} 4.5',
    'dynatom_consumed_write_capacity_units_total{table="Orders",index="ByDay"} 1',
  ])
})

test('counts throttled events by limit, whose sum is not counted once more', async () => {
  add(throttleEventsOf('Write'), [table], 3)
  add(throttleEventsOf('Write', 'ProvisionedThroughput'), [table], 2)
  add(throttleEventsOf('Write', 'KeyRangeThroughput'), [table, index], 1)
  add(throttleEventsOf('Read', 'MaxOnDemandThroughput'), [table], 4)
  expect((await linesOf('throttle_events')).slice(1)).toEqual([
    '# TYPE dynatom_throttle_events_total counter',
    'dynatom_throttle_events_total{table="Orders",access="write",limit="ProvisionedThroughput"} 2',
    'dynatom_throttle_events_total' +
      '{table="Orders",index="ByDay",access="write",limit="KeyRangeThroughput"} 1',
    'dynatom_throttle_events_total{table="Orders",access="read",limit="MaxOnDemandThroughput"} 4',
  ])
})

test('tells what is provisioned as it was last', async () => {
  add(provisionedRead, [table], 5)
  add(provisionedRead, [table], 7)
  expect(await linesOf('provisioned_read_capacity_units{')).toEqual([
    'dynatom_provisioned_read_capacity_units{table="Orders"} 7',
  ])
})

test('has a histogram of latencies in seconds, whose operations are counted once', async () => {
  for (const ms of [0.01, 0.05, 3, 100_000]) add(successfulRequestLatency, [table, operation], ms)
  add(successfulRequestLatency, [table, operation, { Name: 'Verb', Value: 'PartiQLSelect' }], 3)
  const lines = await linesOf('dynatom_request_duration_seconds')
  expect(lines[1]).toBe('# TYPE dynatom_request_duration_seconds histogram')
  const values = lines.slice(2).map((line) => {
    const [, le = line.split(/[{ ]/)[0], value] = /(?:le="([^"]*)"\})? ([^ ]+)$/.exec(line) ?? []
    return [le, Number(value)]
  })
  const bucketsOf = new Map(values as [string, number][])
  expect(bucketsOf.get('0.000032')).toBe(1)
  expect(bucketsOf.get('0.000064')).toBe(2)
  expect(bucketsOf.get('0.002048')).toBe(2)
  expect(bucketsOf.get('0.004096')).toBe(3)
  expect(bucketsOf.get('16.777216')).toBe(3)
  expect(bucketsOf.get('+Inf')).toBe(4)
  expect(bucketsOf.get('dynatom_request_duration_seconds_count')).toBe(4)
  expect(bucketsOf.get('dynatom_request_duration_seconds_sum')).toBeCloseTo(100.00306, 9)
  expect(values).toHaveLength(23)
})

test('has the figures of the process, once for each page', async () => {
  await prometheusPage(metrics)
  const { text, contentType } = await prometheusPage(metrics)
  expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(text.match(/^process_resident_memory_bytes /gm)).toHaveLength(1)
  expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m)
  expect(text).toMatch(/^dynatom_metrics_bytes 0$/m)
})

test('escapes what would end a label', async () => {
  add(consumedWrite, [{ ...table, Value: 'a"b\\c\nd' }], 1)
  expect(await linesOf('{table=')).toEqual([
    'dynatom_consumed_write_capacity_units_total{table="a\\"b\\\\c\\nd"} 1',
  ])
})

test('the dashboard shows figures that there are', async () => {
  for (const metric of Object.values(definitions)) {
    if (typeof metric === 'object') add(metric, [table, operation], 1)
  }
  const { text } = await prometheusPage(metrics)
  const there = new Set(text.match(/^(?:dynatom|process|nodejs)_[a-z0-9_]+/gm))
  const file = new URL('../../../../../docs/grafana/dynatom.json', import.meta.url)
  const shown = readFileSync(file, 'utf8').match(/\b(?:dynatom|process|nodejs)_[a-z0-9_]+/g) ?? []
  expect(shown.length).toBeGreaterThan(20)
  expect(shown.filter((name) => !there.has(name))).toEqual([])
})
