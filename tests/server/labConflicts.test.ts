import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  ExecuteTransactionCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { createDatabase, type Explanation, type LabDatabase } from 'dynatom'
import { describe, expect, onTestFinished, test } from 'vitest'

const TableName = 'Orders'
const table = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
} as const
const id = (S: string) => ({ id: { S } })
const put = (S: string, more = {}): PutItemCommand =>
  new PutItemCommand({ TableName, Item: id(S), ...more })
const transactPut = (ids: string, ClientRequestToken?: string): TransactWriteItemsCommand =>
  new TransactWriteItemsCommand({
    TransactItems: Array.from(ids).map((S) => ({
      Put: { TableName, Item: { ...id(S), by: { S: ids } } },
    })),
    ...(ClientRequestToken !== undefined && { ClientRequestToken }),
  })

interface Opened {
  readonly database: LabDatabase
  readonly lab: LabDatabase['lab']
  readonly client: DynamoDBClient
  readonly endpoint: string
}

async function open(): Promise<Opened> {
  const database = await createDatabase({
    inMemory: true,
    lab: true,
    tables: [table],
    seed: { Orders: [{ ...id('a'), price: { N: '5' } }] },
  })
  const client = new DynamoDBClient({ ...database.clientConfig(), maxAttempts: 1 })
  const { endpoint } = await database.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => database.close())
  return { database, lab: database.lab, client, endpoint }
}

async function refusalOf(request: Promise<unknown>): Promise<TransactionCanceledException> {
  try {
    await request
  } catch (error) {
    return error as TransactionCanceledException
  }
  throw new Error('It was not refused.')
}

const items = [{ table: TableName, key: id('a') }]

