import { SimulatedFiles } from '../../../packages/server/src/testing/simulatedFiles.ts'
import type {
  Bytes,
  StorageEngine,
  Versioned,
} from '../../../packages/server/src/storage/engine.ts'
import { JournaledEngine } from '../../../packages/server/src/storage/journal/journaledEngine.ts'
import { JournalReader } from '../../../packages/server/src/storage/journal/journalReader.ts'
import type { StoreEngine } from '../../../packages/server/src/storage/journal/layeredReads.ts'
import type { Disk, OpenedDisk } from './disk.ts'
import { SimulatedDirectory, type FilesProfile } from './simulatedDirectory.ts'
import { SimulatedEngine, type EngineSurroundings } from './simulatedEngine.ts'
import { SimulatedStore } from './simulatedStore.ts'

const maxKeyBytes = 4000

export interface JournalDiskOptions {
  readonly directory?: SimulatedDirectory
  /** The store behind the journal. */
  readonly Engine?: typeof SimulatedEngine
  readonly files: () => FilesProfile
  /** Size of a journal file from which the store takes it. */
  readonly maxJournalBytes: number
}

/** A disk with a journal in front of a simulated store. */
export class JournalDisk implements Disk {
  readonly stages = [
    'handed over',
    'partly written',
    'durable',
    'acknowledged',
    'store handed over',
    'store durable',
    'store visible',
    'store acknowledged',
  ]
  readonly #options: JournalDiskOptions
  readonly #store = new SimulatedStore()
  readonly #directory: SimulatedDirectory

  constructor(options: JournalDiskOptions) {
    this.#options = options
    this.#directory = options.directory ?? new SimulatedDirectory()
  }

  open(surroundings: EngineSurroundings): OpenedDisk {
    const { files, maxJournalBytes, Engine = SimulatedEngine } = this.#options
    const { scheduler, owner, random, onBroken, onStage } = surroundings
    const store = new Engine(this.#store, {
      ...surroundings,
      // A spread would ask only once.
      get profile() {
        return { ...surroundings.profile, syncReads: true, conflictRate: 0, readFailureRate: 0 }
      },
      onStage: (stage) => onStage?.(`store ${stage}`),
    })
    const engine = JournaledEngine.open({
      // Its reads answer at once.
      store: Object.assign(store, {
        maxKeyBytes,
        versionAt: (key: Bytes) => (store.read([key]) as (Versioned | undefined)[])[0]?.version,
      }) as unknown as StoreEngine,
      files: this.#directory.openFor(surroundings, files),
      clock: scheduler.clockOf(owner),
      maxJournalBytes,
      ...(onBroken !== undefined && { onBroken }),
    })
    return {
      engine,
      crash: () => {
        const fate = store.crash()
        const isMachine = random.chance(0.5)
        if (isMachine) this.#directory.crashMachine(random)
        return `${isMachine ? 'machine' : 'process'}, store: ${fate}`
      },
      openSnapshots: () => store.openSnapshots,
    }
  }

  inspect(): Promise<StorageEngine> {
    const content = this.#directory
      .list()
      .map((number): [number, Buffer] => [number, this.#directory.file(number).cached])
    const store = Object.assign(this.#store.load(), { maxKeyBytes })
    return Promise.resolve(JournalReader.open(store, new SimulatedFiles(new Map(content))))
  }
}
