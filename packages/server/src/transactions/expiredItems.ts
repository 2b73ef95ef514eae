import { LoopTurns, machineOf, type Clock } from '../clock.ts'
import { ApiError } from '../errors/apiError.ts'
import type { CompiledCondition } from '../expressions/boundExpression.ts'
import { expiryRange, secondsOfExpiryKey } from '../layout/storeKeys.ts'
import {
  expiryRestFactor,
  maxExpiredBytes,
  maxExpiredItems,
  maxExpiryRestMs,
  oldestExpirySeconds,
} from '../limits.ts'
import type { ExpiryOrder, Table } from '../schema/table.ts'
import { asBuffer, keyBehind, type Bytes, type StorageEngine } from '../storage/engine.ts'
import type { Job } from '../upkeep/backgroundWork.ts'
import { newAttributeMap } from '../values/attributeValue.ts'
import { neededBytes } from './neededBytes.ts'
import type { WriteAction, WriteResult } from './writePlan.ts'

export interface ExpiredItemsOptions {
  readonly engine: StorageEngine
  readonly clock: Clock
  readonly table: Table
  readonly order: ExpiryOrder
  /** How long after its expiry an item is removed. */
  readonly delayMs: number
  /** How long after all expired items were removed it looks for others, in milliseconds. */
  readonly intervalMs: () => number
  /** The write path of items. */
  readonly write: (action: WriteAction) => Promise<WriteResult>
  /** Told of each item that has been removed. */
  readonly onExpired: (table: Table) => void
}

/** Whole seconds since the epoch, both included, at which an item expired that is to go now. */
interface Span {
  readonly first: number
  readonly last: number
}

/** What a step removes. */
interface ExpiredPart {
  readonly actions: readonly WriteAction[]
  /** Where the next step goes on; undefined when all expired items were seen. */
  readonly position: Bytes | undefined
}

/**
 * Removes the items of a table that have expired: a step reads the beginning of the order in which
 * they do, and writes as a client would, so indexes, counters and whatever else follows a write
 * follow these. INVARIANT: a removal depends on the item's being expired when its turn at the item
 * has come, so a write that moves the time is never lost; and that makes it right whoever else does
 * the same work, so it needs no fence.
 *
 * The deletions of one step are submitted together and share a commit. Nobody waits for them: after
 * each step the job rests for a multiple of the time that it took, which is longer the more others
 * have to do, so that clients keep the larger part of the server.
 *
 * A step goes on where the one before ended. What has been removed still has to be passed over by
 * whoever reads from the beginning, until the store has taken it over from its journal. What could
 * not be removed, because a transaction held it, is met again when the order is read anew.
 */
export function expiredItemsJob(options: ExpiredItemsOptions): Job {
  const { clock, table, order, intervalMs } = options
  const { number } = order
  let position: Bytes | undefined
  return {
    name: `expiry ${number}`,
    task: `removing expired items of the table ${table.name} (number ${number})`,
    async step() {
      if (table.dropped || table.expiryOrder?.number !== number) return 'done'
      const startMs = machineOf(clock).monotonicMs()
      const part = await readExpired(options, position)
      await removeAll(options, part.actions)
      position = part.position
      if (position === undefined) return { restMs: intervalMs() }
      const tookMs = machineOf(clock).monotonicMs() - startMs
      return { paceMs: Math.min(maxExpiryRestMs, expiryRestFactor * tookMs) }
    },
  }
}

function spanAt(nowMs: number, delayMs: number): Span {
  return {
    first: Math.max(0, Math.ceil(nowMs / 1000) - oldestExpirySeconds),
    last: Math.ceil((nowMs - delayMs) / 1000) - 1,
  }
}

/** Reads on from the entry `after`, or from the first one. */
async function readExpired(
  { engine, clock, table, order, delayMs }: ExpiredItemsOptions,
  after: Bytes | undefined,
): Promise<ExpiredPart> {
  const span = spanAt(clock.nowMs(), delayMs)
  const { start: first, end } = expiryRange(order.number, span.first)
  const start = after === undefined ? first : keyBehind(after)
  const condition = expiredWithin(order, span)
  const actions: WriteAction[] = []
  let neededSoFar = 0
  const snapshot = engine.snapshot()
  try {
    for await (const { key, value } of snapshot.range({ start, end })) {
      if (secondsOfExpiryKey(key) > span.last) break
      const action = removal(table, asBuffer(value), condition)
      actions.push(action)
      neededSoFar += neededBytes(engine, [action])
      if (actions.length < maxExpiredItems && neededSoFar < maxExpiredBytes) continue
      return { actions, position: key }
    }
    return { actions, position: undefined }
  } finally {
    snapshot.close()
  }
}

/** Nothing asks for the key attributes of a deletion. */
function removal(table: Table, rowKey: Buffer, condition: CompiledCondition): WriteAction {
  return {
    table,
    key: newAttributeMap(),
    rowKey,
    condition,
    change: { kind: 'Delete' },
    returnOldOnFailure: false,
    byService: true,
  }
}

/** A fraction counts as the whole second after it, which is in `span` if and only if it is. */
function expiredWithin({ attributeName }: ExpiryOrder, { first, last }: Span): CompiledCondition {
  const constant = (seconds: number) =>
    ({ kind: 'constant', value: { N: String(seconds) }, type: 'N' }) as const
  const operand = { kind: 'path', path: [attributeName] } as const
  const comparison = { kind: 'comparison', left: operand } as const
  return {
    kind: 'and',
    conditions: [
      { ...comparison, comparator: '>', right: constant(first - 1) },
      { ...comparison, comparator: '<=', right: constant(last) },
    ],
  }
}

/**
 * What the write path refuses stays: the item was moved forward, or a transaction holds it, or its
 * table is gone. Other requests may go first between the deletions. Rejects when the store fails.
 */
async function removeAll(
  { clock, table, write, onExpired }: ExpiredItemsOptions,
  actions: readonly WriteAction[],
): Promise<void> {
  const turns = new LoopTurns(clock)
  const outcomes: Promise<unknown>[] = []
  for (const action of actions) {
    outcomes.push(faultOf(write(action).then(() => onExpired(table))))
    const turn = turns.next()
    if (turn !== undefined) await turn
  }
  for (const fault of await Promise.all(outcomes)) if (fault !== undefined) throw fault
}

/** What a write has failed with; undefined when it is done, or refused for a reason. */
async function faultOf(written: Promise<void>): Promise<unknown> {
  try {
    await written
    return undefined
  } catch (error) {
    return error instanceof ApiError ? undefined : error
  }
}