describe('a hold', () => {
  test('refuses writes and transactions, and no reads, until it is released', async () => {
    const { lab, client } = await open()
    const hold = await lab.conflicts.hold({ items })
    expect(await lab.conflicts.list()).toEqual({ holds: [hold] })
    expect(await refusalOf(client.send(put('a')))).toBeInstanceOf(TransactionConflictException)
    const canceled = await refusalOf(client.send(transactPut('ba')))
    expect(canceled.CancellationReasons?.map(({ Code }) => Code)).toEqual([
      'None',
      'TransactionConflict',
    ])
    const Get = { TableName, Key: id('a') }
    const reading = new TransactGetItemsCommand({ TransactItems: [{ Get }] })
    expect(await refusalOf(client.send(reading))).toBeInstanceOf(TransactionCanceledException)
    expect((await client.send(new GetItemCommand(Get))).Item).toEqual({
      ...id('a'),
      price: { N: '5' },
    })
    await client.send(put('b'))
    await lab.conflicts.release({ id: hold.id })
    await client.send(put('a'))
    expect(await lab.conflicts.list()).toEqual({ holds: [] })
    await expect(lab.conflicts.release({ id: hold.id })).rejects.toMatchObject({ name: 'NotFound' })
  })

  test('is waited for by writes of a batch, which come back when it stays', async () => {
    const { lab, client } = await open()
    const RequestItems = { Orders: ['a', 'b'].map((S) => ({ PutRequest: { Item: id(S) } })) }
    const hold = await lab.conflicts.hold({ items })
    const patient = client.send(new BatchWriteItemCommand({ RequestItems }))
    await lab.conflicts.release({ id: hold.id })
    expect((await patient).UnprocessedItems).toEqual({})
    await lab.conflicts.hold({ items })
    const batch = await client.send(new BatchWriteItemCommand({ RequestItems }))
    expect(batch.UnprocessedItems).toEqual({ Orders: [{ PutRequest: { Item: id('a') } }] })
    const why = await lab.explanations.get({ requestId: batch.$metadata.requestId ?? '' })
    expect(why.positions).toMatchObject([
      { position: 0, code: 'TransactionConflict', conflict: { operation: 'hold' } },
    ])
  })

  test('is refused where a transaction is, and for what is no item', async () => {
    const { lab } = await open()
    await lab.conflicts.hold({ items })
    await expect(lab.conflicts.hold({ items })).rejects.toMatchObject({
      name: 'Conflict',
      message: 'A transaction holds one of the items already.',
    })
    const other = (name: string, key: object) =>
      lab.conflicts.hold({ items: [{ table: name, key: key as never }] })
    await expect(other('None', id('a'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    await expect(other(TableName, {})).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(other(TableName, { id: { N: '1' } })).rejects.toMatchObject({
      name: 'ValidationException',
    })
    for (const value of [1, null, {}, { S: 1 }, { N: 'x' }, { S: 'a', N: '1' }]) {
      await expect(other(TableName, { id: value })).rejects.toMatchObject({
        name: 'InvalidRequest',
      })
    }
  })

  test('ends with a reset and with the database', async () => {
    const { database, lab, client } = await open()
    await lab.conflicts.hold({ items })
    await database.reset()
    await client.send(put('a'))
    await lab.conflicts.hold({ items })
  })
})

describe('a transaction that stops', () => {
  test('holds its items, is not done, and goes on', async () => {
    const { lab, client } = await open()
    const stop = await lab.stops.add({ table: TableName, key: id('b') })
    const other = await client.send(transactPut('cd'))
    expect(other.$metadata.httpStatusCode).toBe(200)
    const stopped = client.send(transactPut('ab'))
    const found = await lab.stops.get({ id: stop.id, waitMs: 5000 })
    expect(found.stopped).toMatchObject([
      {
        operation: 'TransactWriteItems',
        actions: [
          { action: 'Put', table: TableName, key: id('a') },
          { action: 'Put', table: TableName, key: id('b') },
        ],
      },
    ])
    expect(await refusalOf(client.send(put('a')))).toBeInstanceOf(TransactionConflictException)
    const scanned = await client.send(new ScanCommand({ TableName }))
    expect(scanned.Items?.map((item) => item['by']?.S)).not.toContain('ab')
    await lab.stops.letGo({ id: stop.id })
    await stopped
    expect((await client.send(new GetItemCommand({ TableName, Key: id('b') }))).Item).toEqual({
      ...id('b'),
      by: { S: 'ab' },
    })
    await client.send(transactPut('ab'))
    expect(await lab.stops.list()).toEqual({ stops: [] })
  })

  test('is in progress for who sends it again, and replayed after its commit', async () => {
    const { lab, client } = await open()
    const { id: stopId } = await lab.stops.add({ at: 'durable' })
    const first = client.send(transactPut('xy', 'token'))
    await lab.stops.get({ id: stopId, waitMs: 5000 })
    // It is committed, and its items are free.
    expect((await client.send(new GetItemCommand({ TableName, Key: id('x') }))).Item).toBeDefined()
    await client.send(put('x'))
    const again = await refusalOf(client.send(transactPut('xy', 'token')))
    expect(again).toBeInstanceOf(TransactionInProgressException)
    await lab.stops.letGo({ id: stopId })
    await first
    await client.send(transactPut('xy', 'token'))
    expect((await client.send(new GetItemCommand({ TableName, Key: id('x') }))).Item).toEqual(
      id('x'),
    )
  })

  test('may stop before its conditions are evaluated', async () => {
    const { lab, client } = await open()
    const { id: stopId } = await lab.stops.add({
      at: 'claimed',
      operations: ['ExecuteTransaction'],
    })
    const Statement = "UPDATE Orders SET price = 6 WHERE id = 'a' AND price = 5"
    const transaction = new ExecuteTransactionCommand({ TransactStatements: [{ Statement }] })
    const stopped = client.send(transaction)
    const { stopped: waiting } = await lab.stops.get({ id: stopId, waitMs: 5000 })
    const why = await refusalOf(client.send(put('a')))
    const { positions } = await lab.explanations.get({
      requestId: why.$metadata.requestId ?? '',
    })
    expect(positions[0]?.conflict).toMatchObject({
      requestId: waiting[0]?.requestId,
      operation: 'ExecuteTransaction',
      doing: 'stopped by the lab before its conditions are evaluated',
    })
    await lab.stops.letGo({ id: stopId })
    await stopped
    expect(
      (await client.send(new GetItemCommand({ TableName, Key: id('a') }))).Item?.['price'],
    ).toEqual({
      N: '6',
    })
  })

  test('is waited for in vain', async () => {
    const { lab } = await open()
    const { id: stopId } = await lab.stops.add({})
    await expect(lab.stops.get({ id: stopId, waitMs: 20 })).rejects.toMatchObject({
      name: 'Conflict',
      message: `Not so many transactions have come to stop ${stopId} in 20 ms.`,
    })
    await expect(lab.stops.get({ id: '99' })).rejects.toMatchObject({ name: 'NotFound' })
  })

  test('does not keep the database open, nor from being reset', async () => {
    const { database, lab, client } = await open()
    const { id: stopId } = await lab.stops.add({ next: 2 })
    const stopped = client.send(transactPut('ab'))
    await lab.stops.get({ id: stopId, waitMs: 5000 })
    await database.reset()
    await stopped
    expect((await client.send(new ScanCommand({ TableName }))).Count).toBe(1)
    const again = await lab.stops.add({})
    const last = client.send(transactPut('ab'))
    await lab.stops.get({ id: again.id, waitMs: 5000 })
    await database.close()
    await last
  })
})

describe('a dry run', () => {
  test('tells what each position would come to, and does nothing', async () => {
    const { lab, client } = await open()
    const condition = (value: string) => ({
      ConditionExpression: 'price < :p',
      ExpressionAttributeValues: { ':p': { N: value } },
    })
    await lab.conflicts.hold({ items: [{ table: TableName, key: id('held') }] })
    const TransactItems = [
      {
        Update: { TableName, Key: id('a'), UpdateExpression: 'SET price = :p', ...condition('6') },
      },
      { Put: { TableName, Item: id('b') } },
    ]
    const commits = await lab.transactions.dryRun({
      TransactItems,
      ClientRequestToken: 't',
    } as never)
    expect(commits).toMatchObject({
      outcome: 'commits',
      positions: [
        {
          position: 0,
          action: 'Update',
          code: 'None',
          itemExists: true,
          condition: {
            text: 'price < {"N":"6"}',
            result: true,
            operands: [{ text: 'price', value: { N: '5' } }, {}],
          },
        },
        { position: 1, action: 'Put', key: id('b'), code: 'None', itemExists: false },
      ],
    })
    const cancelled = await lab.transactions.dryRun({
      TransactItems: [
        { ConditionCheck: { TableName, Key: id('a'), ...condition('5') } },
        { Delete: { TableName, Key: id('held') } },
        { Put: { TableName, Item: { id: { N: '1' } } } },
      ].slice(0, 2),
    })
    expect(cancelled).toMatchObject({
      outcome: 'cancelled',
      positions: [
        { code: 'ConditionalCheckFailed', condition: { result: false, decisive: true } },
        { code: 'TransactionConflict', conflict: { operation: 'hold' } },
      ],
    })
    expect((await client.send(new ScanCommand({ TableName }))).Items).toEqual([
      { ...id('a'), price: { N: '5' } },
    ])
    // Neither claims nor tokens are left.
    await client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: 't' }))
  })

  test('of statements, and of bytes as the SDK has them', async () => {
    const { lab } = await open()
    const TransactStatements = [
      {
        Statement: "UPDATE Orders SET x = ? WHERE id = 'a'",
        Parameters: [{ B: new Uint8Array([1]) }],
      },
      { Statement: "INSERT INTO Orders VALUE {'id': 'a2'}" },
    ]
    expect(await lab.transactions.dryRun({ TransactStatements })).toMatchObject({
      outcome: 'commits',
      positions: [{ code: 'None' }, { code: 'None', condition: { result: true } }],
    })
  })

  test('is refused as the transaction would be', async () => {
    const { lab } = await open()
    const twice = { Put: { TableName, Item: id('a') } }
    await expect(lab.transactions.dryRun({ TransactItems: [twice, twice] })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Transaction request cannot include multiple operations on one item',
    })
    await expect(lab.transactions.dryRun({ TransactItems: [{}] })).rejects.toMatchObject({
      name: 'ValidationException',
    })
    const TransactStatements = [{ Statement: "SELECT * FROM Orders WHERE id = 'a'" }]
    await expect(lab.transactions.dryRun({ TransactStatements })).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: 'A transaction that reads has no dry run.',
    })
    await expect(lab.transactions.dryRun({})).rejects.toMatchObject({ name: 'InvalidRequest' })
  })
})

