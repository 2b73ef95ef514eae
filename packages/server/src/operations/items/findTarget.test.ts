import { expect, it } from 'vitest'
import type { SecondaryIndex, Table } from '../../schema/table.ts'
import type { TableStatus } from '../../schema/tableRecord.ts'
import { findTarget } from './findTarget.ts'
import type { Services } from '../services.ts'

const IndexName = 'byCity'

/** Services with one table, whose one global index has the given status. */
function servicesWith(status: TableStatus): Services {
  const index: SecondaryIndex = {
    name: IndexName,
    kind: 'global',
    vector: undefined,
    number: 2,
    partitionKeys: [{ name: 'city', type: 'S' }],
    sortKeys: [],
    projectedAttributes: 'all',
    status,
    backfill: undefined,
    counter: { key: Buffer.of(1), values: [0, 0] },
  }
  const table = { name: 'T', indexes: [index] } as unknown as Table
  return { catalog: { tableForData: () => table } } as unknown as Services
}

it.each<TableStatus>(['ACTIVE', 'UPDATING'])('an index that is %s can be read', (status) => {
  const services = servicesWith(status)
  expect(findTarget(services, { TableName: 'T', IndexName }, 'Query').index?.name).toBe(IndexName)
  expect(findTarget(services, { TableName: 'T' }, 'Query').index).toBe(undefined)
})

it('an index that is still being filled cannot be read', () => {
  expect(() =>
    findTarget(servicesWith('CREATING'), { TableName: 'T', IndexName }, 'Query'),
  ).toThrow('Cannot read from backfilling global secondary index: byCity')
})
