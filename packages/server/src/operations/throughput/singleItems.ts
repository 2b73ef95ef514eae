import type { ItemImage } from '../../items/itemImage.ts'
import type { TellOutcome } from '../../transactions/batchWrites.ts'
import type { ReadAction, WriteAction, WriteResult } from '../../transactions/writePlan.ts'
import { itemSourceOf } from '../readConsistency.ts'
import type { Services } from '../services.ts'

/** What single items are read and written through. */
type ItemServices = Pick<Services, 'coordinator' | 'throttle'>

/**
 * The last committed image of an item, or an earlier one where eventually consistent reads are not
 * up to date; at once when the engine reads at once. Throws when it is throttled.
 */
export function readItem(
  services: Pick<Services, 'coordinator' | 'throttle' | 'eventual'>,
  item: ReadAction,
  consistentRead: boolean | undefined,
): ItemImage | undefined | Promise<ItemImage | undefined> {
  const source = itemSourceOf(services, consistentRead)
  const { throttle } = services
  if (throttle === undefined) return source.read(item.rowKey)
  return throttle.readItem(source, item, consistentRead)
}

/** One write of one item. Rejects when it is throttled, and as {@link Coordinator.write} does. */
export function writeItem(
  { coordinator, throttle }: ItemServices,
  action: WriteAction,
): Promise<WriteResult> {
  if (throttle === undefined) return coordinator.write(action)
  return throttle.write(coordinator, action, (admitted) => coordinator.write(admitted))
}

/**
 * The writes of a batch, each by itself: as {@link writeItem}, but patient (see
 * Coordinator.writeOfBatch). `tell` is told what becomes of each. REQUIRES: the actions name
 * distinct items.
 */
export async function writeItemsOfBatch(
  { coordinator, throttle }: ItemServices,
  actions: readonly WriteAction[],
  tell: TellOutcome,
): Promise<void> {
  if (throttle === undefined) return coordinator.writeBatch(actions, tell)
  const perform = (admitted: WriteAction): Promise<WriteResult> =>
    coordinator.writeOfBatch(admitted)
  const outcomes = await Promise.allSettled(
    actions.map((action) => throttle.write(coordinator, action, perform)),
  )
  for (const [i, outcome] of outcomes.entries()) {
    tell(i, outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error))
  }
}
