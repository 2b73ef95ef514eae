import { ApiError, modelledKind, validationException } from './apiError.ts'
import { Throttled, throttlingOfItem, type Refusal } from './throttlingErrors.ts'
import { constraintFailure, enumConstraint, validationErrors } from './wireErrors.ts'

const canceledKind = modelledKind('TransactionCanceledException', 400, 'Message')
const inProgressKind = modelledKind('TransactionInProgressException', 400, 'Message')
const mismatchKind = modelledKind('IdempotentParameterMismatchException', 400, 'Message')

/** Why one action cancelled its transaction, or `None` when it did not. */
export interface CancellationReason {
  readonly Code:
    | 'None'
    | 'ConditionalCheckFailed'
    | 'DuplicateItem'
    | 'ItemCollectionSizeLimitExceeded'
    | 'ProvisionedThroughputExceeded'
    | 'ThrottlingError'
    | 'TransactionConflict'
    | 'ValidationError'
  readonly Message?: string
  /** The stored item, for a failed condition that asked for it. */
  readonly Item?: object
}

export const noReason: CancellationReason = { Code: 'None' }

export const conflictReason: CancellationReason = {
  Code: 'TransactionConflict',
  Message: 'Transaction is ongoing for the item',
}

export function failedConditionReason(item: object | undefined): CancellationReason {
  const reason = {
    Code: 'ConditionalCheckFailed',
    Message: 'The conditional request failed',
  } as const
  return item === undefined ? reason : { Code: reason.Code, Item: item, Message: reason.Message }
}

export function validationReason(error: ApiError): CancellationReason {
  return { Code: 'ValidationError', Message: error.message }
}

/** The reasons of `length` actions of which the one at `position` alone has one. */
export function onlyReason(
  length: number,
  position: number,
  reason: CancellationReason,
): CancellationReason[] {
  return Array.from({ length }, (_, i) => (i === position ? reason : noReason))
}

/** The transaction was cancelled; `reasons` has one entry for each action, in their order. */
export function transactionCanceled(reasons: readonly CancellationReason[]): ApiError {
  const codes = reasons.map(({ Code }) => Code).join(', ')
  return new ApiError(
    canceledKind,
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  )
}

/** The transaction was cancelled by throttling, at the actions that have a refusal here. */
/** Whether a transaction was cancelled because somebody else is, or was, at one of its items. */
export function isCancelledByConflict(error: ApiError): boolean {
  const reasons = error.members?.['CancellationReasons'] as CancellationReason[] | undefined
  return reasons?.some(({ Code }) => Code === conflictReason.Code) === true
}

export function transactionThrottled(refusals: readonly (Refusal | undefined)[]): Throttled {
  const reasons = refusals.map((each) => (each === undefined ? noReason : throttlingOfItem(each)))
  const throttled = refusals.filter((each) => each !== undefined)
  return new Throttled(transactionCanceled(reasons), throttled)
}

/** The first request with the same token has not ended. */
export function transactionInProgress(): ApiError {
  return new ApiError(inProgressKind, 'Transaction from previous request is still in progress')
}

/** The token belongs to a request with other parameters. */
export function idempotentParameterMismatch(): ApiError {
  return new ApiError(
    mismatchKind,
    'DynamoDB rejected the request because you retried a request with a different payload but ' +
      'with an idempotent token that was already used.',
  )
}

/** Two actions name one item. */
export function duplicateTransactionItems(): ApiError {
  return validationException('Transaction request cannot include multiple operations on one item')
}

/** A TransactItems entry with no action. */
export function noAction(): ApiError {
  const members = 'TransactWriteRequest should contain Delete or Put or Update'
  return validationException(`Invalid Request: ${members} request`, {
    family: 'action',
    text: constraintFailure('', 'transactItems', `${members} or ConditionCheck`),
  })
}

/** A TransactItems entry with several actions. */
export function severalActions(): ApiError {
  return validationException('TransactItems can only contain one of Check, Put, Update or Delete')
}

/**
 * ReturnValuesOnConditionCheckFailure of the action at `position`, from 0, is none of its values.
 * The source has the moment of this error, but no text: this one is that of any other member.
 */
export function unknownReturnValuesOnFailure(
  value: string,
  action: 'ConditionCheck' | 'Put' | 'Update' | 'Delete',
  position: number,
): ApiError {
  const member = action.charAt(0).toLowerCase() + action.slice(1)
  const path = `transactItems.${position + 1}.member.${member}.returnValuesOnConditionCheckFailure`
  return validationErrors([constraintFailure(value, path, enumConstraint(['ALL_OLD', 'NONE']))])
}

/** More than 4 MB of payload. */
export function transactionTooLarge(): ApiError {
  return validationException('Transaction payload size cannot exceed 4 MB')
}
