import {
  listOfWrites,
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
import type { OutsideStore } from '../shared/sharedWorld.ts'
import type { Owner, Scheduler } from '../simulation/world/scheduler.ts'
import type { TemporaryCluster } from './temporaryCluster.ts'
import { TemporaryStore } from './temporaryStore.ts'

/** A store in `cluster` for the servers of a world, whose time stands still while they ask it. */
export function worldStore(cluster: TemporaryCluster): OutsideStore {
  const store = new TemporaryStore(cluster, { maxConnections: 12, maxSnapshots: 12 })
  let whole: Promise<StorageEngine> | undefined
  return {
    connect: (scheduler, owner) =>
      scheduler.outside(
        owner,
        'the store is open',
        store.open().then((engine) => new OutsideEngine(engine, scheduler, owner)),
      ),
    whole: () => (whole ??= store.open()),
    dispose: () => store.dispose(),
  }
}

type Outside = <T>(what: string, answer: Promise<T>) => Promise<T>

/** An engine that answers from outside of a world. */
class OutsideEngine implements StorageEngine {
  readonly capabilities: StorageEngine['capabilities']
  readonly #engine: StorageEngine
  readonly #outside: Outside

  constructor(engine: StorageEngine, scheduler: Scheduler, owner: Owner) {
    this.#engine = engine
    this.capabilities = engine.capabilities
    this.#outside = (what, answer) => scheduler.outside(owner, what, answer)
  }

  get(key: Bytes): Promise<Bytes | undefined> {
    return this.#outside('get', Promise.resolve(this.#engine.get(key)))
  }

  getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]> {
    return this.#outside('getMany', Promise.resolve(this.#engine.getMany(keys)))
  }

  versionOf(value: Bytes): Version {
    return this.#engine.versionOf(value)
  }

  read(keys: readonly Bytes[]): Promise<(Versioned | undefined)[]> {
    return this.#outside('read', Promise.resolve(this.#engine.read(keys)))
  }

  snapshot(): Snapshot {
    const snapshot = this.#engine.snapshot()
    return {
      get: (key) => this.#outside('snapshot.get', Promise.resolve(snapshot.get(key))),
      getMany: (keys) => this.#outside('snapshot.getMany', Promise.resolve(snapshot.getMany(keys))),
      range: (range) => this.#entries(snapshot, range),
      close: () => snapshot.close(),
    }
  }

  async *#entries(snapshot: Snapshot, range: KeyRange): AsyncIterable<Entry> {
    const entries = (snapshot.range(range) as AsyncIterable<Entry>)[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await this.#outside('range', entries.next())
        if (next.done === true) return
        yield next.value
      }
    } finally {
      await entries.return?.()
    }
  }

  /** What is written may be asked of the world, which time must not stand still for. */
  async commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    const list = await listOfWrites(writes)
    await this.#outside('commit', this.#engine.commit(expectations, list))
  }

  close(): Promise<void> {
    return this.#outside('close', this.#engine.close())
  }
}
