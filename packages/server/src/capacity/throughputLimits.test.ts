import { describe, expect, test } from 'vitest'
import type { Table } from '../schema/table.ts'
import type { GlobalSecondaryIndexRecord, TableRecord } from '../schema/tableRecord.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { plainRecord } from '../testing/tableRecords.ts'
import { ThroughputLimits, type Charge } from './throughputLimits.ts'

const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders'
const units = (read: number, write: number): TableRecord['throughput'] => ({
  readCapacityUnits: read,
  writeCapacityUnits: write,
  decreasesThatDay: 0,
})

const byDay: GlobalSecondaryIndexRecord = {
  indexName: 'ByDay',
  indexNumber: 2,
  keySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
  projection: { ProjectionType: 'ALL' },
  status: 'ACTIVE',
  throughput: units(1, 1),
}

function tableOf(record: Partial<TableRecord>): Table {
  const whole = { ...plainRecord, tableName: 'Orders', tableNumber: 1, ...record }
  return { arn, record: whole } as Table
}

/** A table of which units are asked, in a time that stands still. */
function limitsOf(record: Partial<TableRecord>) {
  const clock = new ManualClock()
  const limits = new ThroughputLimits(clock)
  const table = tableOf(record)
  const charge = (given: Partial<Charge>, kind: 'read' | 'write' = 'write') => ({
    table,
    kind,
    charges: [{ indexName: undefined, units: 1, hash: undefined, ...given }],
  })
  return {
    clock,
    table,
    take: (given: Partial<Charge>, kind?: 'read' | 'write') => limits.take(charge(given, kind)),
    refusal: (given: Partial<Charge> = {}, kind?: 'read' | 'write') =>
      limits.refusalOf(charge(given, kind)),
    limits,
  }
}

const provisioned = (record: Partial<TableRecord> = {}): Partial<TableRecord> => ({
  billingMode: 'PROVISIONED',
  throughput: units(2, 5),
  globalSecondaryIndexes: [byDay],
  ...record,
})

const only = (mode: 'PROVISIONED' | 'PAY_PER_REQUEST', reason: string, resource = arn) => ({
  mode,
  reasons: [{ reason, resource }],
})

describe('a provisioned table', () => {
  test('has five minutes of what is provisioned at once, and then its rate', () => {
    const { clock, take, refusal } = limitsOf(provisioned())
    take({ units: 1499 })
    expect(refusal()).toBeUndefined()
    take({ units: 1 })
    expect(refusal()).toEqual(only('PROVISIONED', 'TableWriteProvisionedThroughputExceeded'))
    clock.advance(1000)
    take({ units: 5 })
    expect(refusal()).toEqual(only('PROVISIONED', 'TableWriteProvisionedThroughputExceeded'))
    clock.advance(300_000)
    take({ units: 1499 })
    expect(refusal()).toBeUndefined()
  })

  test('has reads, writes and indexes by themselves', () => {
    const { take, refusal } = limitsOf(provisioned())
    take({ units: 600 }, 'read')
    expect(refusal({}, 'read')).toEqual(
      only('PROVISIONED', 'TableReadProvisionedThroughputExceeded'),
    )
    expect(refusal()).toBeUndefined()
    take({ indexName: 'ByDay', units: 300 })
    expect(refusal({ indexName: 'ByDay' })).toEqual(
      only('PROVISIONED', 'IndexWriteProvisionedThroughputExceeded', `${arn}/index/ByDay`),
    )
    expect(refusal({ indexName: 'ByDay' }, 'read')).toBeUndefined()
  })

  test('names every limit that refuses, each once', () => {
    const { table, limits } = limitsOf(provisioned())
    const ofTable = { indexName: undefined, units: 1500, hash: 7 }
    const ofIndex = { indexName: 'ByDay', units: 300, hash: 9 }
    const charge = { table, kind: 'write' as const, charges: [ofTable, ofIndex, ofIndex] }
    limits.take(charge)
    expect(limits.refusalOf(charge)).toEqual({
      mode: 'PROVISIONED',
      reasons: [
        { reason: 'TableWriteProvisionedThroughputExceeded', resource: arn },
        { reason: 'TableWriteKeyRangeThroughputExceeded', resource: arn },
        {
          reason: 'IndexWriteProvisionedThroughputExceeded',
          resource: `${arn}/index/ByDay`,
        },
      ],
    })
  })

  test('serves no more of one key than a partition can: 3,000 reads or 1,000 writes', () => {
    const { clock, take, refusal } = limitsOf(provisioned({ throughput: units(9000, 9000) }))
    take({ units: 999, hash: 7 })
    take({ units: 2999, hash: 7 }, 'read')
    expect(refusal({ hash: 7 })).toBeUndefined()
    expect(refusal({ hash: 7 }, 'read')).toBeUndefined()
    take({ units: 1, hash: 7 })
    take({ units: 1, hash: 7 }, 'read')
    expect(refusal({ hash: 7 })).toEqual(
      only('PROVISIONED', 'TableWriteKeyRangeThroughputExceeded'),
    )
    expect(refusal({ hash: 7 }, 'read')).toEqual(
      only('PROVISIONED', 'TableReadKeyRangeThroughputExceeded'),
    )
    expect(refusal({ hash: 8 })).toBeUndefined()
    clock.advance(1000)
    take({ units: 1000, hash: 7 })
    expect(refusal({ hash: 7 })).toBeDefined()
  })

  test('follows its record: more is provisioned, or it goes on demand', () => {
    const { clock, table, take, refusal } = limitsOf(provisioned())
    take({ units: 1501 })
    table.record = { ...table.record, throughput: units(2, 100) }
    expect(refusal()).toBeDefined()
    clock.advance(20)
    expect(refusal()).toBeUndefined()
    take({ units: 10_000 })
    table.record = { ...table.record, billingMode: 'PAY_PER_REQUEST', throughput: units(0, 0) }
    expect(refusal()).toBeUndefined()
    take({ units: 4000 })
    expect(refusal()).toEqual(only('PAY_PER_REQUEST', 'TableWriteKeyRangeThroughputExceeded'))
  })

  test('has no limits of an index that is not there any more', () => {
    const { table, take, refusal } = limitsOf(provisioned())
    take({ indexName: 'ByDay', units: 1000 })
    table.record = { ...table.record, globalSecondaryIndexes: [] }
    expect(refusal({ indexName: 'ByDay' })).toBeUndefined()
  })
})

