import { expect, test } from 'vitest'
import { ResourceNames } from './resourceNames.ts'

const names = new ResourceNames('eu-west-1', '123456789012')
const arnOf = (accountId: string, resource = 'table/music'): string =>
  `arn:aws:dynamodb:eu-west-1:${accountId}:${resource}`

test('a table is named by its name or its ARN', () => {
  expect(names.tableName('music')).toBe('music')
  expect(names.tableArn('music')).toBe(arnOf('123456789012'))
  expect(names.tableName(arnOf('123456789012'))).toBe('music')
})

test('the account that tools make up is taken for the own one', () => {
  expect(names.tableName(arnOf('000000000000'))).toBe('music')
  expect(names.taggedTableName(arnOf('000000000000'))).toBe('music')
  expect(() => names.tableName(arnOf('111122223333'))).toThrow('Access is denied')
  expect(() => names.taggedTableName(arnOf('111122223333'))).toThrow('Access is denied')
})

test('KMS keys are named by id, alias or ARN', () => {
  expect(names.kmsKeyArn('1234')).toBe('arn:aws:kms:eu-west-1:123456789012:key/1234')
  expect(names.kmsKeyArn('alias/mine')).toBe('arn:aws:kms:eu-west-1:123456789012:alias/mine')
  expect(names.kmsKeyArn('arn:aws:kms:eu-west-1:1:key/2')).toBe('arn:aws:kms:eu-west-1:1:key/2')
})

test.each<[string, ReturnType<ResourceNames['findPolicyOwner']>]>([
  [arnOf('123456789012'), { kind: 'table', tableName: 'music' }],
  [arnOf('123456789012', 'table/music/index/i'), { kind: 'table', tableName: 'music' }],
  [
    arnOf('123456789012', 'table/music/stream/2026-01-01T00:00:00.000'),
    { kind: 'stream', tableName: 'music', label: '2026-01-01T00:00:00.000' },
  ],
  ['*', undefined],
  [arnOf('123456789012', 'table/'), undefined],
  [arnOf('123456789012', 'table/arn:aws:dynamodb'), undefined],
  [arnOf('123456789012', 'table/music/backup/b'), undefined],
  [arnOf('123456789012', 'table/music/stream/2026'), undefined],
  [arnOf('123456789012', 'table/music/stream/2026-01-01T00:00:00.000/x'), undefined],
  [arnOf('111122223333'), undefined],
  [arnOf('123456789012').replace('eu-west-1', 'us-east-1'), undefined],
])('the policy that has a say in %s', (resource, owner) => {
  expect(names.findPolicyOwner(resource)).toEqual(owner)
})
