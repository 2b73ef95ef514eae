/** What an edge stands for; a set of these is their sum. */
export const ww = 1
export const wr = 2
export const rw = 4
export const realTime = 8

/**
 * A directed graph with typed edges. Its first nodes are the operations of a history; the others
 * join many edges into few: a path from an operation through joints to the next operation is one
 * edge between the two, of all kinds that are on it.
 */
export interface DependencyGraph {
  readonly operationCount: number
  readonly nodeCount: number
  /** The edges of node n are those from `firstEdge[n]` to `firstEdge[n + 1]`, exclusive. */
  readonly firstEdge: Int32Array
  readonly targets: Int32Array
  readonly kinds: Uint8Array
  /** Which item an edge is about; -1 for none. */
  readonly items: Int32Array
}

export class GraphBuilder {
  readonly #operationCount: number
  #nodeCount: number
  readonly #sources: number[] = []
  readonly #targets: number[] = []
  readonly #kinds: number[] = []
  readonly #items: number[] = []

  constructor(operationCount: number) {
    this.#operationCount = operationCount
    this.#nodeCount = operationCount
  }

  /** A new joint. */
  addJoint(): number {
    this.#nodeCount += 1
    return this.#nodeCount - 1
  }

  /** An edge; none from a node to itself. `kind` is 0 where a joint adds nothing of its own. */
  addEdge(from: number, to: number, kind: number, item = -1): void {
    if (from === to) return
    this.#sources.push(from)
    this.#targets.push(to)
    this.#kinds.push(kind)
    this.#items.push(item)
  }

  build(): DependencyGraph {
    const sources = this.#sources
    const firstEdge = new Int32Array(this.#nodeCount + 1)
    for (const from of sources) firstEdge[from + 1] = (firstEdge[from + 1] as number) + 1
    for (let n = 0; n < this.#nodeCount; n++) {
      firstEdge[n + 1] = (firstEdge[n + 1] as number) + (firstEdge[n] as number)
    }
    const next = firstEdge.slice()
    const targets = new Int32Array(sources.length)
    const kinds = new Uint8Array(sources.length)
    const items = new Int32Array(sources.length)
    sources.forEach((from, i) => {
      const edge = next[from] as number
      next[from] = edge + 1
      targets[edge] = this.#targets[i] as number
      kinds[edge] = this.#kinds[i] as number
      items[edge] = this.#items[i] as number
    })
    const [operationCount, nodeCount] = [this.#operationCount, this.#nodeCount]
    return { operationCount, nodeCount, firstEdge, targets, kinds, items }
  }
}
