import type { Bytes } from '../storage/engine.ts'
import type { SequenceDraw } from './committer.ts'
import { encodeCounter } from './counters.ts'

/** What a draw gives, and the sequence after it: its last number and its last time. */
export interface DrawnNumbers {
  readonly first: number
  readonly timeMs: number
  readonly after: readonly [number, number]
}

/** Draws from a sequence whose last number and time are `values`; empty for one that is new. */
export function drawNumbers(
  [last = 0, lastMs = 0]: readonly number[],
  { count, timeMs: wantedMs }: SequenceDraw,
): DrawnNumbers {
  const timeMs = Math.max(lastMs, wantedMs)
  return { first: last + 1, timeMs, after: [last + count, timeMs] }
}

/** Numbers as they are stored; a sum that has become 0 is not. */
export function storedNumbers(values: readonly number[]): Bytes | undefined {
  return values.length === 1 && values[0] === 0 ? undefined : encodeCounter(values)
}
