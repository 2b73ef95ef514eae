import { StorageFailure } from '../engine.ts'
import type { JournalFile, JournalFiles } from './journalFiles.ts'
import {
  encodeFileHead,
  fileHeadBytes,
  JournalDamage,
  readJournal,
  type JournalContent,
  type JournalRecord,
} from './journalRecord.ts'

interface CurrentFile {
  readonly number: number
  readonly file: JournalFile
  endOffset: number
}

/**
 * Commits in the order in which they were made, in files that only grow. One file takes records;
 * the older ones are removed once the store has what they hold. INVARIANT: one call at a time that
 * writes (`append`, `turn`); a record is on the disk when its `append` resolves, and not in the
 * journal when it rejects.
 */
export class Journal {
  readonly #files: JournalFiles
  #current: CurrentFile
  #older: number[]
  #nextSequence: number
  /** Set when a failed write could not be taken back; nothing may be appended behind it. */
  #broken: StorageFailure | undefined

  private constructor(
    files: JournalFiles,
    current: CurrentFile,
    { older, nextSequence }: { older: number[]; nextSequence: number },
  ) {
    this.#files = files
    this.#current = current
    this.#older = older
    this.#nextSequence = nextSequence
  }

  /**
   * A journal for a new store. Rejects with {@link JournalDamage} when there is one with records:
   * what they continue is gone.
   */
  static async create(files: JournalFiles): Promise<Journal> {
    for (const { content } of readAll(files)) {
      if (content.records.length > 0)
        throw new JournalDamage('its journal holds commits that continue another store')
    }
    for (const number of files.list()) files.remove(number)
    const current = await createFile(files, 1, 1)
    return new Journal(files, current, { older: [], nextSequence: 1 })
  }

  /**
   * Opens what is there, for a store that holds the commits up to `applied`, and gives the records
   * that it lacks. Rejects with {@link JournalDamage} when a file is damaged, or when commits are
   * missing between the store and the journal.
   */
  static async open(
    files: JournalFiles,
    applied: number,
  ): Promise<{ journal: Journal; records: readonly JournalRecord[] }> {
    const found = readAll(files)
    const last = found.at(-1)
    if (last === undefined) throw new JournalDamage('its journal is missing')
    let next = applied + 1
    const needed = found.filter((each) => each === last || endOf(each) > next)
    if ((needed[0] as FoundFile).content.base < next) next = (needed[0] as FoundFile).content.base
    for (const each of needed) {
      if (each.content.base !== next)
        throw new JournalDamage('commits between it and its journal are missing')
      next = endOf(each)
    }
    if (next <= applied) throw new JournalDamage('its journal ends before it does')
    const file = await files.open(last.number)
    const { endOffset } = last.content
    if (endOffset < last.sizeBytes) await file.truncate(endOffset)
    const current = { number: last.number, file, endOffset }
    const older = files.list().filter((number) => number < last.number)
    for (const number of files.list()) if (number > last.number) files.remove(number)
    const records = needed
      .flatMap(({ content }) => content.records)
      .filter(({ sequence }) => sequence > applied)
    return { journal: new Journal(files, current, { older, nextSequence: next }), records }
  }

  /** Bytes in the file that takes records. */
  get sizeBytes(): number {
    return this.#current.endOffset
  }

  get broken(): StorageFailure | undefined {
    return this.#broken
  }

  /** Sequence number of the next record. */
  get nextSequence(): number {
    return this.#nextSequence
  }

  /** Adds the next record. Rejects with StorageFailure. */
  async append(record: Buffer): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken
    const { file, endOffset } = this.#current
    try {
      await file.write(record, endOffset)
    } catch (error) {
      const failure = new StorageFailure((error as Error).message)
      await this.#takeBack(failure)
      throw failure
    }
    this.#current.endOffset += record.length
    this.#nextSequence += 1
  }

  /** Lets a new file take the records that follow. Rejects with StorageFailure. */
  async turn(): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken
    const before = this.#current
    const number = before.number + 1
    try {
      this.#current = await createFile(this.#files, number, this.#nextSequence)
    } catch (error) {
      const failure = new StorageFailure((error as Error).message)
      if (this.#files.list().includes(number)) this.#withdraw(number, failure)
      throw failure
    }
    this.#older.push(before.number)
    await before.file.close().catch(() => undefined)
  }

  /** A file that could not be made must not be taken for the newest one later. */
  #withdraw(number: number, failure: StorageFailure): void {
    try {
      this.#files.remove(number)
    } catch {
      this.#broken = failure
    }
  }

  /**
   * Removes the files before the current one. REQUIRES: the store has all of their records. One
   * that cannot be removed now is tried again with the next.
   */
  removeOlder(): void {
    this.#older = this.#older.filter((number) => {
      try {
        this.#files.remove(number)
        return false
      } catch {
        return true
      }
    })
  }

  close(): Promise<void> {
    return this.#current.file.close()
  }

  /** Removes what a failed write may have left. */
  async #takeBack(failure: StorageFailure): Promise<void> {
    try {
      await this.#current.file.truncate(this.#current.endOffset)
    } catch {
      this.#broken = failure
    }
  }
}

async function createFile(files: JournalFiles, number: number, base: number): Promise<CurrentFile> {
  const file = await files.open(number)
  try {
    await file.truncate(0)
    await file.write(encodeFileHead(base), 0)
    return { number, file, endOffset: fileHeadBytes }
  } catch (error) {
    await file.close()
    throw error
  }
}

interface FoundFile {
  readonly number: number
  readonly sizeBytes: number
  readonly content: JournalContent
}

/** The sequence number after the last record of a file. */
const endOf = ({ content }: FoundFile): number => content.base + content.records.length

/** The files with a head; only the newest may lack one, because its creation was interrupted. */
function readAll(files: JournalFiles): FoundFile[] {
  const found: FoundFile[] = []
  const numbers = files.list()
  for (const number of numbers) {
    const bytes = files.read(number)
    const content = readJournal(bytes)
    if (content !== undefined) found.push({ number, sizeBytes: bytes.length, content })
    else if (number !== numbers.at(-1)) throw new JournalDamage('a file of its journal is empty')
  }
  for (const { content, sizeBytes } of found.slice(0, -1)) {
    if (content.endOffset !== sizeBytes)
      throw new JournalDamage('a file of its journal is cut short')
  }
  return found
}
