import { beforeEach, describe, expect, test } from 'vitest'
import { openIndexedDatabase, type IndexedDatabase } from '../../testing/indexedDatabase.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import {
  latestStream,
  shardsOf,
  tableWithStream,
  type ShownRecord,
  type ShownShard,
} from '../../testing/streamReads.ts'

const label = '2026-01-02T03:04:05.678'
const prefix = 'arn:aws:dynamodb:us-east-1:000000000000:table'
const arn = `${prefix}/Orders/stream/${label}`
const absentArn = `${prefix}/Absent/stream/${label}`
const minuteMs = 60_000

let clock: ManualClock
let database: IndexedDatabase
let call: IndexedDatabase['call']

beforeEach(async () => {
  clock = new ManualClock()
  database = await openIndexedDatabase({ clock })
  call = database.call
  await call('CreateTable', tableWithStream('Orders'))
})

const put = (pk: string, more: object = {}) =>
  call('PutItem', { TableName: 'Orders', Item: { pk: { S: pk }, ...more } })

async function refusal(operation: string, request: object): Promise<unknown[]> {
  const { __type, message } = await call(operation, request)
  return [__type, message]
}

async function onlyShard(): Promise<ShownShard> {
  const [shard, ...others] = await shardsOf(call, arn)
  expect(others).toEqual([])
  return shard as ShownShard
}

const iteratorOf = async (type: string, more: object = {}): Promise<string> => {
  const { ShardId } = await onlyShard()
  const request = { StreamArn: arn, ShardId, ShardIteratorType: type, ...more }
  const answer = await call('GetShardIterator', request)
  expect(answer).toEqual({ ShardIterator: expect.any(String) })
  return answer['ShardIterator'] as string
}

async function read(
  ShardIterator: unknown,
  Limit?: number,
): Promise<{ records: ShownRecord[]; next: string | undefined }> {
  const answer = await call('GetRecords', { ShardIterator, ...(Limit !== undefined && { Limit }) })
  return {
    records: answer['Records'] as ShownRecord[],
    next: answer['NextShardIterator'] as string | undefined,
  }
}

const keysOf = (records: readonly ShownRecord[]): unknown[] =>
  records.map(({ dynamodb }) => (dynamodb.Keys['pk'] as { S: string }).S)

const updateStream = (StreamSpecification: object) =>
  call('UpdateTable', { TableName: 'Orders', StreamSpecification })

describe('ListStreams', () => {
  test('shows the streams of all tables or of one, in pages', async () => {
    await call('CreateTable', tableWithStream('Baskets'))
    await call('CreateTable', tableWithStream('Orders2'))
    const shown = (TableName: string) => ({
      StreamArn: `${prefix}/${TableName}/stream/${label}`,
      TableName,
      StreamLabel: label,
    })
    const all = ['Baskets', 'Orders', 'Orders2'].map(shown)
    expect(await call('ListStreams', {})).toEqual({ Streams: all })
    expect(await call('ListStreams', { TableName: 'Orders' })).toEqual({ Streams: [all[1]] })
    expect(await call('ListStreams', { Limit: 3 })).toEqual({ Streams: all })
    const first = await call('ListStreams', { Limit: 2 })
    const last = all[1]?.StreamArn
    expect(first).toEqual({ Streams: all.slice(0, 2), LastEvaluatedStreamArn: last })
    const rest = await call('ListStreams', { Limit: 2, ExclusiveStartStreamArn: last })
    expect(rest).toEqual({ Streams: all.slice(2) })
  })

  test('goes on behind a stream that is not there, and before the table that is asked for', async () => {
    const behind = { ExclusiveStartStreamArn: absentArn }
    expect(await call('ListStreams', behind)).toMatchObject({ Streams: [{ TableName: 'Orders' }] })
    const ofTable = { TableName: 'Orders', ...behind }
    expect(await call('ListStreams', ofTable)).toMatchObject({ Streams: [{ StreamArn: arn }] })
    const later = { ExclusiveStartStreamArn: `${prefix}/Zebras/stream/${label}` }
    expect(await call('ListStreams', { TableName: 'Orders', ...later })).toEqual({ Streams: [] })
  })

  test('shows nothing for a table without a stream, or that is not there', async () => {
    const { StreamSpecification: _stream, ...plain } = tableWithStream('Plain') as {
      StreamSpecification: object
    }
    await call('CreateTable', plain)
    expect(await call('ListStreams', { TableName: 'Plain' })).toEqual({ Streams: [] })
    expect(await call('ListStreams', { TableName: 'Nothing' })).toEqual({ Streams: [] })
  })

  test.each([
    [{ Limit: 0 }, "Value '0' at 'limit'", 'Member must have value greater than or equal to 1'],
    [{ Limit: 101 }, "Value '101' at 'limit'", 'Member must have value less than or equal to 100'],
    [
      { TableName: arn },
      `Value '${arn}' at 'tableName'`,
      'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+',
    ],
  ])('refuses %j', async (request, place, constraint) => {
    expect(await refusal('ListStreams', request)).toEqual([
      'ValidationException',
      `1 validation error detected: ${place} failed to satisfy constraint: ${constraint}`,
    ])
  })

  test('refuses what is no ARN of a stream', async () => {
    const text = `${prefix}/Orders/index/of-something`
    expect(await refusal('ListStreams', { ExclusiveStartStreamArn: text })).toEqual([
      'ValidationException',
      `Invalid StreamArn: ${text}`,
    ])
  })
})

