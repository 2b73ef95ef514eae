import type { ChangeLog, ChangeRound, MovableEngine } from './changeLog.ts'
import {
  asBuffer,
  StorageEnded,
  type Bytes,
  type Expectation,
  type StorageEngine,
  type StorageWrite,
  type StorageWrites,
} from './engine.ts'
import { PassingEngine } from './passingEngine.ts'

/** Most keys that are noted between two rounds (ours). */
const maxNotedKeys = 1_000_000

/** How a store that one process has to itself is given up for another one, beyond its death. */
export interface Retirement {
  /** What the store has become, if it was retired before. */
  readonly to: string | undefined
  /** Notes that the store is `to` from now on. */
  retire(to: string): Promise<void>
  /** The store is one again. */
  restore(): Promise<void>
}

/** Keys that have been noted; once there was no room for all of them, any may have changed. */
class NotedKeys {
  readonly keys = new Map<string, Bytes>()
  isIncomplete = false

  add(key: Bytes): void {
    if (this.keys.size < maxNotedKeys) this.keys.set(asBuffer(key).toString('latin1'), key)
    else this.isIncomplete = true
  }

  addAll({ keys, isIncomplete }: NotedKeys): void {
    for (const key of keys.values()) this.add(key)
    if (isIncomplete) this.isIncomplete = true
  }
}

/** A commit that has not settled: a snapshot may show it or not. */
interface UnderWay {
  /** Undefined of one that began before the log, which waits for it. */
  readonly noted: NotedKeys | undefined
  readonly settled: Promise<void>
}

/** Holds commits up. */
interface Gate {
  /** Rejects with StorageEnded when they are never to be let in. */
  readonly passed: Promise<void>
  open(): void
  shut(): void
}

function newGate(): Gate {
  let open = (): void => undefined
  let refuse: (error: Error) => void = () => undefined
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve
    refuse = reject
  })
  // Nobody need wait for it.
  passed.catch(() => undefined)
  return { passed, open, shut: () => refuse(new StorageEnded('the store has been moved')) }
}

/**
 * An engine that this process has to itself, whose commits can be noted. All passes as it is, and
 * costs nothing while nobody has opened the log.
 */
export class WatchedEngine extends PassingEngine implements MovableEngine {
  readonly #retirement: Retirement
  readonly #underWay = new Set<UnderWay>()
  #noted: NotedKeys | undefined
  #gate: Gate | undefined

  constructor(engine: StorageEngine, retirement: Retirement) {
    super(engine)
    this.#retirement = retirement
  }

  override commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    if (this.#gate === undefined) return this.#pass(expectations, writes)
    return this.#gate.passed.then(() => this.commit(expectations, writes))
  }

  #pass(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    const noted = this.#noted && new NotedKeys()
    const made = this.engine.commit(
      expectations,
      noted === undefined ? writes : this.#noting(writes, noted),
    )
    const underWay: UnderWay = {
      noted,
      settled: made.then(
        () => void this.#underWay.delete(underWay),
        () => void this.#underWay.delete(underWay),
      ),
    }
    this.#underWay.add(underWay)
    return made
  }

  /** A key is noted before its commit takes effect, so that no snapshot shows one that is not. */
  #noting(writes: StorageWrites, noted: NotedKeys): StorageWrites {
    const note = (key: Bytes): void => {
      noted.add(key)
      this.#noted?.add(key)
    }
    if (!Array.isArray(writes)) return noting(writes as AsyncIterable<StorageWrite>, note)
    for (const { key } of writes as readonly StorageWrite[]) note(key)
    return writes
  }

  /** Notes commits from now on. Resolves when those that were under way have settled. */
  async changeLog(): Promise<ChangeLog> {
    this.#noted = new NotedKeys()
    await this.#settled()
    return {
      retiredTo: this.#retirement.to,
      next: () => Promise.resolve(this.#next()),
      stop: () => {
        this.#gate ??= newGate()
        return this.#settled()
      },
      retire: (to) => this.#retirement.retire(to),
      resume: async () => {
        await this.#retirement.restore()
        this.#openGate()
      },
      shutOut: () => {
        this.#gate?.shut()
        return Promise.resolve()
      },
      end: () => {
        this.#noted = undefined
        return Promise.resolve()
      },
    }
  }

  #openGate(): void {
    const gate = this.#gate
    this.#gate = undefined
    gate?.open()
  }

  async #settled(): Promise<void> {
    await Promise.all([...this.#underWay].map(({ settled }) => settled))
  }

  /**
   * In one turn of the loop, so that nothing is committed between the two. What is under way may
   * show in this snapshot or in the next one, and is in both rounds.
   */
  #next(): ChangeRound {
    const taken = this.#noted ?? new NotedKeys()
    const since = new NotedKeys()
    for (const { noted } of this.#underWay) if (noted !== undefined) since.addAll(noted)
    this.#noted = since
    let isSettled = false
    const snapshot = this.engine.snapshot()
    return {
      keys: [...taken.keys.values()],
      isIncomplete: taken.isIncomplete,
      snapshot: {
        get: (key) => snapshot.get(key),
        getMany: (keys) => snapshot.getMany(keys),
        range: (range) => snapshot.range(range),
        close: () => {
          if (!isSettled) this.#noted?.addAll(taken)
          isSettled = true
          snapshot.close()
        },
      },
      settle: () => {
        isSettled = true
        return Promise.resolve()
      },
    }
  }
}

async function* noting(
  writes: AsyncIterable<StorageWrite>,
  note: (key: Bytes) => void,
): AsyncGenerator<StorageWrite, void> {
  for await (const write of writes) {
    note(write.key)
    yield write
  }
}
