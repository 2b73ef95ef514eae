import { join } from 'node:path'
import { systemClock, type Clock } from '../clock.ts'
import { StoreUnavailable, type EngineState, type StorageEngine } from '../storage/engine.ts'
import type { JournalFiles } from '../storage/journal/journalFiles.ts'
import { otherFormat } from '../layout/storeFormat.ts'
import type { WorkFailures } from '../upkeep/workFailures.ts'
import { journalDelayMs } from '../limits.ts'
import { defaultDataDirectory } from './settings.ts'

/** The work of the engine itself, as the log names it. */
const movingTask = 'moving the journal into the store'
const provingTask = 'proving the store'

/** What decides on the engine, and what it is opened with. See `DatabaseOptions`. */
export interface EngineOptions {
  readonly inMemory?: boolean
  /** In memory: what is there from the start, nothing when absent. */
  readonly state?: EngineState
  readonly dataDirectory?: string
  readonly verifyStore?: boolean | 'after-crash'
  readonly onStoreFailure?: (error: Error) => void
  readonly clock?: Clock
  /** Bytes of commits from which the journal is moved into the store; see `limits.ts`. */
  readonly maxJournalBytes?: number
  /** Who is told when the engine's own work in the background fails. */
  readonly failures?: WorkFailures
  /** Puts something between the journal and its files; nothing when absent. */
  readonly wrapFiles?: (files: JournalFiles) => JournalFiles
  /** For somebody who only reads: store and journal stay as they are. False when absent. */
  readonly readOnly?: boolean
}

/**
 * The only place that picks an engine. The one that is not used is not even loaded. Rejects with
 * StoreUnavailable and a sentence for the operator.
 */
export async function openEngine(options: EngineOptions): Promise<StorageEngine> {
  if (options.inMemory !== true) return openDurableEngine(options)
  const { MemoryEngine } = await import('../storage/memory/memoryEngine.ts')
  return new MemoryEngine(options.clock ?? systemClock, options.state)
}

/** LMDB with a journal in front of it. */
async function openDurableEngine(options: EngineOptions): Promise<StorageEngine> {
  const { maxJournalBytes, failures } = options
  const { LmdbEngine } = await import('../storage/lmdb/lmdbEngine.ts')
  const { JournaledEngine } = await import('../storage/journal/journaledEngine.ts')
  const { JournalReader } = await import('../storage/journal/journalReader.ts')
  const { DirectoryFiles } = await import('../storage/journal/journalFiles.ts')
  const directory = options.dataDirectory ?? defaultDataDirectory
  const onBroken = onceOnly(options.onStoreFailure)
  const extent = options.verifyStore === false ? 'beginning' : 'all'
  const verification = { extent, describeForeign: otherFormat } as const
  const clock = options.clock ?? systemClock
  const onDamage = (damage: StoreUnavailable): void => {
    failures?.ended(provingTask, damage)
    onBroken(damage)
  }
  const isTrusted = options.verifyStore === 'after-crash'
  const cleanStop = options.readOnly === true ? undefined : { clock, onDamage, isTrusted }
  const store = await LmdbEngine.open(directory, { onBroken, verification, cleanStop })
  try {
    const ownFiles = new DirectoryFiles(join(directory, 'store'))
    const files = options.wrapFiles?.(ownFiles) ?? ownFiles
    if (options.readOnly === true) return JournalReader.open(store, files)
    return await JournaledEngine.open({
      store,
      files,
      clock,
      onBroken,
      onMove(failure) {
        if (failure === undefined) failures?.succeeded(movingTask)
        else failures?.failed(movingTask, failure, () => journalDelayMs)
      },
      ...(maxJournalBytes !== undefined && { maxJournalBytes }),
    })
  } catch (error) {
    await store.close()
    if (error instanceof StoreUnavailable) throw error
    throw new StoreUnavailable(
      `The store in ${directory} cannot be opened: ${(error as Error).message}.`,
    )
  }
}

/** Journal and store may both break, and both are the one store of the operator. */
function onceOnly(report: ((error: Error) => void) | undefined): (error: Error) => void {
  let isReported = false
  return (error) => {
    if (!isReported) report?.(error)
    isReported = true
  }
}
