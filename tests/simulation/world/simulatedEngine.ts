import {
  listOfWrites,
  StorageConflict,
  StorageFailure,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type MaybePromise,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
  type StorageWrites,
  type Version,
  type Versioned,
} from '../../../packages/server/src/storage/engine.ts'
import type { MemoryEngine } from '../../../packages/server/src/storage/memory/memoryEngine.ts'
import type { Owner, Scheduler } from './scheduler.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'
import type { SimulatedStore } from './simulatedStore.ts'

/** How an engine behaves in one run. Rates are probabilities. */
export interface EngineProfile {
  readonly syncReads: boolean
  /** The most that a read takes when reads are not synchronous. */
  readonly readMs: number
  /** The most that each stage of a commit takes. */
  readonly stageMs: number
  readonly commitFailureRate: number
  /**
   * How often an expectation is disappointed although the key is as it was: another process may have
   * changed it and changed it back.
   */
  readonly conflictRate: number
  readonly readFailureRate: number
  /**
   * How often a commit breaks the engine: nothing works until it is opened again, and whether that
   * commit is there then nobody knows.
   */
  readonly breakRate: number
}

export const faultlessEngine: EngineProfile = {
  syncReads: true,
  readMs: 0,
  stageMs: 0,
  commitFailureRate: 0,
  conflictRate: 0,
  readFailureRate: 0,
  breakRate: 0,
}

/** The text of an error that is injected, which shows through whatever it is wrapped in. */
export const injected = (text: string): string => `injected: ${text}`

export const isInjected = ({ message }: Error): boolean => message.includes(injected(''))

/** What a commit goes through, one step of the world each. */
export type CommitStage = 'handed over' | 'durable' | 'visible' | 'acknowledged'

/** What an engine lives in. */
export interface EngineSurroundings {
  readonly scheduler: Scheduler
  readonly random: SeededRandom
  readonly profile: EngineProfile
  /** The process that has opened the store. */
  readonly owner: Owner
  /** Told of each stage that a commit reaches, by names of the {@link Disk}. */
  readonly onStage?: (stage: string) => void
  /** Told once when only opening the store again can mend it. */
  readonly onBroken?: () => void
  /** How long the disk stands still just now, beside what it always takes. */
  readonly stallMs?: () => number
  /** Told of what was injected. */
  readonly onFault?: (kind: string) => void
  /** Whether the disk is full: every commit fails. */
  readonly isFull?: () => boolean
}

interface Commit {
  readonly expectations: readonly Expectation[]
  readonly writes: readonly StorageWrite[]
  readonly resolve: () => void
  readonly reject: (error: Error) => void
  isDurable: boolean
}

/**
 * An engine as if it were durable and slow: a commit is handed over, then durable, then visible, then
 * acknowledged, and between any two of these other steps run and the process may be killed. Reads see
 * what is visible, at once or later.
 */
export class SimulatedEngine implements StorageEngine {
  readonly capabilities: { durable: true; shared: false; syncReads: boolean }
  protected readonly store: SimulatedStore
  protected readonly visible: MemoryEngine
  protected readonly surroundings: EngineSurroundings
  #queue: Commit[] = []
  #isBusy = false
  #isClosed = false
  #onIdle: (() => void)[] = []
  #openSnapshots = 0
  #broken: StorageFailure | undefined

  constructor(store: SimulatedStore, surroundings: EngineSurroundings) {
    this.store = store
    this.visible = store.load()
    this.surroundings = surroundings
    const { syncReads } = surroundings.profile
    this.capabilities = { durable: true, shared: false, syncReads }
  }

  /** How many snapshots have been opened and not closed. */
  get openSnapshots(): number {
    return this.#openSnapshots
  }

  get(key: Bytes): MaybePromise<Bytes | undefined> {
    return this.#answered('get', () => this.visible.get(key))
  }

  getMany(keys: readonly Bytes[]): MaybePromise<(Bytes | undefined)[]> {
    return this.#answered('getMany', () => this.visible.getMany(keys))
  }

  versionOf(value: Bytes): Version {
    return this.visible.versionOf(value)
  }

  read(keys: readonly Bytes[]): MaybePromise<(Versioned | undefined)[]> {
    return this.#answered('read', () => this.visible.read(keys))
  }

  snapshot(): Snapshot {
    this.#assertAlive()
    const state = this.visible.snapshot()
    this.#openSnapshots += 1
    let isOpen = true
    return {
      get: (key) => this.#answered('get', () => state.get(key)),
      getMany: (keys) => this.#answered('getMany', () => state.getMany(keys)),
      range: (range) => this.#range(state.range(range), range),
      close: () => {
        if (isOpen) this.#openSnapshots -= 1
        isOpen = false
      },
    }
  }

