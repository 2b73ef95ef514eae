import { expect, test } from 'vitest'
import { signedHeaders } from './requestSignature.ts'

/* Vectors of AWS's test suite for Signature Version 4. */
const signer = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
  service: 'service',
}
const timeMs = Date.UTC(2015, 7, 30, 12, 36, 0)
const host = 'example.amazonaws.com'

test.each([
  [
    'GET',
    { host },
    'host;x-amz-date',
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'POST',
    { host },
    'host;x-amz-date',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'POST',
    { host, 'my-header1': 'value1' },
    'host;my-header1;x-amz-date',
    'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  ],
])('%s with %j', (method, headers, names, signature) => {
  expect(signedHeaders({ method, path: '/', headers, body: '' }, signer, timeMs)).toEqual({
    ...headers,
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
      `SignedHeaders=${names}, Signature=${signature}`,
  })
})

test('a session has a token, which is signed too', () => {
  const headers = signedHeaders(
    { method: 'POST', path: '/', headers: { host }, body: '{}' },
    { ...signer, sessionToken: 'token' },
    timeMs,
  )
  expect(headers['x-amz-security-token']).toBe('token')
  expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,')
})
