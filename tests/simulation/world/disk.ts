import type { StorageEngine } from '../../../packages/server/src/storage/engine.ts'
import { SimulatedEngine, type EngineSurroundings } from './simulatedEngine.ts'
import { SimulatedStore } from './simulatedStore.ts'

/** What a process has of the disk while it lives. */
export interface OpenedDisk {
  readonly engine: Promise<StorageEngine>
  /** The process has been killed; gives what became of the commit that was under way. */
  crash(): string
  openSnapshots(): number
}

/** What outlives processes, and how they open it. */
export interface Disk {
  /** What commits go through, as `onStage` calls it. */
  readonly stages: readonly string[]
  open(surroundings: EngineSurroundings): OpenedDisk
  /** The durable state as the next process would find it. */
  inspect(): Promise<StorageEngine>
}

/** A disk with one simulated engine on it. */
export class EngineDisk implements Disk {
  readonly stages = ['handed over', 'durable', 'visible', 'acknowledged']
  readonly #store: SimulatedStore
  readonly #Engine: typeof SimulatedEngine

  constructor(Engine: typeof SimulatedEngine = SimulatedEngine, store = new SimulatedStore()) {
    this.#Engine = Engine
    this.#store = store
  }

  open(surroundings: EngineSurroundings): OpenedDisk {
    const engine = new this.#Engine(this.#store, surroundings)
    return {
      engine: Promise.resolve(engine),
      crash: () => engine.crash(),
      openSnapshots: () => engine.openSnapshots,
    }
  }

  inspect(): Promise<StorageEngine> {
    return Promise.resolve(this.#store.load())
  }
}