  #range(entries: Iterable<Entry>, range: KeyRange): Iterable<Entry> | AsyncIterable<Entry> {
    if (!this.surroundings.profile.syncReads) return this.#laterEntries(entries)
    this.#failRead(`range from ${range.start.length} bytes`)
    return entries
  }

  async *#laterEntries(entries: Iterable<Entry>): AsyncIterable<Entry> {
    for (const entry of entries) yield await this.#answered('the next of a range', () => entry)
  }

  /** What `read` gives, at once or some time later; read at any moment between. */
  #answered<T>(what: string, read: () => T): MaybePromise<T> {
    this.#assertAlive()
    const { scheduler, random, profile, owner } = this.surroundings
    if (profile.syncReads) {
      this.#failRead(what)
      return read()
    }
    const early = random.chance(0.5) ? { value: read() } : undefined
    return new Promise((resolve, reject) => {
      const answer = (): void => {
        try {
          this.#failRead(what)
          resolve(early === undefined ? read() : early.value)
        } catch (error) {
          reject(error as Error)
        }
      }
      scheduler.schedule(owner, `store answers: ${what}`, answer, random.below(profile.readMs + 1))
    })
  }

  #failRead(what: string): void {
    const { random, profile, onFault } = this.surroundings
    if (profile.readFailureRate === 0 || !random.chance(profile.readFailureRate)) return
    onFault?.('read fails')
    throw new StorageFailure(injected(`${what} cannot be read`))
  }

  commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    if (Array.isArray(writes)) return this.#enqueue(expectations, writes)
    return listOfWrites(writes).then((list) => this.#enqueue(expectations, list))
  }

  #enqueue(expectations: readonly Expectation[], writes: readonly StorageWrite[]): Promise<void> {
    this.#assertAlive()
    if (this.#isClosed) return Promise.reject(new StorageFailure('the store is closed'))
    return new Promise((resolve, reject) => {
      this.#queue.push({ expectations, writes, resolve, reject, isDurable: false })
      if (this.#isBusy) return
      this.#isBusy = true
      this.#begin()
    })
  }

  /** Takes the next commit, if there is one. */
  #begin(): void {
    const commit = this.#queue[0]
    if (commit === undefined) {
      this.#isBusy = false
      for (const resolve of this.#onIdle.splice(0)) resolve()
      return
    }
    this.surroundings.onStage?.('handed over')
    this.#later('commit is judged', () => this.#judge(commit))
  }

  #judge(commit: Commit): void {
    if (
      this.#broken === undefined &&
      this.surroundings.random.chance(this.surroundings.profile.breakRate)
    ) {
      this.#break(commit)
    }
    const refusal = this.refusalOf(commit.expectations)
    if (refusal === undefined) this.advance(commit, this.stages)
    else this.#end(() => commit.reject(refusal))
  }

  #break({ expectations, writes }: Commit): void {
    const { random, onFault, onBroken } = this.surroundings
    const holds = this.#holds(expectations)
    if (holds && random.chance(0.5)) this.store.apply(writes)
    this.#broken = new StorageFailure(injected('the store is broken'))
    onFault?.('store breaks')
    onBroken?.()
  }

  #holds(expectations: readonly Expectation[]): boolean {
    const found = this.visible.read(expectations.map(({ key }) => key))
    return expectations.every(({ version }, i) => found[i]?.version === version)
  }

  /** Why a commit is not carried out, if it is not. */
  protected refusalOf(expectations: readonly Expectation[]): Error | undefined {
    const { random, profile, onFault, isFull } = this.surroundings
    if (this.#broken !== undefined) return this.#broken
    if (isFull?.() === true) {
      onFault?.('disk is full')
      return new StorageFailure(injected('no space is left'))
    }
    if (random.chance(profile.commitFailureRate)) {
      onFault?.('commit fails')
      return new StorageFailure(injected('the commit could not be written'))
    }
    if (expectations.length > 0 && random.chance(profile.conflictRate)) {
      onFault?.('commit conflicts')
      return new StorageConflict(injected('another process was at the key'))
    }
    return this.#holds(expectations) ? undefined : new StorageConflict('a key has changed')
  }

  /** The order in which a commit goes through its stages. */
  protected get stages(): readonly CommitStage[] {
    return ['durable', 'visible', 'acknowledged']
  }

  protected advance(commit: Commit, stages: readonly CommitStage[]): void {
    const [stage, ...rest] = stages
    if (stage === undefined) return this.#end(() => {})
    this.#later(`commit is ${stage}`, () => {
      if (stage === 'durable') this.#makeDurable(commit)
      if (stage === 'visible') void this.visible.commit([], commit.writes)
      if (stage === 'acknowledged') commit.resolve()
      this.surroundings.onStage?.(stage)
      this.advance(commit, rest)
    })
  }

  #makeDurable(commit: Commit): void {
    commit.isDurable = true
    this.store.apply(commit.writes)
  }

  #end(tell: () => void): void {
    this.#queue.shift()
    tell()
    this.#begin()
  }

  #later(label: string, work: () => void): void {
    const { scheduler, random, profile, owner, stallMs } = this.surroundings
    const delayMs = random.below(profile.stageMs + 1) + (stallMs?.() ?? 0)
    scheduler.schedule(owner, label, work, delayMs)
  }

  /**
   * The process has been killed. What was handed over and is not durable may still have reached the
   * disk; gives whether it did.
   */
  crash(): 'nothing was under way' | 'lost' | 'kept' | 'durable before' {
    const [commit] = this.#queue
    if (commit === undefined) return 'nothing was under way'
    if (commit.isDurable) return 'durable before'
    if (this.refusalOf(commit.expectations) !== undefined || this.surroundings.random.chance(0.5))
      return 'lost'
    this.keepAtCrash(commit.writes)
    return 'kept'
  }

  /** What a commit leaves that reaches the disk while the process dies: all of it. */
  protected keepAtCrash(writes: readonly StorageWrite[]): void {
    this.store.apply(writes)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#isBusy) await new Promise<void>((resolve) => this.#onIdle.push(resolve))
  }

  #assertAlive(): void {
    const { owner } = this.surroundings
    if (!owner.alive) throw new Error(`${owner.name} is dead and touches the store`)
  }
}
