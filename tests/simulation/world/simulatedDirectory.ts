import type {
  JournalFile,
  JournalFiles,
} from '../../../packages/server/src/storage/journal/journalFiles.ts'
import { injected, type EngineSurroundings } from './simulatedEngine.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'

/** Disks write sectors of this size whole or not at all. */
const sectorBytes = 512

export interface FileState {
  /** What processes read. */
  cached: Buffer
  /** What is on the disk for sure. */
  flushed: Buffer
}

/** How files behave in one run. Rates are probabilities. */
export interface FilesProfile {
  readonly stepMs: number
  readonly failureRate: number
}

/**
 * Files that outlive processes: a process that is killed leaves what it wrote in the memory of the
 * machine, and a machine that dies leaves what was flushed and some of the rest.
 */
export class SimulatedDirectory {
  readonly #files = new Map<number, FileState>()
  /** Files whose names a crash of the machine may lose. */
  readonly #unflushedNames = new Set<number>()
  /** Files whose removal a crash of the machine may undo. */
  readonly #removed = new Map<number, FileState>()

  /** What a process has of the files. */
  openFor(surroundings: EngineSurroundings, profile: () => FilesProfile): JournalFiles {
    return new FilesOfProcess(surroundings, profile, this)
  }

  list(): number[] {
    return [...this.#files.keys()].toSorted((a, b) => a - b)
  }

  file(number: number): FileState {
    const file = this.#files.get(number)
    if (file === undefined) throw new Error(`there is no file ${number}`)
    return file
  }

  create(number: number): FileState {
    let file = this.#files.get(number)
    if (file !== undefined) return file
    file = { cached: Buffer.alloc(0), flushed: Buffer.alloc(0) }
    this.#files.set(number, file)
    this.#unflushedNames.add(number)
    return file
  }

  remove(number: number): void {
    const file = this.file(number)
    if (!this.#unflushedNames.delete(number)) this.#removed.set(number, file)
    this.#files.delete(number)
  }

  /** The names are on the disk from now on, and what was removed is gone for good. */
  flushNames(): void {
    this.#unflushedNames.clear()
    this.#removed.clear()
  }

  cut(file: FileState, length: number): void {
    file.cached = Buffer.from(file.cached.subarray(0, length))
  }

  /** What was written, or the cut that was made, is on the disk from now on. */
  flush(file: FileState, _after: 'write' | 'cut'): void {
    file.flushed = file.cached
  }

  /** The machine died: of what was not flushed any sectors may be there, and removed files too. */
  crashMachine(random: SeededRandom): void {
    for (const number of this.#unflushedNames) {
      if (random.chance(0.5)) this.#files.delete(number)
    }
    for (const [number, file] of this.#removed) {
      if (random.chance(0.5) && !this.#files.has(number)) this.#files.set(number, file)
    }
    this.flushNames()
    for (const file of this.#files.values()) {
      file.flushed = afterCrash(file, random)
      file.cached = file.flushed
    }
  }
}

/** What a crash of the machine leaves of a file: sectors of zeros where nothing was written yet. */
function afterCrash({ cached, flushed }: FileState, random: SeededRandom): Buffer {
  if (cached.equals(flushed)) return flushed
  const survival = random.pick([0, 0.5, 0.9, 1])
  const bytes = Buffer.alloc(Math.max(cached.length, flushed.length))
  flushed.copy(bytes)
  let writtenEnd = Math.min(cached.length, flushed.length)
  for (let start = 0; start < cached.length; start += sectorBytes) {
    const end = Math.min(start + sectorBytes, cached.length)
    if (cached.subarray(start, end).equals(flushed.subarray(start, end))) continue
    if (!random.chance(survival)) continue
    cached.copy(bytes, start, start, end)
    writtenEnd = Math.max(writtenEnd, end)
  }
  const length = random.pick([flushed.length, cached.length, writtenEnd])
  return Buffer.from(bytes.subarray(0, length))
}

class FilesOfProcess implements JournalFiles {
  readonly #surroundings: EngineSurroundings
  readonly #profile: () => FilesProfile
  readonly #directory: SimulatedDirectory

  constructor(
    surroundings: EngineSurroundings,
    profile: () => FilesProfile,
    directory: SimulatedDirectory,
  ) {
    this.#surroundings = surroundings
    this.#profile = profile
    this.#directory = directory
  }

  list(): readonly number[] {
    return this.#directory.list()
  }

  read(number: number): Buffer {
    return this.#directory.file(number).cached
  }

  async open(number: number): Promise<JournalFile> {
    await this.#step('a file is looked up')
    this.#failAt('open')
    const file = this.#directory.create(number)
    await this.#step('a file is opened')
    this.#failAt('open')
    this.#directory.flushNames()
    let users = 1
    return {
      write: (bytes, offset) => this.#write(file, bytes, offset),
      truncate: (length) => this.#truncate(file, length),
      read: (target, offset) => void file.cached.copy(target, 0, offset),
      retain: () => void (users += 1),
      close: async () => {
        users -= 1
        if (users === 0) await this.#step('a file is closed')
      },
    }
  }

  async remove(number: number): Promise<void> {
    await this.#step('a file is removed')
    this.#failAt('remove')
    this.#directory.remove(number)
    await this.#step('a removal is acknowledged')
  }

  /** In pieces; a failure leaves any of them, and what failed to be flushed is still read. */
  async #write(file: FileState, bytes: Buffer, offset: number): Promise<void> {
    const { random, onStage } = this.#surroundings
    // The caller may use its buffer again when this rejects.
    const whole = Buffer.from(bytes)
    onStage?.('handed over')
    const cut = random.chance(0.5) ? random.below(whole.length) : whole.length
    await this.#step('a journal write begins')
    this.#failIfFull(file, whole, offset)
    this.#failAt('write')
    put(file, whole.subarray(0, cut), offset)
    onStage?.('partly written')
    await this.#step('a journal write goes on')
    this.#failAt('write')
    put(file, whole.subarray(cut), offset + cut)
    await this.#step('a journal write is flushed')
    this.#failAt('flush')
    this.#directory.flush(file, 'write')
    onStage?.('durable')
    await this.#step('a journal write is acknowledged')
    onStage?.('acknowledged')
  }

  #failIfFull(file: FileState, bytes: Buffer, offset: number): void {
    const { random, isFull, onFault } = this.#surroundings
    if (isFull?.() !== true) return
    onFault?.('disk is full')
    put(file, bytes.subarray(0, random.below(bytes.length)), offset)
    throw new Error(injected('no space is left'))
  }

  async #truncate(file: FileState, length: number): Promise<void> {
    await this.#step('a file is cut')
    this.#failAt('truncate')
    this.#directory.cut(file, length)
    await this.#step('the cut is flushed')
    this.#failAt('flush')
    this.#directory.flush(file, 'cut')
  }

  #failAt(call: string): void {
    const { random, onFault } = this.#surroundings
    if (!random.chance(this.#profile().failureRate)) return
    onFault?.(`file: ${call}`)
    throw new Error(injected(`${call} fails`))
  }

  #step(label: string): Promise<void> {
    this.#assertAlive()
    const { scheduler, random, owner, stallMs } = this.#surroundings
    const delayMs = random.below(this.#profile().stepMs + 1) + (stallMs?.() ?? 0)
    return scheduler.pause(owner, label, delayMs)
  }

  #assertAlive(): void {
    const { owner } = this.#surroundings
    if (!owner.alive) throw new Error(`${owner.name} is dead and touches files`)
  }
}

function put(file: FileState, bytes: Buffer, offset: number): void {
  const end = offset + bytes.length
  const grown = Buffer.alloc(Math.max(file.cached.length, end))
  file.cached.copy(grown)
  bytes.copy(grown, offset)
  file.cached = grown
}
