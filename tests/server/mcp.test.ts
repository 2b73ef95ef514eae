import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { request as httpRequest } from 'node:http'
import { createDatabase, type Database, type DatabaseOptions } from 'dynatom'
import { describe, expect, onTestFinished, test } from 'vitest'
import { builtMain, CommandProcess } from '../means/commandProcess.mjs'
import { temporaryDirectory } from '../means/dynatomProcess.ts'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const orders = {
  TableName: 'Orders',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}

async function openServer(options: DatabaseOptions = {}): Promise<[string, Database]> {
  const database = await createDatabase({
    inMemory: true,
    lab: true,
    tables: [orders],
    seed: { Orders: [{ id: '1', n: 1 }] },
    ...options,
  })
  onTestFinished(() => database.close())
  const { endpoint } = await database.listen({ port: 0 })
  return [endpoint, database]
}

async function connect(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [builtMain, 'mcp', ...flags],
    env: { PATH: process.env['PATH'] ?? '', ...env },
  })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return client
}

const namesOf = async (client: Client): Promise<readonly string[]> =>
  (await client.listTools()).tools.map(({ name }) => name)

interface Told {
  readonly isError: boolean
  readonly text: string
}

async function call(client: Client, name: string, given: Record<string, unknown>): Promise<Told> {
  const { isError = false, content } = await client.callTool({ name, arguments: given })
  const [{ text }] = content as [{ readonly text: string }]
  return { isError: isError === true, text }
}

async function answer(client: Client, name: string, given: Record<string, unknown>) {
  const { isError, text } = await call(client, name, given)
  expect(isError, text).toBe(false)
  return JSON.parse(text) as Record<string, unknown>
}

const reading = [
  'list_tables',
  'describe_table',
  'get_item',
  'query',
  'scan',
  'select',
  'transact_get',
]

