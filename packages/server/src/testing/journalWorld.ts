import type { StorageWrite } from '../storage/engine.ts'
import { JournaledEngine, type JournaledEngineOptions } from '../storage/journal/journaledEngine.ts'
import type { StoreSnapshot } from '../storage/journal/layeredReads.ts'
import { DurableMemory } from './durableMemory.ts'
import { ManualClock } from './manualClock.ts'
import { SimulatedFiles } from './simulatedFiles.ts'

/** What a journaled engine stands on. */
export class JournalWorld {
  readonly store: DurableMemory = new DurableMemory()
  clock: ManualClock = new ManualClock()
  files: SimulatedFiles = new SimulatedFiles()

  open(options: Partial<JournaledEngineOptions> = {}): Promise<JournaledEngine> {
    const { files, clock } = this
    return JournaledEngine.open({ store: this.store.open(), files, clock, ...options })
  }

  /**
   * Opens what a crash of the machine leaves of the journal. The store keeps its commits, and takes
   * new ones.
   */
  reopen(options: Partial<JournaledEngineOptions> = {}): Promise<JournaledEngine> {
    this.files = new SimulatedFiles(this.files.content(true))
    this.clock = new ManualClock()
    this.store.held = undefined
    this.store.failures = 0
    return this.open(options)
  }
}

export const put = (key: string, value: string): StorageWrite => ({
  key: Buffer.from(key, 'latin1'),
  value: Buffer.from(value, 'latin1'),
})

export const remove = (key: string): StorageWrite => ({
  key: Buffer.from(key, 'latin1'),
  value: undefined,
})

/** All entries as `key=value`, in Latin-1. */
export function textsOf(engine: { snapshot(): StoreSnapshot }): string[] {
  const snapshot = engine.snapshot()
  const range = { start: Buffer.alloc(0), end: Buffer.alloc(64, 0xff) }
  const texts = [...snapshot.range(range)].map(
    ({ key, value }) =>
      `${Buffer.from(key).toString('latin1')}=${Buffer.from(value).toString('latin1')}`,
  )
  snapshot.close()
  return texts
}

/** Lets everything run that does not wait for a clock. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
