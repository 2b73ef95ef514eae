import { describe, expect, test } from 'vitest'
import { emptyLatencies, mergeSamples, requestsOf, type Sample } from './sample.ts'
import { atMost, SampleSeries } from './sampleSeries.ts'

/** A second with as many reads as its number, which took as many milliseconds. */
function secondAt(startSeconds: number): Sample {
  const latencies = emptyLatencies()
  for (let i = 0; i < startSeconds; i++) latencies.read.add(startSeconds)
  const gauges = { storeBytes: startSeconds * 10 }
  return { startSeconds, seconds: 1, latencies, kills: startSeconds % 2, gauges }
}

function seriesOf(seconds: number, most: number): readonly Sample[] {
  const series = new SampleSeries(most)
  for (let i = 0; i < seconds; i++) series.add(secondAt(i))
  return series.samples
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)

describe('merged samples', () => {
  test('counts are added up, of gauges the greatest stays', () => {
    const [first, second] = [secondAt(3), secondAt(4)]
    const third = { ...secondAt(5), readyMs: 70, gauges: { serverOpenFiles: 9 } }
    const merged = mergeSamples([first, second, third])
    expect(merged).toMatchObject({ startSeconds: 3, seconds: 3, kills: 2, readyMs: 70 })
    expect(merged.gauges).toEqual({ storeBytes: 40, serverOpenFiles: 9 })
    expect(requestsOf(merged)).toBe(12)
    expect(merged.latencies.read.greatestMs).toBe(5)
    expect(merged.latencies.transaction.count).toBe(0)
  })

  test('what no sample knows stays unknown', () => {
    const merged = mergeSamples([secondAt(1), secondAt(2)])
    expect(Object.keys(merged.gauges)).toEqual(['storeBytes'])
    expect('readyMs' in merged).toBe(false)
  })
})

describe('a series', () => {
  test('keeps everything while it is short', () => {
    expect(seriesOf(9, 10).map(({ startSeconds }) => startSeconds)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ])
  })

  test.each([10, 11, 19, 20, 21, 39, 40, 1000, 1023])(
    'of %i samples has few, without gaps, and loses nothing',
    (seconds) => {
      const samples = seriesOf(seconds, 10)
      expect(samples.length).toBeLessThanOrEqual(10)
      expect(samples.length).toBeGreaterThanOrEqual(5)
      let end = 0
      for (const sample of samples) {
        expect(sample.startSeconds).toBe(end)
        end += sample.seconds
      }
      expect(end).toBe(seconds)
      expect(sum(samples.map(requestsOf))).toBe((seconds * (seconds - 1)) / 2)
      expect(sum(samples.map(({ kills }) => kills))).toBe(Math.floor(seconds / 2))
      const lengths = new Set(samples.slice(0, -1).map((sample) => sample.seconds))
      expect(lengths.size).toBe(1)
    },
  )

  test('is thinned for a chart', () => {
    const samples = seriesOf(100, 1000)
    expect(atMost(samples, 30).map((sample) => sample.seconds)).toEqual(
      Array.from({ length: 25 }, () => 4),
    )
    expect(atMost(samples, 100)).toHaveLength(100)
    expect(atMost([], 10)).toEqual([])
  })
})
