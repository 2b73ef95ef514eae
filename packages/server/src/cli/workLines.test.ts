import { describe, expect, test } from 'vitest'
import { ManualClock } from '../testing/manualClock.ts'
import type { WorkEvent } from '../upkeep/workFailures.ts'
import { WorkLines } from './workLines.ts'

const failure = (job: string, attempt: number): WorkEvent => ({
  kind: 'failed',
  job,
  error: 'no space is left on the disk for the store',
  attempt,
  nextTryMs: 1000 * attempt,
})
const recovery = (job: string, attempts: number): WorkEvent => ({
  kind: 'recovered',
  job,
  attempts,
})

function setUp(): { clock: ManualClock; text: (event: WorkEvent) => string | undefined } {
  const clock = new ManualClock()
  const lines = new WorkLines(clock)
  return { clock, text: (event) => lines.lineOf(event)?.asText('T') }
}

describe('the lines of background work', () => {
  test('are the first failure, one in a minute while it lasts, and the recovery', () => {
    const { clock, text } = setUp()
    const told = 'T background work failed: a: no space is left on the disk for the store'
    expect(text(failure('a', 1))).toBe(`${told} (attempt 1, the next in 1 s)`)
    clock.advance(59_999)
    expect(text(failure('a', 2))).toBeUndefined()
    clock.advance(1)
    expect(text(failure('a', 3))).toBe(`${told} (attempt 3, the next in 3 s)`)
    expect(text(recovery('a', 3))).toBe('T background work goes on: a (attempts that failed: 3)')
    expect(text(failure('a', 1))).toBe(`${told} (attempt 1, the next in 1 s)`)
  })

  test('are ten in a minute at most; the next says how many were left out', () => {
    const { clock, text } = setUp()
    const jobs = Array.from({ length: 14 }, (_, i) => `job ${i}`)
    expect(jobs.filter((job) => text(failure(job, 1)) !== undefined)).toHaveLength(10)
    expect(text(recovery('job 13', 1))).toBeUndefined()
    expect(text(recovery('job 0', 1))).toBeUndefined()
    clock.advance(60_000)
    expect(text(recovery('job 1', 1))).toBe(
      'T background work goes on: job 1 (attempts that failed: 1); lines left out before this: 5',
    )
    expect(text(recovery('job 2', 1))).toBe(
      'T background work goes on: job 2 (attempts that failed: 1)',
    )
  })

  test('say what ends a job, however many there were', () => {
    const { text } = setUp()
    for (let i = 0; i < 14; i++) text(failure(`job ${i}`, 1))
    expect(text({ kind: 'ended', job: 'a', error: 'gone' })).toBe(
      'T background work ended: a: gone; lines left out before this: 4',
    )
  })

  test('are one line each, whatever a name has in it', () => {
    const { text } = setUp()
    expect(text(recovery('a\nb', 1))).toBeUndefined()
    expect(text(failure('a\r\nb', 1))).toBe(
      'T background work failed: a  b: no space is left on the disk for the store ' +
        '(attempt 1, the next in 1 s)',
    )
  })

  test('are objects in JSON', () => {
    const lines = new WorkLines(new ManualClock())
    const jsonOf = (event: WorkEvent): unknown =>
      JSON.parse(lines.lineOf(event)?.asJson('T') ?? 'null')
    expect(jsonOf(failure('a', 2))).toEqual({
      time: 'T',
      backgroundWork: 'failed',
      job: 'a',
      error: 'no space is left on the disk for the store',
      attempt: 2,
      nextTryMs: 2000,
    })
    expect(jsonOf(recovery('a', 2))).toEqual({
      time: 'T',
      backgroundWork: 'recovered',
      job: 'a',
      attempts: 2,
    })
  })
})
