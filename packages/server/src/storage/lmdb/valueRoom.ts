import type { Bytes } from '../engine.ts'
import { checksumBytes, withChecksum } from './checksum.ts'

const leastBytes = 64 * 1024
/** Room for more than this is let go of after the commit that needed it. */
const mostKeptBytes = 4 * 1024 * 1024

/**
 * Memory for the values of one commit after the other. New memory for each large value would cost
 * far more than the copy of it: the system has to find and clear every page, and the garbage
 * collector is woken for what was used once.
 */
export class ValueRoom {
  #memory: Buffer = Buffer.alloc(0)
  #used = 0

  /** Memory for a value of the next commit, with anything in it, until {@link free}. */
  forValue(length: number): Buffer {
    return this.#take(length + checksumBytes).subarray(0, length)
  }

  /** What lies in the store for `value`, until {@link free}; in place after {@link forValue}. */
  storedForm(key: Bytes, value: Bytes): Buffer {
    const length = value.length + checksumBytes
    const isHere = value.buffer === this.#memory.buffer
    const stored = isHere ? Buffer.from(value.buffer, value.byteOffset, length) : this.#take(length)
    return withChecksum(key, value, stored)
  }

  /** REQUIRES: nobody reads any more what was put into it. */
  free(): void {
    this.#used = 0
    if (this.#memory.length > mostKeptBytes) this.forget()
  }

  /** As {@link free} where somebody may still read it. */
  forget(): void {
    this.#used = 0
    this.#memory = Buffer.alloc(0)
  }

  /** What was taken from memory that is too small stays with whoever has it. */
  #take(length: number): Buffer {
    if (this.#used + length > this.#memory.length) {
      const wanted = Math.min(Math.max(leastBytes, 2 * this.#memory.length), mostKeptBytes)
      this.#memory = Buffer.allocUnsafeSlow(Math.max(wanted, length))
      this.#used = 0
    }
    const start = this.#used
    this.#used += length
    return this.#memory.subarray(start, this.#used)
  }
}
