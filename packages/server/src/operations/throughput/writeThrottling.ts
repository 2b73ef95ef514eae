import type { TableCharge, ThroughputLimits } from '../../capacity/throughputLimits.ts'
import { consumedByWrite } from '../../capacity/writeCapacity.ts'
import {
  chargesOfWrite,
  differenceOf,
  isLimited,
  leastChargeOfWrite,
} from '../../capacity/writeCharges.ts'
import { unitsOfTable, type Units } from '../../capacity/usage.ts'
import { writeUnitsOfSize } from '../../capacity/capacityUnits.ts'
import { ApiError, isValidationException } from '../../errors/apiError.ts'
import { throttled } from '../../errors/throttlingErrors.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import type { Coordinator } from '../../transactions/coordinator.ts'
import { conditionHolds, imageAfter } from '../../transactions/evaluateAction.ts'
import type { WriteAction, WriteResult } from '../../transactions/writePlan.ts'

/** What does a write that is let in. */
export type PerformWrite = (action: WriteAction) => Promise<WriteResult>

/** What reads single items. */
export type ItemSource = Pick<Coordinator, 'read'>

/** Does a write that the throughput of its table and of the indexes that it changes lets in. */
export async function writeThrottled(
  limits: ThroughputLimits,
  items: ItemSource,
  action: WriteAction,
  perform: PerformWrite,
): Promise<WriteResult> {
  const taken = await expectedCharge(items, action, 1)
  const refusal = limits.refusalOf(taken)
  if (refusal !== undefined) throw throttled([refusal])
  limits.take(taken)
  try {
    const result = await perform(action)
    limits.take(differenceOf(taken, consumedByWrite(action, result), action.rowKey))
    return result
  } catch (error) {
    const cost = await costOfFailure(items, action, error)
    limits.take(differenceOf(taken, cost, action.rowKey))
    throw error
  }
}

/**
 * What a write is going to take, as far as the item that is stored now tells. Only what global
 * indexes have to take depends on more than the size of the item: a write that changes nothing in
 * an index is not held up by it. Where there are none the item is not read.
 */
export async function expectedCharge(
  items: ItemSource,
  action: WriteAction,
  tableFactor: 1 | 2,
): Promise<TableCharge> {
  const { table, rowKey, change } = action
  const isIndexed = table.indexes.some(isLimited)
  if (!isIndexed || change.kind === 'ConditionCheck') {
    return leastChargeOfWrite(action, change.kind === 'Put' ? change.image : undefined, tableFactor)
  }
  const before = await items.read(rowKey)
  return chargesOfWrite(action, { before, after: expectedAfter(action, before) }, tableFactor)
}

/** The item as the write will leave it: as it was, where the write is going to fail. */
function expectedAfter(action: WriteAction, before: ItemImage | undefined): ItemImage | undefined {
  try {
    return conditionHolds(action, before) ? imageAfter(action, before) : before
  } catch (error) {
    if (!isValidationException(error)) throw error
    return before
  }
}

const failuresThatCost: ReadonlySet<string> = new Set([
  'ConditionalCheckFailedException',
  'DuplicateItemException',
  'TransactionConflictException',
])

/**
 * A write that is refused at its item costs what it would cost the table (guide: write capacity
 * units of a failed condition); one that never got there costs nothing.
 */
async function costOfFailure(
  items: ItemSource,
  { change, rowKey }: WriteAction,
  error: unknown,
): Promise<Units> {
  if (!(error instanceof ApiError) || !failuresThatCost.has(error.kind.name)) return unitsOfTable(0)
  const stored = await items.read(rowKey)
  const putBytes = change.kind === 'Put' ? change.image.sizeBytes : 0
  return unitsOfTable(writeUnitsOfSize(Math.max(stored?.sizeBytes ?? 0, putBytes)))
}
