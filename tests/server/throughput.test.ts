import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  ThrottlingException,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  type BatchWriteCommandOutput,
} from '@aws-sdk/lib-dynamodb'
import { createDatabase, type Clock, type Database, type DatabaseOptions } from 'dynatom'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { CommandProcess } from '../means/commandProcess.mjs'

const small = (TableName: string): CreateTableCommandInput => ({
  TableName,
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
})

const tableText =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing ' +
  'your provisioning level with the UpdateTable API.'
const arnOf = (name: string): string => `arn:aws:dynamodb:us-east-1:123456789012:table/${name}`

/** An item of so many write units. */
const itemOf = (pk: string, units: number) => ({
  pk: { S: pk },
  text: { S: 'x'.repeat(units * 1024 - 100) },
})
let puts = 0
/** Puts a new item of so many write units. */
function put(client: DynamoDBClient, TableName: string, units: number): Promise<unknown> {
  puts += 1
  return client.send(new PutItemCommand({ TableName, Item: itemOf(`put ${puts}`, units) }))
}

const refusalOf = async (request: Promise<unknown>): Promise<unknown> => {
  try {
    return await request
  } catch (error) {
    return error
  }
}

describe('a server that enforces throughput', () => {
  let server: CommandProcess
  let client: DynamoDBClient
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  let settings: ConstructorParameters<typeof DynamoDBClient>[0]

  beforeAll(async () => {
    server = new CommandProcess(['--port', '0', '--in-memory', '--enforce-throughput'])
    settings = { endpoint: await server.endpoint(), region: 'us-east-1', credentials }
    client = new DynamoDBClient({ ...settings, maxAttempts: 1 })
  })
  afterAll(async () => {
    client.destroy()
    await server.kill('SIGKILL')
  })

  test('tells the SDK why, and of what', async () => {
    await client.send(new CreateTableCommand(small('Small')))
    await put(client, 'Small', 310)
    const error = await refusalOf(put(client, 'Small', 1))
    if (!(error instanceof ProvisionedThroughputExceededException)) throw error
    expect(error.message).toBe(tableText)
    expect(error.ThrottlingReasons).toEqual([
      { reason: 'TableWriteProvisionedThroughputExceeded', resource: arnOf('Small') },
    ])
    expect(error.$metadata.httpStatusCode).toBe(400)
  })

  test('tells the SDK so on demand, in the member of that exception', async () => {
    const { ProvisionedThroughput: _none, ...table } = small('OnDemand')
    await client.send(
      new CreateTableCommand({
        ...table,
        BillingMode: 'PAY_PER_REQUEST',
        OnDemandThroughput: { MaxWriteRequestUnits: 1 },
      }),
    )
    await put(client, 'OnDemand', 310)
    const error = await refusalOf(put(client, 'OnDemand', 1))
    if (!(error instanceof ThrottlingException)) throw error
    expect(error.throttlingReasons).toEqual([
      { reason: 'TableWriteMaxOnDemandThroughputExceeded', resource: arnOf('OnDemand') },
    ])
  })

  test('cancels transactions by position', async () => {
    await client.send(new CreateTableCommand(small('Dry')))
    await client.send(new CreateTableCommand(small('Wet')))
    await put(client, 'Dry', 310)
    const TransactItems = ['Wet', 'Dry'].map((TableName) => ({
      Put: { TableName, Item: itemOf('a', 1) },
    }))
    const error = await refusalOf(client.send(new TransactWriteItemsCommand({ TransactItems })))
    if (!(error instanceof TransactionCanceledException)) throw error
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'ProvisionedThroughputExceeded', Message: tableText },
    ])
  })

  test('is tried again by the SDK until there is room', async () => {
    await client.send(new CreateTableCommand(small('Patient')))
    await put(client, 'Patient', 301)
    const patient = new DynamoDBClient({ ...settings, maxAttempts: 100 })
    onTestFinished(() => patient.destroy())
    const answer = await patient.send(
      new PutItemCommand({ TableName: 'Patient', Item: itemOf('b', 1) }),
    )
    expect(answer.$metadata.attempts).toBeGreaterThan(1)
  })
})

/** A clock that its owner moves; timers are the system's. */
function movable(): Clock & { advance(ms: number): void } {
  let movedMs = 0
  return {
    nowMs: () => Date.now() + movedMs,
    monotonicMs: () => movedMs,
    defer: (work) => void setImmediate(work),
    startTimer(delayMs, work) {
      const timer = setTimeout(work, delayMs)
      timer.unref()
      return { cancel: () => clearTimeout(timer) }
    },
    advance(ms) {
      movedMs += ms
    },
  }
}

async function open(options: DatabaseOptions): Promise<[Database, DynamoDBClient]> {
  const database = await createDatabase({ inMemory: true, enforceThroughput: true, ...options })
  onTestFinished(() => database.close())
  return [database, new DynamoDBClient({ ...database.clientConfig(), maxAttempts: 1 })]
}

describe('a database in process', () => {
  test('goes by the clock that it was given', async () => {
    const clock = movable()
    const [, client] = await open({ clock, tables: [small('Small')] })
    await put(client, 'Small', 300)
    for (let seconds = 0; seconds < 5; seconds++) {
      const error = await refusalOf(put(client, 'Small', 1))
      expect(error).toBeInstanceOf(ProvisionedThroughputExceededException)
      clock.advance(60_000)
      await put(client, 'Small', 60)
    }
  })

  test('begins with full tables, whatever was put into them, and again after a reset', async () => {
    const clock = movable()
    const seed = { Small: Array.from({ length: 5 }, (_, i) => itemOf(String(i), 100)) }
    const [database, client] = await open({ clock, tables: [small('Small')], seed })
    for (let i = 0; i < 2; i++) {
      await put(client, 'Small', 300)
      expect(await refusalOf(put(client, 'Small', 1))).toHaveProperty(
        'name',
        'ProvisionedThroughputExceededException',
      )
      await database.reset()
    }
    const get = new GetItemCommand({ TableName: 'Small', Key: { pk: { S: '4' } } })
    expect((await client.send(get)).Item).toEqual(itemOf('4', 100))
  })

  test('gives back what a batch had no room for, until the client has sent all of it', async () => {
    const clock = movable()
    const [, plain] = await open({ clock, tables: [small('Small')] })
    const client = DynamoDBDocumentClient.from(plain)
    await put(plain, 'Small', 290)
    let RequestItems: BatchWriteCommandOutput['UnprocessedItems'] = {
      Small: Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: { pk: `batch ${i}` } } })),
    }
    let rounds = 0
    while (RequestItems !== undefined && Object.keys(RequestItems).length > 0) {
      rounds += 1
      const answer: BatchWriteCommandOutput = await client.send(
        new BatchWriteCommand({ RequestItems }),
      )
      RequestItems = answer.UnprocessedItems
      clock.advance(5000)
    }
    // Ten at first, then five each time.
    expect(rounds).toBe(4)
  })
})
