import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
  type AttributeValue,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import {
  ContentUnusable,
  createDatabase,
  type Clock,
  type Database,
  type DatabaseOptions,
} from 'dynatom'
import { performance } from 'node:perf_hooks'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkedDirectory } from '../means/dynatomProcess.ts'

const orders: CreateTableCommandInput = {
  TableName: 'Orders',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}
const shops: CreateTableCommandInput = { ...orders, TableName: 'Shops' }
const first = { id: { S: '1' }, bytes: { B: new Uint8Array([0, 255]) } }
const content: DatabaseOptions = { tables: [orders, shops], seed: { Orders: [first] } }

async function open(options: DatabaseOptions): Promise<[Database, DynamoDBClient]> {
  const database = await createDatabase(options)
  onTestFinished(() => database.close())
  return [database, new DynamoDBClient({ ...database.clientConfig(), maxAttempts: 1 })]
}

async function itemsOf(
  client: DynamoDBClient,
  TableName = 'Orders',
): Promise<Record<string, AttributeValue>[] | undefined> {
  return (await client.send(new ScanCommand({ TableName }))).Items
}

/** Time that runs `factor` times as fast. */
function hurried(factor: number): Clock {
  const startMs = Date.now()
  return {
    nowMs: () => startMs + (Date.now() - startMs) * factor,
    monotonicMs: () => performance.now() * factor,
    defer: (work) => void setImmediate(work),
    startTimer(delayMs, work) {
      const timer = setTimeout(work, delayMs / factor)
      timer.unref()
      return { cancel: () => clearTimeout(timer) }
    },
  }
}

const namesOf = async (client: DynamoDBClient): Promise<string[] | undefined> =>
  (await client.send(new ListTablesCommand())).TableNames

describe('tables and seed', () => {
  test('are there when the database is', async () => {
    const [, client] = await open({ inMemory: true, ...content })
    expect(await namesOf(client)).toEqual(['Orders', 'Shops'])
    expect(await itemsOf(client)).toEqual([first])
    expect(await itemsOf(client, 'Shops')).toEqual([])
  })

  test('of any number of items', async () => {
    const items = Array.from({ length: 1234 }, (_, i) => ({ id: { S: String(i) } }))
    const [, client] = await open({ inMemory: true, tables: [orders], seed: { Orders: items } })
    expect(await itemsOf(client)).toHaveLength(1234)
  })

  test('are waited for where statuses take their time', async () => {
    const options = { inMemory: true, delayTransientStatuses: true, clock: hurried(50) }
    const [, client] = await open({ ...options, ...content })
    expect(await itemsOf(client)).toEqual([first])
  })

  test('leave what is there already as it is', async () => {
    const dataDirectory = checkedDirectory()
    const [database, client] = await open({
      dataDirectory,
      tables: [orders],
      seed: content.seed ?? {},
    })
    const Key = { id: { S: '1' } }
    await client.send(new DeleteItemCommand({ TableName: 'Orders', Key }))
    await database.close()
    const [, again] = await open({ dataDirectory, ...content })
    expect(await namesOf(again)).toEqual(['Orders', 'Shops'])
    expect(await itemsOf(again)).toEqual([])
  })

  test.each<[DatabaseOptions, string]>([
    [
      { tables: [orders, { ...shops, KeySchema: [] }] },
      "tables[1]: ValidationException: 1 validation error detected: Value '[]' at 'keySchema' failed to " +
        'satisfy constraint: Member must have length greater than or equal to 1',
    ],
    [
      { tables: [orders], seed: { Orders: [first, { id: { N: '1' } }] } },
      'seed.Orders[1]: ValidationException: One or more parameter values were invalid: ' +
        'Type mismatch for key id expected: S actual: N',
    ],
  ])('that DynamoDB refuses are told by their place', async (options, message) => {
    const dataDirectory = checkedDirectory()
    await expect(createDatabase({ dataDirectory, ...options })).rejects.toThrow(
      new ContentUnusable(message),
    )
    // The directory is free again.
    await open({ dataDirectory })
  })

  test('have items of no other tables', async () => {
    const options = { inMemory: true, tables: [orders], seed: { Order: [] } }
    await expect(createDatabase(options)).rejects.toThrow(
      new TypeError('"Order" of seed is not among tables.'),
    )
  })
})

describe('reset', () => {
  test('makes everything as it was, for clients and addresses that stay', async () => {
    const [database, client] = await open({ inMemory: true, ...content })
    const { endpoint } = await database.listen({ port: 0 })
    const overHttp = new DynamoDBClient({ ...database.clientConfig(), endpoint })
    const put = (id: string): PutItemCommand =>
      new PutItemCommand({ TableName: 'Orders', Item: { id: { S: id } } })
    const transact = (id: string): TransactWriteItemsCommand =>
      new TransactWriteItemsCommand({
        ClientRequestToken: 'token',
        TransactItems: [{ Put: { TableName: 'Orders', Item: { id: { S: id } } } }],
      })
    await client.send(put('2'))
    await overHttp.send(put('3'))
    await client.send(transact('4'))
    await client.send(new CreateTableCommand({ ...orders, TableName: 'More' }))
    await client.send(
      new UpdateTableCommand({ TableName: 'Shops', DeletionProtectionEnabled: true }),
    )
    await database.reset()
    expect(await namesOf(overHttp)).toEqual(['Orders', 'Shops'])
    expect(await itemsOf(client)).toEqual([first])
    // The token is as new as everything else.
    await client.send(transact('5'))
    expect(await itemsOf(client)).toHaveLength(2)
    await database.reset()
    expect(await itemsOf(client)).toEqual([first])
    overHttp.destroy()
  })

  test('waits for requests under way; none is lost, and none is in both', async () => {
    const [database, client] = await open({ inMemory: true, tables: [orders] })
    const puts = Array.from({ length: 500 }, (_, i) =>
      client.send(new PutItemCommand({ TableName: 'Orders', Item: { id: { S: String(i) } } })),
    )
    await new Promise((resolve) => setImmediate(resolve))
    await database.reset()
    const later = Array.from({ length: 100 }, (_, i) =>
      client.send(new PutItemCommand({ TableName: 'Orders', Item: { id: { S: `late ${i}` } } })),
    )
    await Promise.all([...puts, ...later])
    const late = new GetItemCommand({ TableName: 'Orders', Key: { id: { S: 'late 99' } } })
    expect((await client.send(late)).Item).toBeDefined()
    await database.reset()
    expect(await itemsOf(client)).toEqual([])
  })

  test('is for databases in memory, while they are open', async () => {
    const [onDisk] = await open({ dataDirectory: checkedDirectory() })
    await expect(onDisk.reset()).rejects.toThrow(
      new Error('Only a database in memory can be reset; this one has its data in a directory.'),
    )
    const database = await createDatabase({ inMemory: true })
    await database.close()
    await expect(database.reset()).rejects.toThrow(new Error('The database is closed.'))
  })
})
