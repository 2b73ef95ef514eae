import type { ItemRead, ItemWrite, Operation } from '../history.ts'
import { endOf } from './realTimeEdges.ts'

/** An item while a serial order is tried out. */
interface ItemState {
  readonly chain: readonly string[]
  /** Every chain that the item has had, joined, its present one included. */
  readonly past: ReadonlySet<string>
}

type State = ReadonlyMap<string, ItemState>

const absent: ItemState = { chain: [], past: new Set(['']) }
const textOf = (chain: readonly string[]): string => chain.join(' ')

/**
 * Whether some serial order of the operations explains all that they saw: the definition, by trying
 * all orders. For histories of a few operations.
 */
export function hasLegalOrder(operations: readonly Operation[]): boolean {
  return canFinish(operations, new Map())
}

function canFinish(remaining: readonly Operation[], state: State): boolean {
  // What is open may never have happened.
  if (remaining.every(({ outcome }) => outcome === 'unknown')) return true
  return remaining.some((operation) => {
    if (!mayComeNext(operation, remaining)) return false
    const after = apply(operation, state)
    return (
      after !== undefined &&
      canFinish(
        remaining.filter((other) => other !== operation),
        after,
      )
    )
  })
}

/** A readCommitted operation may see old values, so it need not wait for anybody. */
function mayComeNext(operation: Operation, remaining: readonly Operation[]): boolean {
  if (operation.level === 'readCommitted') return true
  return remaining.every((other) => endOf(other) >= operation.invoked)
}

/** The state after `operation`; undefined when it cannot have seen what it saw. */
function apply(operation: Operation, state: State): State | undefined {
  const { writes, outcome } = operation
  const after = outcome === 'refused' ? state : afterWrites(writes, state)
  const reads = outcome === 'unknown' ? [] : operation.reads
  if (!reads.every((read) => isExplained(read, operation, [state, after]))) return undefined
  const known = outcome === 'ok' ? writes : []
  const agrees = known.every(({ key, before }) => {
    return before === undefined || textOf(before) === textOf((state.get(key) ?? absent).chain)
  })
  return agrees ? after : undefined
}

function afterWrites(writes: readonly ItemWrite[], state: State): State {
  const after = new Map(state)
  for (const { key, versions, deletes } of writes) {
    const { chain, past } = state.get(key) ?? absent
    const next = deletes === true ? [] : [...chain, ...versions]
    after.set(key, { chain: next, past: new Set([...past, textOf(next)]) })
  }
  return after
}

/** An operation may see an item that it writes as it was before or as it is after. */
function isExplained(
  { key, versions }: ItemRead,
  { level }: Operation,
  states: readonly State[],
): boolean {
  const seen = textOf(versions)
  return states.some((state) => {
    const { chain, past } = state.get(key) ?? absent
    return level === 'readCommitted' ? past.has(seen) : textOf(chain) === seen
  })
}
