import type { LoopTurns } from '../clock.ts'
import { elementsOfEntry, itemOfEntry } from '../items/vectorEntries.ts'
import type { VectorIndex } from '../schema/table.ts'
import type { Bytes } from '../storage/engine.ts'
import { Postings, type SlotList } from './postings.ts'
import type { GraphLibrary } from './graphLibrary.ts'
import { RunningSearch } from './runningSearch.ts'
import { productOf } from './scoring.ts'
import type { Candidate } from './topResults.ts'
import { VectorGraph } from './vectorGraph.ts'
import { searchedNames, textsOf, valueText, type VectorQuery } from './vectorQuery.ts'
import { segmentCapacity, sumsPerCall, VectorSegment } from './vectorSegment.ts'

/** What was in a slot until a version, and is to be kept for those who search an earlier one. */
interface Retired {
  readonly slot: number
  readonly version: number
}

/**
 * How many results of a graph are ordered anew by their scores, for each that is asked for, and at
 * least: the graph's own order is that of codes.
 */
const graphResultsPerResult = 3
const leastGraphResults = 30
/** For products twice as many: what is near something near need not have a large product. */
const factorOfProducts = 2
/** Beyond so many, a graph is not asked for them. */
const mostGraphResults = 1000
/** How many vectors of a list are scored in the time that a graph takes for one of its results. */
const slotsPerGraphResult = 30
/** So many vectors outside of a graph are scored beside it at most. */
const mostOthers = 2000
/** A graph's codes are made for so many vectors, or for so many elements of vectors. */
const mostSampled = 400
const mostSampledElements = 160_000

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
  /** Absent while all searches are exact. */
  #graph: VectorGraph | undefined

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
   * The nearest vectors of the newest state at the time of the call, nearly the nearest where there
   * is a graph, with their entries' keys as `key`. Others go first now and then.
   */
  async search(query: VectorQuery, turns: LoopTurns): Promise<readonly Candidate[]> {
    const search = new RunningSearch(query, this.#index)
    const owner = {}
    this.#searched.set(owner, this.#version)
    try {
      const lists = this.#listsOf(query)
      if (lists === undefined) return []
      if (this.#searchGraph(search, lists)) return search.results.candidates
      if (lists.length === 0) await this.#scan(search, this.#version, turns)
      else await this.#scanLists(search, lists, { version: this.#version, turns })
      return search.results.candidates
    } finally {
      this.#searched.delete(owner)
    }
  }

  /** How many bytes of vectors the newest state has. */
  get vectorBytes(): number {
    return 4 * this.#index.vector.dimensions * this.size
  }

  /** Whether searches are approximate. */
  get hasGraph(): boolean {
    return this.#graph?.isReady === true
  }

  /** Makes all searches exact. */
  dropGraph(): void {
    this.#graph = undefined
  }

  /**
   * Brings a graph one step closer to the newest state, after making one where there is none; what
   * is left for further steps is said. Throws when there is no memory for it.
   */
  stepGraph(library: GraphLibrary): 'more' | 'done' {
    if (this.#graph === undefined || this.#graph.isOutworn) this.#graph = this.#newGraph(library)
    this.#graph?.step((slot) => this.#vectorAt(slot))
    return this.#graph?.isBehind === true ? 'more' : 'done'
  }

  #newGraph(library: GraphLibrary): VectorGraph | undefined {
    const { dimensions, distanceFunction } = this.#index.vector
    const slots = [...this.#slotOfKey.values()]
    if (slots.length === 0) return undefined
    const wanted = Math.min(mostSampled, Math.ceil(mostSampledElements / dimensions))
    const every = Math.ceil(slots.length / wanted)
    const sample = slots.filter((_, i) => i % every === 0).map((slot) => this.#vectorAt(slot))
    return new VectorGraph(library, distanceFunction, sample, slots)
  }

  #vectorAt(slot: number): Float32Array {
    const segment = this.#segments[Math.floor(slot / this.#capacity)] as VectorSegment
    return segment.vectorAt(slot % this.#capacity).subarray(0, this.#index.vector.dimensions)
  }

  /**
   * Searches by the graph, without a pause, and says whether it has. It has not where it is not
   * ready, where an exact search takes no longer, and where it has found few that the conditions
   * hold for: nearer ones may be farther from what it has seen.
   */
  #searchGraph(search: RunningSearch, lists: readonly AskedList[]): boolean {
    const graph = this.#graph
    if (graph?.isReady !== true || graph.otherCount > mostOthers) return false
    const { vector, topK } = search.query
    const isProduct = this.#index.vector.distanceFunction === 'DOT_PRODUCT'
    const factor = isProduct ? factorOfProducts : 1
    const wanted = factor * Math.max(leastGraphResults, graphResultsPerResult * topK)
    const asked = this.#askedOfGraph(wanted, lists)
    const near = asked === undefined ? undefined : graph.nearest(vector, asked)
    if (near === undefined) return false
    const isAsked = (slot: number): boolean =>
      lists.every(({ postings, list }) => postings.has(slot, list))
    const found = near.filter(isAsked)
    if (lists.length > 0 && found.length < wanted / 2) return false
    for (const slots of [found, graph.others()]) {
      for (const slot of slots) {
        if (isAsked(slot)) this.#scanRun(search, slot, slot + 1, this.#version)
      }
    }
    return true
  }

  /**
   * How many results a graph is asked for so that the conditions hold for as many as are wanted, if
   * they hold independently of what is near; undefined where an exact search takes no longer.
   */
  #askedOfGraph(wanted: number, lists: readonly AskedList[]): number | undefined {
    const [shortest] = lists
    if (shortest === undefined) return wanted
    let share = 1
    for (const { list } of lists) share *= list.slots.length / this.#keys.length
    const asked = Math.ceil(wanted / share)
    if (asked > mostGraphResults) return undefined
    return shortest.list.slots.length > slotsPerGraphResult * asked ? asked : undefined
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
    this.#graph?.put(slot)
  }

  #retire(slot: number, key: string): void {
    this.#until[slot] = this.#version
    this.#slotOfKey.delete(key)
    this.#retired.push({ slot, version: this.#version })
    this.#graph?.remove(slot)
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

  async #scan(search: RunningSearch, version: number, turns: LoopTurns): Promise<void> {
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

  #scanRun(search: RunningSearch, first: number, end: number, version: number): void {
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
    search: RunningSearch,
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
