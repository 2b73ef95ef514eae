import { asBuffer, type Bytes } from '../engine.ts'
import { OrderedMap, OrderedWalk, type WalkBounds } from '../orderedMap.ts'

/** A commit, and since when it shows: from no time on while it is under way. */
export interface LoggedChange {
  /** The next one has a greater number. */
  readonly number: number
  /** By the clock's monotonic reading, in milliseconds; Infinity while it is under way. */
  shownMs: number
  /** The keys that it writes, once each. */
  readonly keys: string[]
  bytes: number
  /** It did not fit: nothing is known of it. */
  isForgotten: boolean
}

/** What a key had before a change; undefined for nothing. */
interface Past {
  readonly change: LoggedChange
  readonly before: string | undefined
}

/** What was under a key at some time. */
export interface FoundPast {
  readonly value: Bytes | undefined
}

/**
 * A state: it has the changes that showed at `timeMs` and have smaller numbers than `limit`, so
 * that one that was under way when somebody began to read stays out of what is read.
 */
export interface PastMoment {
  readonly timeMs: number
  readonly limit: number
}

/** What a remembered value takes beside its bytes and those of its key, about. */
const overheadBytes = 100

const textOf = (bytes: Bytes): string => asBuffer(bytes).toString('latin1')
const bytesOf = (text: string): Bytes => Buffer.from(text, 'latin1')

/**
 * What the latest commits have replaced: with it, and a state of the store that is at least as new,
 * earlier states can be read. REQUIRES: commits are noted one after the other, each from before it
 * shows until it does.
 *
 * The state at a time is the present one with all changes undone that show later: what a key had
 * before the first of them. A state of the store that was taken earlier does as well, for what was
 * changed after it was taken is undone to what it has. So a reader needs the changes behind its own
 * time and no list of its own; until it has left they stay.
 *
 * INVARIANT: changes are forgotten from the earliest on, so what is known is always a gapless end
 * of the history, and a state that is read is one that there was, or that of its beginning.
 */
export class UndoLog {
  readonly #maxBytes: number
  #changes: LoggedChange[] = []
  /** The changes of each key, in their order. */
  readonly #pasts = new OrderedMap<Past[]>()
  #bytes = 0
  #nextNumber = 0
  /** The states that are being read. */
  readonly #readers = new Set<PastMoment>()

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Bytes of what is remembered, about. */
  get bytes(): number {
    return this.#bytes
  }

  /** A commit that will not show before this returns. */
  begin(): LoggedChange {
    const change = {
      number: this.#nextNumber,
      shownMs: Number.POSITIVE_INFINITY,
      keys: [],
      bytes: 0,
      isForgotten: false,
    }
    this.#nextNumber += 1
    this.#changes.push(change)
    return change
  }

  /** Notes what is under `key` before a change that writes it. */
  note(change: LoggedChange, key: Bytes, before: Bytes | undefined): void {
    if (change.isForgotten) return
    const name = textOf(key)
    const pasts = this.#pasts.get(name)
    if (pasts?.at(-1)?.change === change) return
    const past = { change, before: before && textOf(before) }
    if (pasts === undefined) this.#pasts.set(name, [past])
    else pasts.push(past)
    change.keys.push(name)
    this.#count(change, name.length + (before?.length ?? 0) + overheadBytes)
    if (this.#bytes > this.#maxBytes) this.#makeRoom(change)
  }

  /** The change shows from now on. Times never go back. */
  seal(change: LoggedChange, shownMs: number): void {
    change.shownMs = shownMs
  }

  /** The last change that was begun will never show. */
  discard(change: LoggedChange): void {
    if (change.isForgotten) return
    this.#changes.pop()
    for (const name of change.keys) {
      const pasts = this.#pasts.get(name) as Past[]
      pasts.pop()
      if (pasts.length === 0) this.#pasts.delete(name)
    }
    this.#bytes -= change.bytes
  }

  /** Forgets what nobody will ask for: how it was before `timeMs`, by readers to come. */
  forget(timeMs: number): void {
    let [horizonMs, limit] = [timeMs, Number.POSITIVE_INFINITY]
    for (const reader of this.#readers) {
      horizonMs = Math.min(horizonMs, reader.timeMs)
      limit = Math.min(limit, reader.limit)
    }
    for (;;) {
      const [first] = this.#changes
      if (first === undefined || first.shownMs > horizonMs || first.number >= limit) return
      this.#dropFirst()
    }
  }

  /** The state of a time that is not to come. */
  moment(timeMs: number): PastMoment {
    const last = this.#changes.at(-1)
    const isUnderWay = last?.shownMs === Number.POSITIVE_INFINITY
    return { timeMs, limit: isUnderWay ? last.number : this.#nextNumber }
  }

  /** Keeps what is needed to read a state, until the function is called. */
  enter(moment: PastMoment): () => void {
    this.#readers.add(moment)
    return () => void this.#readers.delete(moment)
  }

  /** What was under `key` at a moment; undefined when it has not changed since. */
  find(key: Bytes, moment: PastMoment): FoundPast | undefined {
    return foundIn(this.#pasts.get(textOf(key)) ?? [], moment)
  }

  /** The keys within bounds that have changed since a moment, with what was under them. */
  walk(bounds: WalkBounds, moment: PastMoment): PastWalk {
    return new PastWalk(new OrderedWalk(this.#pasts.freeze(), bounds), moment)
  }

  #count(change: LoggedChange, bytes: number): void {
    change.bytes += bytes
    this.#bytes += bytes
  }

  /** Nobody who reads is to lose what it needs; what does not show yet nobody needs. */
  #makeRoom(underWay: LoggedChange): void {
    if (this.#readers.size > 0) return
    while (this.#bytes > this.#maxBytes) {
      const isLast = this.#changes[0] === underWay
      this.#dropFirst()
      if (isLast) return
    }
  }

  #dropFirst(): void {
    const change = this.#changes.shift() as LoggedChange
    for (const name of change.keys) {
      const pasts = this.#pasts.get(name) as Past[]
      pasts.shift()
      if (pasts.length === 0) this.#pasts.delete(name)
    }
    this.#bytes -= change.bytes
    change.isForgotten = true
  }
}

/** Keys that have changed since a moment, in order or the other way round. */
export class PastWalk {
  /** What the last step came to. REQUIRES: it came to something. */
  key: Bytes = Buffer.alloc(0)
  value: Bytes | undefined = undefined
  readonly #walk: OrderedWalk<Past[]>
  readonly #moment: PastMoment

  constructor(walk: OrderedWalk<Past[]>, moment: PastMoment) {
    this.#walk = walk
    this.#moment = moment
  }

  /** Goes to the next one. Gives whether there is one. */
  step(): boolean {
    while (this.#walk.step()) {
      const found = foundIn(this.#walk.value as Past[], this.#moment)
      if (found === undefined) continue
      this.key = bytesOf(this.#walk.key)
      this.value = found.value
      return true
    }
    return false
  }
}

/** By the first change that a state does not have. */
function foundIn(pasts: readonly Past[], { timeMs, limit }: PastMoment): FoundPast | undefined {
  let low = 0
  let high = pasts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const { shownMs, number } = (pasts[middle] as Past).change
    if (shownMs > timeMs || number >= limit) high = middle
    else low = middle + 1
  }
  const past = pasts[low]
  if (past === undefined) return undefined
  return { value: past.before === undefined ? undefined : bytesOf(past.before) }
}
