import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDatabase, type Database, type DatabaseOptions } from '../createDatabase.ts'

const orders = {
  TableName: 'Orders',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
  BillingMode: 'PAY_PER_REQUEST' as const,
}

async function open(options: DatabaseOptions = {}): Promise<Database> {
  const database = await createDatabase({ inMemory: true, ...options })
  onTestFinished(() => database.close())
  return database
}

function clientOf(database: Database, accessKeyId: string, endpoint?: string): DynamoDBClient {
  const { requestHandler, ...config } = database.clientConfig()
  const client = new DynamoDBClient({
    ...config,
    ...(endpoint === undefined ? { requestHandler } : { endpoint }),
    credentials: { accessKeyId, secretAccessKey: 'x' },
    maxAttempts: 1,
  })
  onTestFinished(() => client.destroy())
  return client
}

const tablesOf = async (client: DynamoDBClient): Promise<readonly string[]> =>
  (await client.send(new ListTablesCommand())).TableNames ?? []
const create = (client: DynamoDBClient): Promise<unknown> =>
  client.send(new CreateTableCommand(orders))

test('there are so many and no more', async () => {
  const database = await open()
  const names = Array.from({ length: 1000 }, (_, i) => `w${i}`)
  await Promise.all(names.map((name) => tablesOf(clientOf(database, `dynatom-${name}`))))
  await expect(tablesOf(clientOf(database, 'dynatom-more'))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
    message: 'There are 1000 namespaces, and a server has no more: drop those that are not needed.',
  })
  expect(await tablesOf(clientOf(database, 'dynatom-w7'))).toEqual([])
})

describe.each(['in process', 'over HTTP'])('%s', (way) => {
  const endpointOf = async (database: Database): Promise<string | undefined> =>
    way === 'over HTTP' ? (await database.listen({ port: 0 })).endpoint : undefined

  test('a key chooses a database of its own, and every other key the main one', async () => {
    const database = await open()
    const endpoint = await endpointOf(database)
    const by = (key: string): DynamoDBClient => clientOf(database, key, endpoint)
    await create(by('dynatom-one'))
    expect(await tablesOf(by('dynatom-one'))).toEqual(['Orders'])
    for (const key of [
      'dynatom-two',
      'dynatom-One',
      'local',
      'AKIAdynatom-one',
      'dynatom',
      'Dynatom-one',
    ]) {
      expect(await tablesOf(by(key)), key).toEqual([])
    }
    expect(await database.namespaces()).toEqual(['One', 'one', 'two'])
  })

  test('each begins as the main one did, and they never meet', async () => {
    const database = await open({ tables: [orders], seed: { Orders: [{ id: 'first' }] } })
    const endpoint = await endpointOf(database)
    const names = Array.from({ length: 20 }, (_, i) => `w${i}`)
    const found = await Promise.all(
      names.map(async (name) => {
        const client = clientOf(database, `dynatom-${name}`, endpoint)
        await client.send(new PutItemCommand({ TableName: 'Orders', Item: { id: { S: name } } }))
        const { Items = [] } = await client.send(new ScanCommand({ TableName: 'Orders' }))
        return Items.map(({ id }) => id?.S ?? '').sort((a, b) => (a < b ? -1 : 1))
      }),
    )
    expect(found).toEqual(names.map((name) => ['first', name]))
  })

  test.each(['dynatom-', 'dynatom--', 'dynatom-.', `dynatom-${'x'.repeat(121)}`])(
    'the key %s is refused, not led to the main one',
    async (key) => {
      const database = await open()
      const client = clientOf(database, key, await endpointOf(database))
      await expect(tablesOf(client)).rejects.toMatchObject({
        name: 'UnrecognizedClientException',
        message:
          `The access key id ${key} names no namespace: after dynatom- come 1 to 120 letters, ` +
          'digits, points, hyphens and underscores, the first a letter or a digit.',
      })
      expect(await database.namespaces()).toEqual([])
    },
  )
})

