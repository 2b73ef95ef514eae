import type { Operation } from '../history.ts'
import { realTime, type GraphBuilder } from './edges.ts'

/** The moment after which the effect of an operation cannot come; Infinity when that is open. */
export function endOf({ outcome, completed }: Operation): number {
  return outcome === 'unknown' || completed === undefined ? Infinity : completed
}

/** Whether an operation comes after what had completed before, and before what is invoked after. */
export interface TakesPart {
  readonly begins: boolean
  readonly ends: boolean
}

interface Moment {
  readonly at: number
  readonly node: number
  readonly ends: boolean
}

/**
 * Adds a path from every operation to all that were invoked after it had completed. All pairs would
 * be quadratic: each operation leads to a joint of its completion, each joint to the next one, and
 * to an operation leads the last joint before its invocation.
 */
export function addRealTimeEdges(
  graph: GraphBuilder,
  operations: readonly Operation[],
  takesPart: (operation: number) => TakesPart,
): void {
  const moments: Moment[] = []
  operations.forEach((operation, node) => {
    const { begins, ends } = takesPart(node)
    if (begins) moments.push({ at: operation.invoked, node, ends: false })
    if (ends) moments.push({ at: endOf(operation), node, ends: true })
  })
  addTimeline(graph, moments)
}

/** From every node that `ends` to all that begin later, by joints. */
export function addTimeline(graph: GraphBuilder, allMoments: readonly Moment[], item = -1): void {
  const moments = allMoments.filter(({ at }) => Number.isFinite(at))
  // At the same moment nothing is known of the order.
  moments.sort((a, b) => a.at - b.at || Number(a.ends) - Number(b.ends))
  let joint: number | undefined
  let isOpen = false
  for (const { node, ends } of moments) {
    if (!ends) {
      if (joint !== undefined) graph.addEdge(joint, node, realTime, item)
      isOpen = false
      continue
    }
    // Completions with no invocation between them share their joint.
    if (joint === undefined || !isOpen) {
      const next = graph.addJoint()
      if (joint !== undefined) graph.addEdge(joint, next, realTime, item)
      joint = next
      isOpen = true
    }
    graph.addEdge(node, joint, realTime, item)
  }
}