describe('over standard input and output', () => {
  test('it reads tables, items and queries, and offers nothing that writes', async () => {
    const [endpoint] = await openServer()
    const client = await connect(['--endpoint', endpoint])
    expect(await namesOf(client)).toEqual(reading)
    const { tools } = await client.listTools()
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true)
    expect(await answer(client, 'list_tables', {})).toEqual({ TableNames: ['Orders'] })
    const { Table } = await answer(client, 'describe_table', { TableName: 'Orders' })
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE' })
    const Key = { id: { S: '1' } }
    const Item = { ...Key, n: { N: '1' } }
    expect(await answer(client, 'get_item', { TableName: 'Orders', Key })).toEqual({ Item })
    const query = {
      TableName: 'Orders',
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: '1' } },
    }
    expect(await answer(client, 'query', query)).toMatchObject({ Items: [Item], Count: 1 })
    expect(await answer(client, 'scan', { TableName: 'Orders' })).toMatchObject({ Items: [Item] })
    const Statement = 'SELECT n FROM "Orders" WHERE id = ?'
    expect(await answer(client, 'select', { Statement, Parameters: [{ S: '1' }] })).toMatchObject({
      Items: [{ n: { N: '1' } }],
    })
    const transaction = { TransactItems: [{ Get: { TableName: 'Orders', Key } }] }
    expect(await answer(client, 'transact_get', transaction)).toEqual({ Responses: [{ Item }] })
  })

  test('what is not offered is refused, whatever it is called', async () => {
    const [endpoint, database] = await openServer()
    const client = await connect(['--endpoint', endpoint])
    const put = { TableName: 'Orders', Item: { id: { S: '2' } } }
    expect(await call(client, 'put_item', put)).toEqual({
      isError: true,
      text: 'There is no tool put_item.',
    })
    expect(
      await call(client, 'select', { Statement: 'DELETE FROM "Orders" WHERE id = \'1\'' }),
    ).toEqual({ isError: true, text: 'TypeError: select takes a SELECT statement.' })
    expect(await answer(client, 'scan', { TableName: 'Orders' })).toMatchObject({ Count: 1 })
    expect(await database.namespaces()).toEqual([])
  })

  test('with --allow-writes it writes, and a refusal is told as DynamoDB tells it', async () => {
    const [endpoint] = await openServer()
    const client = await connect(['--endpoint', endpoint, '--allow-writes'])
    expect(await namesOf(client)).toEqual([
      ...reading,
      'put_item',
      'update_item',
      'delete_item',
      'batch_write',
      'transact_write',
      'execute_statement',
      'create_table',
      'update_table',
      'update_time_to_live',
      'delete_table',
    ])
    await answer(client, 'create_table', { ...orders, TableName: 'Shops', BillingMode: undefined })
    await answer(client, 'put_item', { TableName: 'Shops', Item: { id: { S: 'a' } } })
    await answer(client, 'update_item', {
      TableName: 'Shops',
      Key: { id: { S: 'a' } },
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': { N: '5' } },
    })
    const writes = { TransactItems: [{ Put: { TableName: 'Shops', Item: { id: { S: 'b' } } } }] }
    await answer(client, 'transact_write', writes)
    await answer(client, 'batch_write', {
      RequestItems: { Shops: [{ DeleteRequest: { Key: { id: { S: 'b' } } } }] },
    })
    expect(await answer(client, 'scan', { TableName: 'Shops' })).toMatchObject({
      Items: [{ id: { S: 'a' }, n: { N: '5' } }],
    })
    const condition = { ConditionExpression: 'attribute_not_exists(id)' }
    const refused = await call(client, 'put_item', {
      TableName: 'Shops',
      Item: { id: { S: 'a' } },
      ...condition,
    })
    expect(refused.isError).toBe(true)
    expect(refused.text).toMatch(
      /^ConditionalCheckFailedException: The conditional request failed\nrequest id: \w+$/,
    )
    await answer(client, 'delete_table', { TableName: 'Shops' })
  })

  test('with --lab it dries transactions and explains refusals, and changes nothing', async () => {
    const [endpoint] = await openServer()
    const client = await connect(['--endpoint', endpoint, '--lab'])
    const names = await namesOf(client)
    expect(names).toEqual(
      expect.arrayContaining([
        ...reading,
        'dry_run_transaction',
        'explain_request',
        'explain_last_refusals',
        'lab_faults_list',
        'lab_namespaces_list',
      ]),
    )
    expect(
      names.filter((name) => /_(add|reset|drop|hold|put_item|remove|clear)$/.test(name)),
    ).toEqual([])
    const failing = {
      TableName: 'Orders',
      Item: { id: { S: '1' } },
      ConditionExpression: 'n > :n',
      ExpressionAttributeValues: { ':n': { N: '5' } },
    }
    const dried = await answer(client, 'dry_run_transaction', { TransactItems: [{ Put: failing }] })
    expect(dried['outcome']).toBe('cancelled')
    expect(JSON.stringify(dried)).toContain('ConditionalCheckFailed')

    const writer = await connect(['--endpoint', endpoint, '--lab', '--allow-writes'])
    const refused = await call(writer, 'transact_write', { TransactItems: [{ Put: failing }] })
    expect(refused.text).toContain('"CancellationReasons":[{"Code":"ConditionalCheckFailed"')
    const [, requestId] = /request id: (\w+)/.exec(refused.text) ?? []
    const explained = await answer(client, 'explain_request', { requestId })
    expect(explained).toMatchObject({ requestId, operation: 'TransactWriteItems' })
    const last = await answer(client, 'explain_last_refusals', { limit: 1 })
    expect(last).toMatchObject({ explanations: [{ requestId }] })

    const rule = { operations: ['GetItem'], next: 1, error: { name: 'InternalServerError' } }
    const added = await answer(writer, 'lab_faults_add', rule)
    expect(await answer(client, 'lab_faults_list', {})).toMatchObject({
      faults: [{ id: added['id'] }],
    })
    await answer(writer, 'lab_faults_remove', { id: added['id'] })
    expect(await answer(client, 'lab_faults_list', {})).toEqual({ faults: [] })
  })

  test('a key of a namespace leads to the namespace and to its lab', async () => {
    const [endpoint, database] = await openServer()
    const env = { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ACCESS_KEY_ID: 'dynatom-mcp' }
    const client = await connect(['--lab', '--allow-writes'], env)
    await answer(client, 'delete_item', { TableName: 'Orders', Key: { id: { S: '1' } } })
    expect(await answer(client, 'scan', { TableName: 'Orders' })).toMatchObject({ Count: 0 })
    await answer(client, 'lab_database_reset', {})
    expect(await answer(client, 'scan', { TableName: 'Orders' })).toMatchObject({ Count: 1 })
    expect(await database.namespaces()).toEqual(['mcp'])
  })

  test('a database that does not answer is told of, and a lab that is not there ends it', async () => {
    const client = await connect(['--endpoint', 'http://127.0.0.1:9'])
    expect(await call(client, 'list_tables', {})).toEqual({
      isError: true,
      text: 'NoAnswer: http://127.0.0.1:9 does not answer: nothing listens there',
    })
    const [endpoint] = await openServer({ lab: false })
    const process = new CommandProcess(['mcp', '--lab', '--endpoint', endpoint])
    expect(await process.ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `The server at ${endpoint} has no lab: start it with --lab.\n`,
    })
  })
})

