import { maxJournalRoomBytes } from '../../limits.ts'
import { StorageEnded, StorageFailure } from '../engine.ts'
import type { JournalFile, JournalFiles } from './journalFiles.ts'
import {
  encodeFileHead,
  fileHeadBytes,
  maskOfRecord,
  maxRecordBytes,
  recordForFile,
} from './journalRecord.ts'
import type { JournalRecord } from './journalRecord.ts'
import { readJournalState, requireNoJournal, type FileEnd } from './journalState.ts'
import { closingRecord } from './recordEncoding.ts'
import { nextSector } from './sectors.ts'

interface CurrentFile {
  readonly number: number
  readonly file: JournalFile
  endOffset: number
  /** Up to here it has been written, behind its end with zeros. */
  writtenBytes: number
}

/** Where a record is in a file, and the mask that it has there. */
export interface FilePlace {
  readonly file: JournalFile
  readonly offset: number
  readonly mask: number
}

/**
 * Commits in the order in which they were made, in files that only grow, ahead of what is in them.
 * One file takes records; the older ones are removed once the store has what they hold. INVARIANT:
 * one call at a time that writes (`append`, `abandon`, `turn`); a record is on the disk when its
 * `append` resolves, so an interrupted write is the last one; and when it rejects nothing of its
 * commit is in the journal, unless the journal is broken.
 */
export class Journal {
  readonly #files: JournalFiles
  #current: CurrentFile
  #older: readonly number[]
  #nextSequence: number
  /** The records of an unfinished commit are behind this. */
  #commitStart: { readonly endOffset: number; readonly sequence: number } | undefined
  #broken: StorageEnded | undefined

  private constructor(
    files: JournalFiles,
    current: CurrentFile,
    { older, nextSequence }: { older: readonly number[]; nextSequence: number },
  ) {
    this.#files = files
    this.#current = current
    this.#older = older
    this.#nextSequence = nextSequence
  }

  /**
   * A journal for a new store. Rejects with JournalDamage when there is one already: what it
   * continues is gone.
   */
  static async create(files: JournalFiles): Promise<Journal> {
    requireNoJournal(files)
    const current = await createFile(files, 1, 1)
    return new Journal(files, current, { older: [], nextSequence: 1 })
  }

  /**
   * Opens what is there, for a store that holds the commits up to `applied`, and gives the records
   * that it lacks. Rejects with JournalDamage when the journal is damaged or does not continue the
   * store.
   */
  static async open(
    files: JournalFiles,
    applied: number,
  ): Promise<{ journal: Journal; missing: readonly JournalRecord[] }> {
    const { missing, current, older, nextSequence } = readJournalState(files, applied)
    for (const each of older) await (await openAt(files, each)).file.close()
    const opened = await openAt(files, current)
    const numbers = older.map(({ number }) => number)
    return { journal: new Journal(files, opened, { older: numbers, nextSequence }), missing }
  }

  /** Bytes in the file that takes records. */
  get sizeBytes(): number {
    return this.#current.endOffset
  }

  /** Whether there are files before the one that takes records. */
  get hasOlder(): boolean {
    return this.#older.length > 0
  }

  /**
   * Set when a failed write could not be taken back; nothing may be appended behind it. Whether the
   * failed record counts, the next opening decides.
   */
  get broken(): StorageEnded | undefined {
    return this.#broken
  }

  /** Sequence number of the next record. */
  get nextSequence(): number {
    return this.#nextSequence
  }

