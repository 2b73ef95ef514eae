import type { DistanceFunction } from '../schema/tableRecord.ts'
import type { CompiledGraph, GraphLibrary } from './graphLibrary.ts'
import { VectorCodes } from './vectorCodes.ts'

/** The share of vectors without a code from which the codes do not suit what is there any more. */
const mostWithoutCode = 0.05

/**
 * The slots of a set as a graph of near ones. It follows the set by steps: slots wait until they
 * are in the graph, and some never are, because their vectors have no code. INVARIANT: each slot
 * that was put and not removed since is in the graph or in `others`.
 */
export class VectorGraph {
  readonly #compiled: CompiledGraph
  readonly #codes: VectorCodes
  readonly #waiting: Set<number>
  readonly #withoutCode = new Set<number>()
  readonly #key = new BigUint64Array(1)
  #isReady = false
  /** How many slots are in the graph, and how many it has places for. */
  #size = 0
  #places = 0
  #bearable = Infinity

  /** Of these slots, whose vectors are distributed as the sample is. */
  constructor(
    library: GraphLibrary,
    distanceFunction: DistanceFunction,
    sample: readonly Float32Array[],
    slots: Iterable<number>,
  ) {
    this.#codes = new VectorCodes(distanceFunction, sample)
    this.#compiled = library.open((sample[0] as Float32Array).length, this.#codes.metric)
    this.#waiting = new Set(slots)
  }

  /** Whether all slots that it was made of have been in it. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Whether there is something for a step to do. */
  get isBehind(): boolean {
    return this.#waiting.size > 0
  }

  /** How many slots are not in the graph. */
  get otherCount(): number {
    return this.#waiting.size + this.#withoutCode.size
  }

  /** The slots that are not in the graph. */
  *others(): Generator<number, void> {
    yield* this.#waiting
    yield* this.#withoutCode
  }

  /**
   * Whether another graph should take the place of this one: most of it is empty, or many vectors
   * have come that its codes were not made for.
   */
  get isOutworn(): boolean {
    return (
      this.#isReady && (this.#size < this.#places / 2 || this.#withoutCode.size > this.#bearable)
    )
  }

  put(slot: number): void {
    this.#waiting.add(slot)
  }

  remove(slot: number): void {
    if (this.#waiting.delete(slot) || this.#withoutCode.delete(slot)) return
    this.#key[0] = BigInt(slot)
    this.#compiled.remove(this.#key)
    this.#size -= 1
  }

  /** Takes one slot into the graph, if one waits. Throws when there is no memory for it. */
  step(vectorAt: (slot: number) => Float32Array): void {
    const [slot] = this.#waiting
    if (slot === undefined) return
    const code = this.#codes.ofVector(vectorAt(slot))
    if (code !== undefined) {
      this.#key[0] = BigInt(slot)
      this.#compiled.add(this.#key, code, 1)
      this.#size += 1
      this.#places = Math.max(this.#places, this.#size)
    }
    this.#waiting.delete(slot)
    if (code === undefined) this.#withoutCode.add(slot)
    if (!this.#isReady && this.#waiting.size === 0) this.#becomeReady()
  }

  /**
   * So many of the slots in the graph that are nearly the nearest; undefined where the graph cannot
   * tell, because the vector has no code.
   */
  nearest(vector: Float32Array, count: number): readonly number[] | undefined {
    const code = this.#codes.ofQuery(vector)
    if (code === undefined) return undefined
    const [keys, , counts] = this.#compiled.search(code, count, 1)
    return Array.from(keys.subarray(0, Number(counts[0])), Number)
  }

  #becomeReady(): void {
    this.#isReady = true
    const total = this.#size + this.#withoutCode.size
    this.#bearable = Math.max(2 * this.#withoutCode.size, mostWithoutCode * total)
  }
}
