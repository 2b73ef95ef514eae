import { ApiError, validationException } from './apiError.ts'

/*
 * Texts about BatchGetItem and BatchWriteItem (behaviour digest 3.5). What the service model
 * constrains, such as the number of requests for one table, has its texts in wireErrors.ts.
 */

/** Two requests of one batch address the same item of the same table. */
export function duplicateBatchKeys(): ApiError {
  return validationException('Provided list of item keys contains duplicates')
}

/** All tables of a batch together have more requests than it may have. */
export function tooManyBatchItems(operation: 'BatchGetItem' | 'BatchWriteItem'): ApiError {
  return validationException(`Too many items requested for the ${operation} call`)
}

/** Whether `error` says that an unfinished transaction holds the item. */
export function isTransactionConflict(error: unknown): boolean {
  return error instanceof ApiError && error.kind.name === 'TransactionConflictException'
}
