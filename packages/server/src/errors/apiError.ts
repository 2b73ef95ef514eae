/** The namespace that AWS prints before each error's name in `__type` (behaviour digest 4.3). */
export type ErrorNamespace =
  | 'com.amazonaws.dynamodb.v20120810'
  | 'com.amazon.coral.service'
  | 'com.amazon.coral.validate'
  | 'com.amazon.coral.availability'
  | 'com.amazonaws.cloudwatch'

/** Everything that the wire needs to know of one kind of error. */
export interface ErrorKind {
  /** The part of `__type` after `#`; the name that SDKs see. */
  readonly name: string
  readonly namespace: ErrorNamespace
  readonly statusCode: number
  /** The member that carries the text: a few kinds spell it with a capital. */
  readonly messageMember: 'message' | 'Message'
  /** What a service that speaks the query protocol too calls the error there, if it does. */
  readonly queryCode?: string
}

/**
 * What the newer validation layer of AWS treats alike: a fault of a `parameter` by itself; of a
 * `value`, or its `depth`, which stand without the words round them; of what is `selected`; of an
 * entry without an `action`. A `whole` text is the same for all operations.
 */
export type TextFamily = 'parameter' | 'value' | 'depth' | 'selected' | 'action' | 'whole'

/** A text as the newer validation layer has it, before an operation puts it in an envelope. */
export interface NewerForm {
  readonly family: TextFamily
  readonly text: string
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
  /** The form of the newer validation layer, if it has one, beside `message`, the older's. */
  readonly newer: NewerForm | undefined

  constructor(
    kind: ErrorKind,
    message: string | undefined,
    members?: Record<string, unknown>,
    newer?: NewerForm,
  ) {
    // A refusal is an answer: nobody looks where it was built, which takes longest to find out.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message ?? '')
    Error.stackTraceLimit = stackTraceLimit
    this.name = kind.name
    this.kind = kind
    this.hasMessage = message !== undefined
    this.members = members
    this.newer = newer
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

/**
 * ValidationException with `message` to the letter, and the newer layer's form if it has one. For
 * use by the catalogue only.
 */
export function validationException(message: string, newer?: NewerForm): ApiError {
  return new ApiError(validationKind, message, undefined, newer)
}

/** ValidationException of family `parameter`, whose text is the same in both layers. */
export function parameterFault(message: string): ApiError {
  return validationException(message, { family: 'parameter', text: message })
}

/** {@link parameterFault} with the beginning of {@link invalidParameterValues}. */
export function invalidParameterFault(detail: string): ApiError {
  return parameterFault(invalidParameterValues(detail).message)
}

/** ValidationException of family `value`; the newer text when it is not the same. */
export function valueFault(message: string, newerText: string = message): ApiError {
  return validationException(message, { family: 'value', text: newerText })
}

/** ValidationException whose text begins with `One or more parameter values were invalid: `. */
export function invalidParameterValues(detail: string): ApiError {
  return validationException(`One or more parameter values were invalid: ${detail}`)
}

/** ValidationException of family `depth`, whose text is the same in both layers. */
export function depthFault(message: string): ApiError {
  return validationException(message, { family: 'depth', text: message })
}

export const isApiError = (error: unknown): error is ApiError => error instanceof ApiError

/** Whether `error` is a ValidationException: inside a transaction it may become a reason. */
export function isValidationException(error: unknown): error is ApiError {
  return error instanceof ApiError && error.kind === validationKind
}
