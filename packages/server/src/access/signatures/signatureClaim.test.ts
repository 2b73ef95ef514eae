import { describe, expect, it } from 'vitest'
import { ApiError } from '../../errors/apiError.ts'
import { claimOf } from './signatureClaim.ts'
import type { SignedRequest } from './signedRequest.ts'

const credential = 'AKID/20130301/us-east-1/dynamodb/aws4_request'
const date = { 'x-amz-date': '20130301T000000Z' }

function request(headers: SignedRequest['headers'], url = '/'): SignedRequest {
  return { method: 'POST', url, headers, body: new Uint8Array(0) }
}

function refusal(
  headers: SignedRequest['headers'],
  url = '/',
  strictness: 'strict' | 'lenient' = 'lenient',
): { name: string; message: string } {
  const refused = claimOf(request(headers, url), strictness)
  if (!(refused instanceof ApiError)) throw new Error('nothing was refused')
  const { kind, message } = refused
  expect(kind).toMatchObject({ namespace: 'com.amazon.coral.service', statusCode: 400 })
  return { name: kind.name, message }
}

const claimed = {
  form: 'header',
  algorithm: 'AWS4-HMAC-SHA256',
  credential,
  signedHeaders: 'host;x-amz-date',
  signature: 'abc',
  date: '20130301T000000Z',
  isHttpDate: false,
  expires: undefined,
  sessionToken: undefined,
}

describe('the Authorization header', () => {
  it.each([', ', ',', ' '])('is parsed with %j between parameters', (separator) => {
    const parameters = [
      `Credential=${credential}`,
      'SignedHeaders=host;x-amz-date',
      'Signature=abc',
    ]
    const authorization = `AWS4-HMAC-SHA256 ${parameters.join(separator)}`
    expect(claimOf(request({ authorization, ...date }), 'strict')).toEqual(claimed)
    const turned = `AWS4-HMAC-SHA256 ${parameters.toReversed().join(separator)}`
    const token = { 'x-amz-security-token': 'y' }
    expect(claimOf(request({ authorization: turned, date: 'x', ...token }), 'lenient')).toEqual({
      ...claimed,
      date: 'x',
      isHttpDate: true,
      sessionToken: 'y',
    })
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

  it('takes the first of what it has twice', () => {
    const authorization =
      `AWS4-HMAC-SHA256,Credential=${credential} Credential=x, Signature=abc,, Signature=, ` +
      'SignedHeaders=host;x-amz-date'
    expect(claimOf(request({ authorization, ...date }), 'strict')).toEqual(claimed)
    const empty = 'AWS4-X Credential=, Credential=a, SignedHeaders=b, Signature=c'
    expect(refusal({ authorization: empty, ...date }).message).toBe(
      `Authorization header requires 'Credential' parameter. Authorization=${empty}`,
    )
  })

  it.each([
    ['AWS4-X Credential= a, SignedHeaders=b, Signature=c', 'a', "requires 'Credential'"],
    ['AWS4-X Credential=a SignedHeaders, Signature', 'SignedHeaders', "requires 'Signature'"],
  ])(
    'may have parts without an equals sign only where it need not be true: %s',
    (authorization, part, lenient) => {
      expect(refusal({ authorization, ...date }, '/', 'strict')).toEqual({
        name: 'IncompleteSignatureException',
        message:
          `'${part}' not a valid key=value pair (missing equal-sign) in Authorization header: ` +
          `'${authorization}'.`,
      })
      expect(refusal({ authorization, ...date }).message).toContain(lenient)
    },
  )
})

describe('the query string', () => {
  const query =
    '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20130301T000000Z&X-Amz-Signature=abc' +
    `&X-Amz-SignedHeaders=host%3Bx-amz-date&X-Amz-Credential=${encodeURIComponent(credential)}`

  it('is parsed', () => {
    expect(claimOf(request({}, query), 'lenient')).toEqual({ ...claimed, form: 'query' })
    const more = `${query}&X-Amz-Expires=60&X-Amz-Security-Token=y%2B&X-Amz-Date=z`
    expect(claimOf(request({ 'x-amz-security-token': 'n' }, more), 'strict')).toEqual({
      ...claimed,
      form: 'query',
      expires: '60',
      sessionToken: 'y+',
    })
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
