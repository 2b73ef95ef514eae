import { readSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { Damage } from './damage.ts'

/**
 * The size of a page of the store. LMDB's default of 4 KB allows keys of 1,978 bytes; this one
 * allows 4,026.
 */
export const pageBytes = 8192
const pageWords = pageBytes / 2
/** Pages that lie no further apart than this are read in one go. */
const longestGapPages = 4
const windowPages = 128
/** So much is proved in about a millisecond. */
const pacedWindowPages = 16
/** Up to this length a read is over sooner than it can be handed to another thread. */
const shortReadPages = 8

/**
 * Bytes of the file, and the same bytes as 16-bit words: everything in LMDB's pages lies at even
 * offsets. Numbers are little-endian, as on every machine this runs on.
 */
export class Window {
  readonly bytes: Buffer
  readonly words: Uint16Array

  constructor(pageCount: number) {
    this.bytes = Buffer.allocUnsafeSlow(pageCount * pageBytes)
    this.words = new Uint16Array(this.bytes.buffer, 0, pageCount * pageWords)
  }

  /** The unsigned number of 64 bits at a word. Beyond 2^53 it is not exact, but never smaller. */
  number(word: number): number {
    const { words } = this
    return (
      (words[word] as number) +
      (words[word + 1] as number) * 0x1_0000 +
      (words[word + 2] as number) * 0x1_0000_0000 +
      (words[word + 3] as number) * 0x1_0000_0000_0000
    )
  }
}

/** Pages that belong together, read together. */
export interface PageRun {
  readonly page: number
  readonly pageCount: number
}

/** The data file, read by plain reads in few large pieces. */
export class PageFile {
  readonly #handle: FileHandle
  /** How many whole pages the file has. */
  readonly pageCount: number
  readonly sizeBytes: number
  readonly #pause: (() => Promise<void>) | undefined
  readonly #windowPages: number
  #window: Window

  private constructor(handle: FileHandle, sizeBytes: number, pause?: () => Promise<void>) {
    this.#handle = handle
    this.#pause = pause
    this.#windowPages = pause === undefined ? windowPages : pacedWindowPages
    this.#window = new Window(this.#windowPages)
    this.sizeBytes = sizeBytes
    this.pageCount = Math.floor(sizeBytes / pageBytes)
  }

  /** Rejects with the system's error when the file cannot be opened. */
  static async open(path: string, flags: 'r' | 'r+' = 'r'): Promise<PageFile> {
    const handle = await open(path, flags)
    try {
      return new PageFile(handle, (await handle.stat()).size)
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** For somebody who reads beside other work: `pause` is called before each read. */
  static async openPaced(path: string, pause: () => Promise<void>): Promise<PageFile> {
    const handle = await open(path, 'r')
    return new PageFile(handle, (await handle.stat()).size, pause)
  }

  /**
   * Which file it is and when it was changed last, in words: any write through the file system
   * gives others, and so does a copy of the file.
   */
  async identity(): Promise<string> {
    const { ino, size, mtimeNs, ctimeNs } = await this.#handle.stat({ bigint: true })
    return `inode ${ino}, bytes ${size}, modified ${mtimeNs}, changed ${ctimeNs}`
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  /** Writes and flushes. REQUIRES: the file was opened for it. */
  async overwrite(bytes: Buffer, position: number): Promise<void> {
    await this.#handle.write(bytes, 0, bytes.length, position)
    await this.#handle.sync()
  }

  /** Pages in a memory of their own. */
  async read({ page, pageCount }: PageRun): Promise<Window> {
    const window = new Window(pageCount)
    await this.#fill(window, page, pageCount)
    return window
  }

  /**
   * Calls `visit` for each of `runs` with a window and the place of its first byte in there. The
   * window is used again afterwards. REQUIRES: the runs are in the order of the file.
   */
  async readInOrder<Run extends PageRun>(
    runs: readonly Run[],
    visit: (run: Run, window: Window, base: number) => void,
  ): Promise<void> {
    for (let i = 0; i < runs.length; ) {
      const { page } = runs[i] as Run
      const end = endOfWindow(runs, i, this.#windowPages)
      const last = runs[end - 1] as Run
      const pageCount = last.page + last.pageCount - page
      if (pageCount > this.#window.bytes.length / pageBytes) this.#window = new Window(pageCount)
      await this.#fill(this.#window, page, pageCount)
      for (; i < end; i++) {
        const run = runs[i] as Run
        visit(run, this.#window, (run.page - page) * pageBytes)
      }
    }
  }

  async #fill(window: Window, page: number, pageCount: number): Promise<void> {
    await this.#pause?.()
    if (page + pageCount > this.pageCount) {
      throw new Damage(`its page ${Math.max(page, this.pageCount)} is missing`)
    }
    const wanted = pageCount * pageBytes
    for (let done = 0; done < wanted; ) {
      const position = page * pageBytes + done
      const bytesRead =
        pageCount <= shortReadPages
          ? readSync(this.#handle.fd, window.bytes, done, wanted - done, position)
          : (await this.#handle.read(window.bytes, done, wanted - done, position)).bytesRead
      if (bytesRead === 0) throw new Damage('it has become shorter')
      done += bytesRead
    }
  }
}

/** The index after the last of `runs` that is read together with the one at `first`. */
function endOfWindow(runs: readonly PageRun[], first: number, mostPages: number): number {
  const start = runs[first] as PageRun
  let endPage = start.page + start.pageCount
  let i = first + 1
  for (; i < runs.length; i++) {
    const { page, pageCount } = runs[i] as PageRun
    if (page - endPage > longestGapPages) break
    if (page + pageCount - start.page > mostPages) break
    endPage = page + pageCount
  }
  return i
}
