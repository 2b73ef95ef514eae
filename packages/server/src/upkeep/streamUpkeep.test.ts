import { beforeEach, describe, expect, test } from 'vitest'
import { checkStore } from '../check/checkStore.ts'
import { recordsOfStream, sequenceKey, shardRange, streamRange } from '../layout/changeKeys.ts'
import { tableRecordKey } from '../layout/storeKeys.ts'
import type { StoredTable } from '../schema/tableRecord.ts'
import type { Bytes, KeyRange } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import {
  allRecords,
  latestStream,
  recordsOf,
  shardsOf,
  tableWithStream,
  type ShownShard,
} from '../testing/streamReads.ts'

const hourMs = 60 * 60 * 1000

let engine: MemoryEngine
let clock: ManualClock
let database: IndexedDatabase
let call: IndexedDatabase['call']

async function open(): Promise<void> {
  database = await openIndexedDatabase({ engine, clock })
  call = database.call
}

beforeEach(async () => {
  engine = new MemoryEngine()
  clock = new ManualClock()
  await open()
  await call('CreateTable', tableWithStream('Orders'))
})

const put = (pk: string, more: object = {}) =>
  call('PutItem', { TableName: 'Orders', Item: { pk: { S: pk }, ...more } })
const shards = async (): Promise<readonly ShownShard[]> =>
  shardsOf(call, await latestStream(call, 'Orders'))
const isOpen = ({ SequenceNumberRange }: ShownShard): boolean =>
  SequenceNumberRange.EndingSequenceNumber === undefined
const count = (range: KeyRange): number => [...engine.snapshot().range(range)].length
const streamNumber = (): number => database.catalog.tableForData('Orders').stream?.number as number

/** Waits until nothing in the background is on its way. */
async function rest(): Promise<void> {
  for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve))
}

async function advance(hours: number): Promise<void> {
  clock.advance(hours * hourMs)
  await rest()
}

describe('shards', () => {
  test('that have records get children when they are four hours old', async () => {
    await put('a')
    await advance(3.99)
    expect(await shards()).toHaveLength(1)
    await advance(0.01)
    const [parent, child, ...others] = await shards()
    expect(others).toEqual([])
    expect([parent, child].map((each) => isOpen(each as ShownShard))).toEqual([false, true])
    expect(child?.ParentShardId).toBe(parent?.ShardId)
    expect(child?.ShardId).toMatch(/^shardId-00000001767337445678-/)
    await put('a', { v: { N: '1' } })
    const arn = await latestStream(call, 'Orders')
    const names = await Promise.all(
      [parent, child].map(async (shard) =>
        (await recordsOf(call, arn, (shard as ShownShard).ShardId)).map(
          ({ eventName }) => eventName,
        ),
      ),
    )
    expect(names).toEqual([['INSERT'], ['MODIFY']])
    expect(await checkStore(engine)).toEqual([])
  })

  test('that have none stay', async () => {
    await advance(4)
    await advance(4)
    expect(await shards()).toHaveLength(1)
    await put('a')
    await advance(4)
    expect(await shards()).toHaveLength(2)
  })

  test('go on growing old after a restart', async () => {
    await put('a')
    await advance(3)
    await database.work.close()
    await open()
    await advance(1)
    await expect.poll(shards).toHaveLength(2)
  })
})

