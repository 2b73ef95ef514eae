import type { Operation } from '../history.ts'
import { GraphBuilder, realTime, rw, wr, ww, type DependencyGraph } from './edges.ts'
import { addRealTimeEdges, addTimeline, endOf, type TakesPart } from './realTimeEdges.ts'
import type { ItemOrder, Life } from './itemOrdering.ts'
import type { VersionOrders } from './versionOrders.ts'

/**
 * The graph of what depends on what: an edge from a to b says that in every legal order a comes
 * before b. `orders` tells the versions; real time is from the operations. A readCommitted operation
 * may see old values, so nothing need come before it but the writers of what it saw; these had
 * committed then, so they come before what is invoked after it.
 */
export function dependencyGraph(
  operations: readonly Operation[],
  orders: VersionOrders,
): DependencyGraph {
  const graph = new GraphBuilder(operations.length)
  orders.items.forEach((order, item) => {
    for (const life of order.lives) addLife(graph, life, item)
    if (order.mayBeDeleted) addLivesInRealTime(graph, operations, { order, item })
    else addSingleLife(graph, order, item)
  })
  addRealTimeEdges(graph, operations, (i) =>
    takesPart(operations[i] as Operation, orders.happened[i]),
  )
  return graph.build()
}

/** What was refused takes part with what it saw, what is open when somebody saw it. */
function takesPart(operation: Operation, happened: number | undefined): TakesPart {
  const counts = operation.outcome === 'refused' ? operation.reads.length > 0 : happened === 1
  return { begins: counts && operation.level === 'serializable', ends: counts }
}

/** What is certain within a life: each version follows the one before it. */
function addLife(graph: GraphBuilder, life: Life, item: number): void {
  const { writers, deletion } = life
  for (let i = 1; i < writers.length; i++) {
    graph.addEdge(writers[i - 1] as number, writers[i] as number, ww, item)
  }
  if (deletion !== undefined) graph.addEdge(writers.at(-1) as number, deletion, ww, item)
  for (const { operation, position } of life.reads) {
    if (position > 0) graph.addEdge(writers[position - 1] as number, operation, wr, item)
    const next = nextWriter(life, position)
    if (next !== undefined) graph.addEdge(operation, next, rw, item)
  }
  for (const { operation, position } of life.committedReads) {
    if (position > 0) graph.addEdge(writers[position - 1] as number, operation, wr, item)
  }
}

/** Who wrote what a read of the first `position` versions did not see; its own writer aside. */
function nextWriter({ writers, deletion }: Life, position: number): number | undefined {
  const last = position === 0 ? undefined : writers[position - 1]
  for (let i = position; i < writers.length; i++) if (writers[i] !== last) return writers[i]
  return deletion
}

/**
 * An item that is never deleted: it was absent only before its first version, and what nobody saw
 * came after everything that somebody saw.
 */
function addSingleLife(graph: GraphBuilder, order: ItemOrder, item: number): void {
  const life = order.lives[0]
  const first = life?.writers[0]
  if (first !== undefined)
    for (const each of order.absentReads) graph.addEdge(each, first, rw, item)
  if (order.unplaced.length === 0) return
  const tip = graph.addJoint()
  if (life !== undefined) addTip(graph, life, tip, item)
  else for (const reader of order.absentReads) graph.addEdge(reader, tip, rw, item)
  for (const writer of order.unplaced) graph.addEdge(tip, writer, 0, item)
}

/** Leads to `tip` whatever saw or made the last state of a life. */
function addTip(graph: GraphBuilder, life: Life, tip: number, item: number): void {
  const { writers, deletion, reads } = life
  const last = deletion ?? writers.at(-1)
  if (last !== undefined) graph.addEdge(last, tip, ww, item)
  if (deletion !== undefined) return
  for (const { operation, position } of reads) {
    if (nextWriter(life, position) === undefined) graph.addEdge(operation, tip, rw, item)
  }
}

interface Item {
  readonly order: ItemOrder
  readonly item: number
}

/** Whoever wrote or saw it, by index. */
export function membersOf({ writers, deletion, reads, committedReads }: Life): number[] {
  const members = [...reads, ...committedReads].map(({ operation }) => operation)
  members.push(...writers)
  if (deletion !== undefined) members.push(deletion)
  return members
}

