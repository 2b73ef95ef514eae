import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  InternalServerError,
  LimitExceededException,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb'
import { createDatabase, type FaultRule, type LabDatabase } from 'dynatom'
import { describe, expect, onTestFinished, test } from 'vitest'

const table = {
  TableName: 'Orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
} as const
const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Orders'
const TableName = 'Orders'

const put = (id: string): PutItemCommand =>
  new PutItemCommand({ TableName, Item: { id: { S: id }, n: { N: '1' } } })
const get = (id: string): GetItemCommand =>
  new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true })
const add = (id: string): UpdateItemCommand =>
  new UpdateItemCommand({
    TableName,
    Key: { id: { S: id } },
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  })

type Door = 'in process' | 'over HTTP'

interface Opened {
  readonly database: LabDatabase
  readonly client: DynamoDBClient
  readonly impatient: DynamoDBClient
}

/** A client that tries three times, quickly, and one that tries once. */
async function open(door: Door): Promise<Opened> {
  const database = await createDatabase({ inMemory: true, lab: true, tables: [table] })
  const inProcess = database.clientConfig()
  let config: DynamoDBClientConfig = inProcess
  if (door === 'over HTTP') {
    const { endpoint } = await database.listen({ port: 0, host: '127.0.0.1' })
    const { region, credentials } = inProcess
    config = { endpoint, region, credentials }
  }
  const client = new DynamoDBClient({ ...config, maxAttempts: 3 })
  const impatient = new DynamoDBClient({ ...config, maxAttempts: 1 })
  onTestFinished(async () => {
    client.destroy()
    impatient.destroy()
    await database.close()
  })
  return { database, client, impatient }
}

async function refusalOf(request: Promise<unknown>): Promise<Error> {
  try {
    await request
  } catch (error) {
    return error as Error
  }
  throw new Error('It was not refused.')
}

const countOf = async (client: DynamoDBClient, id: string): Promise<string | undefined> =>
  (await client.send(get(id))).Item?.['n']?.N

const doors: Door[] = ['in process', 'over HTTP']

describe.each(doors)('errors, %s', (door) => {
  test('the SDK tries again what is throttled for a while', async () => {
    const { database, client } = await open(door)
    const error = { name: 'ProvisionedThroughputExceededException' }
    const { id } = await database.lab.faults.add({ operations: ['PutItem'], next: 2, error })
    const output = await client.send(put('1'))
    expect(output.$metadata.attempts).toBe(3)
    expect(await database.lab.faults.get({ id })).toMatchObject({ done: 2 })
    expect((await client.send(put('2'))).$metadata.attempts).toBe(1)
  })

  test('throttling has its reasons', async () => {
    const { database, impatient } = await open(door)
    const { faults } = database.lab
    await faults.add({ next: 1, error: { name: 'ProvisionedThroughputExceededException' } })
    const provisioned = await refusalOf(impatient.send(put('1')))
    expect(provisioned).toBeInstanceOf(ProvisionedThroughputExceededException)
    expect(provisioned).toMatchObject({
      message:
        'The level of configured provisioned throughput for the table was exceeded. Consider ' +
        'increasing your provisioning level with the UpdateTable API.',
      ThrottlingReasons: [{ reason: 'TableWriteProvisionedThroughputExceeded', resource: arn }],
      $metadata: { httpStatusCode: 400 },
    })
    const reasons = ['IndexReadKeyRangeThroughputExceeded']
    await faults.add({ next: 1, error: { name: 'ThrottlingException', reasons, index: 'ByDay' } })
    const onDemand = await refusalOf(impatient.send(get('1')))
    expect(onDemand).toBeInstanceOf(ThrottlingException)
    expect(onDemand).toMatchObject({
      throttlingReasons: [
        { reason: 'IndexReadKeyRangeThroughputExceeded', resource: `${arn}/index/ByDay` },
      ],
    })
  })

  test.each([
    [
      'InternalServerError',
      InternalServerError,
      500,
      'The request processing has failed because of an unknown error, exception or failure.',
    ],
    [
      'TransactionConflictException',
      TransactionConflictException,
      400,
      'Transaction is ongoing for the item',
    ],
    [
      'ConditionalCheckFailedException',
      ConditionalCheckFailedException,
      400,
      'The conditional request failed',
    ],
  ] as const)('%s', async (name, type, httpStatusCode, message) => {
    const { database, impatient } = await open(door)
    await database.lab.faults.add({ next: 1, error: { name } })
    const refusal = await refusalOf(impatient.send(put('1')))
    expect(refusal).toBeInstanceOf(type)
    expect(refusal).toMatchObject({ message, $metadata: { httpStatusCode } })
    expect(await countOf(impatient, '1')).toBeUndefined()
  })

  test('LimitExceededException, with words of the test', async () => {
    const { database, impatient } = await open(door)
    const error = { name: 'LimitExceededException', message: 'Not so many.' }
    await database.lab.faults.add({ error })
    // It is no error of GetItem.
    expect(await countOf(impatient, '1')).toBeUndefined()
    const other = new CreateTableCommand({ ...table, TableName: 'Others' } as never)
    const refusal = await refusalOf(impatient.send(other))
    expect(refusal).toBeInstanceOf(LimitExceededException)
    expect(refusal.message).toBe('Not so many.')
    await database.lab.faults.clear()
    await impatient.send(other)
  })

  test('a transaction is in conflict at a position', async () => {
    const { database, client, impatient } = await open(door)
    const puts = ['a', 'b', 'c'].map((id) => ({ Put: { TableName, Item: { id: { S: id } } } }))
    const transaction = new TransactWriteItemsCommand({ TransactItems: puts })
    const error = { name: 'TransactionCanceledException', positions: [1] }
    await database.lab.faults.add({ next: 1, error })
    const refusal = (await refusalOf(impatient.send(transaction))) as TransactionCanceledException
    expect(refusal).toBeInstanceOf(TransactionCanceledException)
    expect(refusal.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, TransactionConflict, None]',
    )
    expect(refusal.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
      { Code: 'None' },
    ])
    // The position is that of the item, where one is named.
    const key = { id: { S: 'c' } }
    const byKey = { name: 'TransactionCanceledException', code: 'ThrottlingError' }
    await database.lab.faults.add({ next: 1, table: 'Orders', key, error: byKey })
    const throttled = (await refusalOf(impatient.send(transaction))) as TransactionCanceledException
    expect(throttled.CancellationReasons?.map(({ Code }) => Code)).toEqual([
      'None',
      'None',
      'ThrottlingError',
    ])
    await client.send(transaction)
    expect((await client.send(get('c'))).Item).toEqual({ id: { S: 'c' } })
  })

  test('a transaction that is in progress is asked for again, with its token', async () => {
    const { database, client, impatient } = await open(door)
    const transaction = new TransactWriteItemsCommand({
      TransactItems: [{ Put: { TableName, Item: { id: { S: 'a' } } } }],
      ClientRequestToken: 'token-1',
    })
    await database.lab.faults.add({ next: 1, error: { name: 'TransactionInProgressException' } })
    const refusal = await refusalOf(impatient.send(transaction))
    expect(refusal).toBeInstanceOf(TransactionInProgressException)
    await client.send(transaction)
  })
})

