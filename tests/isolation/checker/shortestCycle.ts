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

/**
 * Looks for the shortest cycle of one kind in a component. From each edge that may begin one, a breadth
 * first search looks for the way back; joints cost nothing.
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
        const cycle = this.#wayBack(node, edge, best?.length ?? Infinity)
        if (cycle !== undefined) best = cycle
        if (best === undefined) continue
        if (best.length <= this.#kind.minHops || this.#looks > maxLooks) return best
      }
    }
    return best
  }

  /** The shortest cycle that begins with `first`, an edge of `origin`, and has less than `bound` hops. */
  #wayBack(origin: number, first: number, bound: number): Hop[] | undefined {
    const { targets, kinds, firstEdge, operationCount } = this.#graph
    const { rest, required } = this.#kind
    const needed = flagsOf(required)
    const lowest = this.#rest.of[origin] as number
    this.#searches += 1
    let level: number[] = []
    let next: number[] = []
    const meet = (target: number, flags: number, edge: number, before: number): boolean => {
      const state = target * flagStates + flags
      if (this.#metBy[state] === this.#searches) return false
      this.#metBy[state] = this.#searches
      this.#edgeTo[state] = edge
      this.#stateBefore[state] = before
      return true
    }
    const start = targets[first] as number
    if ((this.#rest.of[start] as number) < lowest) return undefined
    meet(start, 0, first, -1)
    level.push(start * flagStates)
    for (let hops = 1; level.length > 0 && hops < bound; hops++) {
      for (let i = 0; i < level.length; i++) {
        const state = level[i] as number
        const node = Math.floor(state / flagStates)
        const isJoint = node >= operationCount
        // The hop that would be begun here would be one too many.
        if (!isJoint && hops + 1 >= bound) continue
        const end = firstEdge[node + 1] as number
        for (let edge = firstEdge[node] as number; edge < end; edge++) {
          this.#looks += 1
          const kind = kinds[edge] as number
          const target = targets[edge] as number
          if ((kind & ~rest) !== 0 || (this.#rest.of[target] as number) < lowest) continue
          const flags = (state % flagStates) | (flagsOf(kind) & needed)
          if (target === origin) {
            if (flags !== needed) continue
            const cycle = this.#hopsOf(origin, state, edge)
            if (cycle !== undefined) return cycle
          } else if (meet(target, flags, edge, state)) {
            ;(isJoint ? level : next).push(target * flagStates + flags)
          }
        }
      }
      level = next
      next = []
    }
    return undefined
  }

  /** The way that ends with `last` as hops; undefined when it passes an operation twice. */
  #hopsOf(origin: number, lastState: number, last: number): Hop[] | undefined {
    const { targets, kinds, items, operationCount } = this.#graph
    const edges = [last]
    for (let state = lastState; state >= 0; state = this.#stateBefore[state] as number) {
      edges.push(this.#edgeTo[state] as number)
    }
    const hops: Hop[] = []
    const passed = new Set<number>()
    let from = origin
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
