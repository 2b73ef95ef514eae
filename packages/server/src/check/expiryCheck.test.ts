import { beforeEach, describe, expect, it } from 'vitest'
import {
  backfillKey,
  expiryKey,
  expiryRange,
  rowRange,
  tableRecordKey,
} from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import { encodeStoredTable } from '../schema/tableRecord.ts'
import { asBuffer, type Bytes, type Entry } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { openIndexedDatabase } from '../testing/indexedDatabase.ts'
import { soon } from '../testing/soon.ts'
import { checkStore } from './checkStore.ts'

const TableName = 'Sessions'

let engine: MemoryEngine
let table: Table
let orderNumber: number

/** Three items that expire, one a second after the other, and two that do not. */
beforeEach(async () => {
  engine = new MemoryEngine()
  const { call, catalog, work } = await openIndexedDatabase({ engine })
  await call('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'ends' }
  await call('UpdateTimeToLive', { TableName, TimeToLiveSpecification })
  const times = [{ N: '4000000000' }, { N: '4000000001' }, { N: '4000000001.5' }, { S: '1' }]
  for (const [i, ends] of times.entries()) {
    await call('PutItem', { TableName, Item: { id: { S: `a${i}` }, ends } })
  }
  await call('PutItem', { TableName, Item: { id: { S: 'b' } } })
  table = catalog.tableForData(TableName)
  orderNumber = table.expiryOrder?.number as number
  await soon(() => expect(table.expiryOrder).toMatchObject({ backfill: undefined }))
  await work.close()
})

const set = (key: Bytes, value: Bytes | undefined) => engine.commit([], [{ key, value }])

const entries = (): Entry[] => [...engine.snapshot().range(expiryRange(orderNumber))]
const rows = (): Entry[] => [...engine.snapshot().range(rowRange(table.number))]

/** The findings as `kind: detail`. */
async function found(): Promise<string[]> {
  return (await checkStore(engine)).map(({ kind, detail }) => `${kind}: ${detail}`)
}

describe('The check of an order of expiry', () => {
  it('finds nothing in one that writes have kept', async () => {
    expect(entries()).toHaveLength(3)
    expect(await found()).toEqual([])
  })

  it('finds an item that is not in it', async () => {
    const [first] = entries() as [Entry]
    await set(first.key, undefined)
    expect(await found()).toEqual([
      'missingExpiryEntry: The item is not in the order of expiry of table Sessions',
    ])
  })

  it('finds an entry that names another item', async () => {
    const [first, second] = entries() as [Entry, Entry]
    await set(first.key, second.value)
    expect(await found()).toEqual([
      'wrongExpiryEntry: The entry names another item, in the order of expiry of table Sessions',
    ])
  })

  it('finds entries at another time, and without an item', async () => {
    const [first] = entries() as [Entry]
    const rowKey = asBuffer(first.value)
    await set(expiryKey(orderNumber, 17, rowKey), rowKey)
    expect(await found()).toEqual([
      'strayExpiryEntry: The entry is not where its item is, in the order of expiry of table Sessions',
    ])
    await set(expiryKey(orderNumber, 17, rowKey), undefined)
    const nobody = Buffer.concat([rowKey, Buffer.from([1])])
    await set(expiryKey(orderNumber, 4_000_000_000, nobody), nobody)
    expect(await found()).toEqual([
      'strayExpiryEntry: The entry has no item, in the order of expiry of table Sessions',
    ])
  })

  it('finds entries of what has no order, and rows of an order', async () => {
    const [{ value }] = entries() as [Entry]
    const rowKey = asBuffer(value)
    await set(expiryKey(table.number, 1, rowKey), rowKey)
    expect(await found()).toEqual(['orphan: An entry of expiry of something in table Sessions'])
    await set(expiryKey(table.number, 1, rowKey), undefined)
    await set(expiryKey(99, 1, rowKey), rowKey)
    expect(await found()).toEqual(['orphan: An entry of expiry of number 99, which nothing has'])
    await set(expiryKey(99, 1, rowKey), undefined)
    const short = expiryRange(orderNumber).start
    await set(short, rowKey)
    expect(await found()).toEqual(['unknownKey: The key is too short for an entry of expiry'])
    await set(short, undefined)
    const rowOfOrder = Buffer.from(rowKey)
    rowOfOrder.writeUInt32BE(orderNumber, 1)
    await set(rowOfOrder, (rows()[0] as Entry).value)
    expect(await found()).toEqual([`orphan: A row of number ${orderNumber}, an order of expiry`])
  })

  it('wants the entries of the items that its filling has reached', async () => {
    const timeToLive = {
      changedAtMs: 0,
      order: { attributeName: 'ends', orderNumber, filling: true },
    } as const
    const record = { ...table.record, timeToLive }
    await set(tableRecordKey(TableName), encodeStoredTable({ record }))
    expect(await found()).toEqual([])
    const expiring = new Map(
      entries().map(({ key, value }) => [asBuffer(value).toString('hex'), key]),
    )
    const withEntry = rows().filter(({ key }) => expiring.has(asBuffer(key).toString('hex')))
    const [first, second] = withEntry as [Entry, Entry]
    await set(backfillKey(orderNumber), first.key)
    await set(expiring.get(asBuffer(second.key).toString('hex')) as Bytes, undefined)
    expect(await found()).toEqual([])
    await set(backfillKey(orderNumber), second.key)
    expect(await found()).toEqual([
      'missingExpiryEntry: The item is not in the order of expiry of table Sessions',
    ])
  })

  it('finds a progress that cannot be', async () => {
    const { end } = rowRange(table.number)
    await set(backfillKey(orderNumber), end)
    expect(await found()).toEqual(['backfill: The backfill of something that is not being built'])
  })
})