describe('over HTTP', () => {
  async function openFront(flags: readonly string[] = []): Promise<[URL, string]> {
    const [endpoint] = await openServer()
    const command = new CommandProcess(['mcp', '--port', '0', '--endpoint', endpoint, ...flags])
    onTestFinished(async () => {
      expect(await command.stop()).toMatchObject({ code: 0, stderr: '' })
    })
    const [, url = '', token = ''] = await command.seen(
      /is spoken at (\S+)\nAuthorization: Bearer (\S+)\n/,
    )
    return [new URL(url), token]
  }

  interface Sent {
    readonly method?: string
    readonly path?: string
    readonly headers?: Readonly<Record<string, string>>
  }

  /** By node:http, which sends any Host and any Origin. */
  const send = (url: URL, { method = 'POST', path, headers = {} }: Sent) =>
    new Promise<readonly [number, unknown, readonly string[]]>((resolve, reject) => {
      const target = path === undefined ? url : new URL(path, url)
      const request = httpRequest(target, { method, headers }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        response.once('end', () => {
          const { error } = JSON.parse(text || '{}') as { error?: unknown }
          resolve([response.statusCode ?? 0, error, Object.keys(response.headers)])
        })
      })
      request.once('error', reject)
      const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
      request.end(method === 'POST' ? body : undefined)
    })

  test("the SDK's client has the same tools, by the token that was printed", async () => {
    const [url, token] = await openFront(['--lab'])
    const client = new Client({ name: 'test', version: '1' })
    const headers = { authorization: `Bearer ${token}` }
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }))
    onTestFinished(() => client.close())
    expect(await namesOf(client)).toEqual(
      expect.arrayContaining([...reading, 'dry_run_transaction']),
    )
    expect(await answer(client, 'list_tables', {})).toEqual({ TableNames: ['Orders'] })
  })

  test('nobody else is let in, and no web page', async () => {
    const [url, token] = await openFront()
    const json = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    }
    const known = { ...json, authorization: `Bearer ${token}` }
    const [good] = await send(url, { headers: known })
    expect(good).toBe(200)
    const own = await send(url, { headers: { ...known, origin: `http://${url.host}` } })
    expect(own[0]).toBe(200)
    expect(own[2].filter((name) => name.startsWith('access-control'))).toEqual([])
    const refused: [Sent, number, string][] = [
      [{ headers: json }, 401, 'TokenNeeded'],
      [{ headers: { ...json, authorization: 'Bearer x' } }, 401, 'TokenNeeded'],
      [{ headers: { ...known, origin: 'http://evil.example' } }, 403, 'Forbidden'],
      [{ headers: { ...known, origin: 'null' } }, 403, 'Forbidden'],
      [{ headers: { ...known, host: 'evil.example' } }, 403, 'Forbidden'],
      [{ headers: { ...known, host: `evil.example:${url.port}` } }, 403, 'Forbidden'],
      [
        { headers: { ...known, 'content-type': 'application/x-www-form-urlencoded' } },
        415,
        'UnsupportedMediaType',
      ],
      [{ headers: { ...known, 'content-type': 'text/plain' } }, 415, 'UnsupportedMediaType'],
      [{ headers: known, path: '/' }, 404, 'NotFound'],
      [{ headers: known, path: `/mcp/?token=${token}` }, 404, 'NotFound'],
      [{ headers: json, path: `/mcp?token=${token}` }, 401, 'TokenNeeded'],
      [{ headers: known, method: 'GET' }, 405, 'MethodNotAllowed'],
      [
        { headers: { ...json, origin: 'http://evil.example' }, method: 'OPTIONS' },
        403,
        'Forbidden',
      ],
    ]
    for (const [sent, status, error] of refused) {
      const [found, name, headers] = await send(url, sent)
      expect([found, name], JSON.stringify(sent)).toEqual([status, error])
      expect(headers.filter((each) => each.startsWith('access-control'))).toEqual([])
    }
  })

  test('a port that is taken is said', async () => {
    const [url] = await openFront()
    const command = new CommandProcess(['mcp', '--port', url.port])
    expect(await command.ended).toMatchObject({
      code: 1,
      stderr: `Port ${url.port} is in use by another process; choose another --port.\n`,
    })
  })
})

test('without its package one sentence says what to install', () => {
  const directory = temporaryDirectory()
  const root = fileURLToPath(new URL('../..', import.meta.url))
  const start = join(directory, 'dist', 'start')
  mkdirSync(join(directory, 'node_modules'), { recursive: true })
  cpSync(join(root, 'packages/server/dist/start'), start, { recursive: true })
  cpSync(join(root, 'packages/server/package.json'), join(directory, 'package.json'))
  for (const name of ['lmdb', 'prom-client', 'yaml', 'csv-parse']) {
    symlinkSync(join(root, 'node_modules', name), join(directory, 'node_modules', name))
  }
  const args = [join(start, 'dynatom.cjs'), 'mcp']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: 'dynatom mcp needs the package @dynatom/mcp: npm install --save-dev @dynatom/mcp\n',
  })
})
