import type { Operation } from '../history.ts'
import { label, makeFinding, type AnomalyName, type Finding } from './finding.ts'
import { membersOf } from './dependencies.ts'
import { endOf } from './realTimeEdges.ts'
import type { Branch, ItemOrder, Life, PlacedRead } from './itemOrdering.ts'

/** From the moment `from` on, a read of the life must see more than `position` versions. */
interface Demand {
  readonly from: number
  readonly position: number
  readonly version: string
  /** Who wrote the version, or who saw it. */
  readonly operation: number
  readonly isWrite: boolean
}

/**
 * The words that people have for a read which does not show what real time demands: a write that was
 * acknowledged, or seen, before the read was invoked. When a later read shows it after all, the read
 * was stale; otherwise the write is lost. These are also cycles; here they are called by their names.
 */
export function findLostWrites(
  operations: readonly Operation[],
  orders: readonly ItemOrder[],
): Finding[] {
  const findings: Finding[] = []
  for (const order of orders) {
    const found = new Map<AnomalyName, Finding>()
    if (order.mayBeDeleted) {
      for (const life of order.lives) {
        const { reads, branches } = life
        const demands = demandsOf(operations, life)
        compare(operations, order, { reads, branches, demands }, found)
        findInterrupted(operations, order, life, found)
      }
    } else {
      compare(operations, order, wholeOf(operations, order), found)
    }
    findings.push(...found.values())
  }
  return findings
}

interface Comparison {
  readonly reads: readonly PlacedRead[]
  readonly branches: readonly Branch[]
  readonly demands: readonly Demand[]
}

function demandsOf(operations: readonly Operation[], life: Life): Demand[] {
  const { versions, writers, reads, committedReads, branches } = life
  const own = new Set(writers)
  const from = (operation: number): number => endOf(operations[operation] as Operation)
  const demand = (operation: number, position: number, version: string, isWrite: boolean) => {
    return { operation, position, version, isWrite, from: from(operation) }
  }
  return [
    ...writers.map((writer, i) => demand(writer, i, versions[i] as string, true)),
    ...[...reads, ...committedReads]
      .filter(({ operation, position }) => position > 0 && !own.has(operation))
      .map(({ operation, position }) => {
        return demand(operation, position - 1, versions[position - 1] as string, false)
      }),
    ...branches.map(({ version, writer }) => demand(writer, Infinity, version, true)),
    ...branches.flatMap(({ version, reader }) => {
      return reader === undefined ? [] : [demand(reader, Infinity, version, false)]
    }),
  ]
}

/** An item that is never deleted: absent reads saw nothing, unseen writes are beyond every read. */
function wholeOf(operations: readonly Operation[], order: ItemOrder): Comparison {
  const life = order.lives[0]
  const absent = order.absentReads.map((operation) => ({ operation, position: 0 }))
  return {
    reads: [...(life?.reads ?? []), ...absent],
    branches: life?.branches ?? [],
    demands: [
      ...(life === undefined ? [] : demandsOf(operations, life)),
      ...order.unplaced.map((writer) => unseen(operations, order, writer)),
    ],
  }
}

/** No read shows what the operation wrote. */
function unseen(operations: readonly Operation[], order: ItemOrder, operation: number): Demand {
  const { key } = order
  const writer = operations[operation] as Operation
  const write = writer.writes.find((each) => each.key === key)
  const version = write?.versions[0] as string
  return { operation, position: Infinity, version, isWrite: true, from: endOf(writer) }
}

function compare(
  operations: readonly Operation[],
  order: ItemOrder,
  comparison: Comparison,
  found: Map<AnomalyName, Finding>,
): void {
  const { reads, demands } = comparison
  const invoked = (read: PlacedRead): number => invokedAt(operations, read)
  const inOrder = reads
    .filter(({ operation }) => operations[operation]?.level === 'serializable')
    .sort((a, b) => invoked(a) - invoked(b))
  const pending = demands.filter(({ from }) => from !== Infinity).sort((a, b) => a.from - b.from)
  const seenLater = laterPositions(inOrder)
  let next = 0
  let demand: Demand | undefined
  inOrder.forEach((read, i) => {
    for (; next < pending.length && (pending[next] as Demand).from < invoked(read); next++) {
      const candidate = pending[next] as Demand
      if (demand === undefined || candidate.position > demand.position) demand = candidate
    }
    if (demand === undefined || demand.position < read.position) return
    const lost = demand.isWrite ? 'lost acknowledged write' : 'lost visible write'
    const name = (seenLater[i] as number) > demand.position ? 'stale read' : lost
    if (!found.has(name)) found.set(name, describe(name, operations, order, [demand, read]))
  })
  compareBranches(operations, order, comparison, found)
}