test('a signed address chooses too, and so do requests of CloudWatch', async () => {
  const database = await open()
  const { endpoint } = await database.listen({ port: 0 })
  await create(clientOf(database, 'dynatom-signed'))
  const credential = encodeURIComponent('dynatom-signed/20260101/us-east-1/dynamodb/aws4_request')
  const query =
    `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Date=20260101T000000Z` +
    `&X-Amz-SignedHeaders=host&X-Amz-Signature=${'0'.repeat(64)}`
  const answer = await fetch(`${endpoint}/?${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.ListTables',
    },
    body: '{}',
  })
  expect(await answer.json()).toEqual({ TableNames: ['Orders'] })
})

describe('the path of a namespace', () => {
  const at = async (database: Database, path: string, key: string): Promise<readonly string[]> =>
    tablesOf(clientOf(database, key, (await database.listen({ port: 0 })).endpoint + path))

  test('lets in its own key', async () => {
    const database = await open()
    await create(clientOf(database, 'dynatom-one'))
    for (const path of ['/dynatom-one', '/dynatom-one/', '/dynatom-one?a=b']) {
      expect(await at(database, path, 'dynatom-one'), path).toEqual(['Orders'])
    }
    // What names none is no such path.
    for (const path of ['/dynatom-', '/dynatom--', '/orders/dynatom-one']) {
      expect(await at(database, path, 'local'), path).toEqual([])
    }
  })

  test.each(['local', 'dynatom-two', 'dynatom-one.'])('and not the key %s', async (key) => {
    const database = await open()
    await expect(at(database, '/dynatom-one', key)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'At /dynatom-one only the access key id dynatom-one is let in.',
    })
    expect(await database.namespaces()).toEqual([])
  })

  test('and nobody without one', async () => {
    const database = await open()
    const { endpoint } = await database.listen({ port: 0 })
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.ListTables',
    }
    const answer = await fetch(`${endpoint}/dynatom-one`, { method: 'POST', headers, body: '{}' })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('UnrecognizedClientException')
  })
})

describe('in this process', () => {
  test('a namespace is a database, whose clients sign with its key', async () => {
    const database = await open()
    const namespace = await database.namespace('one')
    expect(namespace.clientConfig().credentials.accessKeyId).toBe('dynatom-one')
    await create(new DynamoDBClient(namespace.clientConfig()))
    expect(await tablesOf(clientOf(database, 'dynatom-one'))).toEqual(['Orders'])
    await database.reset()
    expect(await tablesOf(clientOf(database, 'dynatom-one'))).toEqual(['Orders'])
    await namespace.reset()
    expect(await tablesOf(clientOf(database, 'dynatom-one'))).toEqual([])
  })

  test('it is dropped whole, when it has answered, and begins anew', async () => {
    const database = await open()
    const client = clientOf(database, 'dynatom-one')
    await create(client)
    const puts = Array.from({ length: 50 }, (_, i) =>
      client.send(new PutItemCommand({ TableName: 'Orders', Item: { id: { S: String(i) } } })),
    )
    await puts[0]
    expect(await database.dropNamespace('one')).toBe(true)
    const outcomes = await Promise.allSettled(puts)
    const odd = outcomes.flatMap((each) =>
      each.status === 'rejected' ? [String(each.reason)] : [],
    )
    // Those that came later met a new one.
    expect(odd.filter((each) => !each.startsWith('ResourceNotFoundException'))).toEqual([])
    expect(await tablesOf(client)).toEqual([])
    expect(await database.dropNamespace('other')).toBe(false)
  })

  test('what is no name is refused, and a namespace has none', async () => {
    const database = await open()
    await expect(database.namespace('a/b')).rejects.toThrow(
      new RangeError(
        '"a/b" is not the name of a namespace: that has 1 to 120 letters, digits, points, hyphens ' +
          'and underscores, the first a letter or a digit.',
      ),
    )
    const namespace = await database.namespace('a')
    await expect(namespace.namespace('b')).rejects.toThrow(
      'Neither a namespace nor a database that verifies signatures has namespaces.',
    )
  })

  test('all are closed with the database', async () => {
    const database = await createDatabase({ inMemory: true })
    const client = new DynamoDBClient((await database.namespace('one')).clientConfig())
    await database.close()
    await expect(tablesOf(client)).rejects.toThrow('The database is closed.')
    await expect(database.namespace('two')).rejects.toThrow('The database is closed.')
  })
})

test('where signatures are verified there are none', async () => {
  const rootKey = { accessKeyId: 'dynatom-root', secretAccessKey: 's' }
  const database = await open({ auth: { rootKey } })
  expect(await tablesOf(new DynamoDBClient(database.clientConfig()))).toEqual([])
  const stranger = clientOf(database, 'dynatom-one')
  await expect(tablesOf(stranger)).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
  await expect(database.namespaces()).rejects.toThrow('verifies signatures')
})

test('on disk each has a directory of its own, until it is dropped', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-namespaces-'))
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }))
  const options = { inMemory: false, dataDirectory }
  const first = await createDatabase(options)
  await create(clientOf(first, 'dynatom-Orders'))
  await create(clientOf(first, 'dynatom-orders'))
  await first.close()
  expect(readdirSync(join(dataDirectory, 'namespaces')).sort()).toEqual(['=orders', 'orders'])
  const second = await open(options)
  expect(await second.namespaces()).toEqual(['Orders', 'orders'])
  expect(await tablesOf(clientOf(second, 'dynatom-Orders'))).toEqual(['Orders'])
  // Whether it is open or not.
  expect(await second.dropNamespace('Orders')).toBe(true)
  expect(await second.dropNamespace('orders')).toBe(true)
  expect(await second.namespaces()).toEqual([])
  expect(existsSync(join(dataDirectory, 'namespaces', '=orders'))).toBe(false)
  expect(await tablesOf(clientOf(second, 'dynatom-Orders'))).toEqual([])
})

describe('the lab', () => {
  const json = { 'content-type': 'application/json' }

  test('lists and drops them, and each has a lab of its own', async () => {
    const database = await open({ lab: true })
    const { endpoint } = await database.listen({ port: 0 })
    const lab = `${endpoint}/_dynatom/lab`
    await create(clientOf(database, 'dynatom-a'))
    await create(clientOf(database, 'dynatom-b'))
    await create(clientOf(database, 'local'))
    expect(await (await fetch(`${lab}/namespaces`)).json()).toEqual({ namespaces: ['a', 'b'] })

    const reset = await fetch(`${lab}/reset?namespace=a`, { method: 'POST', headers: json })
    expect({ status: reset.status, body: await reset.json() }).toEqual({ status: 200, body: {} })
    expect(await tablesOf(clientOf(database, 'dynatom-a'))).toEqual([])
    expect(await tablesOf(clientOf(database, 'local'))).toEqual(['Orders'])

    const drop = (name: string): Promise<Response> =>
      fetch(`${lab}/namespaces/${name}`, { method: 'DELETE', headers: json })
    expect((await drop('b')).status).toBe(200)
    const again = await drop('b')
    expect({ status: again.status, body: await again.json() }).toEqual({
      status: 404,
      body: { error: 'NotFound', message: 'There is no namespace "b".' },
    })
    expect(await database.lab?.namespaces.list()).toEqual({ namespaces: ['a'] })
    await database.lab?.namespaces.drop({ name: 'a' })
    expect(await database.namespaces()).toEqual([])
  })

  test('refuses what is no name, and the namespaces of a namespace', async () => {
    const database = await open({ lab: true })
    const { endpoint } = await database.listen({ port: 0 })
    const at = async (path: string): Promise<unknown> => {
      const answer = await fetch(`${endpoint}/_dynatom/lab/${path}`)
      return [answer.status, ((await answer.json()) as { error: string }).error]
    }
    expect(await at('namespaces?namespace=-')).toEqual([404, 'NotFound'])
    expect(await at('namespaces?namespace=a')).toEqual([409, 'Conflict'])
  })

  test('of one has no faults, holds or time for another', async () => {
    const database = await open({ lab: true, tables: [orders] })
    const [main, one] = [clientOf(database, 'local'), clientOf(database, 'dynatom-one')]
    const { lab } = await database.namespace('one')
    await lab?.faults.add({ error: { name: 'InternalServerError' }, next: 1 })
    await database.lab?.clock.freeze()
    const frozen = await database.lab?.clock.now()
    expect(frozen).toMatchObject({ isFrozen: true })
    expect(await lab?.clock.now()).toMatchObject({ isFrozen: false })
    expect(await tablesOf(main)).toEqual(['Orders'])
    await expect(tablesOf(one)).rejects.toMatchObject({ name: 'InternalServerError' })
    expect(await tablesOf(one)).toEqual(['Orders'])
    // What waits for the lab does not keep a namespace from its end.
    await lab?.faults.add({ delayMs: 60_000 })
    const late = tablesOf(one).catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await database.dropNamespace('one')).toBe(true)
    expect(await late).toEqual(['Orders'])
  })

  test('shows each what it has counted itself', async () => {
    const database = await open()
    const { endpoint } = await database.listen({ port: 0 })
    await create(clientOf(database, 'dynatom-m'))
    await clientOf(database, 'dynatom-m').send(new ScanCommand({ TableName: 'Orders' }))
    const isCounted = async (accessKeyId: string): Promise<boolean> => {
      const credential = `${accessKeyId}/20260101/us-east-1/monitoring/aws4_request`
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics',
          'x-amz-date': '20260101T000000Z',
          authorization:
            `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, ` +
            `Signature=${'0'.repeat(64)}`,
        },
        body: '{}',
      })
      return (await answer.text()).includes('"Orders"')
    }
    expect(await isCounted('local')).toBe(false)
    expect(await isCounted('dynatom-m')).toBe(true)
  })
})
