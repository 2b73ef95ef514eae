import type { KeyRange } from '../storage/engine.ts'
import type { StoreSnapshot } from '../storage/journal/layeredReads.ts'
import type { State } from './expectedState.ts'
import type { SeededRandom } from './seededRandom.ts'
import { bytesOf, chooseKey } from './simulatedRequests.ts'

type TextEntry = readonly [key: string, value: string]

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const everything: KeyRange = { start: Buffer.alloc(0), end: Buffer.alloc(9, 0xff) }

function entriesOf(snapshot: StoreSnapshot, range: KeyRange): TextEntry[] {
  return [...snapshot.range(range)].map(({ key, value }) => [textOf(key), textOf(value)])
}

export function stateOf(snapshot: StoreSnapshot): State {
  return new Map(entriesOf(snapshot, everything))
}

function requireSame(found: readonly TextEntry[], expected: readonly TextEntry[]): void {
  const isSame =
    found.length === expected.length &&
    found.every(([key, value], i) => key === expected[i]?.[0] && value === expected[i][1])
  if (!isSame) {
    const keysOf = (entries: readonly TextEntry[]): string =>
      JSON.stringify(entries.map(([key]) => key))
    throw new Error(`a range has ${keysOf(found)} and not ${keysOf(expected)}, or other values`)
  }
}

/** Reads in every way; the answers must agree. Gives what the snapshot has. */
export function checkReads(subject: {
  readonly engine: { get(key: Uint8Array): Uint8Array | undefined }
  readonly snapshot: StoreSnapshot
  readonly random: SeededRandom
}): State {
  const { engine, snapshot, random } = subject
  const state = stateOf(snapshot)
  const sorted = [...state].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const [start, end] = [chooseKey(random), chooseKey(random)]
  const part = sorted.filter(([key]) => key >= start && key < end)
  const range = { start: bytesOf(start), end: bytesOf(end) }
  requireSame(entriesOf(snapshot, everything), sorted)
  requireSame(entriesOf(snapshot, { ...everything, reverse: true }), sorted.toReversed())
  requireSame(entriesOf(snapshot, range), part)
  requireSame(entriesOf(snapshot, { ...range, reverse: true }), part.toReversed())
  const key = chooseKey(random)
  for (const value of [snapshot.get(bytesOf(key)), engine.get(bytesOf(key))]) {
    if ((value && textOf(value)) !== state.get(key)) throw new Error(`${key} has another value`)
  }
  leaveEarly(snapshot, random)
  return state
}

/** A reader may stop, or fail, at any entry. */
function leaveEarly(snapshot: StoreSnapshot, random: SeededRandom): void {
  let left = random.below(4)
  const isFailure = random.chance(0.5)
  const failure = new Error('the reader fails')
  try {
    for (const _ of snapshot.range({ ...everything, reverse: random.chance(0.5) })) {
      if (left-- > 0) continue
      if (isFailure) throw failure
      break
    }
  } catch (error) {
    if (error !== failure) throw error
  }
}
