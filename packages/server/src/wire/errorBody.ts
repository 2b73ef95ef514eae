import type { ApiError } from '../errors/apiError.ts'
import { encodeResponse } from './encodeResponse.ts'

/**
 * The body of an error response (behaviour digest 1.5): `__type`, the members that the error
 * carries, and its message unless it has none.
 */
export function encodeError(error: ApiError): Uint8Array {
  const { kind, members, hasMessage, message } = error
  const type = { __type: `${kind.namespace}#${kind.name}` }
  return encodeResponse(
    hasMessage ? { ...type, ...members, [kind.messageMember]: message } : { ...type, ...members },
  )
}
