import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb'

/** Errors that clients provoke here: nothing happened, and nothing is wrong with the server. */
const refusals = new Set([
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'TransactionConflictException',
])

/**
 * What a client knows after a request that failed.
 *
 * - 'refused': it was carried out in no part.
 * - 'inProgress': another request with its token is under way; what that one does is open.
 * - 'unknown': it may have been carried out, or may still be.
 */
export interface Failure {
  readonly outcome: 'refused' | 'inProgress' | 'unknown'
  /** The error's name or code, for the figures. */
  readonly name: string
  readonly error: unknown
  /** An answer that no request of this suite should get. */
  readonly unexpected: boolean
}

export function outcomeOfError(error: unknown): Failure {
  const name = nameOf(error)
  if (error instanceof DynamoDBServiceException && error.$metadata.httpStatusCode !== undefined) {
    if (refusals.has(name)) return { outcome: 'refused', name, error, unexpected: false }
    if (name === 'TransactionInProgressException') {
      return { outcome: 'inProgress', name, error, unexpected: false }
    }
    const outcome = error.$metadata.httpStatusCode < 500 ? 'refused' : 'unknown'
    return { outcome, name, error, unexpected: true }
  }
  // Nobody listens, so nobody has read the request.
  const outcome = name === 'ECONNREFUSED' ? 'refused' : 'unknown'
  return { outcome, name, error, unexpected: !connectionErrors.has(name) }
}

/** How an answer fails to arrive: our own time-out, a reset, a server that was killed. */
const connectionErrors = new Set(['AbortError', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE'])

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return error instanceof DynamoDBServiceException || code === undefined ? error.name : code
}
