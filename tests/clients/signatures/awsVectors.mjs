import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { builtModule } from '../../means/commandProcess.mjs'

const { SignatureVerifier } = await import(builtModule('access/signatures/verifyRequest.js'))

/** The suite that AWS has published for Signature Version 4, as one of its own packages has it. */
function publishedSuite() {
  const require = createRequire(import.meta.url)
  return require('@aws-sdk/signature-v4/dist-cjs/suite.fixture.js')
}

const queryOf = (query) =>
  Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((each) => [name, each]))
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .join('&')

/** A request of the suite as a server receives it. */
function received({ request, authorization }) {
  const query = queryOf(request.query)
  const headers = { ...request.headers, authorization }
  return {
    method: request.method,
    url: `${request.path}${query === '' ? '' : `?${query}`}`,
    headers,
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(request.body ?? ''),
  }
}

/** A signature that differs in its last digit. */
const otherSignature = (authorization) =>
  authorization.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))

/** Each request of the suite is accepted, and refused with another signature. */
export async function awsVectors({ test }) {
  const { requests, region, service, signingDate, credentials } = publishedSuite()
  const verify = (vector) => {
    // A session's token belongs to its key; without one the suite's key has none.
    const sessionToken = vector.request.headers['x-amz-security-token']
    const key = { ...credentials, ...(sessionToken !== undefined && { sessionToken }) }
    const verifier = new SignatureVerifier({
      find: (id) => (id === key.accessKeyId ? key : undefined),
    })
    const expected = { region, service, nowMs: signingDate.getTime() }
    return verifier.verify(received(vector), expected) === key
  }
  await test(`AWS has published ${requests.length} vectors`, () => {
    assert.ok(requests.length >= 20)
  })
  for (const vector of requests) {
    await test(`AWS's vector ${vector.name}`, () => {
      assert.equal(verify(vector), true)
      const authorization = otherSignature(vector.authorization)
      assert.equal(verify({ ...vector, authorization }), false)
    })
  }
}
