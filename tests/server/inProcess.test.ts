import {
  CreateTableCommand,
  DescribeEndpointsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  ResourceNotFoundException,
  ScanCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import {
  createDatabase,
  StoreUnavailable,
  type ClientConfig,
  type Database,
  type DatabaseOptions,
  type RequestLog,
} from 'dynatom'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkedDirectory } from '../means/dynatomProcess.ts'
import { perform } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'

async function open(options: DatabaseOptions = { inMemory: true }): Promise<Database> {
  const database = await createDatabase(options)
  onTestFinished(() => database.close())
  return database
}

const createItems = new CreateTableCommand({
  TableName: 'Items',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
})
const get = (id: string): GetItemCommand =>
  new GetItemCommand({ TableName: 'Items', Key: { id: { S: id } } })
const put = (id: string): PutItemCommand =>
  new PutItemCommand({ TableName: 'Items', Item: { id: { S: id } } })

describe('createDatabase', () => {
  test('an SDK client works without a socket', async () => {
    const client = new DynamoDBClient((await open()).clientConfig())
    await client.send(createItems)
    await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 5 }, { TableName: 'Items' })
    const item = { id: { S: 'ü' }, bytes: { B: new Uint8Array([0, 255]) }, n: { N: '1' } }
    await client.send(new PutItemCommand({ TableName: 'Items', Item: item }))
    const output = await client.send(get('ü'))
    expect(output.Item).toEqual(item)
    expect(output.$metadata.httpStatusCode).toBe(200)
    expect(output.$metadata.requestId).toMatch(/^[A-Z0-9]{52}$/)
  })

  test('errors are those of the SDK', async () => {
    const client = new DynamoDBClient((await open()).clientConfig())
    await expect(client.send(get('1'))).rejects.toBeInstanceOf(ResourceNotFoundException)
    await client.send(createItems)
    const action = { TableName: 'Items', Item: { id: { S: '1' } } }
    const condition = { ...action, ConditionExpression: 'attribute_exists(id)' }
    const transaction = new TransactWriteItemsCommand({ TransactItems: [{ Put: condition }] })
    const error = await client.send(transaction).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TransactionCanceledException)
    expect((error as TransactionCanceledException).CancellationReasons).toEqual([
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    ])
  })

  test('several clients see one database, and it outlives them', async () => {
    const database = await open()
    const first = new DynamoDBClient(database.clientConfig())
    await first.send(createItems)
    first.destroy()
    const second = new DynamoDBClient(database.clientConfig())
    expect((await second.send(new ListTablesCommand())).TableNames).toEqual(['Items'])
  })

  test('databases in memory are apart from each other', async () => {
    const [first, second] = [await open(), await open()]
    await new DynamoDBClient(first.clientConfig()).send(createItems)
    const tables = await new DynamoDBClient(second.clientConfig()).send(new ListTablesCommand())
    expect(tables.TableNames).toEqual([])
  })

  test('takes Region, reserved words and an observer of requests', async () => {
    const seen: RequestLog[] = []
    const database = await open({
      inMemory: true,
      region: 'eu-west-1',
      onRequest: (log) => seen.push(log),
    })
    const config = database.clientConfig()
    expect(config.region).toBe('eu-west-1')
    const { TableDescription } = await new DynamoDBClient(config).send(createItems)
    expect(TableDescription?.TableArn).toBe('arn:aws:dynamodb:eu-west-1:123456789012:table/Items')
    expect(seen.map(({ operation, tableName }) => [operation, tableName])).toEqual([
      ['CreateTable', 'Items'],
    ])
  })
})

test('DescribeEndpoints names the host that the client asked', async () => {
  const database = await open()
  const ask = async (client: DynamoDBClient): Promise<string | undefined> =>
    (await client.send(new DescribeEndpointsCommand())).Endpoints?.[0]?.Address
  expect(await ask(new DynamoDBClient(database.clientConfig()))).toBe('localhost')
  const { endpoint, port } = await database.listen({ port: 0 })
  const { region, credentials } = database.clientConfig()
  const overHttp = new DynamoDBClient({ endpoint, region, credentials })
  expect(await ask(overHttp)).toBe(`127.0.0.1:${port}`)
  overHttp.destroy()
})

