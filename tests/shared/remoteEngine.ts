import { createHash } from 'node:crypto'
import {
  listOfWrites,
  StorageConflict,
  StorageEnded,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type Snapshot,
  type StorageEngine,
  type StorageWrites,
  type Version,
  type Versioned,
} from '../../packages/server/src/storage/engine.ts'
import type { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { Owner, Scheduler } from '../simulation/world/scheduler.ts'

/** What one server's connection to the store lives in. */
export interface RemoteSurroundings {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  /** The server that has the connection. */
  readonly owner: Owner
  /** The most that a question, and that an answer, is under way. */
  readonly wayMs: number
  /**
   * How likely a snapshot is of the instant in which its first question reaches the store, in place
   * of that in which it is opened: an engine that has to ask for it can promise no more.
   */
  readonly lateSnapshots: number
}

/** How many entries of a range come with one answer. */
const entriesPerAnswer = 50

/**
 * One server's connection to a store that several have, on another machine: every question and
 * every answer is under way for a time of its own, so that they overtake each other. A commit
 * checks what it relies on and takes effect in one instant, between its question and its answer.
 * Versions are digests, which nobody can make alike.
 */
export class RemoteEngine implements StorageEngine {
  readonly capabilities = { durable: false, shared: true, syncReads: false } as const
  readonly #store: MemoryEngine
  readonly #surroundings: RemoteSurroundings
  readonly #commits = new Set<Promise<void>>()
  #isClosed = false

  constructor(store: MemoryEngine, surroundings: RemoteSurroundings) {
    this.#store = store
    this.#surroundings = surroundings
  }

  get(key: Bytes): Promise<Bytes | undefined> {
    return this.#ask('get', () => this.#store.get(key))
  }

  getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    return this.#ask('getMany', () => this.#store.getMany(keys))
  }

  versionOf(value: Bytes): Version {
    return createHash('sha256').update(value).digest('base64')
  }

  read(keys: readonly Bytes[]): Promise<(Versioned | undefined)[]> {
    return this.#ask('read', () => keys.map((key) => this.#versioned(key)))
  }

  #versioned(key: Bytes): Versioned | undefined {
    const value = this.#store.get(key)
    return value === undefined ? undefined : { value, version: this.versionOf(value) }
  }

  snapshot(): Snapshot {
    const { random, lateSnapshots } = this.#surroundings
    let opened = random.chance(lateSnapshots) ? undefined : this.#store.snapshot()
    const state = (): ReturnType<MemoryEngine['snapshot']> => (opened ??= this.#store.snapshot())
    return {
      get: (key) => this.#ask('snapshot.get', () => state().get(key)),
      getMany: (keys) => this.#ask('snapshot.getMany', () => state().getMany(keys)),
      range: (range) => this.#entries(state, range),
      close: () => undefined,
    }
  }

  async *#entries(
    state: () => ReturnType<MemoryEngine['snapshot']>,
    range: KeyRange,
  ): AsyncIterable<Entry> {
    let entries: Iterator<Entry> | undefined
    for (;;) {
      const part = await this.#ask('range', () => {
        entries ??= state().range(range)[Symbol.iterator]()
        return nextOf(entries)
      })
      yield* part
      if (part.length < entriesPerAnswer) return
    }
  }

  commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    if (this.#isClosed) return Promise.reject(closed())
    const committed = this.#commit(expectations, writes)
    const ended = committed.then(
      () => undefined,
      () => undefined,
    )
    this.#commits.add(ended)
    void ended.then(() => this.#commits.delete(ended))
    return committed
  }

  async #commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    const list = await listOfWrites(writes)
    return this.#send('commit', () => {
      for (const { key, version } of expectations) {
        if (this.#versioned(key)?.version !== version) {
          throw new StorageConflict('a key has changed')
        }
      }
      void this.#store.commit([], list)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#commits)
  }

  async #ask<T>(what: string, perform: () => T): Promise<T> {
    if (this.#isClosed) throw closed()
    return this.#send(what, perform)
  }

  /** What the store does when a question reaches it, told when the answer is back. */
  async #send<T>(what: string, perform: () => T): Promise<T> {
    await this.#way(`${what} reaches the store`)
    const outcome = outcomeOf(perform)
    await this.#way(`the answer to ${what} is back`)
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }

  #way(label: string): Promise<void> {
    const { scheduler, random, owner, wayMs } = this.#surroundings
    // Most take a moment, and a few take so long that many others overtake them.
    return scheduler.pause(owner, label, random.next() ** 6 * wayMs)
  }
}

const closed = (): Error => new StorageEnded('the connection is closed')

function outcomeOf<T>(perform: () => T): { readonly value: T } | { readonly error: Error } {
  try {
    return { value: perform() }
  } catch (error) {
    return { error: error as Error }
  }
}

function nextOf(entries: Iterator<Entry>): Entry[] {
  const part: Entry[] = []
  while (part.length < entriesPerAnswer) {
    const next = entries.next()
    if (next.done === true) break
    part.push(next.value)
  }
  return part
}
