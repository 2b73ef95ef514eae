import { readUnitsOfSize } from '../../capacity/capacityUnits.ts'
import { consumedCapacities, type ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { UsageByName, unitsOfTable } from '../../capacity/usage.ts'
import { isValidationException } from '../../errors/apiError.ts'
import { transactionTooLarge } from '../../errors/transactionErrors.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import { checkKeysNotEmpty, rowKeyOfKey } from '../../items/primaryKey.ts'
import { maxTransactionBytes } from '../../limits.ts'
import { projected, projectionPaths, type Projection } from '../../reads/projection.ts'
import type { Table } from '../../schema/table.ts'
import type { InvalidAction, ReadAction } from '../../transactions/writePlan.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import type { Answer } from '../operation.ts'
import type { Services } from '../services.ts'
import { checkPathsOutsideAllKeys } from './scalarKeys.ts'
import { checkDistinctItems } from './writeTransaction.ts'

/** One read of a transaction. */
export interface TransactedRead {
  /** Name or ARN of the table, as the request has it. */
  readonly name: string
  readonly table: Table
  /** Its values have been checked. */
  readonly key: AttributeMap
  readonly projection: Projection
}

interface ReadTransactionRequest {
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/**
 * Reads up to 100 items in one committed state, at once if the store does. Fails as {@link
 * Coordinator.readTransaction}, and for items that are read twice, empty keys, and more than 4 MB.
 */
export function readTransaction(
  services: Services,
  request: ReadTransactionRequest,
  reads: readonly TransactedRead[],
): Answer | Promise<Answer> {
  const bound = reads.map(({ table, key }) => bindGet(table, key))
  checkDistinctItems(bound.map((action) => ('rowKey' in action ? action.rowKey : undefined)))
  for (const { table, key } of reads) checkKeysNotEmpty(table, key)
  const actions = bound.map((action, i) => outsideKeys(action, projectionAt(reads, i)))
  const { coordinator, throttle } = services
  const images =
    throttle === undefined
      ? coordinator.readTransaction(actions)
      : throttle.readTransaction(coordinator, actions)
  return images instanceof Promise
    ? images.then((read) => answerOf(request, reads, read))
    : answerOf(request, reads, images)
}

function answerOf(
  request: ReadTransactionRequest,
  reads: readonly TransactedRead[],
  images: readonly (ItemImage | undefined)[],
): Answer {
  const sizeBytes = images.reduce((sum, image) => sum + (image?.sizeBytes ?? 0), 0)
  if (sizeBytes > maxTransactionBytes) throw transactionTooLarge()
  const sums = new UsageByName()
  reads.forEach(({ name, table }, i) => {
    sums.add(name, table, 'read', unitsOfTable(2 * readUnitsOfSize(images[i]?.sizeBytes ?? 0)))
  })
  const { usage } = sums
  return {
    response: {
      Responses: images.map((image, i) => itemResponse(image, projectionAt(reads, i))),
      ConsumedCapacity: consumedCapacities(request.ReturnConsumedCapacity, usage, true),
    },
    usage,
  }
}

function projectionAt(reads: readonly TransactedRead[], position: number): Projection {
  return (reads[position] as TransactedRead).projection
}

function bindGet(table: Table, key: AttributeMap): ReadAction | InvalidAction {
  return orInvalid(() => ({ table, key, rowKey: rowKeyOfKey(table, key) }))
}

/** A projection that leads into a key is a reason of its action, as with the paths of an Update. */
function outsideKeys(
  action: ReadAction | InvalidAction,
  projection: Projection,
): ReadAction | InvalidAction {
  if ('invalid' in action) return action
  return orInvalid(() => {
    checkPathsOutsideAllKeys(action.table, projectionPaths(projection))
    return action
  })
}

function orInvalid(bind: () => ReadAction): ReadAction | InvalidAction {
  try {
    return bind()
  } catch (error) {
    if (!isValidationException(error)) throw error
    return { invalid: error }
  }
}

/** A missing item and a projection that matches nothing both give `{}`. */
function itemResponse(image: ItemImage | undefined, projection: Projection): object {
  if (image === undefined) return {}
  const item = projected(image, projection)
  const isEmpty = projection.kind !== 'all' && Object.keys(item).length === 0
  return isEmpty ? {} : { Item: item }
}