describe('over HTTP', () => {
  test('all of it is the same', async () => {
    const { client, endpoint } = await open()
    const lab = async (method: string, path: string, body?: object): Promise<unknown> => {
      const response = await fetch(`${endpoint}/_dynatom/lab${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return response.json()
    }
    const hold = (await lab('POST', '/holds', { items })) as { readonly id: string }
    expect(await lab('GET', '/holds')).toEqual({ holds: [hold] })
    const refusal = await refusalOf(client.send(put('a')))
    const requestId = refusal.$metadata.requestId ?? ''
    const why = (await lab('GET', `/explanations/${requestId}`)) as Explanation
    expect(why.positions[0]?.conflict?.operation).toBe('hold')
    expect(await lab('GET', '/explanations?limit=1')).toEqual({ explanations: [why] })
    expect(await lab('GET', '/explanations?limit=x')).toEqual({
      error: 'InvalidRequest',
      message: 'The request.limit is a whole number.',
    })
    expect(await lab('GET', '/explanations/NONE')).toMatchObject({ error: 'NotFound' })
    expect(await lab('DELETE', `/holds/${hold.id}`)).toEqual({})
    const stop = (await lab('POST', '/stops', { next: 1 })) as { readonly id: string }
    const stopped = client.send(transactPut('ab'))
    expect(await lab('GET', `/stops/${stop.id}?waitMs=5000`)).toMatchObject({
      stopped: [{ operation: 'TransactWriteItems' }],
    })
    expect(await lab('DELETE', `/stops/${stop.id}`)).toEqual({})
    await stopped
    const failing = put('a', { ConditionExpression: 'attribute_not_exists(id)' })
    expect(await refusalOf(client.send(failing))).toBeInstanceOf(ConditionalCheckFailedException)
    const dry = { TransactItems: [{ Put: { ...failing.input } }] }
    expect(await lab('POST', '/dry-run', dry)).toMatchObject({
      outcome: 'cancelled',
      positions: [{ condition: { text: 'attribute_not_exists(id)', result: false } }],
    })
  })
})