describe('DescribeStream', () => {
  test('shows a stream with its one open shard', async () => {
    const answer = await call('DescribeStream', { StreamArn: arn })
    expect(answer).toEqual({
      StreamDescription: {
        StreamArn: arn,
        StreamLabel: label,
        StreamStatus: 'ENABLED',
        StreamViewType: 'NEW_AND_OLD_IMAGES',
        CreationRequestDateTime: 1767323045.678,
        TableName: 'Orders',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        Shards: [
          {
            ShardId: expect.stringMatching(/^shardId-00000001767323045678-[0-9a-f]{8}$/),
            SequenceNumberRange: { StartingSequenceNumber: '100000000000000000001' },
          },
        ],
      },
    })
  })

  test('shows shards in pages, and the children of one', async () => {
    const table = database.catalog.tableForData('Orders')
    for (let i = 0; i < 3; i++) {
      clock.advance(1000)
      await database.catalog.rollOverStream(table)
    }
    const shards = await shardsOf(call, arn)
    expect(shards).toHaveLength(4)
    shards.forEach(({ ParentShardId, SequenceNumberRange }, i) => {
      expect(ParentShardId).toBe(shards[i - 1]?.ShardId)
      const { StartingSequenceNumber: start, EndingSequenceNumber: end } = SequenceNumberRange
      expect(end === undefined).toBe(i === 3)
      expect(end === undefined || BigInt(end) > BigInt(start)).toBe(true)
      const before = shards[i - 1]?.SequenceNumberRange.EndingSequenceNumber ?? '0'
      expect(BigInt(start) > BigInt(before)).toBe(true)
    })
    const ids = shards.map(({ ShardId }) => ShardId)
    const page = async (request: object): Promise<unknown[]> => {
      const answer = await call('DescribeStream', { StreamArn: arn, ...request })
      const { Shards, LastEvaluatedShardId } = answer['StreamDescription'] as {
        Shards: ShownShard[]
        LastEvaluatedShardId?: string
      }
      return [Shards.map(({ ShardId }) => ShardId), LastEvaluatedShardId]
    }
    expect(await page({ Limit: 4 })).toEqual([ids, undefined])
    expect(await page({ Limit: 3 })).toEqual([ids.slice(0, 3), ids[2]])
    expect(await page({ ExclusiveStartShardId: ids[2] })).toEqual([ids.slice(3), undefined])
    const unknown = 'shardId-00000000000000000000-00000000'
    expect(await page({ ExclusiveStartShardId: unknown })).toEqual([[], undefined])
    const children = (ShardId: unknown) => page({ ShardFilter: { Type: 'CHILD_SHARDS', ShardId } })
    expect(await children(ids[0])).toEqual([[ids[1]], undefined])
    expect(await children(ids[3])).toEqual([[], undefined])
  })

  test('of what is not there is refused', async () => {
    expect(await refusal('DescribeStream', { StreamArn: absentArn })).toEqual([
      'ResourceNotFoundException',
      `Requested resource not found: Stream: ${absentArn} not found`,
    ])
    const elsewhere = arn.replace('us-east-1', 'eu-west-1')
    expect(await refusal('DescribeStream', { StreamArn: elsewhere })).toEqual([
      'ResourceNotFoundException',
      `Requested resource not found: Stream: ${elsewhere} not found`,
    ])
    const table = `${prefix}/Orders-of-the-whole-year`
    expect(await refusal('DescribeStream', { StreamArn: table })).toEqual([
      'ValidationException',
      `Invalid StreamArn: ${table}`,
    ])
  })

  test.each([
    [
      { Type: 'ALL', ShardId: 'shardId-00000000000000000000-00000000' },
      "Value 'ALL' at 'shardFilter.type' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [CHILD_SHARDS]',
    ],
    [
      { ShardId: 'shardId-00000000000000000000-00000000' },
      "Value null at 'shardFilter.type' failed to satisfy constraint: Member must not be null",
    ],
    [
      { Type: 'CHILD_SHARDS' },
      "Value null at 'shardFilter.shardId' failed to satisfy constraint: Member must not be null",
    ],
    [
      { Type: 'CHILD_SHARDS', ShardId: 'short' },
      "Value 'short' at 'shardFilter.shardId' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 28',
    ],
  ])('refuses the filter %j', async (ShardFilter, failure) => {
    expect(await refusal('DescribeStream', { StreamArn: arn, ShardFilter })).toEqual([
      'ValidationException',
      `1 validation error detected: ${failure}`,
    ])
  })
})

