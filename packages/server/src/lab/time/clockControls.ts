import { maxClockAdvanceMs } from '../../limits.ts'
import type { ControlsOf } from '../control.ts'
import type { LabSession } from '../labSession.ts'
import { flag, objectOf, text, whole, type Schema } from '../schema.ts'

/** What the clock of a database says. */
export interface ClockReading {
  /** Milliseconds since the epoch. */
  readonly nowMs: number
  /** The same as ISO 8601 has it. */
  readonly now: string
  /** Whether it stands still. */
  readonly isFrozen: boolean
}

export interface ClockAdvance {
  /** Whole milliseconds. */
  readonly ms: number
}

/**
 * The clock that a database goes by: of client request tokens, time to live, streams and their
 * iterators, throughput, the statuses of tables, metrics, and of how long reads lag.
 */
export interface ClockControls {
  now(): Promise<ClockReading>
  /**
   * Moves the clock forward, and waits until what fell due has been done in the background: expired
   * items are gone, statuses have ended.
   */
  advance(by: ClockAdvance): Promise<ClockReading>
  /** Lets time stand still but for `advance`. */
  freeze(): Promise<ClockReading>
  /** Lets it go again, from where it stands. */
  unfreeze(): Promise<ClockReading>
}

const reading: Schema = objectOf(
  {
    nowMs: { type: 'number', description: 'milliseconds since the epoch' },
    now: text('the same in ISO 8601'),
    isFrozen: flag('whether the clock stands still'),
  },
  ['nowMs', 'now', 'isFrozen'],
)

function readingOf({ time: { clock } }: LabSession): ClockReading {
  const nowMs = clock.nowMs()
  return { nowMs, now: new Date(nowMs).toISOString(), isFrozen: clock.isFrozen }
}

export const clockControls: ControlsOf<{ clock: ClockControls }>['clock'] = {
  now: {
    method: 'GET',
    path: '/clock',
    summary: 'What the clock of the database says.',
    answer: reading,
    perform: readingOf,
  },
  advance: {
    method: 'POST',
    path: '/clock/advance',
    summary: 'Move the clock forward and do in the background what falls due.',
    input: objectOf({ ms: whole(0, maxClockAdvanceMs, 'by how many milliseconds') }, ['ms']),
    answer: reading,
    async perform(session, { ms }) {
      await session.time.advance(ms)
      return readingOf(session)
    },
  },
  freeze: {
    method: 'POST',
    path: '/clock/freeze',
    summary: 'Let time stand still but for advance.',
    answer: reading,
    perform(session) {
      session.time.clock.freeze()
      return readingOf(session)
    },
  },
  unfreeze: {
    method: 'POST',
    path: '/clock/unfreeze',
    summary: 'Let time go again, from where it stands.',
    answer: reading,
    perform(session) {
      session.time.clock.unfreeze()
      return readingOf(session)
    },
  },
}
