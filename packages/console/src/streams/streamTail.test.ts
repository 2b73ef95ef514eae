import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import { createDatabase, type LabDatabase } from 'dynatom'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { soon } from '../../../server/src/testing/soon.ts'
import { StreamTail, type ShardState, type Start } from './streamTail.ts'

let database: LabDatabase
let client: DynamoDBClient
let streams: DynamoDBStreamsClient
let streamArn: string
let tail: StreamTail

beforeEach(async () => {
  database = await createDatabase({ inMemory: true, lab: true, streamShards: 3 })
  client = new DynamoDBClient(database.clientConfig())
  streams = new DynamoDBStreamsClient(database.clientConfig())
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName: 'Orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  )
  streamArn = TableDescription?.LatestStreamArn ?? ''
})
afterEach(async () => {
  vi.useRealTimers()
  tail.end()
  await database.close()
})

const put = (n: number) =>
  client.send(
    new PutItemCommand({ TableName: 'Orders', Item: { id: { S: `id${n}` }, n: { N: `${n}` } } }),
  )

/** Follows the stream; what has come of it. */
function follow(start: Start) {
  const come: { numbers: number[]; shards: readonly ShardState[]; failures: unknown[] } = {
    numbers: [],
    shards: [],
    failures: [],
  }
  tail = new StreamTail(
    streams,
    { streamArn, start },
    {
      onRecords: (records) =>
        come.numbers.push(...records.map(({ dynamodb }) => Number(dynamodb?.NewImage?.['n']?.N))),
      onShards: (shards) => (come.shards = shards),
      onFailure: (error) => error !== undefined && come.failures.push(error),
    },
  )
  return come
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
const within = { timeout: 10_000 }

test('records of all shards come in the order of the changes, from the beginning', async () => {
  for (const n of upTo(30)) await put(n)
  const come = follow('beginning')
  await expect.poll(() => come.numbers, within).toEqual(upTo(30))
  expect(come.shards.map(({ state }) => state)).toEqual(['reading', 'reading', 'reading'])
  expect(come.shards.reduce((sum, { recordCount }) => sum + recordCount, 0)).toBe(30)
})

test('children are read when their parents have ended', async () => {
  for (const n of upTo(10)) await put(n)
  await database.rollOverStream('Orders')
  for (const n of upTo(20).slice(10)) await put(n)
  const come = follow('beginning')
  await expect.poll(() => come.numbers.length, within).toBe(20)
  expect(new Set(come.numbers.slice(0, 10))).toEqual(new Set(upTo(10)))
  expect(come.shards.map(({ state }) => state).sort()).toEqual(
    [3, 3].flatMap((count, i) => Array<string>(count).fill(i === 0 ? 'ended' : 'reading')),
  )
})

test('from now on means without what was before, over a roll-over as well', async () => {
  await put(99)
  await database.rollOverStream('Orders')
  const come = follow('now')
  await expect
    .poll(() => come.shards.filter(({ state }) => state === 'reading').length, within)
    .toBe(3)
  await new Promise((resolve) => setTimeout(resolve, 400))
  await put(0)
  await database.rollOverStream('Orders')
  await put(1)
  await expect.poll(() => come.numbers, within).toEqual([0, 1])
})

test('a pause loses nothing, though its iterators expire', async () => {
  await put(0)
  const come = follow('beginning')
  await expect.poll(() => come.numbers, within).toEqual([0])
  tail.pause()
  await new Promise((resolve) => setTimeout(resolve, 500))
  for (const n of upTo(10).slice(1)) await put(n)
  await database.lab.clock.advance({ ms: 16 * 60 * 1000 })
  expect(come.numbers).toEqual([0])
  tail.goOn()
  await expect.poll(() => come.numbers.toSorted((a, b) => a - b), within).toEqual(upTo(10))
  expect(come.failures).toEqual([])
})

test('a pause from now on renews iterators, and knows what came first', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const sent = vi.spyOn(streams, 'send')
  const renewals = () =>
    sent.mock.calls.filter(([{ input }]) => 'Limit' in input && input.Limit === 1).length
  const come = follow('now')
  await soon(async () => {
    await vi.advanceTimersByTimeAsync(300)
    expect(sent.mock.calls.length).toBeGreaterThan(10)
  })
  tail.pause()
  await vi.advanceTimersByTimeAsync(1000)
  /** Five minutes for the tail, and ten for the database. */
  async function passes(expected: number): Promise<void> {
    await soon(async () => {
      await vi.advanceTimersByTimeAsync(10_000)
      expect(renewals()).toBe(expected)
    }, within)
    await Promise.all(sent.mock.results.map(({ value }) => value as Promise<unknown>))
    await database.lab.clock.advance({ ms: 10 * 60 * 1000 })
  }
  await passes(3)
  for (const n of upTo(6)) await put(n)
  await passes(6)
  await database.lab.clock.advance({ ms: 10 * 60 * 1000 })
  tail.goOn()
  await soon(async () => {
    await vi.advanceTimersByTimeAsync(300)
    expect(come.numbers.toSorted((a, b) => a - b)).toEqual(upTo(6))
  }, within)
  expect(come.failures).toEqual([])
})