describe.each(doors)('connections, %s', (door) => {
  const transaction = (ClientRequestToken?: string): TransactWriteItemsCommand =>
    new TransactWriteItemsCommand({
      TransactItems: [
        {
          Update: {
            TableName,
            Key: { id: { S: 'a' } },
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ],
      ...(ClientRequestToken !== undefined && { ClientRequestToken }),
      ReturnConsumedCapacity: 'TOTAL',
    })

  test('reset before the commit: nothing is done, and the SDK tries again', async () => {
    const { database, client, impatient } = await open(door)
    await database.lab.faults.add({ operations: ['UpdateItem'], next: 1, connection: 'reset' })
    const refusal = await refusalOf(impatient.send(add('a')))
    expect(refusal).toMatchObject({ code: 'ECONNRESET' })
    expect(await countOf(client, 'a')).toBeUndefined()
    await database.lab.faults.add({ operations: ['UpdateItem'], next: 1, connection: 'reset' })
    const output = await client.send(add('a'))
    expect(output.$metadata.attempts).toBe(2)
    expect(await countOf(client, 'a')).toBe('1')
  })

  test('reset after the commit: all is done, and what is tried again is done twice', async () => {
    const { database, client } = await open(door)
    const rule: FaultRule = { operations: ['UpdateItem'], next: 1, when: 'after' }
    await database.lab.faults.add({ ...rule, connection: 'reset' })
    expect((await client.send(add('a'))).$metadata.attempts).toBe(2)
    expect(await countOf(client, 'a')).toBe('2')
  })

  test('reset after the commit of a transaction: its token gives the same answer', async () => {
    const { database, client, impatient } = await open(door)
    const rule: FaultRule = { operations: ['TransactWriteItems'], next: 1, when: 'after' }
    await database.lab.faults.add({ ...rule, connection: 'reset' })
    const refusal = await refusalOf(impatient.send(transaction('token-1')))
    expect(refusal).toMatchObject({ code: 'ECONNRESET' })
    expect(await countOf(client, 'a')).toBe('1')
    await client.send(transaction('token-1'))
    expect(await countOf(client, 'a')).toBe('1')
    // The SDK gives each call a token of its own.
    await database.lab.faults.add({ ...rule, connection: 'reset' })
    expect((await client.send(transaction())).$metadata.attempts).toBe(2)
    expect(await countOf(client, 'a')).toBe('2')
  })

  test('a cut answer is tried again; it was done', async () => {
    const { database, client } = await open(door)
    await database.lab.faults.add({ operations: ['UpdateItem'], next: 1, connection: 'cut' })
    const output = await client.send(add('a'))
    expect(output.$metadata.attempts).toBe(2)
    expect(await countOf(client, 'a')).toBe('2')
    await client.send(put('long'))
    await database.lab.faults.add({ operations: ['GetItem'], next: 1, connection: 'cut' })
    const read = await client.send(get('long'))
    expect(read.$metadata.attempts).toBe(2)
    expect(read.Item).toEqual({ id: { S: 'long' }, n: { N: '1' } })
  })

  test('an error after the commit leaves the write', async () => {
    const { database, client, impatient } = await open(door)
    const error = { name: 'InternalServerError' }
    await database.lab.faults.add({ operations: ['PutItem'], next: 1, when: 'after', error })
    expect(await refusalOf(impatient.send(put('a')))).toBeInstanceOf(InternalServerError)
    expect(await countOf(client, 'a')).toBe('1')
  })
})

describe.each(doors)('batches, %s', (door) => {
  const ids = ['a', 'b', 'c', 'd']
  const key = (id: string) => ({ id: { S: id } })
  const write = new BatchWriteItemCommand({
    RequestItems: { Orders: ids.map((id) => ({ PutRequest: { Item: key(id) } })) },
  })
  const read = new BatchGetItemCommand({ RequestItems: { Orders: { Keys: ids.map(key) } } })

  test('entries come back unprocessed', async () => {
    const { database, client } = await open(door)
    await database.lab.faults.add({ next: 1, unprocessed: { count: 2 } })
    const output = await client.send(write)
    expect(output.UnprocessedItems).toEqual({
      Orders: ['c', 'd'].map((id) => ({ PutRequest: { Item: key(id) } })),
    })
    expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(2)
    const again = new BatchWriteItemCommand({ RequestItems: output.UnprocessedItems })
    expect((await client.send(again)).UnprocessedItems).toEqual({})
    await database.lab.faults.add({ next: 1, key: key('b'), unprocessed: {} })
    const found = await client.send(read)
    expect(found.UnprocessedKeys).toEqual({ Orders: { Keys: [key('b')] } })
    expect(found.Responses?.['Orders']).toHaveLength(3)
  })

  test('all of them, too', async () => {
    const { database, client } = await open(door)
    await database.lab.faults.add({ next: 2, unprocessed: {} })
    const output = await client.send(write)
    expect(output.UnprocessedItems).toEqual(write.input.RequestItems)
    const found = await client.send(read)
    expect(found.UnprocessedKeys).toEqual(read.input.RequestItems)
    expect(found.Responses).toEqual({ Orders: [] })
    expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(0)
  })

  test('statements are throttled in their places', async () => {
    const { database, client } = await open(door)
    await database.lab.faults.add({ next: 1, key: key('b'), unprocessed: {} })
    const Statements = ids.map((id) => ({
      Statement: `INSERT INTO Orders VALUE {'id': ?}`,
      Parameters: [{ S: id }],
    }))
    const { Responses } = await client.send(new BatchExecuteStatementCommand({ Statements }))
    expect(Responses?.map(({ Error }) => Error?.Code)).toEqual([
      undefined,
      'ThrottlingError',
      undefined,
      undefined,
    ])
    expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(3)
  })
})

describe('what a rule is about', () => {
  const error = { name: 'InternalServerError' }

  test('an item, by whatever names it', async () => {
    const { database, impatient } = await open('in process')
    const { id } = await database.lab.faults.add({ table: arn, key: { id: { S: 'a' } }, error })
    const query = (value: string): QueryCommand =>
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: value } },
      })
    const select = (value: string): ExecuteStatementCommand =>
      new ExecuteStatementCommand({ Statement: `SELECT * FROM Orders WHERE id = '${value}'` })
    const writeBy = (value: string): TransactWriteItemsCommand =>
      new TransactWriteItemsCommand({
        TransactItems: ['x', value].map((S) => ({ Put: { TableName, Item: { id: { S } } } })),
      })
    let done = 0
    for (const about of [put, get, add, query, select, writeBy]) {
      await impatient.send(about('b') as never)
      expect(await refusalOf(impatient.send(about('a') as never))).toBeInstanceOf(
        InternalServerError,
      )
      done += 1
      expect((await database.lab.faults.get({ id })).done).toBe(done)
    }
    await impatient.send(new ScanCommand({ TableName }))
  })

  test('numbers of keys, by value', async () => {
    const { database, impatient } = await open('in process')
    await impatient.send(
      new CreateTableCommand({
        ...table,
        TableName: 'Numbers',
        AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }],
        KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }],
      } as never),
    )
    await database.lab.faults.add({ key: { n: { N: '1.0' } }, error })
    const read = new GetItemCommand({ TableName: 'Numbers', Key: { n: { N: '1e0' } } })
    expect(await refusalOf(impatient.send(read))).toBeInstanceOf(InternalServerError)
    await impatient.send(new GetItemCommand({ TableName: 'Numbers', Key: { n: { N: '10' } } }))
  })

  test('a caller', async () => {
    const { database, impatient } = await open('in process')
    await database.lab.faults.add({ caller: 'other', error })
    await impatient.send(put('a'))
    const other = new DynamoDBClient({
      ...database.clientConfig(),
      credentials: { accessKeyId: 'other', secretAccessKey: 'x' },
      maxAttempts: 1,
    })
    expect(await refusalOf(other.send(put('a')))).toBeInstanceOf(InternalServerError)
  })

  test('so many requests, behind so many', async () => {
    const { database, impatient } = await open('in process')
    await database.lab.faults.add({ operations: ['PutItem'], skip: 1, next: 2, error })
    const outcomes: string[] = []
    for (let i = 0; i < 5; i++) {
      const sent = impatient.send(put('a'))
      outcomes.push(
        await sent.then(
          () => 'done',
          (refusal: Error) => refusal.name,
        ),
      )
    }
    const refused = 'InternalServerError'
    expect(outcomes).toEqual(['done', refused, refused, 'done', 'done'])
  })

  test('a share of requests, the same with the same seed', async () => {
    const { database, impatient } = await open('in process')
    const outcomesWith = async (seed: number): Promise<string> => {
      const { id } = await database.lab.faults.add({ probability: 0.5, seed, error })
      let outcomes = ''
      for (let i = 0; i < 40; i++) {
        outcomes += await impatient.send(put('a')).then(
          () => '.',
          () => 'x',
        )
      }
      await database.lab.faults.remove({ id })
      return outcomes
    }
    const first = await outcomesWith(7)
    expect(first.replaceAll('.', '').length).toBeGreaterThan(8)
    expect(first.replaceAll('x', '').length).toBeGreaterThan(8)
    expect(await outcomesWith(7)).toBe(first)
    expect(await outcomesWith(8)).not.toBe(first)
  })

  test('a delay, beside what another rule does', async () => {
    const { database, impatient } = await open('in process')
    await database.lab.faults.add({ delayMs: 60 })
    await database.lab.faults.add({ delayMs: 60, when: 'after', operations: ['PutItem'] })
    const startMs = performance.now()
    await impatient.send(put('a'))
    expect(performance.now() - startMs).toBeGreaterThan(110)
    await database.lab.faults.add({ next: 1, error })
    const refused = performance.now()
    expect(await refusalOf(impatient.send(get('a')))).toBeInstanceOf(InternalServerError)
    expect(performance.now() - refused).toBeGreaterThan(50)
  })

  test('nothing of it outlives a reset, and nobody waits for a delay then', async () => {
    const { database, impatient } = await open('in process')
    await database.lab.faults.add({ operations: ['GetItem'], delayMs: 600_000 })
    const waiting = impatient.send(get('a'))
    await expect.poll(async () => (await database.lab.faults.list()).faults[0]?.done).toBe(1)
    await database.lab.database.reset()
    await waiting
    expect(await database.lab.faults.list()).toEqual({ faults: [] })
  })
})

