import type { CycleKind } from './cycleKinds.ts'
import { realTime, rw, type DependencyGraph } from './edges.ts'
import type { Components } from './stronglyConnected.ts'

/** One step of a cycle, from an operation to the next, whatever joints lie between. */
export interface Hop {
  readonly from: number
  readonly to: number
  readonly kinds: number
  /** The index of the item that it is about, -1 for none. */
  readonly item: number
}

/**
 * How many edges a search of one kind may look at once it has found something; beyond, what it has
 * found is short enough.
 */
const maxLooks = 3_000_000

/** A state of the search is a node and which of the required kinds have been passed. */
const flagStates = 4
const flagsOf = (kinds: number): number => {
  return ((kinds & rw) === 0 ? 0 : 1) | ((kinds & realTime) === 0 ? 0 : 2)
}

/** What has been met at one distance, in hops, by a search. */
interface Level {
  /** They cost nothing, so a level is complete when they have been followed. */
  readonly joints: number[]
  readonly operations: number[]
}

/**
 * Looks for the shortest cycle of one kind in a component. From each edge that may begin one, a breadth
 * first search looks for the way back.
 */
export class CycleSearch {
  readonly #graph: DependencyGraph
  readonly #kind: CycleKind
  /** The components by the edges that the rest of a cycle may have: there is no way to a greater. */
  readonly #rest: Components
  /** By state: the number of the search that met it, and the edge and state it was met from. */
  readonly #metBy: Int32Array
  readonly #edgeTo: Int32Array
  readonly #stateBefore: Int32Array
  #searches = 0
  #looks = 0
  #origin = 0

  constructor(graph: DependencyGraph, kind: CycleKind, rest: Components) {
    this.#graph = graph
    this.#kind = kind
    this.#rest = rest
    const stateCount = graph.nodeCount * flagStates
    this.#metBy = new Int32Array(stateCount)
    this.#edgeTo = new Int32Array(stateCount)
    this.#stateBefore = new Int32Array(stateCount)
  }

  /** The shortest cycle among `nodes`, which are those that `isMember` holds. */
  shortest(nodes: readonly number[], isMember: (node: number) => boolean): Hop[] | undefined {
    const { firstEdge, kinds, targets, operationCount } = this.#graph
    let best: Hop[] | undefined
    for (const node of nodes) {
      if (node >= operationCount) continue
      for (let edge = firstEdge[node] as number; edge < (firstEdge[node + 1] as number); edge++) {
        if (kinds[edge] !== this.#kind.start || !isMember(targets[edge] as number)) continue
        best = this.#wayBack(node, edge, best?.length ?? Infinity) ?? best
        if (best === undefined) continue
        if (best.length <= this.#kind.minHops || this.#looks > maxLooks) return best
      }
    }
    return best
  }

  /** The shortest cycle that begins with `first`, an edge of `origin`, and has less than `bound` hops. */
  #wayBack(origin: number, first: number, bound: number): Hop[] | undefined {
    this.#searches += 1
    this.#origin = origin
    let level: Level = { joints: [], operations: [] }
    this.#meet(first, 0, -1, level)
    for (let hops = 1; hops < bound; hops++) {
      for (const state of level.joints) {
        const cycle = this.#follow(state, level)
        if (cycle !== undefined) return cycle
      }
      // Another hop would be one too many.
      if (level.operations.length === 0 || hops + 1 >= bound) return undefined
      const next: Level = { joints: [], operations: [] }
      for (const state of level.operations) {
        const cycle = this.#follow(state, next)
        if (cycle !== undefined) return cycle
      }
      level = next
    }
    return undefined
  }

  /** Follows all edges of a state; gives the cycle when one of them closes it. */
  #follow(state: number, found: Level): Hop[] | undefined {
    const { firstEdge, kinds, targets } = this.#graph
    const needed = flagsOf(this.#kind.required)
    const node = Math.floor(state / flagStates)
    const end = firstEdge[node + 1] as number
    for (let edge = firstEdge[node] as number; edge < end; edge++) {
      this.#looks += 1
      const kind = kinds[edge] as number
      if ((kind & ~this.#kind.rest) !== 0) continue
      const flags = (state % flagStates) | (flagsOf(kind) & needed)
      if (targets[edge] !== this.#origin) {
        this.#meet(edge, flags, state, found)
      } else if (flags === needed) {
        const cycle = this.#hopsOf(state, edge)
        if (cycle !== undefined) return cycle
      }
    }
    return undefined
  }

  /** Notes the target of `edge`, unless it was met before or has no way to the origin. */
  #meet(edge: number, flags: number, before: number, found: Level): void {
    const target = this.#graph.targets[edge] as number
    const lowest = this.#rest.of[this.#origin] as number
    if ((this.#rest.of[target] as number) < lowest) return
    const state = target * flagStates + flags
    if (this.#metBy[state] === this.#searches) return
    this.#metBy[state] = this.#searches
    this.#edgeTo[state] = edge
    this.#stateBefore[state] = before
    const isJoint = target >= this.#graph.operationCount
    ;(isJoint ? found.joints : found.operations).push(state)
  }

  /** The way that ends with `last` as hops; undefined when it passes an operation twice. */
  #hopsOf(lastState: number, last: number): Hop[] | undefined {
    const { targets, kinds, items, operationCount } = this.#graph
    const edges = [last]
    for (let state = lastState; state >= 0; state = this.#stateBefore[state] as number) {
      edges.push(this.#edgeTo[state] as number)
    }
    const hops: Hop[] = []
    const passed = new Set<number>()
    let from = this.#origin
    let hopKinds = 0
    let item = -1
    for (const edge of edges.reverse()) {
      const to = targets[edge] as number
      hopKinds |= kinds[edge] as number
      item = Math.max(item, items[edge] as number)
      if (to >= operationCount) continue
      if (passed.has(to)) return undefined
      passed.add(to)
      hops.push({ from, to, kinds: hopKinds, item })
      from = to
      hopKinds = 0
      item = -1
    }
    return hops
  }
}
