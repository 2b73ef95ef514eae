import { invariant } from '../invariant.ts'
import type { Bytes } from '../storage/engine.ts'
import { openKernel, openMemory, type Kernel, type KernelMemory } from './kernel.ts'
import { paddedLength } from './scoring.ts'

const pageBytes = 65_536
/** Memory is taken in steps of this size, so that an index takes little more than its vectors. */
const pagesPerStep = 16
const segmentBytes = 64 * 1024 * 1024
/** How many sums one call of the kernel leaves at most. */
export const sumsPerCall = 512

/** How many vectors of so many dimensions one segment holds. */
export function segmentCapacity(dimensions: number): number {
  return Math.floor(segmentBytes / (4 * paddedLength(dimensions)))
}

/**
 * Some vectors of an index, one behind the other in a memory of their own, which grows with them:
 * what was put there is never moved. The memory begins with the query and the sums of a call.
 */
export class VectorSegment {
  readonly #strideBytes: number
  readonly #memory: KernelMemory
  readonly #kernel: Kernel
  readonly #sumsAt: number
  readonly #vectorsAt: number
  #query: Float64Array | undefined
  #bytes: Uint8Array
  #sums: Float64Array

  /** Throws RangeError when there is no memory for it. */
  constructor(dimensions: number) {
    const padded = paddedLength(dimensions)
    this.#strideBytes = 4 * padded
    this.#sumsAt = 8 * padded
    this.#vectorsAt = this.#sumsAt + 8 * sumsPerCall
    const initial = Math.ceil((this.#vectorsAt + this.#strideBytes) / pageBytes)
    const maximum = Math.ceil((this.#vectorsAt + segmentBytes) / pageBytes) + pagesPerStep
    this.#memory = openMemory(initial, maximum)
    this.#kernel = openKernel(this.#memory)
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#sums = this.#sumsView()
  }

  /** Puts the elements of a vector, 32-bit floats, at a place. Throws RangeError without memory. */
  put(at: number, elements: Bytes): void {
    const offset = this.#offsetOf(at)
    while (offset + this.#strideBytes > this.#bytes.length) this.#grow()
    this.#bytes.set(elements, offset)
  }

  /** The vector at a place, padded: a view, which lasts until the next `put`. */
  vectorAt(at: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#offsetOf(at), this.#strideBytes / 4)
  }

  /** What the sums of later calls are made with. REQUIRES: nobody changes it. */
  setQuery(query: Float64Array): void {
    if (this.#query === query) return
    this.#query = query
    this.#bytes.set(new Uint8Array(query.buffer, query.byteOffset, query.byteLength), 0)
  }

  /**
   * The sums of the query with so many vectors from a place on: a view that the next call writes
   * to.
   * REQUIRES: `count` is from 1 to `sumsPerCall`.
   */
  sums(kind: 'products' | 'squares', from: number, count: number): Float64Array {
    invariant(count > 0 && count <= sumsPerCall, 'there is room for the sums')
    this.#kernel[kind](0, this.#offsetOf(from), this.#strideBytes, count, this.#sumsAt)
    return this.#sums
  }

  #offsetOf(at: number): number {
    return this.#vectorsAt + at * this.#strideBytes
  }

  #grow(): void {
    this.#memory.grow(pagesPerStep)
    this.#bytes = new Uint8Array(this.#memory.buffer)
    this.#sums = this.#sumsView()
  }

  #sumsView(): Float64Array {
    return new Float64Array(this.#memory.buffer, this.#sumsAt, sumsPerCall)
  }
}
