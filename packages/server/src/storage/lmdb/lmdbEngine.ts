import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { open as openFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { RootDatabase, Transaction } from 'lmdb'
import type { Clock } from '../../clock.ts'
import { contentVersion, requireVersions } from '../contentVersion.ts'
import {
  asBuffer,
  listOfWrites,
  StorageEnded,
  StorageFailure,
  StoreUnavailable,
  type Bytes,
  type Entry,
  type Expectation,
  type KeyRange,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
  type StorageWrites,
  type Version,
} from '../engine.ts'
import { flushDirectory } from '../flushDirectory.ts'
import { requireUsableKey } from '../usableKey.ts'
import { withoutChecksum } from './checksum.ts'
import { leaveMark, takeMark } from './cleanStop.ts'
import { acquireDirectoryLock, type DirectoryLock } from './directoryLock.ts'
import { maxKeyBytes } from './fileCheck/itemCheck.ts'
import { growthBound, type TreeStatistics } from './growthBound.ts'
import { SpaceInHand } from './spaceInHand.ts'
import { mendMetaPages } from './fileCheck/metaPages.ts'
import { pageBytes } from './fileCheck/pageFile.ts'
import { withGenuineImmediates } from './genuineImmediates.ts'
import { LaterProof } from './laterProof.ts'
import { mapSizeBytes } from './mapSize.ts'
import { dataFileName, prepareNewStore, requireOpenable } from './openable.ts'
import { verifyStoreFile, type RestOfProof, type VerificationOptions } from './storeFile.ts'
import { ValueRoom } from './valueRoom.ts'
import { OwnedReads } from '../ownedReads.ts'

/** Where a new store is made. A name with a dot lmdb-js would take for that of a file. */
const unfinishedName = 'unfinished-store'

/** How lmdb-js tells of a commit in which LMDB had no room where there must be some. */
const splitFailure = /^MDB_(PAGE_FULL|BAD_TXN)\b/

/** A key for reads whose outcome does not matter. */
const probeKey = Buffer.from([0])

/** getBinary takes the options of get, which its type declaration leaves out. */
type Store = Omit<RootDatabase<Buffer, Buffer>, 'getBinary'> & {
  getBinary(key: Buffer, options?: { transaction: Transaction }): Buffer | undefined
}

/** What `getStats()` gives, which its type declaration leaves out too. */
type Statistics = TreeStatistics & { readonly lastPageNumber: number }

class LmdbSnapshot implements Snapshot {
  readonly #store: Store
  readonly #transaction: Transaction

  constructor(store: Store) {
    this.#store = store
    this.#transaction = store.useReadTransaction()
  }

  get(key: Bytes): Bytes | undefined {
    const stored = this.#store.getBinary(asBuffer(key), { transaction: this.#transaction })
    return stored && withoutChecksum(stored)
  }

  getMany(keys: readonly Bytes[]): (Bytes | undefined)[] {
    return keys.map((key) => this.get(key))
  }

  /**
   * lmdb-js walks backwards from `start`, so a reversed range swaps its bounds and what they
   * include. It takes an empty `end` for none, where nothing lies before the empty key.
   */
  range(range: KeyRange): Iterable<Entry> {
    if (range.end.length === 0) return []
    const [start, end] = [asBuffer(range.start), asBuffer(range.end)]
    const transaction = this.#transaction
    const stored =
      range.reverse === true
        ? this.#store.getRange({
            start: end,
            end: start,
            reverse: true,
            exclusiveStart: true,
            inclusiveEnd: true,
            transaction,
          })
        : this.#store.getRange({ start, end, transaction })
    return stored.map(({ key, value }) => ({ key, value: withoutChecksum(value) }))
  }

  close(): void {
    this.#transaction.done()
  }
}

/** How the mark of a clean stop is dealt with. Whoever may write takes it away first. */
export interface CleanStopOptions {
  /**
   * Whether a store with a mark that fits is used at once and proved meanwhile, and whether a mark
   * is left at the end.
   */
  readonly isTrusted: boolean
  readonly clock: Clock
  /** Called once when that proof finds damage. */
  readonly onDamage: (damage: StoreUnavailable) => void
}

export interface LmdbOptions {
  /** What of the file is proved whole before it is used: all of it when absent. */
  readonly verification?: VerificationOptions
  /**
   * Called once when the store has failed in a way that only opening it again can mend. What was
   * acknowledged is safe.
   */
  readonly onBroken?: (error: Error) => void
  /**
   * When absent, the mark of a clean stop stays as it is and does not count: for somebody who only
   * reads.
   */
  readonly cleanStop?: CleanStopOptions | undefined
}

/** What an engine keeps of its opening for its end. */
interface Opened {
  readonly onBroken: LmdbOptions['onBroken']
  readonly directory: string
  readonly dataFile: string
  /** Whether a clean stop leaves a mark, unless a proof that is under way finds damage. */
  readonly leavesMark: boolean
  /** That of the mark of the last clean stop. */
  readonly unprovedStops: number
}

