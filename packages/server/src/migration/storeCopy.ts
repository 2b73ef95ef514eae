import { everything, formatKey } from '../layout/storeKeys.ts'
import { maxCopiedBytes, maxCopiedEntries } from '../limits.ts'
import type { ChangeLog, ChangeRound } from '../storage/changeLog.ts'
import {
  asBuffer,
  keyBehind,
  sameBytes,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import { MigrationFault } from './migrationFault.ts'

/** What one pass over all keys has come to so far. */
export interface Sweep {
  /** `compare`: whatever differs is a fault. */
  readonly kind: 'copy' | 'compare'
  /** Up to here, exclusively, the target is what the source was in the last round. */
  position: Bytes
  entries: number
  bytes: number
}

const nameOf = (key: Bytes): string => asBuffer(key).toString('latin1')

/** The mark of the target is its own. */
const isCopied = (key: Bytes): boolean => !sameBytes(key, formatKey)

/**
 * A copy of a store that is in use. INVARIANT: after each round, below the position of the sweep,
 * the target is exactly the state of the source that the round has seen, and once a sweep has ended
 * it is so everywhere. For a round brings what has changed since the round before below the
 * position, which the log knows, and what is between the old position and the new one, all of one
 * state. Nobody else writes into the target.
 *
 * A sweep compares before it writes, so that it may begin anywhere: at a target that is empty, that
 * another process has left, or that is whole already.
 */
export class StoreCopy {
  readonly #log: ChangeLog
  readonly #target: StorageEngine
  readonly #fence: readonly Expectation[]

  /** Each commit relies on `fence`, so that of two who move one store the former one ends. */
  constructor(log: ChangeLog, target: StorageEngine, fence: readonly Expectation[]) {
    this.#log = log
    this.#target = target
    this.#fence = fence
  }

  /** Brings all of the source, or compares it. `onStep` is told of each part. */
  async sweep(kind: Sweep['kind'], onStep: (sweep: Sweep) => void): Promise<Sweep> {
    const sweep: Sweep = { kind, position: everything.start, entries: 0, bytes: 0 }
    // A sweep that copies knows of nothing yet; before one that compares all has been brought.
    while (await this.#inRound((round) => this.#step(round, sweep))) onStep(sweep)
    return sweep
  }

  /**
   * REQUIRES: a sweep has ended. Brings what has changed since, and reads it back. `look` sees the
   * state that the target is in then. Gives the number of keys.
   */
  follow(look?: (source: Snapshot) => Promise<void>): Promise<number> {
    return this.#inRound(async (round) => {
      if (round.isIncomplete) throw new MigrationFault(tooManyChanges)
      await this.#bring(round, undefined)
      await this.#readBack(round)
      await look?.(round.snapshot)
      return round.keys.length
    })
  }

  async #inRound<T>(work: (round: ChangeRound) => Promise<T>): Promise<T> {
    const round = await this.#log.next()
    try {
      const result = await work(round)
      await round.settle()
      return result
    } finally {
      round.snapshot.close()
    }
  }

  /** Whether the sweep goes on. */
  async #step(round: ChangeRound, sweep: Sweep): Promise<boolean> {
    if (round.isIncomplete) {
      if (sweep.kind === 'compare') throw new MigrationFault(tooManyChanges)
      Object.assign(sweep, { position: everything.start, entries: 0, bytes: 0 })
    }
    // What a sweep has not come to will be compared in any case.
    await this.#bring(round, sweep.kind === 'copy' ? sweep.position : undefined)
    const { entries, end } = await nextEntries(round.snapshot, sweep.position)
    for await (const writes of this.#differences(entries, { start: sweep.position, end })) {
      const [first] = writes
      if (first !== undefined && sweep.kind === 'compare') throw differs(first.key)
      if (first !== undefined) await this.#target.commit(this.#fence, writes)
    }
    for (const { key, value } of entries) sweep.bytes += key.length + value.length
    sweep.entries += entries.length
    sweep.position = end
    return end !== everything.end
  }

  /** Writes what has changed below `end`, everywhere for undefined. */
  async #bring({ keys, snapshot }: ChangeRound, end: Bytes | undefined): Promise<void> {
    const changed = keys.filter(
      (key) => isCopied(key) && (end === undefined || Buffer.compare(key, end) < 0),
    )
    for await (const { some, values } of inParts(snapshot, changed)) {
      const writes = some.map((key, i) => ({ key, value: values[i] }))
      await this.#target.commit(this.#fence, writes)
    }
  }

  async #readBack({ keys, snapshot }: ChangeRound): Promise<void> {
    const changed = keys.filter(isCopied)
    for await (const { some, values } of inParts(snapshot, changed)) {
      const copies = await this.#target.getMany(some)
      for (const [i, key] of some.entries()) {
        if (!sameBytes(values[i], copies[i])) throw differs(key)
      }
    }
  }

  /** What makes the target in `range` what the source has there, in parts. */
  async *#differences(
    entries: readonly Entry[],
    range: KeyRange,
  ): AsyncGenerator<readonly StorageWrite[], void> {
    const missing = new Map(entries.map((entry) => [nameOf(entry.key), entry]))
    let removed: StorageWrite[] = []
    const snapshot = this.#target.snapshot()
    try {
      for await (const { key, value } of snapshot.range(range)) {
        if (!isCopied(key)) continue
        const name = nameOf(key)
        const entry = missing.get(name)
        if (entry === undefined) removed.push({ key, value: undefined })
        else if (sameBytes(entry.value, value)) missing.delete(name)
        if (removed.length < maxCopiedEntries) continue
        yield removed
        removed = []
      }
    } finally {
      snapshot.close()
    }
    yield [...removed, ...missing.values()]
  }
}

/** The entries from `start` on, as many as make a part, and the key behind them. */
async function nextEntries(
  snapshot: Snapshot,
  start: Bytes,
): Promise<{ readonly entries: readonly Entry[]; readonly end: Bytes }> {
  const entries: Entry[] = []
  let bytes = 0
  for await (const { key, value } of snapshot.range({ start, end: everything.end })) {
    if (!isCopied(key)) continue
    entries.push({ key, value })
    bytes += key.length + value.length
    if (entries.length < maxCopiedEntries && bytes < maxCopiedBytes) continue
    return { entries, end: keyBehind(key) }
  }
  return { entries, end: everything.end }
}

interface Part {
  readonly some: readonly Bytes[]
  readonly values: readonly (Bytes | undefined)[]
}

/** Keys with their values, in parts of a bounded number. */
async function* inParts(snapshot: Snapshot, keys: readonly Bytes[]): AsyncGenerator<Part, void> {
  for (let from = 0; from < keys.length; from += maxBroughtKeys) {
    const some = keys.slice(from, from + maxBroughtKeys)
    yield { some, values: await snapshot.getMany(some) }
  }
}

/** Values may have 400 KB. */
const maxBroughtKeys = 100

const tooManyChanges =
  'More was written meanwhile than can be noted; run dynatom migrate again, when less is written.'

const differs = (key: Bytes): MigrationFault =>
  new MigrationFault(
    `The copy differs from the source at the key ${asBuffer(key).toString('hex')}; nothing was ` +
      'given up. Nobody else may write into the target while it is filled.',
  )
