import type { SeededRandom } from './seededRandom.ts'

/** Disks write sectors of this size whole or not at all. */
const sectorBytes = 512
/** Systems keep files in memory in pages of this size, and flush whole pages. */
const pageBytes = 4096

/**
 * What a loss of power leaves of bytes that were not flushed: those up to some point, or any of the
 * sectors, with what was there before, or zeros, in the others.
 */
export type Tear = 'cut' | 'zeros'

/** A file in the system's memory and on the disk. Its buffers are replaced and never changed. */
export class DiskFile {
  /** What every process reads. */
  cached: Buffer
  /** What is on the disk for sure. */
  flushed: Buffer

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.cached = bytes
    this.flushed = bytes
  }

  write(bytes: Buffer, offset: number): void {
    this.cached = overwritten(this.cached, bytes, offset)
  }

  truncate(length: number): void {
    this.cached = this.cached.subarray(0, length)
  }

  flush(): void {
    this.flushed = this.cached
  }

  /** Flushes the pages of a range: bytes elsewhere that nobody flushed stay in memory. */
  flushRange(start: number, end: number): void {
    const from = Math.floor(start / pageBytes) * pageBytes
    const to = Math.ceil(end / pageBytes) * pageBytes
    this.flushed = overwritten(this.flushed, this.cached.subarray(from, to), from)
  }

  losePower(random: SeededRandom, tear: Tear): void {
    if (!this.cached.equals(this.flushed)) {
      this.flushed = tear === 'cut' ? cutTail(this, random) : zeroedSectors(this, random)
    }
    this.cached = this.flushed
  }
}

function overwritten(old: Buffer, bytes: Buffer, offset: number): Buffer {
  const whole = Buffer.alloc(Math.max(old.length, offset + bytes.length))
  old.copy(whole)
  bytes.copy(whole, offset)
  return whole
}

function cutTail({ cached, flushed }: DiskFile, random: SeededRandom): Buffer {
  if (cached.length <= flushed.length) return random.pick([cached, flushed])
  const end = flushed.length + random.below(cached.length - flushed.length + 1)
  return Buffer.concat([flushed, cached.subarray(flushed.length, end)])
}

function zeroedSectors({ cached, flushed }: DiskFile, random: SeededRandom): Buffer {
  const left = Buffer.alloc(random.pick([cached, flushed]).length)
  flushed.copy(left)
  const survival = random.pick([0, 0.5, 0.9])
  const end = Math.min(left.length, cached.length)
  for (let start = 0; start < end; start += sectorBytes) {
    if (random.chance(survival)) cached.copy(left, start, start, start + sectorBytes)
  }
  return left
}

interface NameChange {
  readonly kind: 'create' | 'remove'
  readonly number: number
  readonly file: DiskFile
}

/**
 * The disk of a machine with numbered files in one directory. What a process wrote outlives it;
 * what was not flushed does not outlive a loss of power: bytes, new names, and that a file was
 * removed.
 */
export class SimulatedDisk {
  #files: Map<number, DiskFile>
  #flushedNames: Map<number, DiskFile>
  /** What happened to names since they were flushed, in order. */
  #changes: NameChange[] = []

  constructor(content: ReadonlyMap<number, Buffer> = new Map()) {
    this.#files = new Map([...content].map(([number, bytes]) => [number, new DiskFile(bytes)]))
    this.#flushedNames = new Map(this.#files)
  }

  list(): readonly number[] {
    return [...this.#files.keys()].toSorted((a, b) => a - b)
  }

  file(number: number): DiskFile {
    const file = this.#files.get(number)
    if (file === undefined) throw new Error(`there is no file ${number}`)
    return file
  }

  /** The file, created if absent. */
  create(number: number): DiskFile {
    let file = this.#files.get(number)
    if (file === undefined) {
      file = new DiskFile()
      this.#files.set(number, file)
      this.#changes.push({ kind: 'create', number, file })
    }
    return file
  }

  remove(number: number): void {
    this.#changes.push({ kind: 'remove', number, file: this.file(number) })
    this.#files.delete(number)
  }

  flushNames(): void {
    this.#keepChanges(this.#changes.length)
  }

  /** Keeps what was flushed, and of the changes of names the first few. */
  losePower(random: SeededRandom, tear: Tear): void {
    this.#keepChanges(random.below(this.#changes.length + 1))
    this.#files = new Map(this.#flushedNames)
    for (const file of this.#files.values()) file.losePower(random, tear)
  }

  #keepChanges(count: number): void {
    for (const { kind, number, file } of this.#changes.slice(0, count)) {
      if (kind === 'create') this.#flushedNames.set(number, file)
      else this.#flushedNames.delete(number)
    }
    this.#changes = []
  }
}