/** More do not make it clearer, and each is compared with everything. */
const mostBranchesCompared = 50

/** What a read shows that agrees with no longer one is seen from its own chain. */
function compareBranches(
  operations: readonly Operation[],
  order: ItemOrder,
  { reads, branches, demands }: Comparison,
  found: Map<AnomalyName, Finding>,
): void {
  for (const { reader, chain } of branches.slice(0, mostBranchesCompared)) {
    if (reader === undefined || operations[reader]?.level !== 'serializable') continue
    const read: PlacedRead = { operation: reader, position: chain.length }
    const invoked = invokedAt(operations, read)
    const shown = new Set(chain)
    const missed = demands.find(({ from, version }) => from < invoked && !shown.has(version))
    if (missed === undefined) continue
    const isSeenLater = reads.some((each) => {
      return invokedAt(operations, each) > invoked && each.position > missed.position
    })
    const lost = missed.isWrite ? 'lost acknowledged write' : 'lost visible write'
    const name = isSeenLater ? 'stale read' : lost
    if (!found.has(name)) found.set(name, describe(name, operations, order, [missed, read]))
  }
}

/** For each read the most versions that it or a later one saw. */
function laterPositions(reads: readonly PlacedRead[]): number[] {
  const positions: number[] = []
  let most = 0
  for (let i = reads.length - 1; i >= 0; i--) {
    most = Math.max(most, (reads[i] as PlacedRead).position)
    positions[i] = most
  }
  return positions
}

/**
 * A write that nobody saw, begun when a life had been seen and acknowledged before the life was seen
 * again, cannot have been deleted with another one.
 */
function findInterrupted(
  operations: readonly Operation[],
  order: ItemOrder,
  life: Life,
  found: Map<AnomalyName, Finding>,
): void {
  const name = 'lost acknowledged write'
  const last = life.reads.reduce<PlacedRead | undefined>((latest, read) => {
    const later = operations[read.operation]?.invoked ?? 0
    return latest === undefined || later > invokedAt(operations, latest) ? read : latest
  }, undefined)
  if (last === undefined || order.unplaced.length === 0 || found.has(name)) return
  const ends = membersOf(life).map((index) => endOf(operations[index] as Operation))
  const seenAt = ends.reduce((a, b) => Math.min(a, b), Infinity)
  for (const operation of order.unplaced) {
    const writer = operations[operation] as Operation
    if (writer.writes.some(({ key, deletes }) => key === order.key && deletes === true)) continue
    if (writer.invoked <= seenAt || endOf(writer) >= invokedAt(operations, last)) continue
    const demand = unseen(operations, order, operation)
    found.set(name, describe(name, operations, order, [demand, last]))
    return
  }
}

function invokedAt(operations: readonly Operation[], { operation }: PlacedRead): number {
  return (operations[operation] as Operation).invoked
}

function describe(
  name: AnomalyName,
  operations: readonly Operation[],
  order: ItemOrder,
  [demand, read]: readonly [Demand, PlacedRead],
): Finding {
  const { key } = order
  const witness = operations[demand.operation] as Operation
  const reader = operations[read.operation] as Operation
  const [a, b] = [label(witness), label(reader)]
  const { version } = demand
  const known = demand.isWrite ? `was acknowledged` : `had seen ${version} in ${key}`
  const end = {
    'stale read': 'though later reads show it',
    'lost acknowledged write': 'nor does a later read that agrees with it',
    'lost visible write': 'nor does a later read that agrees with it',
  }[name as 'stale read' | 'lost acknowledged write' | 'lost visible write']
  return makeFinding(
    name,
    [witness, reader],
    [`${a} ${known} before ${b} was invoked, but ${b} saw ${key} without ${version}, ${end}`],
  )
}
