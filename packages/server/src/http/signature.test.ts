import { describe, expect, it } from 'vitest'
import { ApiError } from '../errors/apiError.ts'
import type { RawRequest, RequestHeaders } from './rawMessage.ts'
import { acceptAnyKey, parseSignature } from './signature.ts'

const credential = 'AKID/20130301/us-east-1/dynamodb/aws4_request'
const date = { 'x-amz-date': '20130301T000000Z' }

function request(headers: RequestHeaders, url = '/'): RawRequest {
  return { method: 'POST', url, headers, body: new Uint8Array(0) }
}

function refusal(headers: RequestHeaders, url = '/'): { name: string; message: string } {
  try {
    parseSignature(request(headers, url))
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError)
    const { kind, message } = error as ApiError
    expect(kind).toMatchObject({ namespace: 'com.amazon.coral.service', statusCode: 400 })
    return { name: kind.name, message }
  }
  throw new Error('nothing was thrown')
}

const parsed = {
  accessKeyId: 'AKID',
  date: '20130301',
  region: 'us-east-1',
  service: 'dynamodb',
  signedHeaders: 'host;x-amz-date',
  signature: 'abc',
}

describe('the Authorization header', () => {
  it.each([', ', ',', ' '])('is parsed with %j between parameters', (separator) => {
    const parameters = [
      `Credential=${credential}`,
      'SignedHeaders=host;x-amz-date',
      'Signature=abc',
    ]
    const authorization = `AWS4-HMAC-SHA256 ${parameters.join(separator)}`
    expect(parseSignature(request({ authorization, ...date }))).toEqual(parsed)
    const turned = `AWS4-HMAC-SHA256 ${parameters.toReversed().join(separator)}`
    expect(parseSignature(request({ authorization: turned, date: 'x' }))).toEqual(parsed)
  })

  it.each([undefined, '', 'Basic abc', 'aws4-HMAC-SHA256 x', 'AWS AKID:abc'])(
    'is missed in place of %j',
    (authorization) => {
      expect(refusal({ authorization, ...date })).toEqual({
        name: 'MissingAuthenticationTokenException',
        message: 'Request is missing Authentication Token',
      })
    },
  )

  it('has to have all parameters and a date', () => {
    expect(refusal({ authorization: 'AWS4-' })).toEqual({
      name: 'IncompleteSignatureException',
      message:
        "Authorization header requires 'Credential' parameter. " +
        "Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter. " +
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
        'Authorization=AWS4-',
    })
    const authorization = 'AWS4-HMAC-SHA256 Credential=a, XSignature=b, SignedHeaders=c'
    expect(refusal({ authorization, ...date }).message).toBe(
      `Authorization header requires 'Signature' parameter. Authorization=${authorization}`,
    )
  })

  it.each(['AKID', 'a/b/c/d', 'a/b/c/d/e/f', 'a/b/c/d/e/f/g'])(
    'has to have five parts in its credential, unlike %j',
    (short) => {
      const authorization = `AWS4-HMAC-SHA256 Credential=${short}, SignedHeaders=a, Signature=b`
      expect(refusal({ authorization, ...date })).toEqual({
        name: 'IncompleteSignatureException',
        message:
          'Credential must have exactly 5 slash-delimited elements, ' +
          `e.g. keyid/date/region/service/term, got '${short}'`,
      })
    },
  )
})

describe('the query string', () => {
  const query =
    '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20130301T000000Z&X-Amz-Signature=abc' +
    `&X-Amz-SignedHeaders=host%3Bx-amz-date&X-Amz-Credential=${encodeURIComponent(credential)}`

  it('is parsed', () => {
    expect(parseSignature(request({}, query))).toEqual(parsed)
  })

  it('has to have all parameters', () => {
    expect(refusal({}, '/?X-Amz-Algorithm=')).toEqual({
      name: 'IncompleteSignatureException',
      message:
        "AWS query-string parameters must include 'X-Amz-Algorithm'. " +
        "AWS query-string parameters must include 'X-Amz-Credential'. " +
        "AWS query-string parameters must include 'X-Amz-Signature'. " +
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. " +
        "AWS query-string parameters must include 'X-Amz-Date'. " +
        'Re-examine the query-string parameters.',
    })
    expect(refusal({}, query.replace('X-Amz-Date', 'Date')).message).toBe(
      "AWS query-string parameters must include 'X-Amz-Date'. " +
        'Re-examine the query-string parameters.',
    )
  })

  it('must not sign what the header signs', () => {
    expect(refusal({ authorization: 'x' }, query)).toEqual({
      name: 'InvalidSignatureException',
      message:
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    })
  })

  it('does not count unless it names an algorithm', () => {
    expect(refusal({}, '/?a=b&%').name).toBe('MissingAuthenticationTokenException')
  })
})

it('accepts any key by default', () => {
  expect(() => acceptAnyKey.authenticate(request({}), parsed)).not.toThrow()
})
