import { array, assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import { PreviousPeak } from './previousPeak.ts'

const minuteMs = 60_000

test('the traffic of a minute is a peak half an hour after that minute', () => {
  const peak = new PreviousPeak()
  peak.count(6000 * 60, 30_000)
  expect(peak.unitsPerSecond(31 * minuteMs - 1)).toBe(0)
  expect(peak.unitsPerSecond(31 * minuteMs)).toBe(6000)
})

test('it stays the peak when traffic goes down, and a higher one takes its place', () => {
  const peak = new PreviousPeak()
  peak.count(120, 0)
  peak.count(60, 1 * minuteMs)
  peak.count(600, 2 * minuteMs)
  expect(peak.unitsPerSecond(32 * minuteMs)).toBe(2)
  expect(peak.unitsPerSecond(33 * minuteMs)).toBe(10)
  expect(peak.unitsPerSecond(1_000_000 * minuteMs)).toBe(10)
})

test('is the highest of all minutes that ended half an hour ago or earlier', () => {
  assert(
    property(array(integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 120 }), (units) => {
      const peak = new PreviousPeak()
      units.forEach((counted, minute) => {
        peak.count(counted * 60, minute * minuteMs)
        expect(peak.unitsPerSecond(minute * minuteMs)).toBe(
          Math.max(0, ...units.slice(0, Math.max(0, minute - 30))),
        )
      })
    }),
  )
})