/**
 * The default engine: LMDB in one directory that one process owns. A commit is written and flushed
 * by lmdb-js's own thread; it becomes visible to reads only after the flush, because
 * `overlappingSync` is off. INVARIANT: at most one commit is under way, so an expectation that
 * holds when a commit is handed over still holds when it is applied; commits that arrive meanwhile
 * wait their turn.
 */
export class LmdbEngine extends OwnedReads implements StorageEngine {
  readonly capabilities = { durable: true, shared: false, syncReads: true } as const
  readonly maxKeyBytes: number = maxKeyBytes
  readonly #store: Store
  readonly #lock: DirectoryLock
  readonly #opened: Opened
  readonly #space: SpaceInHand
  readonly #room = new ValueRoom()
  #lastCommit: Promise<void> = Promise.resolve()
  #closed = false
  #proof: LaterProof | undefined
  /** Why the environment can no longer be used: after some failures LMDB refuses everything. */
  #broken: StorageEnded | undefined

  private constructor(store: Store, lock: DirectoryLock, opened: Opened) {
    super()
    this.#store = store
    this.#lock = lock
    this.#opened = opened
    this.#space = new SpaceInHand(opened.dataFile)
  }

  /** Opens or creates the store in `directory`. Rejects with StoreUnavailable and the reason. */
  static async open(directory: string, options: LmdbOptions = {}): Promise<LmdbEngine> {
    createDirectory(directory)
    const lock = await acquireDirectoryLock(directory)
    try {
      const path = join(directory, 'store')
      if (!existsSync(path)) await createStore(directory, path)
      const { cleanStop, verification, onBroken } = options
      // Gone for good with the next flush, before anything is written.
      const mark = cleanStop && takeMark(directory)
      // Also when it was there: whoever made it may have been killed before this.
      for (const each of [directory, dirname(directory)]) await flushDirectory(each)
      const dataFile = join(path, dataFileName)
      const isTrusted = cleanStop?.isTrusted === true
      const trusted = isTrusted ? mark : undefined
      const { rest } = await verifyStoreFile(dataFile, { ...verification, mark: trusted?.text })
      const leavesMark = isTrusted && verification?.extent !== 'beginning'
      const { unprovedStops = 0 } = trusted ?? {}
      const opened = { onBroken, directory, dataFile, leavesMark, unprovedStops }
      const engine = new LmdbEngine(await openStore(path), lock, opened)
      if (cleanStop !== undefined && rest !== undefined) engine.#proveLater(rest, cleanStop)
      return engine
    } catch (error) {
      lock.release()
      if (error instanceof StoreUnavailable) throw error
      throw new StoreUnavailable(
        `The store in ${directory} cannot be opened: ${(error as Error).message}.`,
      )
    }
  }

  get(key: Bytes): Bytes | undefined {
    const stored = this.#store.getBinary(asBuffer(key))
    return stored && withoutChecksum(stored)
  }

  lengthOf(key: Bytes): number | undefined {
    return this.#look(key)?.length
  }

  override versionAt(key: Bytes): Version | undefined {
    const value = this.#look(key)
    return value && contentVersion(value)
  }

