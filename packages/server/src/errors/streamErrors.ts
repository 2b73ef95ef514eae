import { ApiError, modelledKind, validationException } from './apiError.ts'

/*
 * Texts of DynamoDB Streams (behaviour digest 6.1). Those of an unknown stream, of an iterator that
 * is too old and of trimmed data are AWS's; the sentences of the others were never seen, and are
 * ours.
 */

const resourceNotFoundKind = modelledKind('ResourceNotFoundException')
const trimmedDataAccessKind = modelledKind('TrimmedDataAccessException')
const expiredIteratorKind = modelledKind('ExpiredIteratorException')

/** What is given as StreamArn is the ARN of no stream. */
export function streamArnInvalid(text: string): ApiError {
  return validationException(`Invalid StreamArn: ${text}`)
}

export function streamNotFound(arn: string): ApiError {
  return new ApiError(
    resourceNotFoundKind,
    `Requested resource not found: Stream: ${arn} not found`,
  )
}

export function shardNotFound(shardId: string, arn: string): ApiError {
  return new ApiError(
    resourceNotFoundKind,
    `Requested resource not found: Shard: ${shardId} of Stream: ${arn} not found`,
  )
}

/** What is given as ShardIterator was never given out. */
export function iteratorInvalid(): ApiError {
  return validationException('Invalid ShardIterator')
}

export function iteratorExpired(): ApiError {
  return new ApiError(expiredIteratorKind, 'The provided iterator exceeds the maximum age allowed.')
}

/** The records that are asked for are no longer kept. */
export function dataTrimmed(): ApiError {
  return new ApiError(trimmedDataAccessKind, 'The data you are trying to access has been trimmed')
}

/** A member that a type of iterator must have. */
export function iteratorMemberMissing(
  member: 'SequenceNumber' | 'Timestamp',
  type: string,
): ApiError {
  return validationException(`${member} must be provided for ShardIteratorType ${type}`)
}

/** A member that a type of iterator must not have. */
export function iteratorMemberUnexpected(
  member: 'SequenceNumber' | 'Timestamp',
  type: string,
): ApiError {
  return validationException(`${member} must not be provided for ShardIteratorType ${type}`)
}

/** No number, or one that the shard has not given out. */
export function sequenceNumberInvalid(text: string): ApiError {
  return validationException(`Invalid SequenceNumber: ${text}`)
}

export function timestampInFuture(): ApiError {
  return validationException('Timestamp must not be in the future')
}