/** When a life was surely on: it began before `seenAt`, and had not ended at `wantedAt`. */
interface PlacedLife {
  readonly first: number
  readonly tip: number
  /** The first completion of an operation that wrote or saw it. */
  readonly seenAt: number
  /** The last invocation of an operation that wrote or saw it. */
  readonly wantedAt: number
}

/**
 * An item that may be deleted has several lives, and no read tells their order; real time may. A life
 * is not interrupted: whatever does not belong to it (another life, a deletion, an absent read, a
 * write that nobody saw) comes before its first version or after its last one. It comes after the last
 * one when it was invoked after somebody had seen the life, and before the first one when it had
 * completed before somebody who saw the life was invoked.
 */
function addLivesInRealTime(
  graph: GraphBuilder,
  operations: readonly Operation[],
  { order, item }: Item,
): void {
  const lives = order.lives
    .filter(({ writers }) => writers.length > 0)
    .map((life) => placeLife(graph, operations, life, item))
  addOrderOfLives(graph, lives, item)
  const points = [
    ...order.absentReads.map((node) => ({ node, kind: rw })),
    ...order.unplaced.map((node) => ({ node, kind: ww })),
  ].filter(({ node }) => operations[node]?.level === 'serializable')
  if (points.length === 0) return
  const invokedAfter = points.map(({ node }) => {
    return { at: (operations[node] as Operation).invoked, node, ends: false }
  })
  addTimeline(
    graph,
    [...lives.map(({ tip, seenAt }) => ({ at: seenAt, node: tip, ends: true })), ...invokedAfter],
    item,
  )
  const completedBefore = points.map(({ node, kind }) => {
    const joint = graph.addJoint()
    graph.addEdge(node, joint, kind, item)
    return { at: endOf(operations[node] as Operation), node: joint, ends: true }
  })
  addTimeline(
    graph,
    [
      ...completedBefore,
      ...lives.map(({ first, wantedAt }) => ({ at: wantedAt, node: first, ends: false })),
    ],
    item,
  )
}

function placeLife(
  graph: GraphBuilder,
  operations: readonly Operation[],
  life: Life,
  item: number,
): PlacedLife {
  const tip = graph.addJoint()
  addTip(graph, life, tip, item)
  let seenAt = Infinity
  let wantedAt = -Infinity
  for (const index of membersOf(life)) {
    const operation = operations[index] as Operation
    seenAt = Math.min(seenAt, endOf(operation))
    if (operation.level === 'serializable') wantedAt = Math.max(wantedAt, operation.invoked)
  }
  return { first: life.writers[0] as number, tip, seenAt, wantedAt }
}

/**
 * In a legal history a life overlaps only as many others as there are clients; one that seems to
 * overlap more is out of order with the first of them already.
 */
const maxOverlaps = 64

function addOrderOfLives(graph: GraphBuilder, lives: PlacedLife[], item: number): void {
  lives.sort((a, b) => (a.seenAt === b.seenAt ? 0 : a.seenAt - b.seenAt))
  /** Each joins the tips of the lives up to its own. */
  const joints: number[] = []
  lives.forEach(({ tip, first, wantedAt }, i) => {
    const before = Math.min(i, countSeenBefore(lives, wantedAt))
    if (before > 0) graph.addEdge(joints[before - 1] as number, first, realTime, item)
    for (let j = i + 1; j < lives.length && j <= i + maxOverlaps; j++) {
      const other = lives[j] as PlacedLife
      if (other.seenAt >= wantedAt) break
      graph.addEdge(other.tip, first, realTime, item)
    }
    const joint = graph.addJoint()
    const previous = joints.at(-1)
    if (previous !== undefined) graph.addEdge(previous, joint, realTime, item)
    graph.addEdge(tip, joint, realTime, item)
    joints.push(joint)
  })
}

/** How many of `lives`, which are sorted, were seen before `at`. */
function countSeenBefore(lives: readonly PlacedLife[], at: number): number {
  let [low, high] = [0, lives.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lives[middle] as PlacedLife).seenAt < at) low = middle + 1
    else high = middle
  }
  return low
}
