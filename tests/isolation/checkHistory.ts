import { findCycles } from './checker/cycles.ts'
import { dependencyGraph } from './checker/dependencies.ts'
import type { Finding } from './checker/finding.ts'
import { findLostWrites } from './checker/lostWrites.ts'
import { orderVersions } from './checker/versionOrders.ts'
import type { History } from './history.ts'

export { printFindings, type AnomalyName, type Finding } from './checker/finding.ts'

/**
 * Everything in a history that no strictly serializable database could have shown (for readCommitted
 * operations: none that shows committed values only). Nothing is reported that a legal execution may
 * show: where a history leaves it open what happened, it gets the benefit of the doubt.
 *
 * The method is Adya's, as Elle applies it: chains tell the order of the versions of each item, that
 * order and what reads saw tell which operation came before which, and a cycle is an anomaly.
 * Every name that applies is given, with the shortest cycle of each part of the history that has one,
 * for at most ten items or parts.
 */
export function checkHistory({ operations }: History): Finding[] {
  const orders = orderVersions(operations)
  const graph = dependencyGraph(operations, orders)
  return firstOfEachName([
    ...orders.findings,
    ...findLostWrites(operations, orders.items),
    ...findCycles(graph, operations, orders.items),
  ])
}

/** More of a name tell nobody anything. */
const maxFindingsOfAName = 10

function firstOfEachName(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>()
  return findings.filter(({ name }) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count <= maxFindingsOfAName
  })
}