  /**
   * Adds the next record, which ends its commit unless it `isContinued`. Rejects with
   * StorageFailure.
   */
  async append(record: Buffer, isContinued = false): Promise<FilePlace> {
    if (this.#broken !== undefined) throw this.#broken
    const current = this.#current
    const { file, endOffset } = current
    this.#commitStart ??= { endOffset, sequence: this.#nextSequence }
    const bytes = recordForFile(record, endOffset)
    const written = isContinued ? bytes : withRoom(bytes, current)
    try {
      await file.write(written, endOffset)
    } catch (error) {
      const failure = new StorageFailure((error as Error).message)
      await this.#takeBack(failure)
      throw failure
    }
    current.endOffset += record.length
    current.writtenBytes = Math.max(current.writtenBytes, endOffset + written.length)
    this.#nextSequence += 1
    if (!isContinued) this.#commitStart = undefined
    return { file, offset: endOffset, mask: maskOfRecord(bytes) }
  }

  /** Removes the records of a commit that will not be finished, if there are any. */
  async abandon(failure: StorageFailure): Promise<void> {
    if (this.#commitStart !== undefined) await this.#takeBack(failure)
  }

  /**
   * Closes the file and lets a new one take the records that follow. Rejects with StorageFailure;
   * the old one goes on then, and a new one that was made already does not count.
   */
  async turn(): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken
    const before = this.#current
    const after = await this.#createNext(before.number + 1)
    try {
      await this.append(closingRecord(this.#nextSequence))
    } catch (error) {
      await after.file.close().catch(() => undefined)
      throw error
    }
    this.#current = after
    this.#older = [...this.#older, before.number]
    await before.file.close().catch(() => undefined)
  }

  async #createNext(number: number): Promise<CurrentFile> {
    try {
      return await createFile(this.#files, number, this.#nextSequence + 1)
    } catch (error) {
      throw new StorageFailure((error as Error).message)
    }
  }

  /**
   * Removes the files before the current one. REQUIRES: the store has all of their records, and no
   * `turn` until this resolves. One that cannot be removed now is tried again with the next.
   */
  async removeOlder(): Promise<void> {
    const kept: number[] = []
    for (const number of this.#older) {
      await this.#files.remove(number).catch(() => kept.push(number))
    }
    this.#older = kept
  }

  close(): Promise<void> {
    return this.#current.file.close()
  }

  /** Removes what an unfinished commit has left. */
  async #takeBack(failure: StorageFailure): Promise<void> {
    const start = this.#commitStart
    this.#commitStart = undefined
    if (start !== undefined) {
      this.#current.endOffset = start.endOffset
      this.#nextSequence = start.sequence
    }
    const current = this.#current
    current.writtenBytes = current.endOffset
    try {
      await current.file.truncate(current.endOffset)
    } catch {
      this.#broken = new StorageEnded(failure.message)
    }
  }
}

/**
 * A record, and behind one for which the file has to grow zeros for those that follow: as many as
 * there are bytes before them, so that a file of few records stays small, up to a bound. They end
 * with a sector, which is written whole or not at all. A long record pays for its growth itself.
 */
function withRoom(record: Buffer, { endOffset, writtenBytes }: CurrentFile): Buffer {
  const end = endOffset + record.length
  if (end <= writtenBytes || record.length > maxJournalRoomBytes) return record
  const roomEnd = nextSector(end + Math.min(end, maxJournalRoomBytes))
  return Buffer.concat([record, Buffer.alloc(roomEnd - end)])
}

/**
 * Opens a file that was read up to `endOffset`. It is cut there and flushed, also when nothing is
 * cut: a process that was killed, or gave up, may have left a record that is whole in the system's
 * memory only, and what was read must not go away again.
 */
async function openAt(files: JournalFiles, found: FileEnd): Promise<CurrentFile> {
  const { number, endOffset } = found
  const file = await files.open(number)
  try {
    await file.truncate(endOffset)
    // The records of the form before mean the same in today's, unless one is too long for it; a
    // file with such a one takes no further record.
    if (!found.isNewest && endOffset < maxRecordBytes) {
      await file.write(encodeFileHead(found.base), 0)
    }
    return { number, file, endOffset, writtenBytes: endOffset }
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  }
}

async function createFile(files: JournalFiles, number: number, base: number): Promise<CurrentFile> {
  const file = await files.open(number)
  try {
    await file.truncate(0)
    await file.write(encodeFileHead(base), 0)
    return { number, file, endOffset: fileHeadBytes, writtenBytes: fileHeadBytes }
  } catch (error) {
    await file.close().catch(() => undefined)
    throw error
  }
}
