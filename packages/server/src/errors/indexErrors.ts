import { ApiError, modelledKind } from './apiError.ts'
import type { CancellationReason } from './transactionErrors.ts'

/*
 * Texts about indexes that are created and deleted online, and about item collections (behaviour
 * digest 2.1 and 5).
 */

const resourceInUseKind = modelledKind('ResourceInUseException')
const itemCollectionKind = modelledKind('ItemCollectionSizeLimitExceededException')

/** The index is in a status that does not admit the change. */
export function indexInUse(progress: 'created' | 'deleted', indexName: string): ApiError {
  const reason = `Index is being ${progress}: ${indexName}`
  const message = `Attempt to change a resource which is still in use: ${reason}`
  return new ApiError(resourceInUseKind, message)
}

const collectionSizeExceeded = 'Collection size exceeded.'

/** A write would let an item collection grow beyond its limit. */
export function itemCollectionSizeLimitExceeded(): ApiError {
  return new ApiError(itemCollectionKind, collectionSizeExceeded)
}

/** The same as a reason for the cancellation of a transaction. */
export const collectionLimitReason: CancellationReason = {
  Code: 'ItemCollectionSizeLimitExceeded',
  Message: collectionSizeExceeded,
}
