import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  IdempotentParameterMismatchException,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { createDatabase, type DatabaseOptions, type LabDatabase } from 'dynatom'
import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DynatomProcess, temporaryDirectory } from '../means/dynatomProcess.ts'
import { shopTable } from '../means/shopTable.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const orders = shopTable('Orders', 'NEW_AND_OLD_IMAGES')
const indexByValue = new UpdateTableCommand({
  TableName: 'Orders',
  AttributeDefinitions: [{ AttributeName: 'v', AttributeType: 'S' }],
  GlobalSecondaryIndexUpdates: [
    {
      Create: {
        IndexName: 'ByValue',
        KeySchema: [{ AttributeName: 'v', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    },
  ],
})

/** A client of the table Orders. */
class Orders {
  readonly client: DynamoDBClient
  readonly streams: DynamoDBStreamsClient

  constructor(config: ConstructorParameters<typeof DynamoDBClient>[0]) {
    const once = { ...config, maxAttempts: 1 }
    this.client = new DynamoDBClient(once)
    this.streams = new DynamoDBStreamsClient(once as object)
    onTestFinished(() => {
      this.client.destroy()
      this.streams.destroy()
    })
  }

  async put(id: string, more: Record<string, { S: string } | { N: string }> = {}): Promise<void> {
    const Item = { id: { S: id }, shop: { S: 's' }, ...more }
    await this.client.send(new PutItemCommand({ TableName: 'Orders', Item }))
  }

  async value(id: string, ConsistentRead = false): Promise<string | undefined> {
    const input = { TableName: 'Orders', Key: { id: { S: id } }, ConsistentRead }
    return (await this.client.send(new GetItemCommand(input))).Item?.['v']?.S
  }

  /** The ids of all items, in their order. */
  async ids(ConsistentRead = true): Promise<string[]> {
    const { Items = [] } = await this.client.send(
      new ScanCommand({ TableName: 'Orders', ConsistentRead }),
    )
    return Items.map(({ id }) => id?.S as string).sort()
  }

  async ofShop(shop: string): Promise<string[]> {
    const { Items = [] } = await this.client.send(
      new QueryCommand({
        TableName: 'Orders',
        IndexName: 'ByShop',
        KeyConditionExpression: 'shop = :shop',
        ExpressionAttributeValues: { ':shop': { S: shop } },
      }),
    )
    return Items.map(({ id }) => id?.S as string).sort()
  }

  async transact(ids: readonly string[], v: string, ClientRequestToken?: string): Promise<void> {
    const TransactItems = ids.map((id) => ({
      Put: { TableName: 'Orders', Item: { id: { S: id }, v: { S: v } } },
    }))
    await this.client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }))
  }

  async table() {
    return (await this.client.send(new DescribeTableCommand({ TableName: 'Orders' }))).Table
  }

  async iterator(type: 'TRIM_HORIZON' | 'LATEST' = 'TRIM_HORIZON'): Promise<string> {
    const StreamArn = (await this.table())?.LatestStreamArn
    const { StreamDescription } = await this.streams.send(new DescribeStreamCommand({ StreamArn }))
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId
    const input = { StreamArn, ShardId, ShardIteratorType: type }
    return (await this.streams.send(new GetShardIteratorCommand(input))).ShardIterator as string
  }

  /** The ids of the changed items that a shard has behind an iterator. */
  async changes(ShardIterator: string): Promise<string[]> {
    const { Records = [] } = await this.streams.send(new GetRecordsCommand({ ShardIterator }))
    return Records.map(({ dynamodb }) => dynamodb?.Keys?.['id']?.S as string)
  }
}

async function open(options: Partial<DatabaseOptions> = {}): Promise<[LabDatabase['lab'], Orders]> {
  const database = await createDatabase({
    inMemory: true,
    tables: [orders],
    ...options,
    lab: true,
  })
  onTestFinished(() => database.close())
  return [database.lab, new Orders(database.clientConfig())]
}

