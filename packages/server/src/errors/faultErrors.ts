import { ApiError, modelledKind, protocolKind, type ErrorKind } from './apiError.ts'
import { accessDenied } from './accessErrors.ts'
import { collectionLimitReason, itemCollectionSizeLimitExceeded } from './indexErrors.ts'
import { conditionalCheckFailed, transactionConflict } from './itemErrors.ts'
import { serviceUnavailable } from './protocolErrors.ts'
import { duplicateItem, duplicateItemReason } from './statementErrors.ts'
import { dataTrimmed, iteratorExpired } from './streamErrors.ts'
import { resourceNotFound } from './tableErrors.ts'
import { Throttled, throttlingOfItem, type Refusal } from './throttlingErrors.ts'
import {
  conflictReason,
  failedConditionReason,
  idempotentParameterMismatch,
  noReason,
  transactionCanceled,
  transactionInProgress,
  type CancellationReason,
} from './transactionErrors.ts'
import { internalServerError } from './wireErrors.ts'

/*
 * Errors that a test asks for, in the shape that DynamoDB gives them, also those that nothing here
 * gives by itself. Their texts are those of the rest of the catalogue, of the developer guide
 * (error handling) or of the model.
 */

/** Errors that any operation may have, though the model does not say so (guide: error handling). */
export const commonErrors: readonly string[] = [
  'AccessDeniedException',
  'ExpiredTokenException',
  'ServiceUnavailable',
  'ThrottlingException',
  'UnrecognizedClientException',
  'ValidationException',
]

/** What the model says of an error, or we of one that it does not have. */
export interface AskedError {
  readonly name: string
  /** Whether it is the server's fault. */
  readonly isFault: boolean
  readonly messageMember: 'message' | 'Message'
  /** What it is to say instead of what it says. */
  readonly message?: string | undefined
}

/** Texts of the guide and the model for what the rest of the catalogue never says. */
const texts: Readonly<Record<string, string>> = {
  LimitExceededException: 'Too many operations for a given subscriber.',
  RequestLimitExceeded:
    'Throughput exceeds the current throughput limit for your account. To request a limit ' +
    'increase, contact AWS Support at https://aws.amazon.com/support.',
  ResourceInUseException: 'The resource which you are attempting to change is in use.',
  ReplicatedWriteConflictException:
    'One or more items in this request are being modified by a request in another Region.',
  UnrecognizedClientException: 'The security token included in the request is invalid.',
  ExpiredTokenException: 'The security token included in the request is expired',
}
const unknownText = 'The request was refused because a test asked for it.'

/** Those that the catalogue builds itself. */
const known: Readonly<Record<string, () => ApiError>> = {
  AccessDeniedException: accessDenied,
  ConditionalCheckFailedException: () => conditionalCheckFailed(undefined),
  DuplicateItemException: duplicateItem,
  ExpiredIteratorException: iteratorExpired,
  IdempotentParameterMismatchException: idempotentParameterMismatch,
  InternalServerError: internalServerError,
  ItemCollectionSizeLimitExceededException: itemCollectionSizeLimitExceeded,
  ResourceNotFoundException: resourceNotFound,
  ServiceUnavailable: serviceUnavailable,
  TransactionConflictException: transactionConflict,
  TransactionInProgressException: transactionInProgress,
  TrimmedDataAccessException: dataTrimmed,
}

const ofProtocol: ReadonlySet<string> = new Set([
  'UnrecognizedClientException',
  'ExpiredTokenException',
])

/** An error of any kind but those about throttling and cancellations, which say more. */
export function askedError({ name, isFault, messageMember, message }: AskedError): ApiError {
  const built = known[name]?.()
  if (built !== undefined) return message === undefined ? built : saying(built, message)
  return new ApiError(kindOf(name, isFault, messageMember), message ?? texts[name] ?? unknownText)
}

function kindOf(
  name: string,
  isFault: boolean,
  messageMember: AskedError['messageMember'],
): ErrorKind {
  if (name === 'ValidationException') {
    return { name, namespace: 'com.amazon.coral.validate', statusCode: 400, messageMember }
  }
  if (ofProtocol.has(name)) return protocolKind(name)
  return modelledKind(name, isFault ? 500 : 400, messageMember)
}

/** `error` with another text. */
export function saying(error: ApiError, message: string): ApiError {
  const { kind, members } = error
  if (error instanceof Throttled) return new Throttled({ kind, message, members }, error.refusals)
  return new ApiError(kind, message, members && { ...members })
}

/** RequestLimitExceeded, whose reasons are those of {@link throttled}. */
export function requestLimitExceeded({ reasons }: Refusal): ApiError {
  const kind = modelledKind('RequestLimitExceeded')
  return new ApiError(kind, texts[kind.name], { ThrottlingReasons: reasons })
}

/** The codes that an action of a transaction can be cancelled with. */
export const cancellationCodes: readonly CancellationReason['Code'][] = [
  'TransactionConflict',
  'ConditionalCheckFailed',
  'DuplicateItem',
  'ItemCollectionSizeLimitExceeded',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'ValidationError',
]

/** The reason with a code; `refusal` says why, of one about throttling. */
function reasonOf(code: CancellationReason['Code'], refusal: Refusal): CancellationReason {
  switch (code) {
    case 'TransactionConflict':
      return conflictReason
    case 'ConditionalCheckFailed':
      return failedConditionReason(undefined)
    case 'DuplicateItem':
      return duplicateItemReason
    case 'ItemCollectionSizeLimitExceeded':
      return collectionLimitReason
    case 'ProvisionedThroughputExceeded':
      return throttlingOfItem({ ...refusal, mode: 'PROVISIONED' })
    case 'ThrottlingError':
      return throttlingOfItem({ ...refusal, mode: 'PAY_PER_REQUEST' })
    case 'ValidationError':
      return { Code: code, Message: unknownText }
    case 'None':
    default:
      return noReason
  }
}

/** A transaction of `length` actions that is cancelled for a reason at some of them. */
export function canceledAt(
  length: number,
  positions: readonly number[],
  code: CancellationReason['Code'],
  refusal: Refusal,
): ApiError {
  const reason = reasonOf(code, refusal)
  return transactionCanceled(
    Array.from({ length }, (_, i) => (positions.includes(i) ? reason : noReason)),
  )
}