describe('records', () => {
  test('are kept for 24 hours, and are trimmed then', async () => {
    await put('a')
    await advance(1)
    await put('b')
    const arn = await latestStream(call, 'Orders')
    const [{ ShardId } = {} as ShownShard] = await shards()
    const from = { StreamArn: arn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }
    const [first] = await allRecords(call, 'Orders')
    await advance(22.99)
    expect(count(recordsOfStream(streamNumber()))).toBe(2)
    const { ShardIterator } = await call('GetShardIterator', from)
    await advance(0.01)
    await expect.poll(() => count(recordsOfStream(streamNumber()))).toBe(1)
    const trimmed = {
      __type: 'TrimmedDataAccessException',
      message: 'The data you are trying to access has been trimmed',
    }
    expect(await call('GetRecords', { ShardIterator })).toEqual(trimmed)
    const SequenceNumber = first?.dynamodb.SequenceNumber
    for (const ShardIteratorType of ['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER']) {
      const request = { ...from, ShardIteratorType, SequenceNumber }
      expect(await call('GetShardIterator', request)).toEqual(trimmed)
    }
    const left = await recordsOf(call, arn, ShardId)
    expect(left.map(({ dynamodb }) => dynamodb.Keys)).toEqual([{ pk: { S: 'b' } }])
    expect(await checkStore(engine)).toEqual([])
  })

  test('are trimmed in steps, and those of a reopened store too', async () => {
    const keys = Array.from({ length: 1200 }, (_, i) => `key ${i}`)
    await Promise.all(keys.map((pk) => put(pk)))
    await database.work.close()
    clock.advance(25 * hourMs)
    await open()
    await expect.poll(() => count(recordsOfStream(streamNumber()))).toBe(0)
    await rest()
    expect(await allRecords(call, 'Orders')).toEqual([])
    expect(await checkStore(engine)).toEqual([])
  })
})

describe('a shard that is closed', () => {
  test('goes 24 hours after it was closed', async () => {
    await put('a')
    await advance(4)
    const [parent, child] = await shards()
    await advance(23.99)
    expect((await shards()).map(({ ShardId }) => ShardId)).toEqual([
      parent?.ShardId,
      child?.ShardId,
    ])
    const { ShardIterator } = await call('GetShardIterator', {
      StreamArn: await latestStream(call, 'Orders'),
      ShardId: parent?.ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    })
    await advance(0.01)
    await expect.poll(shards).toEqual([expect.objectContaining({ ShardId: child?.ShardId })])
    expect(await call('GetRecords', { ShardIterator })).toMatchObject({
      __type: 'TrimmedDataAccessException',
    })
    expect(await checkStore(engine)).toEqual([])
  })
})

describe('a stream', () => {
  test.each([
    ['is disabled', () => disable()],
    ['has lost its table', () => call('DeleteTable', { TableName: 'Orders' })],
  ])('that %s goes when its last record does', async (_, end) => {
    const number = streamNumber()
    await put('a')
    await advance(1)
    await end()
    await advance(23.99)
    expect(count(streamRange())).toBe(1)
    await advance(0.01)
    await expect.poll(() => count(streamRange())).toBe(0)
    await rest()
    expect([count(shardRange(number)), count(recordsOfStream(number))]).toEqual([0, 0])
    expect(engine.get(sequenceKey(number))).toBeUndefined()
    expect(await call('ListStreams', {})).toEqual({ Streams: [] })
    expect(await checkStore(engine)).toEqual([])
  })

  const disable = () =>
    call('UpdateTable', {
      TableName: 'Orders',
      StreamSpecification: { StreamEnabled: false },
    })

  test('of an older store, which recorded nothing, begins when the store is opened', async () => {
    const { StreamSpecification: _stream, ...plain } = tableWithStream('Older') as {
      StreamSpecification: object
    }
    await call('CreateTable', plain)
    const key = tableRecordKey('Older')
    const stored = JSON.parse(Buffer.from(engine.get(key) as Bytes).toString()) as StoredTable
    const stream = { viewType: 'NEW_IMAGE', latestLabel: '2026-01-01T00:00:00.000' } as const
    const record = { ...stored.record, stream }
    await engine.commit([], [{ key, value: Buffer.from(JSON.stringify({ record })) }])
    await database.work.close()
    await open()
    await expect.poll(() => database.catalog.tableForData('Older').stream?.viewType).toBeDefined()
    await call('PutItem', { TableName: 'Older', Item: { pk: { S: 'a' } } })
    expect(await allRecords(call, 'Older')).toMatchObject([{ eventName: 'INSERT' }])
    expect(await latestStream(call, 'Older')).toMatch(/Older\/stream\/2026-01-01T00:00:00\.000$/)
    expect(await checkStore(engine)).toEqual([])
  })
})
