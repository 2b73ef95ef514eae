import type { Clock } from '../clock.ts'
import type { WorkEvent } from '../upkeep/workFailures.ts'

/** A line of the log. `time` is that of the line, as text. */
export interface WorkLine {
  asText(time: string): string
  asJson(time: string): string
}

const intervalMs = 60_000
/** When a disk is full, everything that is done in the background fails at once. */
const maxLines = 10

/**
 * What of background work is worth a line: a job's first failure at once, then one in a minute, and
 * that it goes on again when a failure has been shown; of all jobs together at most ten lines in a
 * minute. The next line then says how many were left out. What ends a job is always said.
 */
export class WorkLines {
  readonly #clock: Clock
  /** When a failure of each failing job was shown last. */
  readonly #shown = new Map<string, number>()
  #intervalStartMs = Number.NEGATIVE_INFINITY
  #lines = 0
  #leftOut = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The line for an event, or undefined when it is to be left out. */
  lineOf(event: WorkEvent): WorkLine | undefined {
    if (!this.#isWanted(event)) return undefined
    const nowMs = this.#clock.monotonicMs()
    if (nowMs - this.#intervalStartMs >= intervalMs) {
      this.#intervalStartMs = nowMs
      this.#lines = 0
    }
    if (this.#lines === maxLines && event.kind !== 'ended') {
      this.#leftOut += 1
      return undefined
    }
    this.#lines += 1
    if (event.kind === 'failed') this.#shown.set(event.job, nowMs)
    const leftOut = this.#leftOut
    this.#leftOut = 0
    return {
      asText: (time) => oneLine(`${time} ${textOf(event)}${leftOutText(leftOut)}`),
      asJson: (time) => jsonOf(time, event, leftOut),
    }
  }

  #isWanted(event: WorkEvent): boolean {
    const shownMs = this.#shown.get(event.job)
    if (event.kind === 'recovered') return this.#shown.delete(event.job)
    return shownMs === undefined || this.#clock.monotonicMs() - shownMs >= intervalMs
  }
}

function textOf(event: WorkEvent): string {
  if (event.kind === 'recovered') {
    return `background work goes on: ${event.job} (attempts that failed: ${event.attempts})`
  }
  if (event.kind === 'ended') return `background work ended: ${event.job}: ${event.error}`
  const { job, error, attempt, nextTryMs } = event
  const next = `attempt ${attempt}, the next in ${nextTryMs / 1000} s`
  return `background work failed: ${job}: ${error} (${next})`
}

const leftOutText = (count: number): string =>
  count === 0 ? '' : `; lines left out before this: ${count}`

/** A name in it may be a client's. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n]/g, ' ')

function jsonOf(time: string, event: WorkEvent, leftOut: number): string {
  const { kind, job, ...rest } = event
  return JSON.stringify({
    time,
    backgroundWork: kind,
    job,
    ...rest,
    ...(leftOut > 0 && { leftOut }),
  })
}
