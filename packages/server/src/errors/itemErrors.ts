import {
  ApiError,
  invalidParameterValues,
  modelledKind,
  parameterFault,
  validationException,
} from './apiError.ts'

const conditionalCheckFailedKind = modelledKind('ConditionalCheckFailedException')
const transactionConflictKind = modelledKind('TransactionConflictException')

/** A condition was false. `item` is the stored item when the request asked for it. */
export function conditionalCheckFailed(item: object | undefined): ApiError {
  const members = item === undefined ? undefined : { Item: item }
  return new ApiError(conditionalCheckFailedKind, 'The conditional request failed', members)
}

/** Whether `error` says that a condition was false, of an INSERT too. */
export function isFailedCondition(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  const { name } = error.kind
  return name === conditionalCheckFailedKind.name || name === 'DuplicateItemException'
}

/** A single-item write met an unfinished transaction (behaviour digest 1.3). */
export function transactionConflict(): ApiError {
  return new ApiError(transactionConflictKind, 'Transaction is ongoing for the item')
}

/** PutItem and DeleteItem can return nothing or the old item. */
export function returnValuesNotAllowed(): ApiError {
  return parameterFault('ReturnValues can only be ALL_OLD or NONE')
}

/** An update names a key attribute of the table. */
export function cannotUpdateKey(name: string): ApiError {
  return validationException(
    'One or more parameter values were invalid: ' +
      `Cannot update attribute ${name}. This attribute is part of the key`,
  )
}

/** AttributesToGet names one attribute twice. */
export function duplicateAttributeToGet(name: string): ApiError {
  return invalidParameterValues(`Duplicate value in attribute name: ${name}`)
}