describe('the stream of a table', () => {
  test('may be disabled: it is closed, and stays readable', async () => {
    await put('a')
    const disabled = await updateStream({ StreamEnabled: false })
    expect(disabled['TableDescription']).not.toHaveProperty('StreamSpecification')
    expect(disabled['TableDescription']).toMatchObject({ LatestStreamArn: arn })
    await put('b')
    expect(await call('DescribeStream', { StreamArn: arn })).toMatchObject({
      StreamDescription: { StreamStatus: 'DISABLED' },
    })
    const { EndingSequenceNumber } = (await onlyShard()).SequenceNumberRange
    expect(EndingSequenceNumber).toBe('100000000000000000003')
    const { records, next } = await read(await iteratorOf('TRIM_HORIZON'))
    expect(keysOf(records)).toEqual(['a'])
    expect(next).toBeUndefined()
  })

  test('may be enabled again: another one, which begins empty', async () => {
    await put('a')
    await updateStream({ StreamEnabled: false })
    await updateStream({ StreamEnabled: true, StreamViewType: 'KEYS_ONLY' })
    const second = await latestStream(call, 'Orders')
    expect(second).toBe(`${prefix}/Orders/stream/2026-01-02T03:04:05.679`)
    await put('b')
    const { Streams } = await call('ListStreams', { TableName: 'Orders' })
    expect(Streams).toMatchObject([{ StreamArn: arn }, { StreamArn: second }])
    const [shard] = await shardsOf(call, second)
    const request = { StreamArn: second, ShardIteratorType: 'TRIM_HORIZON' }
    const from = await call('GetShardIterator', { ...request, ShardId: shard?.ShardId })
    const { records } = await read(from['ShardIterator'])
    expect(records.map(({ dynamodb }) => dynamodb)).toMatchObject([
      { Keys: { pk: { S: 'b' } }, StreamViewType: 'KEYS_ONLY', SizeBytes: 3 },
    ])
  })

  test('outlives the table, and is not that of the next of its name', async () => {
    await put('a')
    await call('DeleteTable', { TableName: 'Orders' })
    expect(await call('DescribeStream', { StreamArn: arn })).toMatchObject({
      StreamDescription: { StreamStatus: 'DISABLED', TableName: 'Orders' },
    })
    await call('CreateTable', tableWithStream('Orders'))
    expect(await latestStream(call, 'Orders')).not.toBe(arn)
    const { records } = await read(await iteratorOf('TRIM_HORIZON'))
    expect(keysOf(records)).toEqual(['a'])
  })

  test('is ENABLING, DISABLING as long as its table is UPDATING, CREATING or DELETING', async () => {
    const slow = await openIndexedDatabase({ clock, delayTransientStatuses: true })
    const status = async (): Promise<unknown> => {
      const answer = await slow.call('DescribeStream', { StreamArn: arn })
      return (answer['StreamDescription'] as Record<string, unknown>)['StreamStatus']
    }
    const settled = async (): Promise<unknown> => {
      clock.advance(10_000)
      await expect
        .poll(() => slow.catalog.find('Orders')?.record.status ?? 'GONE')
        .not.toMatch(/ING$/)
      return status()
    }
    await slow.call('CreateTable', tableWithStream('Orders'))
    expect([await status(), await settled()]).toEqual(['ENABLING', 'ENABLED'])
    const TableName = 'Orders'
    await slow.call('UpdateTable', { TableName, StreamSpecification: { StreamEnabled: false } })
    expect([await status(), await settled()]).toEqual(['DISABLING', 'DISABLED'])
    const another = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
    await slow.call('UpdateTable', { TableName, StreamSpecification: another })
    const second = await latestStream(slow.call, TableName)
    const secondStatus = async (): Promise<unknown> =>
      (await slow.call('DescribeStream', { StreamArn: second }))['StreamDescription']
    expect(await secondStatus()).toMatchObject({ StreamStatus: 'ENABLING' })
    await settled()
    await slow.call('DeleteTable', { TableName })
    expect(await secondStatus()).toMatchObject({ StreamStatus: 'DISABLING' })
    await settled()
    expect(await secondStatus()).toMatchObject({ StreamStatus: 'DISABLED' })
  })
})