describe('the clock', () => {
  test('stands still, is advanced, and goes on from there', async () => {
    const [{ clock }] = await open()
    const before = await clock.now()
    expect(Math.abs(before.nowMs - Date.now())).toBeLessThan(minuteMs)
    const frozen = await clock.freeze()
    expect(frozen.isFrozen).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await clock.now()).toEqual(frozen)
    const later = await clock.advance({ ms: 36 * hourMs })
    expect(later.nowMs - frozen.nowMs).toBe(36 * hourMs)
    expect(later.now).toBe(new Date(later.nowMs).toISOString())
    await clock.unfreeze()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const last = await clock.now()
    expect(last.isFrozen).toBe(false)
    expect(last.nowMs - later.nowMs).toBeGreaterThan(10)
    expect(last.nowMs - later.nowMs).toBeLessThan(minuteMs)
  })

  test('ends client request tokens after ten minutes', async () => {
    const [{ clock }, client] = await open()
    await clock.freeze()
    await client.transact(['a'], '1', 'token')
    await clock.advance({ ms: 10 * minuteMs - 1 })
    await client.transact(['a'], '1', 'token')
    await expect(client.transact(['a'], '2', 'token')).rejects.toBeInstanceOf(
      IdempotentParameterMismatchException,
    )
    await clock.advance({ ms: 1 })
    await client.transact(['a'], '2', 'token')
    expect(await client.value('a', true)).toBe('2')
  })

  test('lets items expire: when it has been advanced they are gone, however many', async () => {
    const [{ clock }, client] = await open()
    const AttributeName = 'until'
    const TimeToLiveSpecification = { AttributeName, Enabled: true }
    await client.client.send(
      new UpdateTimeToLiveCommand({ TableName: 'Orders', TimeToLiveSpecification }),
    )
    const { nowMs } = await clock.freeze()
    const until = (ms: number) => ({ N: String(Math.ceil((nowMs + ms) / 1000)) })
    for (let first = 0; first < 1000; first += 25) {
      const puts = Array.from({ length: 25 }, (_, i) => ({
        PutRequest: { Item: { id: { S: String(first + i) }, until: until(hourMs) } },
      }))
      await client.client.send(new BatchWriteItemCommand({ RequestItems: { Orders: puts } }))
    }
    await client.put('later', { until: until(2 * hourMs) })
    await clock.advance({ ms: hourMs - minuteMs })
    expect(await client.ids()).toHaveLength(1001)
    await clock.advance({ ms: 2 * minuteMs })
    expect(await client.ids()).toEqual(['later'])
  })

  test('lets things happen one after the other, each at about its time', async () => {
    const [{ clock }, client] = await open()
    const TimeToLiveSpecification = { AttributeName: 'until', Enabled: true }
    await client.client.send(
      new UpdateTimeToLiveCommand({ TableName: 'Orders', TimeToLiveSpecification }),
    )
    const { nowMs } = await clock.freeze()
    const minutes = [50, 10, 30]
    for (const minute of minutes) {
      const seconds = Math.ceil(nowMs / 1000) + minute * 60
      await client.put(String(minute), { until: { N: String(seconds) } })
    }
    const after = await clock.advance({ ms: hourMs })
    expect(after.nowMs).toBe(nowMs + hourMs)
    expect(await client.ids()).toEqual([])
    const ShardIterator = await client.iterator()
    const { Records = [] } = await client.streams.send(new GetRecordsCommand({ ShardIterator }))
    const removals = Records.filter(({ eventName }) => eventName === 'REMOVE').map(
      ({ dynamodb }) => ({
        id: dynamodb?.Keys?.['id']?.S,
        afterMs: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) - nowMs,
      }),
    )
    expect(removals.map(({ id }) => id)).toEqual(['10', '30', '50'])
    for (const { id, afterMs } of removals) {
      expect(Math.abs(afterMs - Number(id) * minuteMs)).toBeLessThan(2 * minuteMs)
    }
  })

  test('ages iterators and trims streams', async () => {
    const [{ clock }, client] = await open()
    await clock.freeze()
    const iterator = await client.iterator()
    await client.put('early')
    await clock.advance({ ms: 15 * minuteMs })
    expect(await client.changes(iterator)).toEqual(['early'])
    await clock.advance({ ms: 1 })
    await expect(client.changes(iterator)).rejects.toBeInstanceOf(ExpiredIteratorException)
    // The shard has had a child after four hours.
    await clock.advance({ ms: 23 * hourMs })
    await client.put('late')
    expect(await client.changes(await client.iterator())).toEqual(['early'])
    await clock.advance({ ms: hourMs })
    expect(await client.changes(await client.iterator())).toEqual([])
  })

  test('ends statuses of tables', async () => {
    const [{ clock }, client] = await open({ tables: [], delayTransientStatuses: true })
    const { nowMs } = await clock.freeze()
    await client.client.send(new CreateTableCommand(orders))
    expect(await client.table()).toMatchObject({ TableStatus: 'CREATING' })
    expect((await client.table())?.CreationDateTime?.getTime()).toBe(nowMs)
    await clock.advance({ ms: minuteMs })
    expect(await client.table()).toMatchObject({
      TableStatus: 'ACTIVE',
      GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }],
    })
  })

  test('fills buckets of throughput', async () => {
    const provisioned = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
    const { GlobalSecondaryIndexes: _, ...plain } = orders
    const table: CreateTableCommandInput = {
      ...plain,
      AttributeDefinitions: orders.AttributeDefinitions?.slice(0, 1),
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: provisioned,
    }
    const [{ clock }, client] = await open({ tables: [table], enforceThroughput: true })
    await clock.freeze()
    const putAll = async (): Promise<number> => {
      for (let i = 0; ; i++) {
        try {
          await client.put('a')
        } catch (error) {
          expect(error).toBeInstanceOf(ProvisionedThroughputExceededException)
          return i
        }
      }
    }
    await putAll()
    expect(await putAll()).toBe(0)
    await clock.advance({ ms: 7000 })
    // A part of a unit may have been left.
    expect([7, 8]).toContain(await putAll())
  })

  test('that stands still does not hold up what takes turns, or waits for others', async () => {
    const [{ clock }, client] = await open({ transactionConflicts: 'queue' })
    await clock.freeze()
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => client.transact(['a', `b${i % 3}`], String(i))),
    )
    // An index is built while time stands still.
    await client.client.send(indexByValue)
    await clock.advance({ ms: 0 })
    expect((await client.table())?.GlobalSecondaryIndexes).toContainEqual(
      expect.objectContaining({ IndexName: 'ByValue', IndexStatus: 'ACTIVE', ItemCount: 4 }),
    )
  })

  test.each([{ ms: -1 }, { ms: 0.5 }, { ms: 1e15 }, {}])('is not advanced by %j', async (by) => {
    const [{ clock }] = await open()
    await expect(clock.advance(by as never)).rejects.toMatchObject({ name: 'InvalidRequest' })
  })
})

