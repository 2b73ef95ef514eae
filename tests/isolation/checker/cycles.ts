import type { Operation } from '../history.ts'
import { cycleKinds, type CycleKind } from './cycleKinds.ts'
import type { DependencyGraph } from './edges.ts'
import { explainCycle } from './explainCycle.ts'
import type { Finding } from './finding.ts'
import { CycleSearch } from './shortestCycle.ts'
import { stronglyConnected } from './stronglyConnected.ts'
import type { ItemOrder } from './versionOrders.ts'

/** More of a kind tell nobody anything. */
const maxFindingsOfAKind = 10

const everyKind = 15

/** The shortest cycle of each kind in each part of the graph that has one. */
export function findCycles(
  graph: DependencyGraph,
  operations: readonly Operation[],
  items: readonly ItemOrder[],
): Finding[] {
  const { cyclic } = stronglyConnected(graph, everyKind)
  if (cyclic.length === 0) return []
  const suspect = new Uint8Array(graph.nodeCount)
  for (const node of cyclic.flat()) suspect[node] = 1
  return cycleKinds.flatMap((kind) => {
    return cyclesOfKind(graph, kind, suspect).map((hops) => {
      return explainCycle(kind.name, hops, operations, items)
    })
  })
}

/** Earlier operations first, whatever order the components came in. */
function inOrder(nodes: readonly number[]): number[] {
  return [...nodes].sort((a, b) => a - b)
}

function cyclesOfKind(graph: DependencyGraph, kind: CycleKind, suspect: Uint8Array) {
  const whole = stronglyConnected(graph, kind.start | kind.rest, suspect)
  if (whole.cyclic.length === 0) return []
  const search = new CycleSearch(graph, kind, stronglyConnected(graph, kind.rest, suspect))
  const cycles = []
  for (const nodes of whole.cyclic) {
    const component = whole.of[nodes[0] as number]
    const cycle = search.shortest(inOrder(nodes), (node) => whole.of[node] === component)
    if (cycle !== undefined) cycles.push(cycle)
    if (cycles.length === maxFindingsOfAKind) break
  }
  return cycles
}
