import { hash, timingSafeEqual } from 'node:crypto'
import { ApiError } from '../../errors/apiError.ts'
import {
  expiredSessionToken,
  hostNotSigned,
  malformedCredential,
  unknownAccessKey,
  unsupportedAlgorithm,
  wrongCredentialScope,
  wrongSessionToken,
  wrongSignature,
} from '../../errors/authenticationErrors.ts'
import type { AccessKey, AccessKeys } from '../accessKeys.ts'
import { canonicalRequest } from './canonicalRequest.ts'
import { claimOf, type SignatureClaim } from './signatureClaim.ts'
import type { SignedRequest } from './signedRequest.ts'
import { SigningKeys } from './signingKeys.ts'
import { signingTimeOf } from './validity.ts'

/** What a request has to be signed for, and when. */
export interface Expected {
  readonly region: string
  /** Such as `dynamodb`. */
  readonly service: string
  /** Milliseconds since the epoch. */
  readonly nowMs: number
}

const algorithm = 'AWS4-HMAC-SHA256'
const terminator = 'aws4_request'
/** Room for the canonical form of any usual request. */
const scratchBytes = 4096

/** Verifies Signature Version 4, of requests that were signed by one of `accessKeys`. */
export class SignatureVerifier {
  readonly #accessKeys: AccessKeys
  readonly #signingKeys = new SigningKeys()
  /** Where canonical forms are written, so that not each has memory of its own. */
  readonly #scratch = Buffer.allocUnsafeSlow(scratchBytes)

  constructor(accessKeys: AccessKeys) {
    this.#accessKeys = accessKeys
  }

  /**
   * The key that `request` was signed by; or the first thing that is wrong, in AWS's order: what
   * the request says of its signature, the date, the host, the algorithm, the scope, the key, the
   * signature, the session token (behaviour digest 4.4).
   */
  verify(request: SignedRequest, expected: Expected): AccessKey | ApiError {
    const claim = claimOf(request, 'strict')
    if (claim instanceof ApiError) return claim
    const signed = signingTimeOf(claim, expected.nowMs)
    if (signed instanceof ApiError) return signed
    if (!isSigned(claim.signedHeaders, 'host')) return hostNotSigned()
    if (claim.algorithm !== algorithm) return unsupportedAlgorithm(claim.algorithm)
    const parts = claim.credential.split('/', 6)
    if (parts.length !== 5) return malformedCredential(claim.credential)
    const fault = scopeFaultOf(parts as CredentialParts, signed, expected)
    if (fault !== undefined) return fault
    const key = this.#accessKeys.find(parts[0] as string)
    if (key === undefined) return unknownAccessKey()
    if (key.sessionToken !== undefined && !claim.sessionToken) return unknownAccessKey()
    const signature = this.#signatureOf(request, claim, key, signed)
    if (signature === undefined || !isSame(signature, claim.signature)) return wrongSignature()
    return tokenFaultOf(key, claim.sessionToken, expected.nowMs) ?? key
  }

  /**
   * The signature that the request should have; undefined when it cannot have any. REQUIRES: the
   * credential's scope is right.
   */
  #signatureOf(
    request: SignedRequest,
    { signedHeaders, credential }: SignatureClaim,
    key: AccessKey,
    signed: string,
  ): string | undefined {
    const canonical = canonicalRequest(request, signedHeaders)
    if (canonical === undefined) return undefined
    // What never was sent as bytes has those of UTF-8.
    const form = request.rawHeaders === undefined ? canonical : this.#bytesOf(canonical)
    const digest = hash('sha256', form, 'hex')
    const scope = credential.slice(credential.indexOf('/') + 1)
    const text = `${algorithm}\n${signed}\n${scope}\n${digest}`
    return this.#signingKeys.keyOf(key, scope).hexOf(text)
  }

  /** The bytes of a text that has a character for each, until the next is asked for. */
  #bytesOf(text: string): Uint8Array {
    if (text.length > scratchBytes) return Buffer.from(text, 'latin1')
    this.#scratch.write(text, 'latin1')
    return this.#scratch.subarray(0, text.length)
  }
}

type CredentialParts = [string, string, string, string, string]

/** All that is wrong with a scope is told at once. */
function scopeFaultOf(
  [, date, region, service, term]: CredentialParts,
  signed: string,
  expected: Expected,
): ApiError | undefined {
  const isDay = date === signed.slice(0, 8)
  const isHere = region === expected.region && service === expected.service
  if (isDay && isHere && term === terminator) return undefined
  return wrongCredentialScope({
    ...(region !== expected.region && { region }),
    ...(service !== expected.service && { rightService: expected.service }),
    ...(term !== terminator && { terminator: term }),
    ...(!isDay && { date: { scoped: date, signed } }),
  })
}

function tokenFaultOf(
  { sessionToken, expiresMs }: AccessKey,
  given: string | undefined,
  nowMs: number,
): ApiError | undefined {
  if (sessionToken === undefined) return given === undefined ? undefined : wrongSessionToken()
  if (!isSame(sessionToken, given ?? '')) return wrongSessionToken()
  return expiresMs !== undefined && nowMs >= expiresMs ? expiredSessionToken() : undefined
}

/** Whether `name` is in a list with semicolons. */
const isSigned = (signedHeaders: string, name: string): boolean =>
  `;${signedHeaders};`.includes(`;${name};`)

/** Takes the same time wherever two texts of one length differ. */
function isSame(secret: string, given: string): boolean {
  const [right, other] = [Buffer.from(secret, 'utf8'), Buffer.from(given, 'utf8')]
  return right.length === other.length && timingSafeEqual(right, other)
}
