import { open, type FileHandle } from 'node:fs/promises'
import type { Clock } from '../clock.ts'
import type { AuditRecord } from '../http/auditRecord.ts'
import { maxAuditBacklogBytes } from '../limits.ts'
import { OperatorError } from './operatorError.ts'

/**
 * A file that a line of JSON is appended to for each record. It is written behind the requests,
 * which never wait for it. INVARIANT: what waits to be written is bounded, and what is not written,
 * because it cannot be or because too much waits, is counted: the next line that can be written
 * says how many lines were lost.
 */
export class AuditFile {
  readonly #fileName: string
  readonly #handle: FileHandle
  readonly #clock: Clock
  readonly #onEvent: (message: string) => void
  #waiting: string[] = []
  #waitingBytes = 0
  #lost = 0
  #isFailing = false
  /** The writing that is under way. */
  #writing: Promise<void> | undefined

  private constructor(
    fileName: string,
    handle: FileHandle,
    clock: Clock,
    onEvent: (message: string) => void,
  ) {
    this.#fileName = fileName
    this.#handle = handle
    this.#clock = clock
    this.#onEvent = onEvent
  }

  /**
   * Opens the file for its owner alone, and creates it if it is not there. `onEvent` is told once
   * that it cannot be written, and once that it can again. Rejects with OperatorError.
   */
  static async open(
    fileName: string,
    clock: Clock,
    onEvent: (message: string) => void,
  ): Promise<AuditFile> {
    try {
      return new AuditFile(fileName, await open(fileName, 'a', 0o600), clock, onEvent)
    } catch (error) {
      throw new OperatorError(`The file ${fileName} of --audit cannot be written${codeOf(error)}.`)
    }
  }

  write(record: AuditRecord): void {
    const line = `${JSON.stringify({ time: this.#now(), ...record })}\n`
    if (this.#waitingBytes + line.length > maxAuditBacklogBytes) {
      this.#lost += 1
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += line.length
    this.#writing ??= this.#writeAll()
  }

  /** Writes what still waits, and closes the file. */
  async close(): Promise<void> {
    await this.#writing
    await this.#handle.close()
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting
      this.#waiting = []
      this.#waitingBytes = 0
      await this.#append(lines)
    }
    this.#writing = undefined
  }

  async #append(lines: readonly string[]): Promise<void> {
    const lost = this.#lost
    const gap = lost === 0 ? '' : `${JSON.stringify({ time: this.#now(), lost })}\n`
    // Of a write that failed a part may be there, without the end of its line.
    const text = `${this.#isFailing ? '\n' : ''}${gap}${lines.join('')}`
    try {
      await this.#handle.appendFile(text)
    } catch (error) {
      this.#lost += lines.length
      if (!this.#isFailing) {
        const why = `cannot be written${codeOf(error)}`
        this.#onEvent(`audit: ${this.#fileName} ${why}; lines are lost until it can`)
      }
      this.#isFailing = true
      return
    }
    this.#lost -= lost
    if (this.#isFailing) this.#onEvent(`audit: ${this.#fileName} is written again`)
    this.#isFailing = false
  }

  #now(): string {
    return new Date(this.#clock.nowMs()).toISOString()
  }
}

/** The system's code of an error, such as ` (ENOSPC)`. */
function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return code === undefined ? '' : ` (${code})`
}
