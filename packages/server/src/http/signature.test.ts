import { describe, expect, it } from 'vitest'
import { principalOfRoot } from '../access/rootKey.ts'
import { ApiError } from '../errors/apiError.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { signedByHeader } from '../testing/requestSigner.ts'
import type { RawRequest } from './rawMessage.ts'
import { acceptAnyKey, requireSignature, type Authenticator } from './signature.ts'

function outcomeOf(
  authenticator: Authenticator,
  request: RawRequest,
  service = 'dynamodb',
): unknown {
  try {
    return authenticator.callerOf(request, service)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return `${error.kind.name}: ${error.message}`
  }
}

describe('any key', () => {
  const withCredential = (credential: string): RawRequest => ({
    method: 'POST',
    url: '/',
    headers: {
      'x-amz-date': 'some day',
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=a, Signature=b`,
    },
    body: new Uint8Array(0),
  })

  it('is let in with a signature that is complete', () => {
    const request = withCredential('AKID/20130301/us-east-1/dynamodb/aws4_request')
    expect(outcomeOf(acceptAnyKey, request)).toEqual({
      accessKeyId: 'AKID',
      principal: undefined,
    })
    const { authorization: _, ...unsigned } = request.headers
    expect(outcomeOf(acceptAnyKey, { ...request, headers: unsigned })).toBe(
      'MissingAuthenticationTokenException: Request is missing Authentication Token',
    )
  })

  it.each(['AKID', 'a/b/c/d', 'a/b/c/d/e/f', 'a/b/c/d/e/f/g'])(
    'has to have five parts in its credential, unlike %j',
    (short) => {
      expect(outcomeOf(acceptAnyKey, withCredential(short))).toBe(
        'IncompleteSignatureException: ' +
          'Credential must have exactly 5 slash-delimited elements, ' +
          `e.g. keyid/date/region/service/term, got '${short}'`,
      )
    },
  )
})

describe('a signature that is required', () => {
  const principal = principalOfRoot('123456789012')
  const key = { accessKeyId: 'AKID', secretAccessKey: 'secret', principal }
  const clock = new ManualClock()
  const keys = { find: (id: string) => (id === 'AKID' ? key : undefined) }
  const authenticator = requireSignature(keys, 'eu-west-1', clock)
  const plain = { method: 'POST', path: '/', headers: { host: 'h' }, body: '{}' }
  const terms = { key, region: 'eu-west-1', service: 'monitoring' }

  it('tells whose request it is, for the service that is asked', () => {
    const request = signedByHeader(plain, { ...terms, timeMs: clock.nowMs() })
    expect(outcomeOf(authenticator, request, 'monitoring')).toBe(key)
    expect(outcomeOf(authenticator, request)).toBe(
      "InvalidSignatureException: Credential should be scoped to correct service: 'dynamodb'. ",
    )
  })

  it('goes by the clock that it was given', () => {
    const request = signedByHeader(plain, { ...terms, timeMs: clock.nowMs() })
    clock.advance(301_000)
    expect(outcomeOf(authenticator, request, 'monitoring')).toMatch(
      /^InvalidSignatureException: Signature expired: .* - 5 min\.\)$/,
    )
  })
})
