import type { DependencyGraph } from './edges.ts'

/** The strongly connected components of a part of a graph. */
export interface Components {
  /**
   * The component of each node, -1 for those left out. Components are numbered so that every edge
   * that leaves one leads to a smaller number.
   */
  readonly of: Int32Array
  /** The nodes of each component that has more than one. */
  readonly cyclic: readonly (readonly number[])[]
}

/**
 * Tarjan's algorithm with a stack of its own, over the edges whose kinds are among `allowed`, and
 * the nodes that `includes` holds.
 */
export function stronglyConnected(
  graph: DependencyGraph,
  allowed: number,
  includes?: Uint8Array,
): Components {
  return new Search(graph, allowed, includes).run()
}

class Search {
  readonly #graph: DependencyGraph
  readonly #allowed: number
  readonly #includes: Uint8Array | undefined
  readonly #of: Int32Array
  readonly #cyclic: number[][] = []
  /** When each node was met, from 1; the earliest that it leads back to. */
  readonly #met: Int32Array
  readonly #low: Int32Array
  readonly #nextEdge: Int32Array
  #count = 0
  #components = 0
  readonly #open: number[] = []

  constructor(graph: DependencyGraph, allowed: number, includes: Uint8Array | undefined) {
    this.#graph = graph
    this.#allowed = allowed
    this.#includes = includes
    this.#of = new Int32Array(graph.nodeCount).fill(-1)
    this.#met = new Int32Array(graph.nodeCount)
    this.#low = new Int32Array(graph.nodeCount)
    this.#nextEdge = graph.firstEdge.slice(0, graph.nodeCount)
  }

  run(): Components {
    for (let node = 0; node < this.#graph.nodeCount; node++) {
      if (this.#met[node] === 0 && this.#isIncluded(node)) this.#explore(node)
    }
    return { of: this.#of, cyclic: this.#cyclic }
  }

  #isIncluded(node: number): boolean {
    return this.#includes === undefined || this.#includes[node] === 1
  }

  #explore(root: number): void {
    const path = [root]
    this.#enter(root)
    while (path.length > 0) {
      const node = path.at(-1) as number
      const target = this.#step(node)
      if (target !== undefined) {
        this.#enter(target)
        path.push(target)
        continue
      }
      path.pop()
      const low = this.#low[node] as number
      const parent = path.at(-1)
      if (parent !== undefined) this.#low[parent] = Math.min(this.#low[parent] as number, low)
      if (low === this.#met[node]) this.#complete(node)
    }
  }

  #enter(node: number): void {
    this.#count += 1
    this.#met[node] = this.#count
    this.#low[node] = this.#count
    this.#open.push(node)
  }

  /** Follows the edges of `node` on to the next node that was not met yet. */
  #step(node: number): number | undefined {
    const { firstEdge, targets, kinds } = this.#graph
    const end = firstEdge[node + 1] as number
    for (let edge = this.#nextEdge[node] as number; edge < end; edge++) {
      if (((kinds[edge] as number) & ~this.#allowed) !== 0) continue
      const target = targets[edge] as number
      if (!this.#isIncluded(target)) continue
      if (this.#met[target] === 0) {
        this.#nextEdge[node] = edge + 1
        return target
      }
      if (this.#of[target] === -1) {
        this.#low[node] = Math.min(this.#low[node] as number, this.#met[target] as number)
      }
    }
    this.#nextEdge[node] = end
    return undefined
  }

  #complete(root: number): void {
    const nodes: number[] = []
    for (;;) {
      const node = this.#open.pop() as number
      this.#of[node] = this.#components
      nodes.push(node)
      if (node === root) break
    }
    this.#components += 1
    if (nodes.length > 1) this.#cyclic.push(nodes)
  }
}
