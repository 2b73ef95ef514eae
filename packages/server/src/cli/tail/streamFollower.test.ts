import { beforeEach, describe, expect, test } from 'vitest'
import { openIndexedDatabase, type IndexedDatabase } from '../../testing/indexedDatabase.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import { latestStream, tableWithStream } from '../../testing/streamReads.ts'
import { ApiFailure, NoAnswer } from './apiConnection.ts'
import { StreamFollower, type ApiCall, type Round } from './streamFollower.ts'

const minuteMs = 60_000
let clock: ManualClock
let database: IndexedDatabase
let arn: string

/** As a connection tells of errors. */
const call: ApiCall = async <Answer extends object>(
  _service: string,
  operation: string,
  request: object,
): Promise<Answer> => {
  const answer = await database.call(operation, request)
  const { __type: type, message } = answer
  if (typeof type !== 'string') return answer as Answer
  throw new ApiFailure(type.slice(type.indexOf('#') + 1), 400, String(message))
}

const put = (pk: string, v = '1') =>
  database.call('PutItem', { TableName: 'Orders', Item: { pk: { S: pk }, v: { N: v } } })

const rollOver = () => database.catalog.rollOverStream(database.catalog.tableForData('Orders'))

async function follow(from: 'start' | 'now'): Promise<StreamFollower> {
  const follower = new StreamFollower(call, arn, clock)
  await follower.begin(from)
  return follower
}

/** The keys of the records of the next round. */
async function keysOf(follower: StreamFollower): Promise<unknown[]> {
  return (await follower.round()).records.map(({ dynamodb }) => dynamodb.Keys['pk']?.['S'])
}

beforeEach(async () => {
  clock = new ManualClock()
  database = await openIndexedDatabase({ clock, streamShards: 2 })
  await database.call('CreateTable', tableWithStream('Orders'))
  arn = await latestStream(database.call, 'Orders')
})

describe('follows', () => {
  test('from now on, or from the oldest record, in the order of the changes', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
    for (const key of keys) await put(key)
    const [fromNow, fromStart] = [await follow('now'), await follow('start')]
    expect(await keysOf(fromNow)).toEqual([])
    expect(await keysOf(fromStart)).toEqual(keys)
    for (const key of keys) await put(key, '2')
    expect(await keysOf(fromNow)).toEqual(keys)
    expect(await keysOf(fromStart)).toEqual(keys)
  })

  test('children after their parents, through roll-overs', async () => {
    const fromNow = await follow('now')
    const written: string[] = []
    for (let i = 0; i < 12; i++) {
      await put(`k${i}`)
      written.push(`k${i}`)
      if (i % 4 === 3) await rollOver()
    }
    const fromStart = await follow('start')
    const [seenNow, seenStart]: [unknown[], unknown[]] = [[], []]
    for (let round = 0; round < 5; round++) {
      seenNow.push(...(await keysOf(fromNow)))
      seenStart.push(...(await keysOf(fromStart)))
    }
    expect(seenNow).toEqual(written)
    expect(seenStart).toEqual(written)
    await put('later')
    expect([await keysOf(fromNow), await keysOf(fromStart)]).toEqual([['later'], ['later']])
  })

  test('past iterators that have expired, each record once', async () => {
    await put('before')
    clock.advance(1)
    const [fresh, used] = [await follow('now'), await follow('now')]
    await put('a')
    expect(await keysOf(used)).toEqual(['a'])
    expect(await keysOf(fresh)).toEqual(['a'])
    clock.advance(1)
    const idle = await follow('now')
    expect(await keysOf(idle)).toEqual([])
    clock.advance(16 * minuteMs)
    await put('b')
    for (const follower of [used, fresh, idle]) {
      expect(await keysOf(follower)).toEqual([])
      expect(await keysOf(follower)).toEqual(['b'])
      expect(await keysOf(follower)).toEqual([])
    }
  })

  test('a server that comes back; what one shard has given is not lost with another', async () => {
    let failing = 0
    const faltering: ApiCall = (service, operation, request) => {
      if (operation === 'GetRecords' && failing-- === 1) throw new NoAnswer('it went away')
      return call(service, operation, request)
    }
    const follower = new StreamFollower(faltering, arn, clock)
    await follower.begin('now')
    const keys = Array.from({ length: 8 }, (_, i) => `k${i}`)
    for (const key of keys) await put(key)
    for (const nth of [1, 2]) {
      failing = nth
      await expect(follower.round()).rejects.toBeInstanceOf(NoAnswer)
    }
    expect(await keysOf(follower)).toEqual(keys)
  })

  test('to the end of a stream that is disabled', async () => {
    const follower = await follow('now')
    await put('a')
    await database.call('UpdateTable', {
      TableName: 'Orders',
      StreamSpecification: { StreamEnabled: false },
    })
    const first = await follower.round()
    expect([first.records.length, first.isOver]).toEqual([1, false])
    expect(await follower.round()).toEqual({ records: [], isTrimmed: false, isOver: true })
  })

  test('past what is gone because of its age, and says so', async () => {
    const follower = await follow('now')
    await put('a')
    await rollOver()
    clock.advance(25 * 60 * minuteMs)
    await put('b')
    await expect
      .poll(async () => (await follow('start')).round())
      .toMatchObject({
        records: [{ dynamodb: { Keys: { pk: { S: 'b' } } } }],
      })
    const rounds: Round[] = []
    for (let i = 0; i < 5; i++) rounds.push(await follower.round())
    expect(rounds.some(({ isTrimmed }) => isTrimmed)).toBe(true)
    const seen = rounds.flatMap(({ records }) => records.map(({ dynamodb }) => dynamodb.Keys))
    expect(seen).toEqual([{ pk: { S: 'b' } }])
  })
})
