import type { ItemWrite, Operation } from '../history.ts'
import { realTime, rw, wr, ww } from './edges.ts'
import { label, makeFinding, type AnomalyName, type Finding } from './finding.ts'
import type { Hop } from './shortestCycle.ts'
import type { ItemOrder } from './itemOrdering.ts'

/** A cycle as a finding that says in words why each operation comes before the next. */
export function explainCycle(
  name: AnomalyName,
  hops: readonly Hop[],
  operations: readonly Operation[],
  items: readonly ItemOrder[],
): Finding {
  const sentences = hops.map((hop) => explainHop(hop, operations, items))
  return makeFinding(
    name,
    hops.map(({ from }) => operations[from] as Operation),
    sentences,
  )
}

function explainHop(
  { from, to, kinds, item }: Hop,
  operations: readonly Operation[],
  items: readonly ItemOrder[],
): string {
  const [earlier, later] = [operations[from] as Operation, operations[to] as Operation]
  const order = items[item]
  if (order === undefined) {
    return `${label(earlier)} had completed before ${label(later)} was invoked (real time)`
  }
  const sentence = explainDependency(kinds, [earlier, later], order, [from, to])
  return (kinds & realTime) === 0 ? sentence : `${sentence}, as real time leaves no other place`
}

function explainDependency(
  kinds: number,
  [earlier, later]: readonly [Operation, Operation],
  order: ItemOrder,
  [from, to]: readonly [number, number],
): string {
  const { key } = order
  const [a, b] = [label(earlier), label(later)]
  const [before, after] = [writeOf(earlier, key), writeOf(later, key)]
  if ((kinds & wr) !== 0) return `${b} saw ${lastVersion(before)} of ${a} in ${key} (wr)`
  if ((kinds & ww) !== 0) {
    const first = before?.deletes === true ? `${a} deleted it` : `${lastVersion(before)} of ${a}`
    if (after === undefined) return `${b} saw ${key} absent, after ${first} (ww)`
    const second = after.deletes === true ? 'deleted' : `wrote ${after.versions.join(', ')} to`
    return `${b} ${second} ${key} after ${first} (ww)`
  }
  if ((kinds & rw) === 0) return `${b} came to ${key} after ${a}`
  const seen = seenBy(order, from)
  if (after?.deletes === true) return `${a} saw ${key} ${seen}, before ${b} deleted it (rw)`
  if (after !== undefined) {
    const missed = order.lives.some(({ writers }) => writers.includes(to)) ? '' : ' (nobody saw it)'
    return `${a} saw ${key} ${seen}, without ${after.versions.join(', ')} of ${b}${missed} (rw)`
  }
  return `${a} saw ${key} ${seen}, and ${b} saw it absent after that (rw)`
}

function writeOf(operation: Operation, key: string): ItemWrite | undefined {
  return operation.writes.find((write) => write.key === key)
}

function lastVersion(write: ItemWrite | undefined): string {
  return write?.versions.at(-1) ?? 'what was there'
}

/** What the operation saw of the item: its last versions are enough for people. */
function seenBy(order: ItemOrder, operation: number): string {
  for (const { reads, versions } of order.lives) {
    const read = reads.find((each) => each.operation === operation)
    if (read === undefined) continue
    const shown = versions.slice(Math.max(0, read.position - 3), read.position)
    return `as [${read.position > 3 ? '... ' : ''}${shown.join(' ')}]`
  }
  return 'absent'
}
