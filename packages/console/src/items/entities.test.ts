import { expect, test } from 'vitest'
import { collectionsOf, entitiesOf, entityOf } from './entities.ts'

const names = { partitionKey: 'PK', sortKey: 'SK' }
const item = (PK: string, SK: string) => ({ PK: { S: PK }, SK: { S: SK } })

test.each([
  ['USER#ann', 'USER#ann', 'USER'],
  ['USER#ann', 'ORDER#7', 'ORDER in USER'],
  ['USER#ann', 'PROFILE', 'PROFILE in USER'],
  ['USER#ann', '2026-01-01', 'No prefix in USER'],
  ['ann', 'ORDER:7', 'ORDER'],
  ['ann', 'bob', 'No prefix'],
  ['tenant/1', 'invoice/2', 'invoice in tenant'],
  ['#', '#x', 'No prefix'],
])('%s and %s are of the entity %s', (partition, sort, entity) => {
  expect(entityOf(item(partition, sort), names)).toBe(entity)
})

test('keys that are no texts have no prefix, and tables without sort keys that of their key', () => {
  expect(entityOf({ PK: { N: '1' }, SK: { B: Uint8Array.of(1) } }, names)).toBe('No prefix')
  const alone = { partitionKey: 'PK', sortKey: undefined }
  expect(entityOf({ PK: { S: 'USER#ann' } }, alone)).toBe('USER')
})

test('items with one partition key are a collection, in the order in which they were read', () => {
  const collections = collectionsOf(
    [item('B#1', 'B#1'), item('A#1', 'X#1'), item('B#1', 'X#2'), { SK: { S: 'X#3' } }],
    names,
  )
  expect(collections.map(({ name, members }) => [name, members.length])).toEqual([
    ['B#1', 2],
    ['A#1', 1],
    ['null', 1],
  ])
  expect(entitiesOf(collections)).toEqual([
    ['B', 1],
    ['X', 1],
    ['X in A', 1],
    ['X in B', 1],
  ])
})
