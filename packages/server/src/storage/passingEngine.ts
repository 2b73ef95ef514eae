import type {
  Bytes,
  EngineCapabilities,
  EngineState,
  Expectation,
  MaybePromise,
  Snapshot,
  StorageEngine,
  StorageWrites,
  Version,
  Versioned,
} from './engine.ts'

/** An engine that hands everything through to another one, for those that add something to it. */
export abstract class PassingEngine implements StorageEngine {
  readonly capabilities: EngineCapabilities
  readonly lengthOf?: (key: Bytes) => number | undefined
  readonly state?: () => EngineState
  protected readonly engine: StorageEngine

  constructor(engine: StorageEngine) {
    this.engine = engine
    this.capabilities = engine.capabilities
    if (engine.lengthOf !== undefined) this.lengthOf = engine.lengthOf.bind(engine)
    if (engine.state !== undefined) this.state = engine.state.bind(engine)
  }

  get(key: Bytes): MaybePromise<Bytes | undefined> {
    return this.engine.get(key)
  }

  getMany(keys: readonly Bytes[]): MaybePromise<(Bytes | undefined)[]> {
    return this.engine.getMany(keys)
  }

  versionOf(value: Bytes): Version {
    return this.engine.versionOf(value)
  }

  read(keys: readonly Bytes[]): MaybePromise<(Versioned | undefined)[]> {
    return this.engine.read(keys)
  }

  snapshot(): Snapshot {
    return this.engine.snapshot()
  }

  commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    return this.engine.commit(expectations, writes)
  }

  close(): Promise<void> {
    return this.engine.close()
  }
}
