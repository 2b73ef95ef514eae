import { expect, test } from 'vitest'
import { OperatorError } from './operatorError.ts'
import { rootKeyOf } from './rootKeySource.ts'

const complete = { DYNATOM_ACCESS_KEY_ID: 'AKID', DYNATOM_SECRET_ACCESS_KEY: ' s/+ ' }

test('the root key is what the environment has', () => {
  expect(rootKeyOf(complete)).toEqual({ accessKeyId: 'AKID', secretAccessKey: ' s/+ ' })
})

test.each([
  {},
  { ...complete, DYNATOM_ACCESS_KEY_ID: '' },
  { ...complete, DYNATOM_ACCESS_KEY_ID: undefined },
  { ...complete, DYNATOM_SECRET_ACCESS_KEY: '' },
  { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
])('half a key is none: %j', (environment) => {
  expect(() => rootKeyOf(environment)).toThrow(
    new OperatorError(
      '--auth required needs a key: set DYNATOM_ACCESS_KEY_ID and DYNATOM_SECRET_ACCESS_KEY ' +
        'in the environment.',
    ),
  )
})

test.each(['a/b', 'a b', 'a,b', 'ä', 'x'.repeat(129)])('%j is no key id', (id) => {
  expect(() => rootKeyOf({ ...complete, DYNATOM_ACCESS_KEY_ID: id })).toThrow(
    new OperatorError(
      'DYNATOM_ACCESS_KEY_ID takes 1 to 128 letters, digits and characters of "_.-".',
    ),
  )
})
