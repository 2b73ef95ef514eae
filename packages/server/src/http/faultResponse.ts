import type { RawResponse } from './rawMessage.ts'

/** The answer where a responder has failed, which none does. */
export const faultResponse: RawResponse = {
  statusCode: 500,
  headers: { 'content-length': '0' },
  body: new Uint8Array(0),
}