describe('reads that lag', () => {
  test('are as old as they are told to be, on tables, indexes and streams alike', async () => {
    const [{ clock, reads }, client] = await open()
    const iterator = await client.iterator()
    await clock.freeze()
    expect(await reads.get()).toEqual({ eventualLagMs: 0 })
    expect(await reads.set({ eventualLagMs: 1000 })).toEqual({ eventualLagMs: 1000 })
    await client.put('a', { v: { S: '1' } })
    const seen = async (): Promise<unknown[]> => [
      await client.value('a'),
      await client.ids(false),
      await client.ofShop('s'),
      await client.changes(iterator),
    ]
    expect(await seen()).toEqual([undefined, [], [], []])
    expect([await client.value('a', true), await client.ids()]).toEqual(['1', ['a']])
    const { Responses } = await client.client.send(
      new TransactGetItemsCommand({
        TransactItems: [{ Get: { TableName: 'Orders', Key: { id: { S: 'a' } } } }],
      }),
    )
    expect(Responses?.[0]?.Item?.['v']).toEqual({ S: '1' })
    await clock.advance({ ms: 999 })
    expect(await seen()).toEqual([undefined, [], [], []])
    await clock.advance({ ms: 1 })
    expect(await seen()).toEqual(['1', ['a'], ['a'], ['a']])
    await client.put('a', { v: { S: '2' } })
    expect(await client.value('a')).toBe('1')
    await reads.set({ eventualLagMs: 0 })
    expect(await client.value('a')).toBe('2')
  })

  test('may go back in time, the same way for the same seed', async () => {
    const runs: string[][] = []
    for (const seed of [7, 7, 8]) {
      const [{ clock, reads }, client] = await open()
      await clock.freeze()
      await reads.set({ eventualLagMs: { maxMs: 50, seed } })
      const seen: string[] = []
      for (let i = 0; i < 100; i++) {
        await client.put('a', { v: { S: String(i) } })
        await clock.advance({ ms: 5 })
        seen.push((await client.value('a')) ?? 'none')
      }
      const numbers = seen.slice(20).map(Number)
      numbers.forEach((number, i) => {
        // Ten writes in 50 milliseconds.
        expect(number).toBeGreaterThanOrEqual(i + 20 - 10)
        expect(number).toBeLessThanOrEqual(i + 20)
      })
      expect(numbers.some((number, i) => number < (numbers[i - 1] ?? 0))).toBe(true)
      runs.push(seen)
    }
    expect(runs[1]).toEqual(runs[0])
    expect(runs[2]).not.toEqual(runs[0])
  })

  test('see all of a transaction or nothing', async () => {
    const [{ reads }, client] = await open()
    await reads.set({ eventualLagMs: { minMs: 0, maxMs: 20, meanMs: 5 } })
    const ids = ['a', 'b', 'c']
    let isOver = false
    const writing = (async () => {
      for (let i = 0; i < 150; i++) {
        await client.transact(ids, String(i))
        await turn()
      }
    })().finally(() => (isOver = true))
    const seen = new Set<string>()
    const isDone = (): boolean => isOver
    while (!isDone()) {
      const { Items = [] } = await client.client.send(new ScanCommand({ TableName: 'Orders' }))
      const values = new Set(Items.map(({ v }) => v?.S))
      expect([0, 3]).toContain(Items.length)
      expect(values.size).toBeLessThanOrEqual(1)
      for (const value of values) seen.add(value as string)
    }
    await writing
    expect(seen.size).toBeGreaterThan(5)
  })

  test.each([
    [-1, 'The request.eventualLagMs is a whole number from 0 to 3600000.'],
    ['1', 'The request.eventualLagMs is a whole number.'],
    [{ minMs: 1 }, 'The request.eventualLagMs needs "maxMs".'],
    [{ maxMs: 1, minMS: 2 }, 'The request.eventualLagMs has no "minMS". Did you mean "minMs"?'],
    [{ maxMs: 1, minMs: 2 }, 'minMs is at most maxMs.'],
    [{ maxMs: 9, minMs: 2, meanMs: 1 }, 'meanMs is between minMs and maxMs.'],
    [{ maxMs: 9, meanMs: 10 }, 'meanMs is between minMs and maxMs.'],
  ])('do not lag by %j', async (eventualLagMs, message) => {
    const [{ reads }] = await open()
    const refused = { name: 'InvalidRequest', message }
    await expect(reads.set({ eventualLagMs } as never)).rejects.toMatchObject(refused)
    expect(await reads.get()).toEqual({ eventualLagMs: 0 })
  })
})

