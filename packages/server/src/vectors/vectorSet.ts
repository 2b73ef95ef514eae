import type { LoopTurns } from '../clock.ts'
import { elementsOfEntry, itemOfEntry } from '../items/vectorEntries.ts'
import type { VectorIndex } from '../schema/table.ts'
import type { Bytes } from '../storage/engine.ts'
import { Postings, type SlotList } from './postings.ts'
import { paddedQuery, productOf, rankOf, scoreOf } from './scoring.ts'
import { TopResults, type Candidate } from './topResults.ts'
import { searchedNames, textsOf, valueText, type VectorQuery } from './vectorQuery.ts'
import { segmentCapacity, sumsPerCall, VectorSegment } from './vectorSegment.ts'

/** What was in a slot until a version, and is to be kept for those who search an earlier one. */
interface Retired {
  readonly slot: number
  readonly version: number
}

/** Bytes of vectors that are gone through between two looks at the time. */
const bytesPerLook = 1024 * 1024

/**
 * The vectors of one index in memory, each in a slot. States of the index have versions: a vector
 * is in those from the version in which it was put until the one in which it was replaced or
 * removed. So a search that lets others go first sees one state, whatever they change.
 */
export class VectorSet {
  readonly #index: VectorIndex
  readonly #names: readonly string[]
  readonly #capacity: number
  readonly #segments: VectorSegment[] = []
  readonly #slotOfKey = new Map<string, number>()
  /** By slot: the key of the entry, and in which versions the vector is there. */
  readonly #keys: string[] = []
  readonly #from: number[] = []
  readonly #until: number[] = []
  /** By slot, for COSINE alone: the sum of the squares of the elements. */
  readonly #squares: number[] = []
  /** By attribute of the search schema. */
  readonly #postings: readonly Postings[]
  #free: number[] = []
  #retired: Retired[] = []
  /** The versions that are being searched. */
  readonly #searched = new Map<object, number>()
  #version = 0

  constructor(index: VectorIndex) {
    this.#index = index
    this.#names = searchedNames(index)
    this.#capacity = segmentCapacity(index.vector.dimensions)
    this.#postings = this.#names.map(() => new Postings())
  }

  /** How many vectors the newest state has. */
  get size(): number {
    return this.#slotOfKey.size
  }

  /**
   * Makes the next state: the entry under each key has this value, or is not there. Throws
   * RangeError when there is no memory for it; the set cannot be used any more then.
   */
  apply(changes: Iterable<readonly [key: string, value: Bytes | undefined]>): void {
    this.#version += 1
    this.#reclaim()
    for (const [key, value] of changes) {
      const slot = this.#slotOfKey.get(key)
      if (slot !== undefined) this.#retire(slot, key)
      if (value !== undefined) this.#put(key, value)
    }
  }

