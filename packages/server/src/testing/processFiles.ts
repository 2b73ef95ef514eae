import type { JournalFile, JournalFiles } from '../storage/journal/journalFiles.ts'
import type { DiskFile, SimulatedDisk } from './simulatedDisk.ts'

/** The steps that calls consist of; writing and cutting a file have a flush as their last step. */
export type FileStep =
  | 'list'
  | 'read'
  | 'open'
  | 'flushNames'
  | 'write'
  | 'truncate'
  | 'flush'
  | 'remove'
  | 'close'

/** How a step fails. */
export interface StepFault {
  /** How many bytes of a write get into the file; all when absent. */
  readonly writtenBytes?: number
}

/** How a process fares with its calls. */
export interface Conduct {
  /** Whether the process is there. The calls of a dead one do nothing and never return. */
  isAlive(): boolean
  /** Before each step, but for `list` and `read`, which answer at once. */
  pause(): Promise<void>
  /** Whether a step fails. */
  faultOf(step: FileStep): StepFault | undefined
  /** How many bytes of a write of `length` bytes a kill may leave without the others. */
  splitOf(length: number): number
}

/** The files of a journal on a simulated disk, as one process has them. */
export class ProcessFiles implements JournalFiles {
  readonly #disk: SimulatedDisk
  readonly #conduct: Conduct

  constructor(disk: SimulatedDisk, conduct: Conduct) {
    this.#disk = disk
    this.#conduct = conduct
  }

  list(): readonly number[] {
    failIfToldTo(this.#conduct, 'list')
    return this.#disk.list()
  }

  read(number: number): Buffer {
    failIfToldTo(this.#conduct, 'read')
    return this.#disk.file(number).cached
  }

  async open(number: number): Promise<JournalFile> {
    const file = await wholeStep(this.#conduct, 'open', () => this.#disk.create(number))
    await wholeStep(this.#conduct, 'flushNames', () => this.#disk.flushNames())
    return new OpenFile(file, this.#conduct)
  }

  remove(number: number): Promise<void> {
    return wholeStep(this.#conduct, 'remove', () => this.#disk.remove(number))
  }
}

class OpenFile implements JournalFile {
  readonly #file: DiskFile
  readonly #conduct: Conduct
  #users = 1

  constructor(file: DiskFile, conduct: Conduct) {
    this.#file = file
    this.#conduct = conduct
  }

  async write(bytes: Buffer, offset: number): Promise<void> {
    this.#requireOpen()
    const split = this.#conduct.splitOf(bytes.length)
    const parts = split < bytes.length ? [bytes.subarray(0, split), bytes.subarray(split)] : [bytes]
    let end = offset
    for (const part of parts) {
      await this.#writePart(part, end)
      end += part.length
    }
    await wholeStep(this.#conduct, 'flush', () => this.#file.flushRange(offset, end))
  }

  #writePart(bytes: Buffer, offset: number): Promise<void> {
    return inStep(this.#conduct, () => {
      const fault = this.#conduct.faultOf('write')
      this.#file.write(bytes.subarray(0, fault?.writtenBytes ?? bytes.length), offset)
      if (fault !== undefined) throw new Error('no space is left')
    })
  }

  async truncate(length: number): Promise<void> {
    this.#requireOpen()
    await wholeStep(this.#conduct, 'truncate', () => this.#file.truncate(length))
    await wholeStep(this.#conduct, 'flush', () => this.#file.flush())
  }

  read(target: Buffer, offset: number): void {
    this.#requireOpen()
    const bytes = this.#file.cached.subarray(offset, offset + target.length)
    if (bytes.length < target.length) throw new Error('the file is shorter')
    bytes.copy(target)
  }

  retain(): void {
    this.#requireOpen()
    this.#users += 1
  }

  /** A file that cannot be closed is not open any more either. */
  async close(): Promise<void> {
    this.#requireOpen()
    this.#users -= 1
    if (this.#users === 0) await wholeStep(this.#conduct, 'close', () => undefined)
  }

  #requireOpen(): void {
    if (this.#users === 0) throw new Error('the file was closed')
  }
}

/** INVARIANT: the process is alive when `work` runs. */
async function inStep<T>(conduct: Conduct, work: () => T): Promise<T> {
  await conduct.pause()
  if (!conduct.isAlive()) await new Promise(() => {})
  return work()
}

/** A step that does all of its work or fails. */
function wholeStep<T>(conduct: Conduct, step: FileStep, work: () => T): Promise<T> {
  return inStep(conduct, () => {
    failIfToldTo(conduct, step)
    return work()
  })
}

function failIfToldTo(conduct: Conduct, step: FileStep): void {
  if (conduct.faultOf(step) !== undefined) throw new Error('input/output error')
}