  /** A value in memory that lmdb-js uses again for the next one. */
  #look(key: Bytes): Bytes | undefined {
    const stored = this.#store.getBinaryFast(asBuffer(key))
    return stored && withoutChecksum(stored)
  }

  room(length: number): Buffer {
    return this.#room.forValue(length)
  }

  snapshot(): LmdbSnapshot {
    return new LmdbSnapshot(this.#store)
  }

  commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    if (this.#closed) return Promise.reject(new StorageEnded('the store is closed'))
    const commit = this.#lastCommit.then(() => this.#apply(expectations, writes))
    this.#lastCommit = commit.catch(() => undefined)
    return commit
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#lastCommit
    try {
      const outcome = this.#proof === undefined ? 'proved' : await this.#proof.end()
      const isWhole = this.#broken === undefined
      const leftPages = isWhole ? usedPages(this.#statistics()) : undefined
      if (isWhole) await this.#store.close()
      await this.#space.close(leftPages)
      const { directory, dataFile, leavesMark, unprovedStops } = this.#opened
      if (!leavesMark || !isWhole || outcome === 'failed') return
      await leaveMark(directory, dataFile, outcome === 'proved' ? 0 : unprovedStops + 1)
    } finally {
      this.#lock.release()
    }
  }

  /**
   * While the transaction lasts, LMDB writes over no page of the state that it sees, which is the
   * one that was verified: nobody has committed yet.
   */
  #proveLater(rest: RestOfProof, { clock, onDamage }: CleanStopOptions): void {
    const transaction = this.#store.useReadTransaction()
    this.#proof = new LaterProof({ rest, clock, onDamage })
    void this.#proof.ended.then(() => transaction.done())
  }

  async #apply(expectations: readonly Expectation[], writes: StorageWrites): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken
    await requireVersions(expectations, (key) => this.versionAt(key))
    const list = await listOfWrites(writes)
    if (list.length === 0) return
    // lmdb-js throws at a key it cannot take and still commits what stood before it in the batch.
    for (const { key } of list) requireUsableKey(key, maxKeyBytes)
    const statistics = this.#statistics()
    await this.#space.reserve(usedPages(statistics), growthBound(list, statistics))
    try {
      await this.#write(list)
      this.#room.free()
    } catch (error) {
      this.#room.forget()
      const failure = new StorageFailure(await commitFailure(error))
      if (!this.#isReadable()) await this.#breakDown(new StorageEnded(failure.message))
      throw failure
    } finally {
      this.#store.resetReadTxn()
    }
  }

  #statistics(): Statistics {
    return this.#store.getStats() as Statistics
  }

  /**
   * Now and then LMDB cannot split a page of long keys, which depends on the order in which keys
   * come to it. Of a commit that fails so nothing is applied, and another order does.
   */
  async #write(writes: readonly StorageWrite[]): Promise<void> {
    try {
      await this.#batch(writes)
    } catch (error) {
      const mayBeOrder = splitFailure.test(await commitFailure(error))
      if (!mayBeOrder || !this.#isReadable()) throw error
      await this.#batch(backwards(writes))
    }
  }

  async #batch(writes: readonly StorageWrite[]): Promise<void> {
    await withGenuineImmediates(() =>
      this.#store.batch(() => {
        for (const { key, value } of writes) {
          if (value === undefined) void this.#store.remove(asBuffer(key))
          else void this.#store.put(asBuffer(key), this.#room.storedForm(key, value))
        }
      }),
    )
  }

  /** A file that cannot be mended, on a device that fails, is refused when it is opened again. */
  async #breakDown(failure: StorageEnded): Promise<void> {
    this.#broken = failure
    await mendMetaPages(this.#opened.dataFile).catch(() => undefined)
    this.#opened.onBroken?.(failure)
  }

  /**
   * After a failed write of its meta page LMDB answers everything with MDB_PANIC, and lmdb-js would
   * never settle another commit. A read tells.
   */
  #isReadable(): boolean {
    this.#store.resetReadTxn()
    try {
      this.#store.getBinary(probeKey)
      return true
    } catch {
      return false
    }
  }
}

/** The pages of the file up to the last one that the last commit knows of. */
const usedPages = ({ lastPageNumber }: Statistics): number => lastPageNumber + 1

/** The last write of each key, in the opposite order. */
function backwards(writes: readonly StorageWrite[]): StorageWrite[] {
  const last = new Map(writes.map((write) => [asBuffer(write.key).toString('latin1'), write]))
  return [...last.values()].reverse()
}

/**
 * Creates `directory` and what it lies in, one by one: Node's recursive mkdir never ends where a
 * directory is there and mkdir in it says that it is not, as below /proc.
 */
function makeDirectories(directory: string): void {
  if (existsSync(directory)) return
  const parent = dirname(directory)
  if (parent !== directory) makeDirectories(parent)
  try {
    mkdirSync(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function createDirectory(directory: string): void {
  try {
    makeDirectories(resolve(directory))
  } catch (error) {
    throw new StoreUnavailable(
      `The data directory ${directory} cannot be created: ${(error as Error).message}.`,
    )
  }
}

/**
 * Makes an empty store under another name first, so that a directory of the right name always has a
 * whole one: a file that is missing or empty there is damage.
 */
async function createStore(directory: string, path: string): Promise<void> {
  const unfinished = join(directory, unfinishedName)
  rmSync(unfinished, { recursive: true, force: true })
  prepareNewStore(unfinished)
  const store = await openStore(unfinished)
  await store.close()
  const file = await openFile(join(unfinished, dataFileName), 'r+')
  await file.sync()
  await file.close()
  await flushDirectory(unfinished)
  renameSync(unfinished, path)
}

/** Loads lmdb-js, which a database in memory does without. */
async function openStore(path: string): Promise<Store> {
  const { open } = await import('lmdb')
  requireOpenable(path)
  const mapSize = mapSizeBytes()
  return open<Buffer, Buffer>({
    path,
    pageSize: pageBytes,
    keyEncoding: 'binary',
    encoding: 'binary',
    overlappingSync: false,
    eventTurnBatching: false,
    noMemInit: false,
    maxDbs: 1,
    ...(mapSize !== undefined && { mapSize }),
  })
}

/** lmdb-js puts the cause of a failed commit into a promise of its own. */
async function commitFailure(error: unknown): Promise<string> {
  const { message, commitError } = error as Error & { commitError?: Promise<unknown> }
  if (commitError === undefined) return message
  const cause = await commitError.catch((reason: unknown) => reason)
  return cause instanceof Error ? cause.message : message
}
