import { open, statfs, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StorageFailure } from '../engine.ts'
import { pageBytes } from './fileCheck/pageFile.ts'

/** File systems of Linux that take new space also for what is written over old. */
const copyOnWrite = new Set([0x9123683e, 0x2fc12fc1, 0xca451a4e])
/** What zeros are written from; not made by who has no store on the disk. */
let zeros: Buffer | undefined

/**
 * Space on the disk that the store has before it needs it. LMDB and its binding do not bear a write
 * that finds none: they write to the standard error, and may end the process. So the file is made
 * longer first, by plain writes whose refusal is an error, with pages of zeros behind the last one
 * that LMDB has used. It uses them next: it goes by the last page that its meta page names, never
 * by the length of the file. What is written is the file's own, so neither another process nor a
 * quota can take it between here and the commit.
 *
 * Where writing over old pages takes new space, as on btrfs and ZFS, that much has to be free too,
 * which somebody else may take the moment after. REQUIRES: no commit is under way.
 */
export class SpaceInHand {
  readonly #path: string
  #handle: FileHandle | undefined
  #isInPlace: boolean | undefined
  /** What the file was made, which nobody else makes shorter; undefined before it is looked at. */
  #sizeBytes: number | undefined

  constructor(path: string) {
    this.#path = path
  }

  /**
   * Makes sure that `growthPages` can be used behind the first `usedPages` of the file. Rejects
   * with StorageFailure, in one sentence; the file is no longer than it was then.
   */
  async reserve(usedPages: number, growthPages: number): Promise<void> {
    try {
      this.#handle ??= await open(this.#path, 'r+')
      await this.#reserve(this.#handle, usedPages * pageBytes, growthPages * pageBytes)
    } catch (error) {
      this.#sizeBytes = undefined
      throw new StorageFailure(sentenceOf(error as NodeJS.ErrnoException))
    }
  }

  /**
   * Cuts off what was not needed behind the first `usedPages`, undefined for a file that must stay
   * as it is. REQUIRES: nobody has the file open any more.
   */
  async close(usedPages: number | undefined): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    if (handle === undefined) return
    try {
      if (usedPages !== undefined) await handle.truncate(usedPages * pageBytes)
    } finally {
      await handle.close()
    }
  }

  async #reserve(handle: FileHandle, usedBytes: number, growthBytes: number): Promise<void> {
    // LMDB may have gone on behind what was made for it.
    const begin = Math.max(usedBytes, this.#sizeBytes ?? (await this.#wholeSize(handle, usedBytes)))
    this.#sizeBytes = begin
    const missingBytes = usedBytes + growthBytes - begin
    const isThere = missingBytes <= 0
    if (isThere && this.#isInPlace === true) return
    await this.#requireFree(Math.max(0, missingBytes), growthBytes)
    if (isThere) return
    try {
      await writeZeros(handle, begin, missingBytes)
      this.#sizeBytes = begin + missingBytes
    } catch (error) {
      // What could not be made use of must not be missing elsewhere.
      await handle.truncate(begin).catch(() => undefined)
      throw error
    }
  }

  /**
   * Size of the file in bytes, once holes are cut off that a copy of it may have where there were
   * zeros; some systems do not tell.
   */
  async #wholeSize(handle: FileHandle, usedBytes: number): Promise<number> {
    const { size, blocks } = await handle.stat()
    if (blocks === 0 || blocks * 512 >= size || size <= usedBytes) return size
    await handle.truncate(usedBytes)
    return usedBytes
  }

  /** Fails before the last free block is taken, which others may have a use for. */
  async #requireFree(missingBytes: number, growthBytes: number): Promise<void> {
    const { type, bavail, bsize } = await statfs(dirname(this.#path))
    this.#isInPlace ??= process.platform === 'linux' && !copyOnWrite.has(type)
    const neededBytes = this.#isInPlace ? missingBytes : Math.max(missingBytes, growthBytes)
    if (neededBytes > 0 && bavail * bsize < neededBytes) throw noSpace()
  }
}

/** A write to a file system that is almost full may be a short one. */
async function writeZeros(handle: FileHandle, begin: number, length: number): Promise<void> {
  zeros ??= Buffer.alloc(1024 * 1024)
  for (let done = 0; done < length; ) {
    const some = Math.min(zeros.length, length - done)
    const { bytesWritten } = await handle.write(zeros, 0, some, begin + done)
    done += bytesWritten
  }
}

function noSpace(): NodeJS.ErrnoException {
  return Object.assign(new Error('there is none'), { code: 'ENOSPC' })
}

function sentenceOf({ code = '', message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOSPC':
      return 'no space is left on the disk for the store'
    case 'EDQUOT':
      return 'the quota of the disk leaves no space for the store'
    case 'EFBIG':
      return 'the file of the store may not become larger'
    default:
      return `the file of the store cannot be made larger: ${message}`
  }
}
