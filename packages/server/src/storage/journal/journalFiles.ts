import {
  close,
  closeSync,
  constants,
  fdatasync,
  fsync,
  ftruncate,
  open,
  readdirSync,
  readFileSync,
  readSync,
  unlink,
  write,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { systemClock, type Clock } from '../../clock.ts'
import { soleCaller } from '../../soleCaller.ts'
import { StorageFailure } from '../engine.ts'
import { flushDirectory } from '../flushDirectory.ts'
import { WaitingForDisk } from './waitingForDisk.ts'

/**
 * The files of a journal as it needs them: numbered, few, written at their end and read once.
 * Injected, so that a simulation can tear writes and lose what was not flushed.
 */
export interface JournalFiles {
  /** The numbers of the files that are there, ascending. */
  list(): readonly number[]
  /** All of a file. */
  read(number: number): Buffer
  /** Opens a file, created if absent; its name survives a crash when this resolves. */
  open(number: number): Promise<JournalFile>
  /** Removes a file. What it held may come back after a crash. */
  remove(number: number): Promise<void>
}

export interface JournalFile {
  /**
   * Writes `bytes` at `offset`; they survive a crash when this resolves. When it rejects, any part
   * of them may be there.
   */
  write(bytes: Buffer, offset: number): Promise<void>
  /** Cuts the file to `length`, and makes that survive a crash. */
  truncate(length: number): Promise<void>
  /**
   * Fills `target` with bytes that were written, of a file that is open and may have been removed.
   */
  read(target: Buffer, offset: number): void
  /** Lets the file stay open until {@link close} has been called once more. */
  retain(): void
  close(): Promise<void>
}

const namePattern = /^journal\.([0-9]{12})$/

/** The journal files in a directory that exists: `journal.000000000001` and so on. */
export class DirectoryFiles implements JournalFiles {
  readonly #directory: string
  readonly #waiting: WaitingForDisk

  constructor(directory: string, clock: Clock = systemClock) {
    this.#directory = directory
    this.#waiting = new WaitingForDisk(clock, soleCaller)
  }

  list(): readonly number[] {
    const numbers: number[] = []
    for (const name of readdirSync(this.#directory)) {
      const match = namePattern.exec(name)
      if (match !== null) numbers.push(Number(match[1]))
    }
    return numbers.toSorted((a, b) => a - b)
  }

  read(number: number): Buffer {
    return readFileSync(this.#pathOf(number))
  }

  async open(number: number): Promise<JournalFile> {
    const descriptor = await openForWriting(this.#pathOf(number))
    try {
      await flushDirectory(this.#directory)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
    return new OpenFile(descriptor, this.#waiting)
  }

  /** Not at once: freeing the blocks of a file of 32 MB takes tens of milliseconds. */
  remove(number: number): Promise<void> {
    return settled((done) => unlink(this.#pathOf(number), done))
  }

  #pathOf(number: number): string {
    return join(this.#directory, `journal.${String(number).padStart(12, '0')}`)
  }
}

/**
 * On Linux a write to a file that was opened with O_DSYNC is on the disk when it returns: one call
 * where a write and a flush are two. Elsewhere the flag means less, or nothing.
 */
const writesAreFlushed = process.platform === 'linux'

function openForWriting(path: string): Promise<number> {
  const { O_RDWR, O_CREAT, O_DSYNC } = constants
  const flags = O_RDWR | O_CREAT | (writesAreFlushed ? O_DSYNC : 0)
  return new Promise((resolve, reject) => {
    open(path, flags, 0o666, (error, descriptor) => (error ? reject(error) : resolve(descriptor)))
  })
}

class OpenFile implements JournalFile {
  readonly #descriptor: number
  readonly #waiting: WaitingForDisk
  #users = 1

  constructor(descriptor: number, waiting: WaitingForDisk) {
    this.#descriptor = descriptor
    this.#waiting = waiting
  }

  async write(bytes: Buffer, offset: number): Promise<void> {
    if (writesAreFlushed && this.#waiting.isFor(bytes.length)) {
      this.#waiting.run(() => this.#writeAtOnce(bytes, offset))
      return
    }
    for (let done = 0; done < bytes.length; ) {
      done += await writeSome(this.#descriptor, bytes.subarray(done), offset + done)
    }
    if (!writesAreFlushed) await settled((done) => fdatasync(this.#descriptor, done))
  }

  /** On this thread: the way to another one and back takes as long as half of a small write. */
  #writeAtOnce(bytes: Buffer, offset: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, offset + done)
    }
  }

  async truncate(length: number): Promise<void> {
    await settled((done) => ftruncate(this.#descriptor, length, done))
    await settled((done) => fsync(this.#descriptor, done))
  }

  read(target: Buffer, offset: number): void {
    const { length } = target
    for (let done = 0; done < length; ) {
      const count = readSync(this.#descriptor, target, done, length - done, offset + done)
      if (count === 0) throw new StorageFailure('a file of the journal is shorter than it was')
      done += count
    }
  }

  retain(): void {
    this.#users += 1
  }

  async close(): Promise<void> {
    this.#users -= 1
    if (this.#users === 0) await settled((done) => close(this.#descriptor, done))
  }
}

function settled(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()))
  })
}

function writeSome(descriptor: number, bytes: Buffer, offset: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, 0, bytes.length, offset, (error, written) => {
      if (error) reject(error)
      else resolve(written)
    })
  })
}
