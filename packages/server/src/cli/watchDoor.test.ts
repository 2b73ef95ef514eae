import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { signedByHeader } from '../testing/requestSigner.ts'
import { createDatabase, type AuditRecord, type DatabaseOptions } from './createDatabase.ts'

let close: (() => Promise<void>) | undefined
const directories: string[] = []
afterEach(async () => {
  await close?.()
  close = undefined
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

interface Answer {
  readonly status: number
  readonly requestId: string
  readonly content: Readonly<Record<string, unknown>>
}

/** By node:http, which sends any Host and any Origin. */
function send(url: string, { method = 'GET', headers = {}, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        const content = JSON.parse(text === '' ? '{}' : text) as Answer['content']
        const requestId = response.headers['x-amzn-requestid'] as string
        resolve({ status: response.statusCode ?? 0, requestId, content })
      })
    })
    request.on('error', reject)
    request.end(body === undefined ? '' : JSON.stringify(body))
  })
}

const secretOf = (accessKeyId: string): string => `the-secret-of-${accessKeyId}`

/** Somebody with a key, who asks for operations, and looks. */
function clientOf(endpoint: string, accessKeyId: string) {
  const ask = (path: string, sent: Sent): Promise<Answer> => {
    const { method = 'GET', body } = sent
    const request = {
      method,
      path,
      headers: { host: new URL(endpoint).host, ...sent.headers },
      body: body === undefined ? '' : JSON.stringify(body),
    }
    const key = { accessKeyId, secretAccessKey: secretOf(accessKeyId) }
    const terms = { key, region: 'us-east-1', service: 'dynamodb', timeMs: Date.now() }
    const { headers } = signedByHeader(request, terms)
    return send(`${endpoint}${path}`, { ...sent, headers: headers as Record<string, string> })
  }
  return {
    ask,
    operation(name: string, body: object): Promise<Answer> {
      const target = `DynamoDB_20120810.${name}`
      const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' }
      return ask('/', { method: 'POST', headers, body })
    },
    look: (path: string): Promise<Answer> => ask(`/_dynatom/watch${path}`, {}),
    dryRun: (body: object): Promise<Answer> =>
      ask(dryRunPath, { method: 'POST', headers: json, body }),
  }
}

const json = { 'content-type': 'application/json' }
const dryRunPath = '/_dynatom/watch/dry-run'

async function open(options: DatabaseOptions = {}, host = '127.0.0.1') {
  const database = await createDatabase({ inMemory: true, tables: [orders, others], ...options })
  close = () => database.close()
  const { endpoint, port } = await database.listen({ port: 0, host })
  const local = host === '0.0.0.0' ? `http://127.0.0.1:${port}` : endpoint
  return { database, endpoint: local, client: (key: string) => clientOf(local, key) }
}

const tableOf = (TableName: string) => ({
  TableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
  BillingMode: 'PAY_PER_REQUEST' as const,
})
const orders = tableOf('Orders')
const others = tableOf('Others')

const itemOf = (id: string, stock: string) => ({ id: { S: id }, stock: { N: stock } })
const takeOf = (id: string, n: string, TableName = 'Orders') => ({
  Update: {
    TableName,
    Key: { id: { S: id } },
    UpdateExpression: 'SET stock = stock - :n',
    ConditionExpression: 'attribute_exists(id) AND stock >= :n',
    ExpressionAttributeValues: { ':n': { N: n } },
  },
})
const putOf = (id: string, TableName = 'Orders') => ({
  Put: { TableName, Item: itemOf(id, '1') },
})

/** The condition of {@link takeOf} on an item with a stock of 2. */
const explained = (n: string, result: boolean) => ({
  kind: 'and',
  text: `attribute_exists(id) AND stock >= {"N":"${n}"}`,
  result,
  decisive: true,
  parts: [
    expect.objectContaining({ kind: 'attribute_exists', result: true }),
    {
      kind: 'comparison',
      text: `stock >= {"N":"${n}"}`,
      result,
      decisive: true,
      operands: [
        { text: 'stock', value: { N: '2' } },
        { text: `{"N":"${n}"}`, value: { N: n } },
      ],
    },
  ],
})

const refusedWith = (status: number, error: string) =>
  expect.objectContaining({ status, content: expect.objectContaining({ error }) as unknown })

