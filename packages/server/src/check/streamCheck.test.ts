import { beforeEach, describe, expect, test } from 'vitest'
import { encodeChange, StoredChange } from '../changes/changeRecord.ts'
import { encodeCounter } from '../commits/counters.ts'
import { ItemImage } from '../items/itemImage.ts'
import {
  recordKey,
  recordsOfStream,
  sequenceKey,
  shardKey,
  shardPart,
  streamKey,
  streamRange,
} from '../layout/changeKeys.ts'
import { rowRange } from '../layout/storeKeys.ts'
import { asBuffer, type Bytes, type Entry } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { tableWithStream } from '../testing/streamReads.ts'
import type { Item } from '../values/attributeValue.ts'
import { checkStore } from './checkStore.ts'

let engine: MemoryEngine
let database: IndexedDatabase
let number: number

/** Numbers: 1 opens shard 0, 2 to 4 are records of it, 5 closes it, 6 opens shard 1, 7 is a record. */
beforeEach(async () => {
  engine = new MemoryEngine()
  database = await openIndexedDatabase({ engine, clock: new ManualClock() })
  await database.call('CreateTable', tableWithStream('Orders'))
  const table = database.catalog.tableForData('Orders')
  number = table.stream?.number as number
  for (const v of ['1', '2', '3']) await put('a', v)
  await database.catalog.rollOverStream(table)
  await put('b', '1')
  expect(await found()).toEqual([])
})

const put = (pk: string, N: string) =>
  database.call('PutItem', { TableName: 'Orders', Item: { pk: { S: pk }, v: { N } } })

const found = async (): Promise<string[]> =>
  (await checkStore(engine)).map(({ kind, detail }) => `${kind}: ${detail}`)

const set = (key: Bytes, value: Bytes | object | undefined) =>
  engine.commit(
    [],
    [
      {
        key,
        value:
          value === undefined || value instanceof Uint8Array
            ? value
            : Buffer.from(JSON.stringify(value)),
      },
    ],
  )

const entries = (range: { start: Bytes; end: Bytes }): Entry[] => [
  ...engine.snapshot().range(range),
]
const jsonAt = (key: Bytes): Record<string, unknown> =>
  JSON.parse(asBuffer(engine.get(key) as Bytes).toString()) as Record<string, unknown>
const shard = (at: number, part: 0 | 1 | 2 = 0): Bytes => shardKey(number, at, part)
const record = (at: number, sequence: number): Bytes => recordKey(number, at, sequence)
const rowOf = (at: number): Entry => {
  const table = database.catalog.tableForData('Orders').number
  return entries(rowRange(table))[at] as Entry
}

/** The stored form of a record with its parts replaced. */
function altered(
  key: Bytes,
  { timeMs, old, now }: { timeMs?: number; old?: Item; now?: Item | null },
): Buffer {
  const known = new StoredChange(engine.get(key) as Bytes)
  const parse = (json: Bytes | undefined) =>
    json && ItemImage.ofItem(JSON.parse(asBuffer(json).toString()) as Item)
  const change = {
    before: old === undefined ? parse(known.oldJson) : ItemImage.ofItem(old),
    after:
      now === undefined ? parse(known.newJson) : now === null ? undefined : ItemImage.ofItem(now),
  }
  const content = {
    viewType: 'NEW_AND_OLD_IMAGES' as const,
    change,
    key: { json: asBuffer(known.keyJson).toString(), sizeBytes: 3 },
    timeMs: timeMs ?? known.timeMs,
  }
  return encodeChange(content, (image) => image.stored)
}

