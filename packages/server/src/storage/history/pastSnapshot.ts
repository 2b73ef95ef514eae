import type { Bytes, Entry, KeyRange, MaybePromise, Snapshot } from '../engine.ts'
import { asBuffer } from '../engine.ts'
import type { PastMoment, PastWalk, UndoLog } from './undoLog.ts'

/**
 * The state of a store at an earlier time: a state that is not older, with the changes undone that
 * showed later.
 */
export class PastSnapshot implements Snapshot {
  readonly #state: Snapshot
  readonly #log: UndoLog
  readonly #moment: PastMoment
  #leave: (() => void) | undefined

  /** `state` is that of now. */
  constructor(state: Snapshot, log: UndoLog, timeMs: number) {
    this.#state = state
    this.#log = log
    this.#moment = log.moment(timeMs)
    this.#leave = log.enter(this.#moment)
  }

  get(key: Bytes): MaybePromise<Bytes | undefined> {
    const found = this.#log.find(key, this.#moment)
    return found === undefined ? this.#state.get(key) : found.value
  }

  getMany(keys: readonly Bytes[]): MaybePromise<(Bytes | undefined)[]> {
    const found = keys.map((key) => this.#log.find(key, this.#moment))
    const undo = (values: readonly (Bytes | undefined)[]): (Bytes | undefined)[] =>
      values.map((value, i) => {
        const past = found[i]
        return past === undefined ? value : past.value
      })
    const values = this.#state.getMany(keys)
    return values instanceof Promise ? values.then(undo) : undo(values)
  }

  range(range: KeyRange): Iterable<Entry> | AsyncIterable<Entry> {
    const { start, end, reverse = false } = range
    const bounds = { start: textOf(start), end: textOf(end), isReverse: reverse }
    const walk = this.#log.walk(bounds, this.#moment)
    const entries = this.#state.range(range)
    if (!walk.step()) return entries
    return Symbol.iterator in entries
      ? undone(entries, walk, reverse)
      : undoneLater(entries, walk, reverse)
  }

  close(): void {
    this.#leave?.()
    this.#leave = undefined
    this.#state.close()
  }
}

const textOf = (bytes: Bytes): string => asBuffer(bytes).toString('latin1')

/** Entries of a state with those of a walk in their place. REQUIRES: the walk has stepped once. */
function* undone(
  entries: Iterable<Entry>,
  walk: PastWalk,
  reverse: boolean,
): Generator<Entry, void> {
  const merge = new Merge(walk, reverse)
  for (const entry of entries) yield* merge.until(entry)
  yield* merge.rest()
}

async function* undoneLater(
  entries: AsyncIterable<Entry>,
  walk: PastWalk,
  reverse: boolean,
): AsyncGenerator<Entry, void> {
  const merge = new Merge(walk, reverse)
  for await (const entry of entries) yield* merge.until(entry)
  yield* merge.rest()
}

/** Puts what a walk comes to between entries of a state, and in the place of those it is about. */
class Merge {
  readonly #walk: PastWalk
  readonly #direction: 1 | -1
  #hasPast = true

  constructor(walk: PastWalk, reverse: boolean) {
    this.#walk = walk
    this.#direction = reverse ? -1 : 1
  }

  /** What comes up to an entry of the state, which is left out when it was another one. */
  *until(entry: Entry): Generator<Entry, void> {
    const walk = this.#walk
    while (this.#hasPast) {
      const order = Buffer.compare(walk.key, entry.key) * this.#direction
      if (order > 0) break
      const { key, value } = walk
      this.#hasPast = walk.step()
      if (value !== undefined) yield { key, value }
      if (order === 0) return
    }
    yield entry
  }

  *rest(): Generator<Entry, void> {
    const walk = this.#walk
    while (this.#hasPast) {
      const { key, value } = walk
      this.#hasPast = walk.step()
      if (value !== undefined) yield { key, value }
    }
  }
}