describe('without a lab', () => {
  test('a dry run tells of each position, with its condition, and writes nothing', async () => {
    const { client } = await open()
    const me = client('local')
    await me.operation('PutItem', { TableName: 'Orders', Item: itemOf('1', '2') })
    const answer = await me.dryRun({ TransactItems: [takeOf('1', '3'), putOf('2')] })
    expect(answer.content).toEqual({
      outcome: 'cancelled',
      positions: [
        {
          position: 0,
          action: 'Update',
          table: 'Orders',
          key: { id: { S: '1' } },
          code: 'ConditionalCheckFailed',
          message: 'The conditional request failed',
          itemExists: true,
          condition: explained('3', false),
        },
        {
          position: 1,
          action: 'Put',
          table: 'Orders',
          key: { id: { S: '2' } },
          code: 'None',
          itemExists: false,
        },
      ],
    })
    const sound = await me.dryRun({ TransactItems: [takeOf('1', '2')], ClientRequestToken: 'a' })
    expect(sound.content).toMatchObject({
      outcome: 'commits',
      positions: [{ code: 'None', condition: explained('2', true) }],
    })
    const { content } = await me.operation('Scan', { TableName: 'Orders' })
    expect(content['Items']).toEqual([itemOf('1', '2')])
  })

  test('a dry run is refused as the transaction would be', async () => {
    const { client } = await open()
    const me = client('local')
    const twice = { TransactItems: [putOf('1'), putOf('1')] }
    const { content } = await me.operation('TransactWriteItems', twice)
    expect(await me.dryRun(twice)).toMatchObject({
      status: 400,
      content: { error: 'ValidationException', message: content['message'] },
    })
    expect(await me.dryRun({ TransactItems: [putOf('1', 'None')] })).toMatchObject({
      content: { error: 'ResourceNotFoundException' },
    })
    expect(await me.dryRun({ TransactGetItems: [] })).toEqual(refusedWith(400, 'InvalidRequest'))
  })

  test('a refusal is explained, by its id and among the last, once somebody looks', async () => {
    const { client } = await open()
    const me = client('local')
    await me.operation('PutItem', { TableName: 'Orders', Item: itemOf('1', '2') })
    const fail = () => me.operation('TransactWriteItems', { TransactItems: [takeOf('1', '3')] })
    const before = await fail()
    expect(await me.look(`/explanations/${before.requestId}`)).toEqual(refusedWith(404, 'NotFound'))
    const { requestId } = await fail()
    const { content } = await me.look(`/explanations/${requestId}`)
    expect(content).toMatchObject({
      requestId,
      operation: 'TransactWriteItems',
      caller: 'local',
      error: 'TransactionCanceledException',
      positions: [
        { position: 0, code: 'ConditionalCheckFailed', condition: explained('3', false) },
      ],
    })
    expect((await me.look('/explanations?limit=1')).content).toEqual({ explanations: [content] })
    expect(await me.look('/explanations?limit=0')).toEqual(refusedWith(400, 'InvalidRequest'))
  })

  test('a reset forgets what was noted', async () => {
    const { client, database } = await open()
    const me = client('local')
    await me.look('')
    const { requestId } = await me.operation('TransactWriteItems', {
      TransactItems: [takeOf('1', '3')],
    })
    expect((await me.look(`/explanations/${requestId}`)).status).toBe(200)
    await database.reset()
    expect((await me.look(`/explanations/${requestId}`)).status).toBe(404)
    expect((await me.dryRun({ TransactItems: [takeOf('1', '3')] })).status).toBe(200)
  })

  test('each namespace is looked at by itself, and none is made by looking', async () => {
    const { client, database } = await open()
    const me = client('dynatom-shop')
    expect(await client('local').look('/transactions?namespace=shop')).toEqual(
      refusedWith(404, 'NotFound'),
    )
    expect(await database.namespaces()).toEqual([])
    await me.operation('PutItem', { TableName: 'Orders', Item: itemOf('1', '2') })
    await me.look('?namespace=shop')
    const body = { TransactItems: [takeOf('1', '3')] }
    const { requestId } = await me.operation('TransactWriteItems', body)
    const found = await me.look(`/explanations/${requestId}?namespace=shop`)
    expect(found.content).toMatchObject({ positions: [{ condition: explained('3', false) }] })
    expect((await me.look(`/explanations/${requestId}`)).status).toBe(404)
    const headers = json
    const there = { method: 'POST', headers, body }
    const [shop, main] = [
      await me.ask(`${dryRunPath}?namespace=shop`, there),
      await me.ask(dryRunPath, there),
    ]
    expect(shop.content).toMatchObject({ positions: [{ itemExists: true }] })
    expect(main.content).toMatchObject({ positions: [{ itemExists: false }] })
  })
})