describe('GetShardIterator', () => {
  test('begins where it is told to', async () => {
    for (const pk of ['a', 'b', 'c']) await put(pk)
    const { records } = await read(await iteratorOf('TRIM_HORIZON'))
    expect(keysOf(records)).toEqual(['a', 'b', 'c'])
    const SequenceNumber = records[1]?.dynamodb.SequenceNumber
    const at = await read(await iteratorOf('AT_SEQUENCE_NUMBER', { SequenceNumber }))
    expect(keysOf(at.records)).toEqual(['b', 'c'])
    const after = await read(await iteratorOf('AFTER_SEQUENCE_NUMBER', { SequenceNumber }))
    expect(keysOf(after.records)).toEqual(['c'])
    const latest = await iteratorOf('LATEST')
    await put('d')
    expect(keysOf((await read(latest)).records)).toEqual(['d'])
    const { StartingSequenceNumber } = (await onlyShard()).SequenceNumberRange
    const start = { SequenceNumber: StartingSequenceNumber }
    const all = await read(await iteratorOf('AT_SEQUENCE_NUMBER', start))
    expect(keysOf(all.records)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('finds a time', async () => {
    const startMs = clock.nowMs()
    for (const pk of ['a', 'b', 'c', 'd']) {
      clock.advance(1000)
      await put(pk)
    }
    const at = async (ms: number): Promise<unknown[]> => {
      const Timestamp = (startMs + ms) / 1000
      return keysOf((await read(await iteratorOf('AT_TIMESTAMP', { Timestamp }))).records)
    }
    expect(await at(-1_000_000)).toEqual(['a', 'b', 'c', 'd'])
    expect(await at(1000)).toEqual(['a', 'b', 'c', 'd'])
    expect(await at(1001)).toEqual(['b', 'c', 'd'])
    expect(await at(2000)).toEqual(['b', 'c', 'd'])
    expect(await at(4000)).toEqual(['d'])
    clock.advance(1000)
    expect(await at(4001)).toEqual([])
  })

  test('takes a time to the millisecond', async () => {
    clock.advance(1000)
    await put('a')
    const at = async (offsetMs: number): Promise<unknown[]> => {
      const Timestamp = (clock.nowMs() + offsetMs) / 1000
      return keysOf((await read(await iteratorOf('AT_TIMESTAMP', { Timestamp }))).records)
    }
    expect(await at(0.4)).toEqual(['a'])
    clock.advance(1)
    expect(await at(0)).toEqual([])
  })

  const future = { Timestamp: 4_000_000_000 }
  const number = { SequenceNumber: '100000000000000000001' }
  test.each([
    [
      'TRIM_HORIZON',
      number,
      'SequenceNumber must not be provided for ShardIteratorType TRIM_HORIZON',
    ],
    ['LATEST', number, 'SequenceNumber must not be provided for ShardIteratorType LATEST'],
    [
      'AT_TIMESTAMP',
      number,
      'SequenceNumber must not be provided for ShardIteratorType AT_TIMESTAMP',
    ],
    ['LATEST', future, 'Timestamp must not be provided for ShardIteratorType LATEST'],
    [
      'AT_SEQUENCE_NUMBER',
      {},
      'SequenceNumber must be provided for ShardIteratorType AT_SEQUENCE_NUMBER',
    ],
    [
      'AFTER_SEQUENCE_NUMBER',
      {},
      'SequenceNumber must be provided for ShardIteratorType AFTER_SEQUENCE_NUMBER',
    ],
    ['AT_TIMESTAMP', {}, 'Timestamp must be provided for ShardIteratorType AT_TIMESTAMP'],
    ['AT_TIMESTAMP', future, 'Timestamp must not be in the future'],
    [
      'AT_SEQUENCE_NUMBER',
      { SequenceNumber: 'x'.repeat(21) },
      `Invalid SequenceNumber: ${'x'.repeat(21)}`,
    ],
    [
      'AT_SEQUENCE_NUMBER',
      { SequenceNumber: '9'.repeat(40) },
      `Invalid SequenceNumber: ${'9'.repeat(40)}`,
    ],
  ])('refuses %s with %j', async (ShardIteratorType, more, text) => {
    const { ShardId } = await onlyShard()
    const request = { StreamArn: arn, ShardId, ShardIteratorType, ...more }
    expect(await refusal('GetShardIterator', request)).toEqual(['ValidationException', text])
  })

  test('refuses what is not there or no name', async () => {
    const { ShardId } = await onlyShard()
    const ShardIteratorType = 'LATEST'
    const unknown = 'shardId-00000001767323045678-00000000'
    expect(
      await refusal('GetShardIterator', { StreamArn: arn, ShardId: unknown, ShardIteratorType }),
    ).toEqual([
      'ResourceNotFoundException',
      `Requested resource not found: Shard: ${unknown} of Stream: ${arn} not found`,
    ])
    expect(
      await refusal('GetShardIterator', { StreamArn: absentArn, ShardId, ShardIteratorType }),
    ).toEqual([
      'ResourceNotFoundException',
      `Requested resource not found: Stream: ${absentArn} not found`,
    ])
    const garbage = 'x'.repeat(40)
    expect(
      await refusal('GetShardIterator', { StreamArn: garbage, ShardId, ShardIteratorType }),
    ).toEqual(['ValidationException', `Invalid StreamArn: ${garbage}`])
    expect(
      await refusal('GetShardIterator', { StreamArn: arn, ShardId, ShardIteratorType: 'FIRST' }),
    ).toEqual([
      'ValidationException',
      "1 validation error detected: Value 'FIRST' at 'shardIteratorType' failed to satisfy " +
        'constraint: Member must satisfy enum value set: [TRIM_HORIZON, LATEST, ' +
        'AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, AT_TIMESTAMP]',
    ])
    expect(await refusal('GetShardIterator', {})).toEqual([
      'ValidationException',
      '3 validation errors detected: ' +
        ['shardId', 'shardIteratorType', 'streamArn']
          .map(
            (name) =>
              `Value null at '${name}' failed to satisfy constraint: Member must not be null`,
          )
          .join('; '),
    ])
  })
})

describe('GetRecords', () => {
  test('shows what has become of an item', async () => {
    await put('a', { v: { N: '1' } })
    clock.advance(1500)
    await put('a', { v: { N: '2' } })
    await call('DeleteItem', { TableName: 'Orders', Key: { pk: { S: 'a' } } })
    const { records } = await read(await iteratorOf('TRIM_HORIZON'))
    const [id] = (records[0] as ShownRecord).eventID.match(/^[0-9a-f]{16}/) ?? []
    const common = { eventVersion: '1.1', eventSource: 'aws:dynamodb', awsRegion: 'us-east-1' }
    const Keys = { pk: { S: 'a' } }
    const StreamViewType = 'NEW_AND_OLD_IMAGES'
    const one = { pk: { S: 'a' }, v: { N: '1' } }
    const two = { pk: { S: 'a' }, v: { N: '2' } }
    expect(records).toEqual([
      {
        ...common,
        eventID: `${id}0000000000000002`,
        eventName: 'INSERT',
        dynamodb: {
          ApproximateCreationDateTime: 1767323045,
          Keys,
          NewImage: one,
          SequenceNumber: '100000000000000000002',
          SizeBytes: 9,
          StreamViewType,
        },
      },
      {
        ...common,
        eventID: `${id}0000000000000003`,
        eventName: 'MODIFY',
        dynamodb: {
          ApproximateCreationDateTime: 1767323047,
          Keys,
          NewImage: two,
          OldImage: one,
          SequenceNumber: '100000000000000000003',
          SizeBytes: 15,
          StreamViewType,
        },
      },
      {
        ...common,
        eventID: `${id}0000000000000004`,
        eventName: 'REMOVE',
        dynamodb: {
          ApproximateCreationDateTime: 1767323047,
          Keys,
          OldImage: two,
          SequenceNumber: '100000000000000000004',
          SizeBytes: 9,
          StreamViewType,
        },
      },
    ])
  })

  test('goes on from page to page, and waits at the end of an open shard', async () => {
    for (const pk of ['a', 'b', 'c']) await put(pk)
    const first = await read(await iteratorOf('TRIM_HORIZON'), 2)
    expect(keysOf(first.records)).toEqual(['a', 'b'])
    const again = await read(await iteratorOf('TRIM_HORIZON'), 2)
    expect(again.records).toEqual(first.records)
    const second = await read(first.next, 1)
    expect(keysOf(second.records)).toEqual(['c'])
    const third = await read(second.next)
    expect(third.records).toEqual([])
    await put('d')
    expect(keysOf((await read(third.next)).records)).toEqual(['d'])
  })

  test('ends with the last records of a closed shard', async () => {
    for (const pk of ['a', 'b']) await put(pk)
    const iterator = await iteratorOf('TRIM_HORIZON')
    const latest = await iteratorOf('LATEST')
    await database.catalog.rollOverStream(database.catalog.tableForData('Orders'))
    await put('c')
    const first = await read(iterator, 1)
    expect(keysOf(first.records)).toEqual(['a'])
    const second = await read(first.next, 1)
    expect([keysOf(second.records), second.next]).toEqual([['b'], undefined])
    expect(await read(latest)).toEqual({ records: [], next: undefined })
  })

  test('gives a page of 1 MB at most, and at least one record', async () => {
    const large = { v: { S: 'x'.repeat(300_000) } }
    for (const pk of ['a', 'b', 'c', 'd']) await put(pk, large)
    const first = await read(await iteratorOf('TRIM_HORIZON'))
    expect(keysOf(first.records)).toEqual(['a', 'b', 'c'])
    expect(keysOf((await read(first.next)).records)).toEqual(['d'])
  })

  test('refuses an iterator that is too old', async () => {
    const iterator = await iteratorOf('LATEST')
    clock.advance(15 * minuteMs)
    const { next } = await read(iterator)
    clock.advance(1)
    const expired = [
      'ExpiredIteratorException',
      'The provided iterator exceeds the maximum age allowed.',
    ]
    expect(await refusal('GetRecords', { ShardIterator: iterator })).toEqual(expired)
    clock.advance(15 * minuteMs - 1)
    expect((await read(next)).records).toEqual([])
    clock.advance(1)
    expect(await refusal('GetRecords', { ShardIterator: next })).toEqual(expired)
  })

  test('refuses what was never given out', async () => {
    const iterator = await iteratorOf('LATEST')
    const forged = [
      'garbage',
      `${arn}|1|AAAA`,
      iterator.replace('Orders', 'Others'),
      iterator.slice(0, -2),
      `${iterator}AAAA`,
      iterator.replace('|1|', '|2|'),
      iterator.replace(/.{8}$/, (end) => (end.startsWith('A') ? 'B' : 'A') + end.slice(1)),
    ]
    for (const ShardIterator of forged) {
      expect(await refusal('GetRecords', { ShardIterator })).toEqual([
        'ValidationException',
        'Invalid ShardIterator',
      ])
    }
  })

  test.each([
    [1001, 'less than or equal to 1000'],
    [0, 'greater than or equal to 1'],
    [-1, 'greater than or equal to 1'],
  ])('refuses the limit %i', async (Limit, constraint) => {
    const ShardIterator = await iteratorOf('LATEST')
    expect(await refusal('GetRecords', { ShardIterator, Limit })).toEqual([
      'ValidationException',
      `1 validation error detected: Value '${Limit}' at 'limit' failed to satisfy constraint: ` +
        `Member must have value ${constraint}`,
    ])
  })
})
