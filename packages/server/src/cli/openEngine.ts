import { join } from 'node:path'
import { systemClock, systemRandom, type Clock, type Random } from '../clock.ts'
import { StoreUnavailable, type EngineState, type StorageEngine } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { JournaledEngine } from '../storage/journal/journaledEngine.ts'
import { DirectoryFiles, type JournalFiles } from '../storage/journal/journalFiles.ts'
import { JournalReader } from '../storage/journal/journalReader.ts'
import { WatchedEngine } from '../storage/watchedEngine.ts'
import { LmdbEngine } from '../storage/lmdb/lmdbEngine.ts'
import { otherFormat } from '../layout/storeFormat.ts'
import type { WorkFailures } from '../upkeep/workFailures.ts'
import { journalDelayMs } from '../limits.ts'
import type { EventualReadsFrom } from './eventualReadsFrom.ts'
import { DirectoryRetirement } from './migration/directoryRetirement.ts'
import { defaultDataDirectory } from './settings.ts'

/** The work of the engine itself, as the log names it. */
const movingTask = 'moving the journal into the store'
const provingTask = 'proving the store'

/** What decides on the engine, and what it is opened with. See `DatabaseOptions`. */
export interface EngineOptions {
  /** The address of a store that several servers share; one of this server alone when absent. */
  readonly engine?: string
  /** `'replica'`: there are reads of nodes that follow the one that leads. */
  readonly eventualReads?: EventualReadsFrom
  readonly random?: Random
  /** Told what an engine that is shared met in the background. */
  readonly onFault?: (error: unknown) => void
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
  /** For somebody who moves it elsewhere: it must be there. False when absent. */
  readonly isMoving?: boolean
  /** Has the password of an engine; that of this process when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/**
 * The only place that picks an engine. lmdb-js and pg are loaded where they are used alone.
 * Rejects with StoreUnavailable and a sentence for the operator.
 */
export async function openEngine(options: EngineOptions): Promise<StorageEngine> {
  if (options.engine !== undefined) return openSharedEngine(options.engine, options)
  if (options.inMemory !== true) return openDurableEngine(options)
  return new MemoryEngine(options.clock ?? systemClock, options.state)
}

async function openSharedEngine(address: string, options: EngineOptions): Promise<StorageEngine> {
  const { openPostgres } = await import('../storage/postgres/openPostgres.ts')
  const { clock = systemClock, random = systemRandom, onFault = () => undefined } = options
  const { isMoving = false, readOnly = false, environment = process.env } = options
  const readsReplicas = options.eventualReads === 'replica'
  const surroundings = { clock, random, onFault }
  return openPostgres(address, environment, { ...surroundings, readsReplicas, isMoving, readOnly })
}

/** LMDB with a journal in front of it. */
async function openDurableEngine(options: EngineOptions): Promise<StorageEngine> {
  const { maxJournalBytes, failures } = options
  const directory = options.dataDirectory ?? defaultDataDirectory
  const retirement = new DirectoryRetirement(directory)
  if (options.isMoving !== true) retirement.requireInPlace()
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
    const ownFiles = new DirectoryFiles(join(directory, 'store'), clock)
    const files = options.wrapFiles?.(ownFiles) ?? ownFiles
    if (options.readOnly === true) return JournalReader.open(store, files)
    const engine = await JournaledEngine.open({
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
    return new WatchedEngine(engine, retirement)
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