describe('a table on demand', () => {
  test('serves 12,000 reads and 4,000 writes in a second from the start', () => {
    const { clock, take, refusal } = limitsOf({})
    take({ units: 11_999 }, 'read')
    take({ units: 3999 })
    expect(refusal({}, 'read')).toBeUndefined()
    expect(refusal()).toBeUndefined()
    take({ units: 1 }, 'read')
    take({ units: 1 })
    expect(refusal({}, 'read')).toEqual(
      only('PAY_PER_REQUEST', 'TableReadKeyRangeThroughputExceeded'),
    )
    expect(refusal()).toEqual(only('PAY_PER_REQUEST', 'TableWriteKeyRangeThroughputExceeded'))
    clock.advance(1)
    expect(refusal()).toBeUndefined()
  })

  test('serves what it was warmed to', () => {
    const { take, refusal } = limitsOf({ warmThroughput: { WriteUnitsPerSecond: 9000 } })
    take({ units: 8999 })
    expect(refusal()).toBeUndefined()
    take({ units: 1 })
    expect(refusal()).toBeDefined()
  })

  test('serves twice its peak once that is half an hour old', () => {
    const { clock, take, refusal } = limitsOf({})
    // 4,000 in each second of a minute.
    clock.advance(60_000 - clock.monotonicMs())
    for (let second = 0; second < 60; second++) {
      expect(refusal()).toBeUndefined()
      take({ units: 4000 })
      clock.advance(1000)
    }
    clock.advance(30 * 60_000 - 1000)
    take({ units: 4000 })
    expect(refusal()).toBeDefined()
    clock.advance(1000)
    // What there is from now on is filled from now on.
    clock.advance(1000)
    expect(refusal()).toBeUndefined()
    clock.advance(1000)
    take({ units: 7999 })
    expect(refusal()).toBeUndefined()
    take({ units: 1 })
    expect(refusal()).toEqual(only('PAY_PER_REQUEST', 'TableWriteKeyRangeThroughputExceeded'))
  })

  test('is warmed by its traffic, half an hour later', () => {
    const { clock, table, limits } = limitsOf({ globalSecondaryIndexes: [byDay] })
    const ofIndex = { indexName: 'ByDay', units: 7000 * 60, hash: undefined }
    limits.take({ table, kind: 'read', charges: [{ ...ofIndex, indexName: undefined }] })
    limits.take({ table, kind: 'write', charges: [ofIndex] })
    expect(limits.warmedRecord(table)).toEqual(table.record)
    clock.advance(31 * 60_000)
    expect(limits.warmedRecord(table)).toEqual({
      ...table.record,
      warmThroughput: { ReadUnitsPerSecond: 14_000, WriteUnitsPerSecond: 4000 },
      globalSecondaryIndexes: [
        { ...byDay, warmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 14_000 } },
      ],
    })
  })

  test('keeps to the maximum that it was given, with five minutes of it at once', () => {
    const { clock, table, take, refusal } = limitsOf({
      onDemandThroughput: { MaxWriteRequestUnits: 10 },
    })
    take({ units: 3000 })
    const refused = only('PAY_PER_REQUEST', 'TableWriteMaxOnDemandThroughputExceeded')
    expect(refusal()).toEqual(refused)
    expect(refusal({}, 'read')).toBeUndefined()
    clock.advance(1000)
    take({ units: 10 })
    expect(refusal()).toEqual(refused)
    const { onDemandThroughput: _gone, ...unlimited } = table.record
    table.record = unlimited
    expect(refusal()).toBeUndefined()
  })

  test('keeps to the quota of a table, however warm it is', () => {
    const { take, refusal } = limitsOf({ warmThroughput: { WriteUnitsPerSecond: 90_000 } })
    take({ units: 40_000 })
    expect(refusal()).toEqual(only('PAY_PER_REQUEST', 'TableWriteAccountLimitExceeded'))
  })
})

test('what was never used is as warm as its record', () => {
  const { limits, table } = limitsOf({})
  expect(limits.warmedRecord(table)).toBe(table.record)
})

test('tables know nothing of each other, nor does a table that was created again', () => {
  const { limits, take, refusal } = limitsOf(provisioned())
  take({ units: 2000 })
  expect(refusal()).toBeDefined()
  const again = tableOf(provisioned())
  const charges = [{ indexName: undefined, units: 1, hash: undefined }]
  expect(limits.refusalOf({ table: again, kind: 'write', charges })).toBeUndefined()
})
