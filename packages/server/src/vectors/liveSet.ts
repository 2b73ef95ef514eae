import { LoopTurns, type Clock } from '../clock.ts'
import { invariant } from '../invariant.ts'
import { asBuffer, type Bytes, type Snapshot, type StorageEngine } from '../storage/engine.ts'
import type { Committer } from '../commits/committer.ts'
import { vectorRange } from '../layout/storeKeys.ts'
import type { VectorIndex } from '../schema/table.ts'
import { VectorSet } from './vectorSet.ts'

/** So many keys are read again at most before others go first. */
const keysPerStep = 256

export const textOfKey = (key: Bytes): string => asBuffer(key).toString('latin1')
export const keyOfText = (text: string): Bytes => Buffer.from(text, 'latin1')

export interface LiveSetOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
}

/** Resolves when all commits that were under way before are made or have failed. */
const turnOf = (commits: Committer): Promise<unknown> =>
  commits.submit({ expectations: [], writes: [], effects: [] })

/**
 * The set of an index that follows what is committed. It is told of each key before a commit that
 * writes it can be read, and reads the key again before the next search. INVARIANT: the set has
 * every entry as it is in the last snapshot that it was brought up to date with, but for keys that
 * it has been told of since; so, once all of those have been read in one snapshot, it has that
 * snapshot's state.
 */
export class LiveSet {
  readonly #engine: StorageEngine
  readonly #commits: Committer
  readonly #clock: Clock
  readonly #index: VectorIndex
  #set: VectorSet | undefined
  /** Keys that were told: those of commits that are under way, and the others. */
  readonly #writing = new Set<string>()
  #stale = new Set<string>()
  #isEnded = false
  /** One reads at a time. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor({ engine, commits, clock }: LiveSetOptions, index: VectorIndex) {
    this.#engine = engine
    this.#commits = commits
    this.#clock = clock
    this.#index = index
  }

  writing(key: Bytes): void {
    this.#writing.add(textOfKey(key))
  }

  settled(): void {
    if (this.#writing.size === 0) return
    for (const key of this.#writing) this.#stale.add(key)
    this.#writing.clear()
  }

  /** The set, once it is in memory. */
  get set(): VectorSet | undefined {
    return this.#set
  }

  /** How many keys are to be read before the next search. */
  get staleCount(): number {
    return this.#stale.size
  }

  /**
   * Calls `use` when the set has the state of `snapshot`, with both; the snapshot is the callee's
   * to close. `use` looks at the newest state of the set before it lets others go first.
   */
  withState<Result>(use: (set: VectorSet, snapshot: Snapshot) => Promise<Result>): Promise<Result> {
    // What `use` returns is awaited outside of the turn.
    const started = this.#inTurn(async () => {
      const set = await this.#loaded()
      const snapshot = await this.#upToDate(set)
      return { result: use(set, snapshot) }
    })
    return started.then(({ result }) => result)
  }

  /** Lets nobody read the set into memory any more: rejects where somebody does. */
  end(): void {
    this.#isEnded = true
  }

  /** Reads the set into memory, if it is not there. Rejects with RangeError without memory. */
  load(): Promise<void> {
    return this.#inTurn(async () => void (await this.#loaded()))
  }

  /** Reads what has become stale, if the set is there. */
  refresh(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#set === undefined) return
      const snapshot = await this.#upToDate(this.#set)
      snapshot.close()
    })
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const own = this.#turn.then(act, act)
    this.#turn = own.catch(() => undefined)
    return own
  }

  /** The set, which is read as a whole the first time, a part at a time. */
  async #loaded(): Promise<VectorSet> {
    if (this.#set !== undefined) return this.#set
    const set = new VectorSet(this.#index)
    const turns = new LoopTurns(this.#clock)
    // Keys that are told from now on are read again; the set was not told of those before.
    await turnOf(this.#commits)
    const snapshot = this.#engine.snapshot()
    try {
      let part: (readonly [string, Bytes])[] = []
      for await (const { key, value } of snapshot.range(vectorRange(this.#index.number))) {
        part.push([textOfKey(key), value])
        if (part.length < keysPerStep) continue
        set.apply(part)
        part = []
        invariant(!this.#isEnded, 'a set is not read for a database that is closed')
        const turn = turns.next()
        if (turn !== undefined) await turn
      }
      set.apply(part)
    } finally {
      snapshot.close()
    }
    this.#set = set
    return set
  }

  /** A snapshot whose state the set has. */
  async #upToDate(set: VectorSet): Promise<Snapshot> {
    const turns = new LoopTurns(this.#clock)
    while (this.#stale.size > keysPerStep) {
      const keys = [...take(this.#stale, keysPerStep)]
      const snapshot = this.#engine.snapshot()
      try {
        for (const key of keys) this.#stale.delete(key)
        await readAgain(set, snapshot, keys)
      } catch (error) {
        for (const key of keys) this.#stale.add(key)
        throw error
      } finally {
        snapshot.close()
      }
      const turn = turns.next()
      if (turn !== undefined) await turn
    }
    const snapshot = this.#engine.snapshot()
    const stale = this.#stale
    try {
      // Those that are under way may be in the snapshot or not, and stay to be read once more.
      this.#stale = new Set()
      await readAgain(set, snapshot, [...new Set([...stale, ...this.#writing])])
      return snapshot
    } catch (error) {
      for (const key of stale) this.#stale.add(key)
      snapshot.close()
      throw error
    }
  }
}

async function readAgain(
  set: VectorSet,
  snapshot: Snapshot,
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return
  const values = await snapshot.getMany(keys.map(keyOfText))
  set.apply(keys.map((key, i) => [key, values[i]] as const))
}

function* take<Value>(values: Iterable<Value>, count: number): Generator<Value, void> {
  let taken = 0
  for (const value of values) {
    if (taken++ === count) return
    yield value
  }
}