describe('transactions', () => {
  test('that hold items are listed, and who has met them', async () => {
    const { client, database } = await open({ lab: true })
    const { lab } = database
    const [ada, bob] = [client('ada'), client('bob')]
    await lab?.stops.add({ table: 'Orders', at: 'judged' })
    const stopped = ada.operation('TransactWriteItems', {
      TransactItems: [putOf('1'), putOf('2', 'Others')],
    })
    await lab?.stops.get({ id: '1', waitMs: 5000 })
    const holder = {
      operation: 'TransactWriteItems',
      caller: 'ada',
      doing: 'stopped by the lab before its commit',
      actions: [
        { action: 'Put', table: 'Orders', key: { id: { S: '1' } } },
        { action: 'Put', table: 'Others', key: { id: { S: '2' } } },
      ],
    }
    const before = await bob.look('/transactions')
    expect(before.content).toMatchObject({ unfinished: [holder], conflicts: [] })
    const { requestId } = await bob.operation('PutItem', {
      TableName: 'Orders',
      Item: itemOf('1', '1'),
    })
    await bob.operation('TransactGetItems', {
      TransactItems: [
        { Get: { TableName: 'Orders', Key: { id: { S: '9' } } } },
        { Get: { TableName: 'Others', Key: { id: { S: '2' } } } },
      ],
    })
    await lab?.stops.letGo({ id: '1' })
    await stopped
    const after = await bob.look('/transactions')
    expect(after.content).toMatchObject({
      unfinished: [],
      conflicts: [
        {
          table: 'Others',
          key: { id: { S: '2' } },
          refused: { operation: 'TransactGetItems', caller: 'bob', position: 1, action: 'Get' },
          met: holder,
        },
        {
          table: 'Orders',
          key: { id: { S: '1' } },
          refused: { requestId, operation: 'PutItem', caller: 'bob', position: 0, action: 'Put' },
          met: holder,
        },
      ],
    })
  })
})

describe('who is let in', () => {
  const paths = ['', '/transactions', '/explanations', '/explanations/X']

  test('nobody by another host, from a page of another origin, or without JSON', async () => {
    const { client, endpoint } = await open()
    for (const path of paths.map((each) => `/_dynatom/watch${each}`)) {
      const foreign = await send(`${endpoint}${path}`, { headers: { host: 'evil.example' } })
      expect(foreign, path).toEqual(refusedWith(403, 'Forbidden'))
      const page = await send(`${endpoint}${path}`, { headers: { origin: 'http://evil.example' } })
      expect(page, path).toEqual(refusedWith(403, 'Forbidden'))
    }
    const body = { TransactItems: [putOf('1')] }
    const form = { method: 'POST', headers: { 'content-type': 'text/plain' }, body }
    expect(await client('local').ask(dryRunPath, form)).toEqual(
      refusedWith(415, 'UnsupportedMediaType'),
    )
    const own = await send(`${endpoint}${dryRunPath}`, { method: 'POST', headers: json, body })
    expect(own.status).toBe(200)
  })

  test('only by what is there, and by its method', async () => {
    const { client } = await open()
    const me = client('local')
    for (const path of ['/', '/x', '/constructor', '/transactions/1', '/explanations/1/2']) {
      const status = path === '/' ? 200 : 404
      expect((await me.look(path)).status, path).toBe(status)
    }
    const sent = { method: 'POST', headers: json, body: {} }
    expect(await me.ask('/_dynatom/watch/transactions', sent)).toEqual(
      refusedWith(405, 'MethodNotAllowed'),
    )
    expect(await me.look('/dry-run')).toEqual(refusedWith(405, 'MethodNotAllowed'))
    expect((await me.ask('/_dynatom/lab/faults', {})).status).toBe(404)
    expect((await me.ask('/_dynatom/lab/holds', sent)).status).toBe(404)
    expect((await me.ask('/_dynatom/lab/clock/advance', sent)).status).toBe(404)
  })

  test('nobody without the token, where there is one', async () => {
    const token = 'a-token-of-the-control-door'
    const { endpoint } = await open({ controlToken: token })
    const url = `${endpoint}/_dynatom/watch/transactions`
    expect(await send(url, {})).toEqual(refusedWith(401, 'TokenNeeded'))
    const wrong = { authorization: 'Bearer another-token-of-another-door' }
    expect(await send(url, { headers: wrong })).toEqual(refusedWith(401, 'TokenNeeded'))
    const right = { authorization: `Bearer ${token}` }
    expect((await send(url, { headers: right })).status).toBe(200)
  })

  test('nobody where the console is not shown', async () => {
    for (const [options, host] of [
      [{ console: false }, '127.0.0.1'],
      [{}, '0.0.0.0'],
      [{ lab: true, console: false }, '127.0.0.1'],
    ] as const) {
      const { endpoint } = await open(options, host)
      for (const path of paths) {
        expect((await send(`${endpoint}/_dynatom/watch${path}`, {})).status).toBe(404)
      }
      await close?.()
    }
  })
})