describe('the account', () => {
  const arnOf = (accountId: string): string => `arn:aws:dynamodb:us-east-1:${accountId}:table/Items`

  async function arnIn(options: DatabaseOptions): Promise<string | undefined> {
    const database = await createDatabase(options)
    const client = new DynamoDBClient(database.clientConfig())
    const { TableNames } = await client.send(new ListTablesCommand())
    if (TableNames?.length === 0) await client.send(createItems)
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'Items' }))
    // By the account of before, too.
    await client.send(new ListTagsOfResourceCommand({ ResourceArn: arnOf('000000000000') }))
    await client.send(new DescribeTableCommand({ TableName: arnOf('000000000000') }))
    await database.close()
    return Table?.TableArn
  }

  test('is that of the store, whatever later versions take for new ones', async () => {
    const dataDirectory = checkedDirectory()
    expect(await arnIn({ dataDirectory })).toBe(arnOf('123456789012'))
    expect(await arnIn({ dataDirectory, accountId: '111122223333' })).toBe(arnOf('111122223333'))
    expect(await arnIn({ dataDirectory })).toBe(arnOf('123456789012'))
    const other = { dataDirectory: checkedDirectory() }
    expect(await arnIn({ ...other, accountId: '111122223333' })).toBe(arnOf('111122223333'))
    expect(await arnIn(other)).toBe(arnOf('111122223333'))
  })

  test('has twelve digits', async () => {
    await expect(createDatabase({ inMemory: true, accountId: '1234' })).rejects.toThrow(
      new RangeError('1234 is not a value of accountId: it takes 12 digits.'),
    )
  })
})

describe('validation', () => {
  const bad = { TableName: 'Items', Item: { id: { S: '1' }, n: { N: '' } } }
  const text = 'The parameter cannot be converted to a numeric value'
  const newer = `1 validation error detected: ${text}: `

  test.each([
    [undefined, newer],
    ['older', text],
    ['newer', newer],
  ] as const)('of layer %s', async (validation, message) => {
    const layer = validation === undefined ? {} : { validation }
    const client = new DynamoDBClient((await open({ inMemory: true, ...layer })).clientConfig())
    const error: unknown = await client.send(new PutItemCommand(bad)).catch((e: unknown) => e)
    expect((error as Error).message).toBe(message)
  })
})

describe('options', () => {
  test('that do not exist are refused', async () => {
    const options = { inmemory: true } as DatabaseOptions
    await expect(createDatabase(options)).rejects.toThrow(
      new TypeError('createDatabase has no option "inmemory". Did you mean "inMemory"?'),
    )
    const limits = { maxConections: 1 } as DatabaseOptions['limits'] & object
    await expect(createDatabase({ inMemory: true, limits })).rejects.toThrow(
      new TypeError('There is no limit "maxConections". Did you mean "maxConnections"?'),
    )
  })

  test('validation takes the name of a layer', async () => {
    const options = { inMemory: true, validation: 'old' } as unknown as DatabaseOptions
    await expect(createDatabase(options)).rejects.toThrow(
      new RangeError('old is not a value of validation: it takes older, newer.'),
    )
  })

  test.each([
    [
      { maxConnections: 0 },
      '0 is not a value of maxConnections: it takes a whole number from 1 to 1000000.',
    ],
    [{ maxBufferedBytes: 1000 }, 'maxBufferedBytes must be at least maxBodyBytes.'],
  ])('limits such as %j are refused', async (limits, message) => {
    await expect(createDatabase({ inMemory: true, limits })).rejects.toThrow(
      new RangeError(message),
    )
  })

  test('a journal that is too small is refused', async () => {
    await expect(createDatabase({ inMemory: true, maxJournalBytes: 3 })).rejects.toThrow(
      new RangeError(
        '3 is not a value of maxJournalBytes: it takes a whole number from 1024 to 536870912.',
      ),
    )
  })

  test.each<[string, number, DatabaseOptions['limits']]>([
    ['the default limits', 5000, {}],
    ['few places', 300, { maxQueuedCommits: 5, maxOpenReads: 3 }],
    ['little memory', 300, { maxBodyBytes: 2000, maxBufferedBytes: 2000 }],
  ])(
    'with %s a burst of %i requests waits its turn, and nothing is refused',
    async (_, requests, limits) => {
      const statuses: number[] = []
      const database = await open({
        dataDirectory: checkedDirectory(),
        limits: limits ?? {},
        onRequest: ({ statusCode }) => statuses.push(statusCode),
      })
      const client = new DynamoDBClient({ ...database.clientConfig(), maxAttempts: 1 })
      await client.send(createItems)
      await Promise.all(
        Array.from({ length: requests }, (_item, i) =>
          i % 2 === 0 ? client.send(put(String(i))) : client.send(get(String(i - 1))),
        ),
      )
      expect(statuses).toHaveLength(requests + 1)
      expect(new Set(statuses)).toEqual(new Set([200]))
      const { Count } = await client.send(new ScanCommand({ TableName: 'Items', Select: 'COUNT' }))
      expect(Count).toBe(requests / 2)
    },
  )
})

