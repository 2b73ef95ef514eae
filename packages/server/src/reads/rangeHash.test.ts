import { expect, test } from 'vitest'
import { indexEntryKey, rowKey } from '../layout/storeKeys.ts'
import type { SecondaryIndex, Table } from '../schema/table.ts'
import { endOfPrefix, hashPartitionKey } from '../values/keyEncoding.ts'
import { scanRange } from './queryRange.ts'
import { hashOfRange } from './rangeHash.ts'

const table = { number: 7 } as Table
const index = { number: 9 } as SecondaryIndex
const partitionKey = Buffer.from('a partition')
const hash = hashPartitionKey(partitionKey)

test('a range of one partition key has its hash, in a table and in an index', () => {
  const row = rowKey(7, hash, partitionKey, Buffer.from('sort'))
  const prefix = rowKey(7, hash, partitionKey, undefined)
  expect(hashOfRange({ start: row, end: endOfPrefix(prefix) })).toBe(hash)
  expect(hashOfRange({ start: prefix, end: row, reverse: true })).toBe(hash)
  const entries = indexEntryKey(9, hash, partitionKey, [])
  expect(hashOfRange({ start: entries, end: endOfPrefix(entries) })).toBe(hash)
})

test('a scan has none, nor has a segment or what is left of one', () => {
  expect(hashOfRange(scanRange({ table, index: undefined }, undefined))).toBeUndefined()
  expect(hashOfRange(scanRange({ table, index }, undefined))).toBeUndefined()
  const segment = scanRange({ table, index: undefined }, { number: 1, total: 4 })
  expect(hashOfRange(segment)).toBeUndefined()
  const position = rowKey(7, 2 ** 30 + 5, partitionKey, undefined)
  expect(hashOfRange({ ...segment, start: position })).toBeUndefined()
})
