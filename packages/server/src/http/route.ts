import type { RawRequest, RawResponse } from './rawMessage.ts'

/**
 * Answers one request, at once if nothing has to be waited for. Fails only with what a callback of
 * the options throws.
 */
export type Responder = (request: RawRequest) => RawResponse | Promise<RawResponse>

/** A way to be asked for something else than an operation in JSON. */
export interface Route {
  matches(request: RawRequest): boolean
  /** Never rejects; `respond` answers operations in JSON. */
  answer(request: RawRequest, requestId: string, respond: Responder): Promise<RawResponse>
}
