/** The namespace that AWS prints before each error's name in `__type` (behaviour digest 4.3). */
export type ErrorNamespace =
  | 'com.amazonaws.dynamodb.v20120810'
  | 'com.amazon.coral.service'
  | 'com.amazon.coral.validate'

/** Everything that the wire needs to know of one kind of error. */
export interface ErrorKind {
  /** The part of `__type` after `#`; the name that SDKs see. */
  readonly name: string
  readonly namespace: ErrorNamespace
  readonly statusCode: number
  /** The member that carries the text: a few kinds spell it with a capital. */
  readonly messageMember: 'message' | 'Message'
}

/**
 * An error that the client is shown. Built by the functions of this folder only, which hold the
 * exact texts; nothing else in the server writes an error text of its own.
 */
export class ApiError extends Error {
  readonly kind: ErrorKind
  /** Members beside the message, such as `Item` or `CancellationReasons`. */
  readonly members: Readonly<Record<string, unknown>> | undefined
  /** False for the few errors that AWS sends without a message. */
  readonly hasMessage: boolean

  constructor(kind: ErrorKind, message: string | undefined, members?: Record<string, unknown>) {
    super(message ?? '')
    this.name = kind.name
    this.kind = kind
    this.hasMessage = message !== undefined
    this.members = members
  }
}

/** A kind that the service model defines. */
export function modelledKind(
  name: string,
  statusCode = 400,
  messageMember: 'message' | 'Message' = 'message',
): ErrorKind {
  return { name, namespace: 'com.amazonaws.dynamodb.v20120810', statusCode, messageMember }
}

/** A kind that the protocol layer in front of DynamoDB defines. */
export function protocolKind(
  name: string,
  statusCode = 400,
  messageMember: 'message' | 'Message' = 'message',
): ErrorKind {
  return { name, namespace: 'com.amazon.coral.service', statusCode, messageMember }
}

const validationKind: ErrorKind = {
  name: 'ValidationException',
  namespace: 'com.amazon.coral.validate',
  statusCode: 400,
  messageMember: 'message',
}

/** ValidationException with `message` to the letter. For use by the catalogue only. */
export function validationException(message: string): ApiError {
  return new ApiError(validationKind, message)
}

/** ValidationException whose text begins with `One or more parameter values were invalid: `. */
export function invalidParameterValues(detail: string): ApiError {
  return validationException(`One or more parameter values were invalid: ${detail}`)
}

/** Whether `error` is a ValidationException: inside a transaction it may become a reason. */
export function isValidationException(error: unknown): error is ApiError {
  return error instanceof ApiError && error.kind === validationKind
}
