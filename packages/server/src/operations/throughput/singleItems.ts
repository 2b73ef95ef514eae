import type { ItemImage } from '../../items/itemImage.ts'
import type { ReadAction, WriteAction, WriteResult } from '../../transactions/writePlan.ts'
import type { Services } from '../services.ts'

/** What single items are read and written through. */
type ItemServices = Pick<Services, 'coordinator' | 'throttle'>

/**
 * The last committed image of an item; at once when the engine reads at once. Throws when it is
 * throttled.
 */
export function readItem(
  { coordinator, throttle }: ItemServices,
  item: ReadAction,
  consistentRead: boolean | undefined,
): ItemImage | undefined | Promise<ItemImage | undefined> {
  if (throttle === undefined) return coordinator.read(item.rowKey)
  return throttle.readItem(coordinator, item, consistentRead)
}

/** One write of one item. Rejects when it is throttled, and as {@link Coordinator.write} does. */
export function writeItem(
  { coordinator, throttle }: ItemServices,
  action: WriteAction,
): Promise<WriteResult> {
  if (throttle === undefined) return coordinator.write(action)
  return throttle.write(coordinator, action, (admitted) => coordinator.write(admitted))
}

/** One write of a batch: as {@link writeItem}, but patient (see Coordinator.writeOfBatch). */
export function writeItemOfBatch(
  { coordinator, throttle }: ItemServices,
  action: WriteAction,
): Promise<WriteResult> {
  if (throttle === undefined) return coordinator.writeOfBatch(action)
  return throttle.write(coordinator, action, (admitted) => coordinator.writeOfBatch(admitted))
}