  /**
   * The nearest vectors of the newest state at the time of the call, with their entries' keys as
   * `key`. Others go first now and then.
   */
  async search(query: VectorQuery, turns: LoopTurns): Promise<readonly Candidate[]> {
    const search = new Search(query, this.#index)
    const owner = {}
    this.#searched.set(owner, this.#version)
    try {
      const lists = this.#listsOf(query)
      if (lists === undefined) return []
      if (lists.length === 0) await this.#scan(search, this.#version, turns)
      else await this.#scanLists(search, lists, { version: this.#version, turns })
      return search.results.candidates
    } finally {
      this.#searched.delete(owner)
    }
  }

  #put(key: string, value: Bytes): void {
    const { dimensions, distanceFunction } = this.#index.vector
    const slot = this.#free.pop() ?? this.#keys.length
    const segmentNumber = Math.floor(slot / this.#capacity)
    const segment = (this.#segments[segmentNumber] ??= new VectorSegment(dimensions))
    const at = slot % this.#capacity
    segment.put(at, elementsOfEntry(value, dimensions))
    if (distanceFunction === 'COSINE') {
      const vector = segment.vectorAt(at)
      this.#squares[slot] = productOf(vector, vector)
    }
    if (this.#names.length > 0) {
      const texts = textsOf(this.#names, itemOfEntry(value, dimensions))
      this.#postings.forEach((postings, i) => postings.add(slot, texts[i]))
    }
    this.#keys[slot] = key
    this.#from[slot] = this.#version
    this.#until[slot] = Infinity
    this.#slotOfKey.set(key, slot)
  }

  #retire(slot: number, key: string): void {
    this.#until[slot] = this.#version
    this.#slotOfKey.delete(key)
    this.#retired.push({ slot, version: this.#version })
  }

  /** Slots whose vectors nobody searches any more are free. */
  #reclaim(): void {
    if (this.#retired.length === 0) return
    const oldest = Math.min(Infinity, ...this.#searched.values())
    const kept: Retired[] = []
    for (const retired of this.#retired) {
      if (oldest < retired.version) kept.push(retired)
      else {
        for (const postings of this.#postings) postings.remove(retired.slot)
        this.#keys[retired.slot] = ''
        this.#free.push(retired.slot)
      }
    }
    this.#retired = kept
  }

  /** The slots with each value that is asked for, the shortest list first; undefined for none. */
  #listsOf({ conditions }: VectorQuery): readonly AskedList[] | undefined {
    const lists: AskedList[] = []
    for (const { name, value } of conditions) {
      const postings = this.#postings[this.#names.indexOf(name)] as Postings
      const list = postings.listOf(valueText(value))
      if (list === undefined) return undefined
      lists.push({ postings, list })
    }
    return lists.sort((a, b) => a.list.slots.length - b.list.slots.length)
  }

  async #scan(search: Search, version: number, turns: LoopTurns): Promise<void> {
    // Slots that are filled from now on are of later versions.
    const slotCount = this.#keys.length
    const perLook = Math.ceil(bytesPerLook / (4 * this.#index.vector.dimensions))
    let first = 0
    let looked = 0
    while (first < slotCount) {
      // A call ends where a segment does.
      const endOfSegment = (Math.floor(first / this.#capacity) + 1) * this.#capacity
      const end = Math.min(slotCount, first + sumsPerCall, endOfSegment)
      this.#scanRun(search, first, end, version)
      looked += end - first
      first = end
      if (looked < perLook) continue
      looked = 0
      const turn = turns.next()
      if (turn !== undefined) await turn
    }
  }

  #scanRun(search: Search, first: number, end: number, version: number): void {
    const segment = this.#segments[Math.floor(first / this.#capacity)] as VectorSegment
    const sums = search.sumsOf(segment, first % this.#capacity, end - first)
    const { results } = search
    for (let slot = first; slot < end; slot++) {
      const score = search.scoreOf(sums[slot - first] as number, this.#squares[slot] as number)
      const rank = search.rankOf(score)
      if (rank > results.worst || !this.#isIn(slot, version)) continue
      results.offer({ score, rank, key: this.#keys[slot] as string, slot })
    }
  }

  async #scanLists(
    search: Search,
    [shortest, ...others]: readonly AskedList[],
    { version, turns }: { readonly version: number; readonly turns: LoopTurns },
  ): Promise<void> {
    // The list changes when others go first.
    const slots = Uint32Array.from((shortest as AskedList).list.slots)
    const perLook = Math.ceil(bytesPerLook / (4 * this.#index.vector.dimensions))
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as number
      const isAsked = others.every(({ postings, list }) => postings.has(slot, list))
      if (isAsked && this.#isIn(slot, version)) this.#scanRun(search, slot, slot + 1, version)
      if (i % perLook !== perLook - 1) continue
      const turn = turns.next()
      if (turn !== undefined) await turn
    }
  }

  #isIn(slot: number, version: number): boolean {
    return (this.#from[slot] as number) <= version && version < (this.#until[slot] as number)
  }
}

interface AskedList {
  readonly postings: Postings
  readonly list: SlotList
}

/** One search while it goes on. */
class Search {
  readonly results: TopResults
  readonly #query: Float64Array
  readonly #square: number
  readonly #index: VectorIndex

  constructor({ vector, topK }: VectorQuery, index: VectorIndex) {
    this.results = new TopResults(topK)
    this.#query = paddedQuery(vector)
    this.#square = productOf(this.#query, this.#query)
    this.#index = index
  }

  /** Others may have made sums with queries of theirs in between. */
  sumsOf(segment: VectorSegment, at: number, count: number): Float64Array {
    segment.setQuery(this.#query)
    const { distanceFunction } = this.#index.vector
    return segment.sums(distanceFunction === 'EUCLIDEAN' ? 'squares' : 'products', at, count)
  }

  scoreOf(sum: number, square: number): number {
    return scoreOf(this.#index.vector.distanceFunction, sum, this.#square, square)
  }

  rankOf(score: number): number {
    return rankOf(this.#index.vector.distanceFunction, score)
  }
}