/** Users of a database that verifies signatures, by their names, which are their keys too. */
function identitiesOf(users: Readonly<Record<string, readonly object[]>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-watch-'))
  directories.push(directory)
  const file = join(directory, 'identities.json')
  const entries = Object.entries(users).map(([name, Statement]) => {
    const accessKeys = [{ accessKeyId: name, secretAccessKey: secretOf(name) }]
    return [name, { accessKeys, policies: [{ Version: '2012-10-17', Statement }] }]
  })
  writeFileSync(file, JSON.stringify({ users: Object.fromEntries(entries) as object }))
  return file
}

const root = { accessKeyId: 'ROOT', secretAccessKey: secretOf('ROOT') }
const allow = (Action: string | readonly string[], table: string, Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource: `arn:aws:dynamodb:*:*:table/${table}`,
  ...(Condition && { Condition }),
})

const users = {
  WRITER: [allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], 'Orders')],
  READER: [allow('dynamodb:GetItem', 'Orders')],
  OWNER: [
    allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], 'Orders', {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['own'] },
    }),
  ],
  STRANGER: [allow('dynamodb:GetItem', 'Others')],
}

describe('where signatures are verified', () => {
  async function openVerified(options: DatabaseOptions = {}) {
    const records: AuditRecord[] = []
    const opened = await open({
      console: true,
      auth: { rootKey: root, identities: identitiesOf(users) },
      onAudit: (record) => void records.push(record),
      ...options,
    })
    const admin = opened.client('ROOT')
    await admin.operation('PutItem', { TableName: 'Orders', Item: itemOf('1', '2') })
    await admin.operation('PutItem', { TableName: 'Orders', Item: itemOf('own', '2') })
    await admin.look('')
    records.length = 0
    return { ...opened, admin, records }
  }

  test('nobody sees anything without a good signature, and whoever tries is written down', async () => {
    const { client, endpoint, admin, records } = await openVerified()
    for (const path of ['', '/transactions', '/explanations']) {
      const url = `/_dynatom/watch${path}`
      expect(await send(`${endpoint}${url}`, {})).toEqual(
        refusedWith(400, 'MissingAuthenticationTokenException'),
      )
      expect(await client('NOBODY').ask(url, {})).toEqual(
        refusedWith(400, 'UnrecognizedClientException'),
      )
      expect((await admin.ask(url, {})).status).toBe(200)
    }
    const body = { TransactItems: [putOf('1')] }
    const unsigned = { method: 'POST', headers: json, body }
    expect(await send(`${endpoint}${dryRunPath}`, unsigned)).toEqual(
      refusedWith(400, 'MissingAuthenticationTokenException'),
    )
    expect(records).toHaveLength(7)
    expect(records.at(-2)).toMatchObject({
      outcome: 'refused',
      operation: 'GetItem',
      accessKeyId: 'NOBODY',
      errorName: 'UnrecognizedClientException',
    })
    expect(records.at(-1)).toMatchObject({ operation: 'TransactWriteItems', decisions: [] })
  })

  test('the token does not stand for a signature', async () => {
    const controlToken = 'a-token-of-the-control-door'
    const { endpoint, admin } = await openVerified({ controlToken })
    const headers = { authorization: `Bearer ${controlToken}` }
    const answer = await send(`${endpoint}/_dynatom/watch/transactions`, { headers })
    expect(answer.status).toBe(400)
    expect((await admin.look('/transactions')).status).toBe(200)
  })

  test('a dry run is permitted to whom the transaction is', async () => {
    const { client, records } = await openVerified()
    for (const name of ['READER', 'STRANGER']) {
      const body = { TransactItems: [takeOf('1', '1')] }
      const real = await client(name).operation('TransactWriteItems', body)
      records.length = 0
      expect(await client(name).dryRun(body)).toMatchObject({
        status: 400,
        content: { error: 'AccessDeniedException', message: real.content['Message'] },
      })
      expect(records).toMatchObject([
        { outcome: 'refused', operation: 'TransactWriteItems', accessKeyId: name },
      ])
      expect(records[0]?.decisions).toMatchObject([
        { action: 'dynamodb:UpdateItem', allowed: false },
      ])
    }
    const body = { TransactItems: [takeOf('own', '1'), takeOf('1', '1')] }
    expect(await client('OWNER').dryRun(body)).toEqual(refusedWith(400, 'AccessDeniedException'))
  })

  test('a condition shows what an item has to whoever may read it alone', async () => {
    const { client, admin } = await openVerified()
    const body = { TransactItems: [takeOf('own', '3')] }
    const blind = {
      code: 'ConditionalCheckFailed',
      condition: {
        result: false,
        parts: [{}, { operands: [{ text: 'stock' }, { text: '{"N":"3"}' }] }],
      },
    }
    for (const [name, sees] of [
      ['WRITER', false],
      ['OWNER', true],
      ['ROOT', true],
    ] as const) {
      const me = client(name)
      const { content } = await me.dryRun(body)
      const position = sees ? { condition: explained('3', false) } : blind
      expect(content, name).toMatchObject({ outcome: 'cancelled', positions: [position] })
      const { requestId } = await me.operation('TransactWriteItems', body)
      const found = await me.look(`/explanations/${requestId}`)
      expect(found.content, name).toMatchObject({ caller: name, positions: [position] })
      if (sees) continue
      const told = JSON.stringify([content, found.content])
      expect(told).not.toContain('"value"')
      expect(told).not.toContain('"2"')
      const other = await client('OWNER').look(`/explanations/${requestId}`)
      expect(other).toEqual(refusedWith(404, 'NotFound'))
      const list = await client('OWNER').look('/explanations')
      expect(list.content).toEqual({ explanations: [] })
      expect((await admin.look(`/explanations/${requestId}`)).status).toBe(200)
    }
  })

  test('nobody sees keys of items that he may not read', async () => {
    const { client, database } = await openVerified({
      lab: true,
      controlToken: 'a-token-of-the-control-door',
    })
    const { lab } = database
    const hold = await lab?.conflicts.hold({
      items: [
        { table: 'Orders', key: { id: { S: 'own' } } },
        { table: 'Orders', key: { id: { S: '1' } } },
        { table: 'Others', key: { id: { S: 'secret' } } },
      ],
    })
    for (const id of ['1', 'own']) {
      await client('WRITER').operation('TransactWriteItems', { TransactItems: [putOf(id)] })
    }
    const seenBy = async (name: string) => {
      const { content } = await client(name).look('/transactions')
      const { unfinished, conflicts } = content as unknown as {
        readonly unfinished: readonly {
          readonly actions: readonly Seen[]
          readonly more?: number
        }[]
        readonly conflicts: readonly (Seen & {
          readonly met?: { readonly actions: readonly Seen[] }
        })[]
      }
      return {
        held: unfinished.map(({ actions, more }) => [...actions.map(nameOf), more ?? 0]),
        met: conflicts.map(({ met, ...seen }) => [nameOf(seen), met?.actions.map(nameOf)]),
      }
    }
    const [first, own, secret] = ['Orders 1', 'Orders own', 'Others secret']
    expect(await seenBy('ROOT')).toEqual({
      held: [[own, first, secret, 0]],
      met: [
        [own, [own, first, secret]],
        [first, [own, first, secret]],
      ],
    })
    expect(await seenBy('READER')).toEqual({
      held: [[own, first, 1]],
      met: [
        [own, [own, first]],
        [first, [own, first]],
      ],
    })
    expect(await seenBy('OWNER')).toEqual({ held: [[own, 2]], met: [[own, [own]]] })
    expect(await seenBy('STRANGER')).toEqual({ held: [[secret, 2]], met: [] })
    expect(await seenBy('WRITER')).toEqual({ held: [], met: [] })
    // Whom his own request met he is told by none of them.
    const { content } = await client('WRITER').look('/explanations')
    expect(JSON.stringify(content)).toContain('TransactionConflict')
    expect(JSON.stringify(content)).not.toMatch(/secret|"hold"|forMs/)
    await lab?.conflicts.release({ id: hold?.id ?? '' })
  })
})

interface Seen {
  readonly table: string
  readonly key: { readonly id: { readonly S: string } }
}

const nameOf = ({ table, key }: Seen): string => `${table} ${key.id.S}`