describe('checkStore finds', () => {
  test('records that were lost', async () => {
    await set(record(0, 2), undefined)
    expect(await found()).toEqual([
      'streamHistory: The first record of an item changes one that was not there',
    ])
    await set(record(1, 7), undefined)
    expect(await found()).toEqual([
      'streamHistory: The first record of an item changes one that was not there',
      'streamHistory: The records tell of 1 items, and Orders has 2',
    ])
  })

  test('a record without its change', async () => {
    await set(rowOf(0).key, undefined)
    expect(await found()).toContainEqual(
      'streamHistory: The last record leaves an item that is not there, in table Orders',
    )
  })

  test('a change without its record', async () => {
    await set(record(0, 4), undefined)
    expect(await found()).toEqual([
      'streamHistory: The last record leaves another item than is there, in table Orders',
    ])
    await set(record(0, 3), undefined)
    expect(await found()).toHaveLength(1)
  })

  test('records that do not follow each other', async () => {
    await set(record(0, 3), undefined)
    expect(await found()).toEqual([
      'streamHistory: The record has an old image that no record before has left',
    ])
    await set(record(0, 3), engine.get(record(0, 2)))
    expect(await found()).toContainEqual('streamHistory: The record inserts an item that was there')
    await set(record(0, 3), altered(record(0, 4), { now: null }))
    expect(await found()).toContainEqual(
      'streamHistory: The record changes an item that was removed',
    )
  })

  test('a removal of what is there', async () => {
    await set(record(0, 4), altered(record(0, 4), { now: null }))
    expect(await found()).toContainEqual(
      'streamHistory: The last record removes an item that is there, in table Orders',
    )
  })

  test('records where their shard has none', async () => {
    const value = engine.get(record(0, 2)) as Bytes
    await set(record(0, 1), value)
    await set(record(0, 5), value)
    await set(record(1, 8), value)
    await set(record(9, 3), value)
    expect((await found()).filter((each) => each.startsWith('streamRecord'))).toEqual([
      'streamRecord: The number is before its shard',
      'streamRecord: The number is behind the end of its shard',
      'streamRecord: The number is behind the end of its shard',
      'streamRecord: The record is in a shard that is not there',
    ])
  })

  test('records that cannot be, or whose time goes back', async () => {
    await set(record(0, 3), altered(record(0, 3), { timeMs: 1 }))
    expect(await found()).toEqual(['streamRecord: The time goes back'])
    await set(record(0, 3), altered(record(0, 3), { timeMs: 4e12 }))
    expect(await found()).toEqual([
      'streamRecord: The time is later than the last of the stream',
      'streamRecord: The time goes back',
    ])
    await set(record(0, 3), Buffer.from('garbage'))
    expect(await found()).toContainEqual('streamRecord: The record cannot be read')
  })

  test('a record of another key than its table has', async () => {
    const { value } = entries(recordsOfStream(number))[0] as Entry
    const text = asBuffer(value).toString('latin1').replace('"pk":{"S":', '"pk":{"B":')
    await set(record(0, 2), Buffer.from(text, 'latin1'))
    expect(await found()).toContainEqual('streamRecord: The record has no key of its table')
  })

  test('shards that contradict each other', async () => {
    const child = jsonAt(shard(1))
    const closing = jsonAt(shard(0, shardPart.closed))
    const expectStream = async (key: Bytes, value: object | undefined, detail: string) => {
      const before = engine.get(key)
      await set(key, value)
      expect(await found()).toContainEqual(`stream: ${detail}`)
      await set(key, before)
      expect(await found()).toEqual([])
    }
    await expectStream(shard(1), { ...child, id: 'x' }, 'The shard has an id that is not its own')
    await expectStream(shard(1), { ...child, parent: undefined }, 'The shard has no parent')
    await expectStream(
      shard(1),
      { ...child, parentId: 'x' },
      'The shard is the child of another one',
    )
    await expectStream(shard(1), { ...child, start: 5 }, 'The shard begins before its parent ends')
    await expectStream(
      shard(1),
      { ...child, start: 99 },
      'The shard begins behind the last number of its stream',
    )
    await expectStream(
      shard(1),
      { ...child, part: 1 },
      'The shard has a part of the hashes that is not its own',
    )
    await expectStream(
      shard(0, shardPart.closed),
      { ...closing, end: 1 },
      'The shard ends at a number that it cannot end at',
    )
    await expectStream(shard(0, shardPart.closed), undefined, 'The parent of the shard is open')
    await expectStream(
      shard(0, shardPart.trimmed),
      { from: 99 },
      'The shard is trimmed to a number that it never had',
    )
    await expectStream(
      shard(1, shardPart.closed),
      { end: 7, closedMs: 1 },
      'The open shards are [], and the table has [1]',
    )
    await expectStream(
      shard(2, shardPart.closed),
      { end: 7, closedMs: 1 },
      'A part of a shard that was never opened',
    )
    await expectStream(
      shard(0, shardPart.trimmed),
      Buffer.from('garbage'),
      'The shard cannot be understood',
    )
  })

  test('a stream that its table does not have as its own', async () => {
    const [{ key } = {} as Entry] = entries(streamRange())
    const before = engine.get(key)
    await set(key, { ...jsonAt(key), viewType: 'KEYS_ONLY' })
    const detail = `Table Orders has the stream ${number}, which is not there as its own`
    expect(await found()).toEqual([`stream: ${detail}`])
    await set(key, Buffer.from('garbage'))
    expect(await found()).toContainEqual('stream: The record of the stream cannot be understood')
    await set(key, undefined)
    expect(await found()).toEqual(
      expect.arrayContaining([
        `stream: ${detail}`,
        `orphan: A shard of number ${number}, which nothing has`,
      ]),
    )
    await set(key, before)
    await set(streamKey('Other', 'label'), { ...jsonAt(key), streamNumber: number })
    expect(await found()).toContainEqual(`tableNumber: Number ${number} has another owner already`)
  })

  test('a last number that is missing, or cannot be', async () => {
    const key = sequenceKey(number)
    await set(key, undefined)
    expect(await found()).toContainEqual('stream: The stream has no last number')
    await set(key, Buffer.alloc(3))
    expect(await found()).toContainEqual('stream: The last number of the stream cannot be read')
    await set(key, encodeCounter([6, 1]))
    expect(await found()).toContainEqual('streamRecord: The number is behind the end of its shard')
  })

  test('what has the number of something else', async () => {
    const table = database.catalog.tableForData('Orders').number
    await set(sequenceKey(table), encodeCounter([1, 1]))
    expect(await found()).toEqual([
      `orphan: The last number of a stream of number ${table}, which is of something else`,
    ])
  })

  test('keys that are never written', async () => {
    await set(shardKey(number, 0, 3 as 2), {})
    await set(Buffer.concat([shard(0), Buffer.from('x')]), {})
    await set(Buffer.concat([record(0, 2), Buffer.from('x')]), {})
    await set(Buffer.concat([sequenceKey(number), Buffer.from('x')]), {})
    expect((await found()).sort()).toEqual([
      'unknownKey: No such part of a shard is ever written',
      'unknownKey: No such part of a shard is ever written',
      'unknownKey: The key has a wrong length',
      'unknownKey: The key has a wrong length',
    ])
  })
})

test('a stream with several shards has its records where they belong', async () => {
  const other = new MemoryEngine()
  const sharded = await openIndexedDatabase({ engine: other, streamShards: 2 })
  await sharded.call('CreateTable', tableWithStream('Orders'))
  await sharded.call('PutItem', { TableName: 'Orders', Item: { pk: { S: 'a' } } })
  const stream = sharded.catalog.tableForData('Orders').stream?.number as number
  expect(await checkStore(other)).toEqual([])
  const [{ key, value } = {} as Entry] = [...other.snapshot().range(recordsOfStream(stream))]
  const moved = Buffer.from(key)
  moved[8] = 1 - (moved[8] as number)
  await other.commit(
    [],
    [
      { key, value: undefined },
      { key: moved, value },
    ],
  )
  expect((await checkStore(other)).map(({ detail }) => detail)).toEqual([
    'The record is in a shard that its item does not belong to',
  ])
})
