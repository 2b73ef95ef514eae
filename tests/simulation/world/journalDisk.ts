import { SimulatedFiles } from '../../../packages/server/src/testing/simulatedFiles.ts'
import type { StorageEngine } from '../../../packages/server/src/storage/engine.ts'
import {
  JournaledEngine,
  type StoreEngine,
} from '../../../packages/server/src/storage/journal/journaledEngine.ts'
import { ManualClock } from '../../../packages/server/src/testing/manualClock.ts'
import type { Disk, OpenedDisk } from './disk.ts'
import { SimulatedDirectory, type FilesProfile } from './simulatedDirectory.ts'
import { SimulatedEngine, type EngineSurroundings } from './simulatedEngine.ts'
import { SimulatedStore } from './simulatedStore.ts'

const maxKeyBytes = 4000

/** The store behind a journal. */
class SimulatedStoreEngine extends SimulatedEngine {
  readonly maxKeyBytes = maxKeyBytes
}

export interface JournalDiskOptions {
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
  ]
  readonly #options: JournalDiskOptions
  readonly #store = new SimulatedStore()
  readonly #directory = new SimulatedDirectory()

  constructor(options: JournalDiskOptions) {
    this.#options = options
  }

  open(surroundings: EngineSurroundings): OpenedDisk {
    const { files, maxJournalBytes } = this.#options
    const { scheduler, owner, random, onBroken, onStage } = surroundings
    const store = new SimulatedStoreEngine(this.#store, {
      ...surroundings,
      // A spread would ask only once.
      get profile() {
        return { ...surroundings.profile, syncReads: true, conflictRate: 0, readFailureRate: 0 }
      },
      onStage: (stage) => onStage?.(`store ${stage}`),
    })
    const engine = JournaledEngine.open({
      // Its reads answer at once.
      store: store as unknown as StoreEngine,
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
        else this.#directory.killProcess()
        return `${isMachine ? 'machine' : 'process'}, store: ${fate}`
      },
      openSnapshots: () => store.openSnapshots,
    }
  }

  inspect(): Promise<StorageEngine> {
    const content = this.#directory
      .list()
      .map((number): [number, Buffer] => [number, this.#directory.file(number).cached])
    return JournaledEngine.open({
      store: Object.assign(this.#store.load(), { maxKeyBytes }),
      files: new SimulatedFiles(new Map(content)),
      clock: new ManualClock(),
      readOnly: true,
    })
  }
}