describe('snapshots', () => {
  test('take everything back, again and again', async () => {
    const [{ snapshots, clock }, client] = await open()
    await clock.freeze()
    await client.put('a', { v: { S: '1' } })
    await client.transact(['b'], '1', 'token')
    const iterator = await client.iterator()
    const before = await client.table()
    const { nowMs } = await clock.now()
    expect(await snapshots.take({ name: 'seeded' })).toEqual({ name: 'seeded' })
    for (let round = 0; round < 3; round++) {
      await client.put('a', { v: { S: `changed ${round}` } })
      await client.put('c')
      await client.client.send(
        new CreateTableCommand({
          ...orders,
          TableName: 'Others',
          Tags: [{ Key: 'k', Value: 'v' }],
        }),
      )
      await clock.advance({ ms: 11 * minuteMs })
      await client.transact(['b'], `${round}`, 'token')
      await snapshots.restore({ name: 'seeded' })
      expect((await clock.now()).nowMs).toBe(nowMs)
      expect([await client.value('a', true), await client.value('b', true)]).toEqual(['1', '1'])
      expect([await client.ids(), await client.ofShop('s')]).toEqual([['a', 'b'], ['a']])
      expect(await client.table()).toEqual(before)
      expect(await client.changes(iterator)).toEqual(['a', 'b'])
      // The token of before is known, that of after is not.
      await client.transact(['b'], '1', 'token')
      await expect(client.transact(['b'], 'other', 'token')).rejects.toBeInstanceOf(
        IdempotentParameterMismatchException,
      )
      await expect(
        client.client.send(new DescribeTableCommand({ TableName: 'Others' })),
      ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    }
  })

  test('go on with what is done in the background', async () => {
    const [{ snapshots, clock }, client] = await open({ tables: [], delayTransientStatuses: true })
    await clock.freeze()
    await client.client.send(new CreateTableCommand(orders))
    await clock.advance({ ms: minuteMs })
    for (let i = 0; i < 300; i++) await client.put(String(i), { v: { S: 'v' } })
    const TimeToLiveSpecification = { AttributeName: 'until', Enabled: true }
    await client.client.send(
      new UpdateTimeToLiveCommand({ TableName: 'Orders', TimeToLiveSpecification }),
    )
    await client.client.send(indexByValue)
    expect(await client.table()).toMatchObject({ TableStatus: 'UPDATING' })
    const held = await snapshots.take()
    const finish = async (): Promise<unknown> => {
      await clock.advance({ ms: hourMs })
      await clock.advance({ ms: hourMs })
      return client.table()
    }
    const finished = await finish()
    const byValue = { IndexName: 'ByValue', IndexStatus: 'ACTIVE', ItemCount: 300 }
    expect(finished).toMatchObject({ TableStatus: 'ACTIVE' })
    expect(finished).toHaveProperty(
      'GlobalSecondaryIndexes',
      expect.arrayContaining([expect.objectContaining(byValue)]),
    )
    await snapshots.restore(held)
    expect(await client.table()).toMatchObject({ TableStatus: 'UPDATING' })
    expect(await finish()).toEqual(finished)
    const { TimeToLiveDescription } = await client.client.send(
      new DescribeTimeToLiveCommand({ TableName: 'Orders' }),
    )
    expect(TimeToLiveDescription).toMatchObject({ TimeToLiveStatus: 'ENABLED' })
  })

  test('are held by their names until they are released', async () => {
    const [{ snapshots, clock }, client] = await open()
    const { nowMs: takenMs } = await clock.freeze()
    await client.put('1')
    expect(await snapshots.take()).toEqual({ name: 'snapshot-1' })
    await client.put('2')
    await snapshots.take({ name: 'mine' })
    await client.put('3')
    expect(await snapshots.take()).toEqual({ name: 'snapshot-2' })
    // A name that is taken gets the new one.
    await snapshots.take({ name: 'mine' })
    const names = async (): Promise<string[]> =>
      (await snapshots.list()).snapshots.map(({ name }) => name)
    expect(await names()).toEqual(['snapshot-1', 'snapshot-2', 'mine'])
    expect((await snapshots.list()).snapshots[0]).toEqual({ name: 'snapshot-1', takenMs })
    await snapshots.restore({ name: 'snapshot-1' })
    expect(await client.ids()).toEqual(['1'])
    await snapshots.restore({ name: 'mine' })
    expect(await client.ids()).toEqual(['1', '2', '3'])
    await snapshots.release({ name: 'mine' })
    const gone = { name: 'NotFound', message: 'There is no snapshot "mine".' }
    await expect(snapshots.release({ name: 'mine' })).rejects.toMatchObject(gone)
    await expect(snapshots.restore({ name: 'mine' })).rejects.toMatchObject(gone)
    expect(await names()).toEqual(['snapshot-1', 'snapshot-2'])
  })

  test('of the clock and of how long reads lag are taken back, too', async () => {
    const [{ snapshots, clock, reads }] = await open()
    const running = await snapshots.take()
    await reads.set({ eventualLagMs: 5 })
    const { nowMs } = await clock.freeze()
    const frozen = await snapshots.take()
    await clock.advance({ ms: hourMs })
    await reads.set({ eventualLagMs: 7 })
    await snapshots.restore(frozen)
    expect(await clock.now()).toMatchObject({ nowMs, isFrozen: true })
    expect(await reads.get()).toEqual({ eventualLagMs: 5 })
    await snapshots.restore(running)
    expect(await clock.now()).toMatchObject({ isFrozen: false })
    expect(await reads.get()).toEqual({ eventualLagMs: 0 })
  })

  test('are restored between requests: each is answered before or after', async () => {
    const [{ snapshots }, client] = await open()
    const held = await snapshots.take()
    let written = 0
    const isEnough = (): boolean => written >= 150
    const write = async (name: string): Promise<void> => {
      for (let i = 0; !isEnough(); i++) {
        await client.transact([`${name}-${i}-a`, `${name}-${i}-b`], 'v')
        written += 1
        // Nothing but a restoring may have come in between.
        const both = (await client.ids()).filter((id) => id.startsWith(`${name}-${i}-`))
        expect([0, 2]).toContain(both.length)
      }
    }
    const restoreAll = async (): Promise<void> => {
      while (!isEnough()) {
        await snapshots.restore(held)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    await Promise.all([...['x', 'y', 'z', 'w'].map(write), restoreAll(), restoreAll()])
    await snapshots.restore(held)
    expect(await client.ids()).toEqual([])
    await client.put('usable')
    expect(await client.ids()).toEqual(['usable'])
  })

  test('make reset one of the beginning, with the time of the machine', async () => {
    const database = await createDatabase({
      inMemory: true,
      tables: [orders],
      seed: { Orders: [{ id: { S: 'seed' } }] },
      lab: true,
    })
    onTestFinished(() => database.close())
    const { clock, reads, snapshots } = database.lab
    const client = new Orders(database.clientConfig())
    const created = await client.table()
    await clock.freeze()
    await clock.advance({ ms: 48 * hourMs })
    await reads.set({ eventualLagMs: 1000 })
    await client.put('a')
    await snapshots.take({ name: 'kept' })
    await database.reset()
    expect(await client.ids(false)).toEqual(['seed'])
    expect(await client.table()).toEqual(created)
    const { nowMs, isFrozen } = await clock.now()
    expect([isFrozen, Math.abs(nowMs - Date.now()) < minuteMs]).toEqual([false, true])
    expect(await reads.get()).toEqual({ eventualLagMs: 0 })
    await snapshots.restore({ name: 'kept' })
    expect(await client.ids()).toEqual(['a', 'seed'])
  })
})

test('a namespace has a time and snapshots of its own', async () => {
  const database = await createDatabase({ inMemory: true, tables: [orders], lab: true })
  onTestFinished(() => database.close())
  const namespace = (await database.namespace('one')) as LabDatabase
  const [main, own] = [database, namespace].map((each) => new Orders(each.clientConfig()))
  const { nowMs } = await namespace.lab.clock.freeze()
  const held = await namespace.lab.snapshots.take()
  await Promise.all([main?.put('a'), own?.put('a')])
  await namespace.lab.clock.advance({ ms: hourMs })
  await namespace.lab.snapshots.restore(held)
  expect([await main?.ids(), await own?.ids()]).toEqual([['a'], []])
  expect((await database.lab.clock.now()).isFrozen).toBe(false)
  expect(await namespace.lab.clock.now()).toMatchObject({ nowMs, isFrozen: true })
  const gone = { name: 'NotFound' }
  await expect(database.lab.snapshots.restore(held)).rejects.toMatchObject(gone)
})

test('the example of the page does as it says', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const page = readFileSync(join(root, 'docs', 'lab-time.md'), 'utf8')
  const [, code = ''] = /^```js\n(.*?)^```$/ms.exec(page) ?? []
  const file = join(root, 'tests', 'server', `labTimeGuide${process.pid}.mjs`)
  writeFileSync(file, code)
  onTestFinished(() => rmSync(file))
  const { stdout } = await promisify(execFile)(process.execPath, [file])
  expect([code.includes('assert.equal'), stdout]).toEqual([true, ''])
})

/** A lab over HTTP. */
async function control(
  endpoint: string,
  method: string,
  path: string,
  body?: object,
): Promise<[number, unknown]> {
  const answer = await fetch(`${endpoint}/_dynatom/lab${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return [answer.status, await answer.json()]
}

describe('a server', () => {
  test('in memory does all of it over HTTP', async () => {
    const server = new DynatomProcess(['--in-memory', '--lab', '--port', '0', '--log', 'silent'])
    const endpoint = await server.endpoint()
    const lab = (method: string, path: string, body?: object): ReturnType<typeof control> =>
      control(endpoint, method, path, body)
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const client = new Orders({ endpoint, region: 'us-east-1', credentials })
    await client.client.send(new CreateTableCommand(orders))
    const [, { nowMs }] = (await lab('POST', '/clock/freeze')) as [number, { nowMs: number }]
    expect(await lab('PUT', '/reads', { eventualLagMs: 100 })).toEqual([
      200,
      { eventualLagMs: 100 },
    ])
    expect(await lab('GET', '/reads')).toEqual([200, { eventualLagMs: 100 }])
    await client.put('a', { v: { S: '1' } })
    expect([await client.value('a'), await client.value('a', true)]).toEqual([undefined, '1'])
    const now = new Date(nowMs + 100).toISOString()
    const reading = { nowMs: nowMs + 100, now, isFrozen: true }
    expect(await lab('POST', '/clock/advance', { ms: 100 })).toEqual([200, reading])
    expect(await lab('GET', '/clock')).toEqual([200, reading])
    expect(await client.value('a')).toBe('1')
    expect(await lab('POST', '/snapshots', { name: 'a/b' })).toEqual([200, { name: 'a/b' }])
    await client.put('b')
    expect(await lab('POST', '/snapshots/a%2Fb/restore')).toEqual([200, {}])
    expect(await client.ids()).toEqual(['a'])
    expect(await lab('GET', '/snapshots')).toEqual([
      200,
      { snapshots: [{ name: 'a/b', takenMs: nowMs + 100 }] },
    ])
    expect(await lab('DELETE', '/snapshots/a%2Fb')).toEqual([200, {}])
    expect(await lab('POST', '/snapshots/a%2Fb/restore')).toEqual([
      404,
      { error: 'NotFound', message: 'There is no snapshot "a/b".' },
    ])
    expect(await lab('POST', '/clock/advance', {})).toEqual([
      400,
      { error: 'InvalidRequest', message: 'The request needs "ms".' },
    ])
    const [, unfrozen] = await lab('POST', '/clock/unfreeze')
    expect(unfrozen).toMatchObject({ isFrozen: false })
    expect(await lab('POST', '/reset')).toEqual([200, {}])
    await expect(client.ids()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  test('with a directory moves its clock, lets reads lag, and refuses snapshots', async () => {
    const args = ['--data-dir', temporaryDirectory(), '--lab', '--port', '0', '--log', 'silent']
    const server = new DynatomProcess(args)
    const endpoint = await server.endpoint()
    const lab = (method: string, path: string, body?: object): ReturnType<typeof control> =>
      control(endpoint, method, path, body)
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const client = new Orders({ endpoint, region: 'us-east-1', credentials })
    await client.client.send(new CreateTableCommand(orders))
    await lab('POST', '/clock/freeze')
    await lab('PUT', '/reads', { eventualLagMs: 100 })
    await client.put('a', { v: { S: '1' } })
    expect([await client.value('a'), await client.value('a', true)]).toEqual([undefined, '1'])
    expect([await client.ofShop('s'), await client.ids(false)]).toEqual([[], []])
    await lab('POST', '/clock/advance', { ms: 100 })
    expect([await client.ofShop('s'), await client.ids(false)]).toEqual([['a'], ['a']])
    const refused = [
      409,
      {
        error: 'Conflict',
        message: 'Only a database in memory can do that; this one has its data in a directory.',
      },
    ]
    expect(await lab('POST', '/snapshots')).toEqual(refused)
    expect(await lab('GET', '/snapshots')).toEqual(refused)
    expect(await lab('POST', '/snapshots/x/restore')).toEqual(refused)
    expect(await lab('DELETE', '/snapshots/x')).toEqual(refused)
    expect(await lab('POST', '/reset')).toEqual(refused)
    expect(await client.ids()).toEqual(['a'])
  })
})
