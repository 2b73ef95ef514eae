import { ApiError, protocolKind } from './apiError.ts'

/** Which SDKs do not try again after. */
const unrecognizedKind = protocolKind('UnrecognizedClientException')

/** An access key id that means a namespace and names none; `rule` says what a name is. */
export const notANamespace = (accessKeyId: string, rule: string): ApiError =>
  new ApiError(
    unrecognizedKind,
    `The access key id ${accessKeyId} names no namespace: after dynatom- come ${rule}.`,
  )

/** A namespace that would be one more than a server has. */
export const tooManyNamespaces = (most: number): ApiError =>
  new ApiError(
    unrecognizedKind,
    `There are ${most} namespaces, and a server has no more: drop those that are not needed.`,
  )

/** A request at the path of a namespace that another key has signed, or none. */
export const strangerAtNamespace = (name: string): ApiError =>
  new ApiError(
    unrecognizedKind,
    `At /dynatom-${name} only the access key id dynatom-${name} is let in.`,
  )
