import type {
  JournalFile,
  JournalFiles,
} from '../../../packages/server/src/storage/journal/journalFiles.ts'
import type { EngineSurroundings } from './simulatedEngine.ts'
import type { SeededRandom } from './seededRandom.ts'

/** Disks write sectors of this size whole or not at all. */
const sectorBytes = 512

/** An error that was injected, where no contract says which error it is to be. */
export class InjectedError extends Error {
  override readonly name = 'InjectedError'
}

interface FileState {
  /** What processes read. */
  cached: Buffer
  /** What is on the disk for sure. */
  flushed: Buffer
}

const newFile = (): FileState => ({ cached: Buffer.alloc(0), flushed: Buffer.alloc(0) })

/** How files behave in one run. Rates are probabilities. */
export interface FilesProfile {
  readonly stepMs: number
  readonly failureRate: number
}

/** Files that outlive processes, and what is left of them when the machine dies. */
export class SimulatedDirectory {
  #files = new Map<number, FileState>()
  /** Files whose removal a crash of the machine may undo. */
  #removed = new Map<number, FileState>()

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
    if (file === undefined) this.#files.set(number, (file = newFile()))
    return file
  }

  remove(number: number): void {
    this.#removed.set(number, this.file(number))
    this.#files.delete(number)
  }

  /** The names are on the disk from now on, and what was removed is gone for good. */
  flushNames(): void {
    this.#removed.clear()
  }

  /** The process died and the machine did not: what was written is there. */
  killProcess(): void {
    for (const file of this.#files.values()) file.flushed = file.cached
  }

  /** The machine died: of what was not flushed any sectors may be there, and removed files too. */
  crashMachine(random: SeededRandom): void {
    for (const [number, file] of this.#removed) {
      if (random.chance(0.5) && !this.#files.has(number)) this.#files.set(number, file)
    }
    this.#removed.clear()
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
    return {
      write: (bytes, offset) => this.#write(file, bytes, offset),
      truncate: (length) => this.#truncate(file, length),
      close: () => this.#step('a file is closed'),
    }
  }

  remove(number: number): void {
    this.#assertAlive()
    this.#failAt('remove')
    this.#directory.remove(number)
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
    file.flushed = file.cached
    onStage?.('durable')
    await this.#step('a journal write is acknowledged')
    onStage?.('acknowledged')
  }

  #failIfFull(file: FileState, bytes: Buffer, offset: number): void {
    const { random, isFull, onFault } = this.#surroundings
    if (isFull?.() !== true) return
    onFault?.('disk is full')
    put(file, bytes.subarray(0, random.below(bytes.length)), offset)
    throw new InjectedError('injected: no space is left')
  }

  async #truncate(file: FileState, length: number): Promise<void> {
    await this.#step('a file is cut')
    this.#failAt('truncate')
    file.cached = Buffer.from(file.cached.subarray(0, length))
    await this.#step('the cut is flushed')
    this.#failAt('flush')
    file.flushed = file.cached
  }

  #failAt(call: string): void {
    const { random, onFault } = this.#surroundings
    if (!random.chance(this.#profile().failureRate)) return
    onFault?.(`file: ${call}`)
    throw new InjectedError(`injected: ${call} fails`)
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