describe('listen', () => {
  test('serves the same database over HTTP', async () => {
    const database = await open()
    const { endpoint, port } = await database.listen({ port: 0 })
    expect(endpoint).toBe(`http://127.0.0.1:${port}`)
    await perform(endpoint, 'CreateTable', itemsTable)
    const client = new DynamoDBClient(database.clientConfig())
    expect((await client.send(new ListTablesCommand())).TableNames).toEqual(['Items'])
  })

  test('an SDK client reaches it by its endpoint', async () => {
    const database = await open()
    const { endpoint } = await database.listen({ port: 0, host: '127.0.0.1' })
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
    expect((await client.send(new ListTablesCommand())).TableNames).toEqual([])
    client.destroy()
  })

  test('rejects with the error of the system when the port is taken', async () => {
    const { port } = await (await open()).listen({ port: 0 })
    await expect((await open()).listen({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('close', () => {
  test('answers what is under way, keeps it, and refuses what comes later', async () => {
    const dataDirectory = checkedDirectory()
    const database = await open({ dataDirectory })
    const client = new DynamoDBClient({ ...database.clientConfig(), maxAttempts: 1 })
    await client.send(createItems)
    const writes = Array.from({ length: 20 }, (_, i) => client.send(put(String(i))))
    await new Promise((resolve) => setTimeout(resolve, 1))
    const results = Promise.allSettled(writes)
    await Promise.all([database.close(), database.close()])
    await expect(client.send(get('0'))).rejects.toThrow('The database is closed.')
    await expect(database.listen({ port: 0 })).rejects.toThrow('The database is closed.')
    const again = new DynamoDBClient((await open({ dataDirectory })).clientConfig())
    for (const [i, { status }] of (await results).entries()) {
      if (status === 'fulfilled') expect((await again.send(get(String(i)))).Item).toBeDefined()
    }
  })

  test('releases the directory, which nobody else may open before', async () => {
    const dataDirectory = checkedDirectory()
    const database = await open({ dataDirectory })
    await expect(createDatabase({ dataDirectory })).rejects.toBeInstanceOf(StoreUnavailable)
    await database.close()
    await open({ dataDirectory })
  })

  test('is what `await using` does at the end of its block', async () => {
    const dataDirectory = checkedDirectory()
    let config: ClientConfig
    {
      await using database = await createDatabase({ dataDirectory })
      config = database.clientConfig()
      await new DynamoDBClient(config).send(createItems)
    }
    const late = new DynamoDBClient(config).send(new ListTablesCommand())
    await expect(late).rejects.toThrow('The database is closed.')
    const again = new DynamoDBClient((await open({ dataDirectory })).clientConfig())
    expect((await again.send(new ListTablesCommand())).TableNames).toEqual(['Items'])
  })
})
