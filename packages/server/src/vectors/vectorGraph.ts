import type { DistanceFunction } from '../schema/tableRecord.ts'
import type { CompiledGraph, GraphLibrary } from './graphLibrary.ts'
import { VectorCodes } from './vectorCodes.ts'

/** The share of vectors without a code from which the codes do not suit what is there any more. */
const mostWithoutCode = 0.05

/** The share of nodes without a slot from which the graph is too large for what is there. */
const mostGone = 1 / 2
const none = -1

/**
 * The slots of a set as a graph of near ones. It follows the set by steps: slots wait until they
 * are in the graph, and some never are, because their vectors have no code. INVARIANT: each slot
 * that was put and not removed since is in the graph or in `others`.
 *
 * Nodes stay when their slots are removed, since others are found through them; a search passes
 * them over.
 */
export class VectorGraph {
  readonly #compiled: CompiledGraph
  readonly #codes: VectorCodes
  readonly #waiting: Set<number>
  readonly #withoutCode = new Set<number>()
  readonly #key = new BigUint64Array(1)
  /** The slot of each node, which is its key in the graph, and the node of each slot in it. */
  readonly #slotOfNode: number[] = []
  readonly #nodeOfSlot: number[] = []
  /** How many nodes have a slot. */
  #size = 0
  #isReady = false
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
   * Whether another graph should take the place of this one: most of its vectors are gone, or many
   * have come that its codes were not made for.
   */
  get isOutworn(): boolean {
    const isEmpty = this.#goneShare > mostGone
    return this.#isReady && (isEmpty || this.#withoutCode.size > this.#bearable)
  }

  get #goneShare(): number {
    const { length } = this.#slotOfNode
    return length === 0 ? 0 : 1 - this.#size / length
  }

  put(slot: number): void {
    this.#waiting.add(slot)
  }

  remove(slot: number): void {
    if (this.#waiting.delete(slot) || this.#withoutCode.delete(slot)) return
    this.#slotOfNode[this.#nodeOfSlot[slot] as number] = none
    this.#size -= 1
  }

  /** A vector has gone from one slot to another. */
  move(from: number, to: number): void {
    for (const others of [this.#waiting, this.#withoutCode]) {
      if (!others.delete(from)) continue
      others.add(to)
      return
    }
    const node = this.#nodeOfSlot[from] as number
    this.#slotOfNode[node] = to
    this.#nodeOfSlot[to] = node
  }

  /** Takes one slot into the graph, if one waits. Throws when there is no memory for it. */
  step(vectorAt: (slot: number) => Float32Array): void {
    const [slot] = this.#waiting
    if (slot === undefined) return
    const code = this.#codes.ofVector(vectorAt(slot))
    if (code !== undefined) {
      const node = this.#slotOfNode.length
      this.#key[0] = BigInt(node)
      this.#compiled.add(this.#key, code, 1)
      this.#slotOfNode.push(slot)
      this.#nodeOfSlot[slot] = node
      this.#size += 1
    }
    this.#waiting.delete(slot)
    if (code === undefined) this.#withoutCode.add(slot)
    if (!this.#isReady && this.#waiting.size === 0) this.#becomeReady()
  }

  /**
   * About so many of the slots in the graph that are nearly the nearest, fewer where many that were
   * near are gone; undefined where the graph cannot tell, because the vector has no code.
   */
  nearest(vector: Float32Array, count: number): readonly number[] | undefined {
    const code = this.#codes.ofQuery(vector)
    if (code === undefined) return undefined
    const asked = Math.ceil(count / (1 - Math.min(mostGone, this.#goneShare)))
    const [keys, , counts] = this.#compiled.search(code, asked, 1)
    const slots: number[] = []
    for (const node of keys.subarray(0, Number(counts[0]))) {
      const slot = this.#slotOfNode[Number(node)] as number
      if (slot !== none) slots.push(slot)
    }
    return slots
  }

  #becomeReady(): void {
    this.#isReady = true
    const total = this.#size + this.#withoutCode.size
    this.#bearable = Math.max(2 * this.#withoutCode.size, mostWithoutCode * total)
  }
}
