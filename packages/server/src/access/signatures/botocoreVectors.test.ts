import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { principalOfRoot } from '../rootKey.ts'
import { ApiError } from '../../errors/apiError.ts'
import type { AccessKey } from '../accessKeys.ts'
import type { SignedRequest } from './signedRequest.ts'
import { SignatureVerifier } from './verifyRequest.ts'

/** What `tests/clients/signatures/vectors.py` prints: requests that botocore has signed. */
interface Vectors {
  readonly time: string
  readonly region: string
  readonly keys: readonly Omit<AccessKey, 'principal'>[]
  readonly vectors: readonly Vector[]
}

interface Vector {
  readonly name: string
  readonly form: 'header' | 'query'
  readonly accessKeyId: string
  readonly service: string
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: readonly (readonly [string, string])[]
    readonly body: string
  }
}

const file = new URL('testdata/botocoreVectors.json', import.meta.url)
const { time, region, keys, vectors } = JSON.parse(readFileSync(file, 'utf8')) as Vectors

const principal = principalOfRoot('123456789012')
const accessKeys = keys.map((each) => ({ ...each, principal }))
const verifier = new SignatureVerifier({
  find: (id) => accessKeys.find(({ accessKeyId }) => accessKeyId === id),
})

/** A request as it arrives: a character is a byte. */
function received({ method, url, headers: lines, body }: Vector['request']): SignedRequest {
  const bytes = lines.map(([name, value]) => [name, Buffer.from(value).toString('latin1')] as const)
  const headers = Object.fromEntries(bytes.map(([name, value]) => [name.toLowerCase(), value]))
  return { method, url, headers, rawHeaders: bytes.flat(), body: Buffer.from(body) }
}

test('there are vectors of each kind', () => {
  expect(vectors.length).toBe(56)
  for (const form of ['header', 'query']) {
    const ofForm = vectors.filter((each) => each.form === form)
    expect(
      new Set(ofForm.map(({ accessKeyId, service }) => `${accessKeyId} ${service}`)).size,
    ).toBe(4)
  }
})

test.each(vectors)('$name, by $form, $accessKeyId for $service', (vector) => {
  const expected = { region, service: vector.service, nowMs: Date.parse(time) }
  const request = received(vector.request)
  expect(verifier.verify(request, expected)).toMatchObject({ accessKeyId: vector.accessKeyId })
  const others: Partial<SignedRequest>[] = [
    { body: Buffer.from(`${vector.request.body} `) },
    { method: 'PUT' },
    { url: `${request.url}${request.url.includes('?') ? '&' : '?'}x` },
  ]
  for (const change of others) {
    expect(verifier.verify({ ...request, ...change }, expected)).toBeInstanceOf(ApiError)
  }
  const other = vector.service === 'dynamodb' ? 'monitoring' : 'dynamodb'
  expect(verifier.verify(request, { ...expected, service: other })).toMatchObject({
    message: `Credential should be scoped to correct service: '${other}'. `,
  })
})
