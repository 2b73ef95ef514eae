import { beforeEach, describe, expect, test } from 'vitest'
import { asBuffer } from '../storage/engine.ts'
import { FaultyEngine } from '../testing/faultyEngine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { openIndexedDatabase, type IndexedDatabase } from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { tableWithStream } from '../testing/streamReads.ts'
import { RecordsTrimmed, StreamCursor, type CursorPage } from './streamCursor.ts'

let clock: ManualClock
let database: IndexedDatabase
let stream: number

beforeEach(async () => {
  clock = new ManualClock()
  database = await openIndexedDatabase({ clock, streamShards: 4 })
  await database.call('CreateTable', tableWithStream('Orders'))
  stream = database.catalog.tableForData('Orders').stream?.number as number
})

const put = (pk: string, more: object = {}) =>
  database.call('PutItem', { TableName: 'Orders', Item: { pk: { S: pk }, ...more } })
const rollOver = () => database.catalog.rollOverStream(database.catalog.tableForData('Orders'))
const few = { records: 3, bytes: 1_000_000 }

async function cursorFromNow(): Promise<StreamCursor> {
  const { engine, services } = database
  return new StreamCursor(engine, stream, await services.streams.nextSequence(stream))
}

const keysOf = ({ entries }: CursorPage): unknown[] =>
  entries.map(({ change }) => {
    const key = JSON.parse(asBuffer(change.keyJson).toString()) as { pk: { S: string } }
    return key.pk.S
  })

/** Pages until one is empty. */
async function pagesOf(cursor: StreamCursor, limits = few): Promise<unknown[][]> {
  const pages: unknown[][] = []
  for (;;) {
    const keys = keysOf(await cursor.page(limits))
    if (keys.length === 0) return pages
    pages.push(keys)
  }
}

describe('StreamCursor', () => {
  test('gives the records of all shards in the order of the commits, page by page', async () => {
    const cursor = await cursorFromNow()
    const keys = Array.from({ length: 8 }, (_, i) => `k${i}`)
    for (const key of keys) await put(key)
    const pages = [keys.slice(0, 3), keys.slice(3, 6), keys.slice(6)]
    expect(await pagesOf(cursor)).toEqual(pages)
    expect(await pagesOf(new StreamCursor(database.engine, stream, undefined))).toEqual(pages)
    const later = new FaultyEngine({ store: database.engine as MemoryEngine, answers: 'later' })
    expect(await pagesOf(new StreamCursor(later, stream, undefined))).toEqual(pages)
  })

  test('goes on through shards that close and open', async () => {
    const cursor = await cursorFromNow()
    const seen: unknown[][] = []
    const keys = Array.from({ length: 12 }, (_, i) => `k${i}`)
    for (const [i, key] of keys.entries()) {
      await put(key)
      if (i % 4 === 1) await rollOver()
      if (i % 4 === 3) seen.push(...(await pagesOf(cursor)))
    }
    expect(seen.flat()).toEqual(keys)
    expect((await pagesOf(new StreamCursor(database.engine, stream, undefined))).flat()).toEqual(
      keys,
    )
  })

  test('gives pages of so many bytes, and at least one record', async () => {
    const large = { v: { S: 'x'.repeat(1000) } }
    for (const key of ['a', 'b', 'c']) await put(key, large)
    const limits = { records: 10, bytes: 2100 }
    const cursor = new StreamCursor(database.engine, stream, undefined)
    expect(await pagesOf(cursor, limits)).toEqual([['a', 'b'], ['c']])
    const narrow = new StreamCursor(database.engine, stream, undefined)
    expect(await pagesOf(narrow, { records: 10, bytes: 1 })).toEqual([['a'], ['b'], ['c']])
  })

  test('is over when the stream has no open shard and everything was read', async () => {
    const cursor = await cursorFromNow()
    for (const key of ['a', 'b', 'c', 'd']) await put(key)
    await database.call('DeleteTable', { TableName: 'Orders' })
    expect((await cursor.page(few)).isOver).toBe(false)
    expect(await cursor.page(few)).toMatchObject({ entries: [{}], isOver: true })
    expect(await cursor.page(few)).toEqual({ entries: [], isOver: true })
  })

  test('refuses when records were removed that it had not read, and only then', async () => {
    const [late, inTime] = [await cursorFromNow(), await cursorFromNow()]
    await put('a')
    expect(await pagesOf(inTime)).toEqual([['a']])
    const isThere = async (): Promise<boolean> =>
      (await pagesOf(new StreamCursor(database.engine, stream, undefined))).length > 0
    for (let hours = 0; hours < 100; hours++) {
      clock.advance(3_600_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await expect.poll(isThere).toBe(false)
    await put('b')
    await expect(late.page(few)).rejects.toBeInstanceOf(RecordsTrimmed)
    expect(await pagesOf(inTime)).toEqual([['b']])
    const fromStart = new StreamCursor(database.engine, stream, undefined)
    expect(await pagesOf(fromStart)).toEqual([['b']])
  })
})
