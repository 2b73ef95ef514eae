import type { Operation } from '../history.ts'
import { cycleKinds, type CycleKind } from './cycleKinds.ts'
import { realTime, rw, wr, ww, type DependencyGraph } from './edges.ts'
import { explainCycle } from './explainCycle.ts'
import type { AnomalyName, Finding } from './finding.ts'
import { CycleSearch, type Hop } from './shortestCycle.ts'
import { stronglyConnected } from './stronglyConnected.ts'
import type { ItemOrder } from './itemOrdering.ts'

/** More of a kind tell nobody anything. */
const maxCyclesOfAKind = 10

/** The shortest cycle of each kind in each part of the graph that has one, in words. */
export function findCycles(
  graph: DependencyGraph,
  operations: readonly Operation[],
  items: readonly ItemOrder[],
): Finding[] {
  return shortestCycles(graph).map(({ name, hops }) => explainCycle(name, hops, operations, items))
}

export interface Cycle {
  readonly name: AnomalyName
  readonly hops: readonly Hop[]
}

export function shortestCycles(graph: DependencyGraph): Cycle[] {
  const { cyclic } = stronglyConnected(graph, ww | wr | rw | realTime)
  if (cyclic.length === 0) return []
  const suspect = new Uint8Array(graph.nodeCount)
  for (const node of cyclic.flat()) suspect[node] = 1
  return cycleKinds.flatMap((kind) => cyclesOfKind(graph, kind, suspect))
}

function cyclesOfKind(graph: DependencyGraph, kind: CycleKind, suspect: Uint8Array): Cycle[] {
  const whole = stronglyConnected(graph, kind.start | kind.rest, suspect)
  if (whole.cyclic.length === 0) return []
  const search = new CycleSearch(graph, kind, stronglyConnected(graph, kind.rest, suspect))
  const cycles: Cycle[] = []
  for (const nodes of whole.cyclic) {
    const component = whole.of[nodes[0] as number]
    // Earlier operations first, whatever order the search has met them in.
    const inOrder = [...nodes].sort((a, b) => a - b)
    const hops = search.shortest(inOrder, (node) => whole.of[node] === component)
    if (hops !== undefined) cycles.push({ name: kind.name, hops })
    if (cycles.length === maxCyclesOfAKind) break
  }
  return cycles
}
