import type { JournalFile, JournalFiles } from '../storage/journal/journalFiles.ts'

interface FileState {
  bytes: Buffer
  /** What a crash leaves. */
  flushed: Buffer
}

/** What a failing call does before it fails: how many bytes of a write get into the file. */
export interface Fault {
  readonly call: 'write' | 'truncate' | 'open' | 'remove'
  readonly writtenBytes?: number
}

/**
 * Files of a journal in memory. A test can let calls fail, and take what a crash of the machine
 * would leave.
 */
export class SimulatedFiles implements JournalFiles {
  readonly #states: Map<number, FileState>
  /** Calls that fail, each once, in the order in which calls of their kind come. */
  readonly faults: Fault[] = []

  constructor(content: ReadonlyMap<number, Buffer> = new Map()) {
    this.#states = new Map(
      [...content].map(([number, bytes]) => [number, { bytes, flushed: bytes }]),
    )
  }

  list(): readonly number[] {
    return [...this.#states.keys()].toSorted((a, b) => a - b)
  }

  read(number: number): Buffer {
    return this.#stateOf(number).bytes
  }

  async open(number: number): Promise<JournalFile> {
    this.#fail('open')
    if (!this.#states.has(number)) {
      this.#states.set(number, { bytes: Buffer.alloc(0), flushed: Buffer.alloc(0) })
    }
    const state = this.#stateOf(number)
    return {
      write: async (bytes, offset) => {
        const fault = this.#takeFault('write')
        const written = bytes.subarray(0, fault?.writtenBytes ?? bytes.length)
        const end = offset + written.length
        state.bytes = Buffer.concat([
          state.bytes.subarray(0, offset),
          Buffer.alloc(Math.max(0, offset - state.bytes.length)),
          written,
          state.bytes.subarray(end),
        ])
        if (fault !== undefined) throw new Error('no space is left')
        state.flushed = state.bytes
      },
      truncate: async (length) => {
        this.#fail('truncate')
        state.bytes = Buffer.from(state.bytes.subarray(0, length))
        state.flushed = state.bytes
      },
      close: async () => {},
    }
  }

  async remove(number: number): Promise<void> {
    this.#fail('remove')
    this.#states.delete(number)
  }

  /** What is there now; with `crashed`, what a crash of the machine leaves of it for sure. */
  content(crashed = false): Map<number, Buffer> {
    return new Map(
      [...this.#states].map(([number, { bytes, flushed }]) => [number, crashed ? flushed : bytes]),
    )
  }

  #stateOf(number: number): FileState {
    const state = this.#states.get(number)
    if (state === undefined) throw new Error(`there is no file ${number}`)
    return state
  }

  #takeFault(call: Fault['call']): Fault | undefined {
    const at = this.faults.findIndex((fault) => fault.call === call)
    return at < 0 ? undefined : this.faults.splice(at, 1)[0]
  }

  #fail(call: Fault['call']): void {
    if (this.#takeFault(call) !== undefined) throw new Error('input/output error')
  }
}