describe('a rule that makes no sense', () => {
  test.each<[FaultRule, string]>([
    [{}, 'A rule has one of error, connection, unprocessed and delayMs.'],
    [
      { connection: 'cut', unprocessed: {} },
      'A rule has one of error, connection and unprocessed.',
    ],
    [{ connection: 'cut', when: 'before' }, 'An answer is cut after there is one.'],
    [{ operations: ['PutItems'], delayMs: 1 }, 'There is no operation PutItems.'],
    [{ error: { name: 'NoSuchError' } }, 'There is no error NoSuchError.'],
    [
      { operations: ['GetItem'], error: { name: 'TransactionInProgressException' } },
      'GetItem has no TransactionInProgressException.',
    ],
    [
      { error: { name: 'InternalServerError', positions: [1] } },
      'code and positions are of TransactionCanceledException.',
    ],
    [{ operations: ['Query'], unprocessed: {} }, 'Query has no entries to come back.'],
    [{ key: { id: 'a' as never }, delayMs: 1 }, 'A key has values as DynamoDB JSON has them.'],
    [{ delay: 1 } as FaultRule, 'The request has no "delay". Did you mean "delayMs"?'],
  ])('%j', async (rule, message) => {
    const { database } = await open('in process')
    await expect(database.lab.faults.add(rule)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message,
    })
  })
})
