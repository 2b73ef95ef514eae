/** What a client of the control surface is refused with: the status of HTTP and a name for it. */
export interface ControlErrorKind {
  readonly name: string
  readonly statusCode: number
}

const invalidKind: ControlErrorKind = { name: 'InvalidRequest', statusCode: 400 }
const tokenKind: ControlErrorKind = { name: 'TokenNeeded', statusCode: 401 }
const foreignKind: ControlErrorKind = { name: 'Forbidden', statusCode: 403 }
const unknownKind: ControlErrorKind = { name: 'NotFound', statusCode: 404 }
const methodKind: ControlErrorKind = { name: 'MethodNotAllowed', statusCode: 405 }
const conflictKind: ControlErrorKind = { name: 'Conflict', statusCode: 409 }
const tooLargeKind: ControlErrorKind = { name: 'TooLarge', statusCode: 413 }
const mediaTypeKind: ControlErrorKind = { name: 'UnsupportedMediaType', statusCode: 415 }

/** A refusal of the control surface, over HTTP and in process. Its texts are built here alone. */
export class ControlError extends Error {
  readonly kind: ControlErrorKind

  constructor(kind: ControlErrorKind, message: string) {
    super(message)
    this.name = kind.name
    this.kind = kind
  }
}

/** `text` says what about the request is wrong. */
export const invalidControl = (text: string): ControlError => new ControlError(invalidKind, text)

export const controlTokenNeeded = (): ControlError =>
  new ControlError(tokenKind, 'A bearer token is needed: that of --control-token-file.')

/** There would have to be a token, and the server has none. */
export const controlTokenMissing = (): ControlError =>
  new ControlError(
    foreignKind,
    'Beyond loopback, and where signatures are verified, a control token is needed, and this ' +
      'server was given none: --control-token-file, in process controlToken.',
  )

export const foreignOrigin = (): ControlError =>
  new ControlError(foreignKind, 'Pages of other origins are not let in.')

export const foreignHost = (): ControlError =>
  new ControlError(
    foreignKind,
    'The host that was asked is neither loopback nor what the server listens on.',
  )

/** `what` as in `fault rule 12`, or a path. */
export const controlNotFound = (what: string): ControlError =>
  new ControlError(unknownKind, `There is no ${what}.`)

/** Of a request that was not refused, or is forgotten. */
export const refusalForgotten = (requestId: string): ControlError =>
  controlNotFound(`refusal of a request ${requestId} that is remembered`)

export const controlMethodNotAllowed = (allowed: readonly string[]): ControlError =>
  new ControlError(methodKind, `This path takes ${allowed.join(', ')}.`)

/** `text` says what stands against it. */
export const controlConflict = (text: string): ControlError => new ControlError(conflictKind, text)

export const needsMemory = (): ControlError =>
  controlConflict('Only a database in memory can do that; this one has its data in a directory.')

export const controlTooLarge = (): ControlError =>
  new ControlError(tooLargeKind, 'The body is larger than the server takes.')

export const controlNeedsJson = (): ControlError =>
  new ControlError(
    mediaTypeKind,
    'Requests that change something have content-type application/json.',
  )
