import { createHmac } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { principalOfRoot } from '../rootKey.ts'
import { maxSigningKeys } from '../../limits.ts'
import type { AccessKey } from '../accessKeys.ts'
import type { KeyedDigest } from './keyedDigest.ts'
import { SigningKeys } from './signingKeys.ts'

vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:crypto')>()
  return { ...original, createHmac: vi.fn(original.createHmac) }
})

const principal = principalOfRoot('123456789012')
const key: AccessKey = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  principal,
}
const scope = '20150830/us-east-1/iam/aws4_request'

/** How often a key was worked out while `work` ran: by four digests each. */
function derivations(work: () => void): number {
  const before = vi.mocked(createHmac).mock.calls.length
  work()
  return (vi.mocked(createHmac).mock.calls.length - before) / 4
}

test('a key is the one that the guide works out in its example', () => {
  expect(Buffer.from(new SigningKeys().keyOf(key, scope).key).toString('hex')).toBe(
    'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9',
  )
})

test('a key is worked out once for each key, day and service', () => {
  const keys = new SigningKeys()
  const useAll = (): void => {
    keys.keyOf(key, scope)
    keys.keyOf({ ...key, accessKeyId: 'other' }, scope)
    keys.keyOf(key, scope.replace('0830', '0831'))
    keys.keyOf(key, scope.replace('iam', 'dynamodb'))
    keys.keyOf(key, scope.replace('us-east-1', 'eu-west-1'))
  }
  expect(derivations(useAll)).toBe(5)
  expect(derivations(useAll)).toBe(0)
})

test('a secret that has changed has another key', () => {
  const keys = new SigningKeys()
  const first = keys.keyOf(key, scope)
  const changed = { ...key, secretAccessKey: 'other' }
  expect(keys.keyOf(changed, scope).key).not.toEqual(first.key)
  expect(derivations(() => keys.keyOf(changed, scope))).toBe(0)
  expect(keys.keyOf(key, scope).key).toEqual(first.key)
})

test('no more are remembered than there is room for', () => {
  const keys = new SigningKeys()
  const keyOf = (i: number): KeyedDigest => keys.keyOf({ ...key, accessKeyId: `key${i}` }, scope)
  const fill = (): void => {
    for (let i = 0; i <= maxSigningKeys; i++) keyOf(i)
  }
  expect(derivations(fill)).toBe(maxSigningKeys + 1)
  expect(derivations(() => keyOf(1))).toBe(0)
  expect(derivations(() => keyOf(maxSigningKeys))).toBe(0)
  expect(derivations(() => keyOf(0))).toBe(1)
  expect(derivations(() => keyOf(1))).toBe(1)
})
