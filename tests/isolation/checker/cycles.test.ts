import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shortestCycles } from './cycles.ts'
import { GraphBuilder, realTime, rw, wr, ww, type DependencyGraph } from './edges.ts'
import type { Hop } from './shortestCycle.ts'

interface Edge {
  readonly from: number
  readonly to: number
  readonly kind: number
}

const operationCount = 5
const jointCount = 3

/**
 * The kinds of edges in one graph. A graph of all kinds seldom has a cycle of few of them, such as G0; with
 * these every name of a cycle comes dozens of times in 2,000 graphs.
 */
const palettes = fc.constantFrom(
  [ww, wr, rw, realTime],
  [ww, realTime],
  [ww, wr, realTime],
  [ww, wr, rw],
)

/** Joints lead to greater joints and operations only, and add nothing but real time. */
const graphs: fc.Arbitrary<DependencyGraph> = palettes
  .chain((kinds) =>
    fc.array(
      fc.record<Edge>({
        from: fc.nat(operationCount + jointCount - 1),
        to: fc.nat(operationCount + jointCount - 1),
        kind: fc.constantFrom(...kinds),
      }),
      { minLength: 9, maxLength: 14, size: 'max' },
    ),
  )
  .map((edges) => {
    const graph = new GraphBuilder(operationCount)
    for (let i = 0; i < jointCount; i++) graph.addJoint()
    for (const { from, to, kind } of edges) {
      const isJoint = from >= operationCount
      if (isJoint && to >= operationCount && to <= from) continue
      // Real time between operations goes by joints.
      if (!isJoint && to < operationCount && kind === realTime) continue
      graph.addEdge(from, to, isJoint ? realTime : kind)
    }
    return graph.build()
  })

/** All hops from one operation to another, whatever joints lie between. */
function allHops({ firstEdge, targets, kinds }: DependencyGraph): Hop[] {
  const hops: Hop[] = []
  const follow = (from: number, node: number, passed: number): void => {
    for (let edge = firstEdge[node] as number; edge < (firstEdge[node + 1] as number); edge++) {
      const to = targets[edge] as number
      const all = passed | (kinds[edge] as number)
      if (to >= operationCount) follow(from, to, all)
      else hops.push({ from, to, kinds: all, item: -1 })
    }
  }
  for (let node = 0; node < operationCount; node++) follow(node, node, 0)
  return hops
}

function nameOf(cycle: readonly Hop[]): string | undefined {
  const having = (kind: number): number => cycle.filter(({ kinds }) => (kinds & kind) !== 0).length
  const plain =
    having(rw) > 1 ? 'G2' : having(rw) === 1 ? 'G-single' : having(wr) > 0 ? 'G1c' : 'G0'
  if (having(ww | wr | rw) === 0) return undefined
  return having(realTime) === 0 ? plain : `strict-serializability (${plain} with real time)`
}

/** The length of the shortest cycle of each name: the definition, by trying all cycles. */
function shortestByName(graph: DependencyGraph): Map<string, number> {
  const hops = allHops(graph)
  const shortest = new Map<string, number>()
  const extend = (path: readonly Hop[]): void => {
    const [first, last] = [path[0] as Hop, path.at(-1) as Hop]
    if (last.to === first.from) {
      const name = nameOf(path)
      if (name === undefined) return
      shortest.set(name, Math.min(shortest.get(name) ?? Infinity, path.length))
      return
    }
    if (path.some(({ from }) => from === last.to)) return
    for (const hop of hops) if (hop.from === last.to) extend([...path, hop])
  }
  for (const hop of hops) extend([hop])
  return shortest
}

function isCycle(hops: readonly Hop[]): boolean {
  return (
    new Set(hops.map(({ from }) => from)).size === hops.length &&
    hops.every(({ to }, i) => to === hops[(i + 1) % hops.length]?.from)
  )
}

describe('the shortest cycles of a graph', () => {
  test('are cycles of their name, and none is shorter', () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(graphs, (graph) => {
        const shortest = shortestByName(graph)
        const found = shortestCycles(graph)
        for (const { name, hops } of found) {
          seen.set(name, (seen.get(name) ?? 0) + 1)
          expect(isCycle(hops)).toBe(true)
          expect(nameOf(hops)).toBe(name)
          expect(hops.length).toBeGreaterThanOrEqual(shortest.get(name) as number)
        }
        expect(found.length > 0).toBe(shortest.size > 0)
        // For these the shortest walk is always a cycle, so that nothing is missed.
        for (const name of ['G0', 'G1c', 'G-single'] as const) {
          const lengths = found
            .filter((cycle) => cycle.name === name)
            .map(({ hops }) => hops.length)
          if (shortest.has(name)) expect(Math.min(...lengths)).toBe(shortest.get(name))
          else expect(lengths).toEqual([])
        }
      }),
      { numRuns: 2000 },
    )
    expect([...seen.values()].every((count) => count > 10)).toBe(true)
    expect(seen.size).toBe(8)
  })
})
