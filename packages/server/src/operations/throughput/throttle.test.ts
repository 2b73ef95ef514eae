import { describe, expect, test } from 'vitest'
import { HeldTransactions } from '../../testing/heldTransactions.ts'
import { openIndexedDatabase } from '../../testing/indexedDatabase.ts'
import { openMeteredDatabase } from '../../testing/meteredDatabase.ts'

const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Orders'
const tableText =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing ' +
  'your provisioning level with the UpdateTable API.'
const indexText =
  'The level of configured provisioned throughput for one or more global secondary indexes of the ' +
  'table was exceeded. Consider increasing your provisioning level for the under-provisioned ' +
  'global secondary indexes with the UpdateTable API.'
const onDemandText =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically ' +
  'scaling your table or index so please try again shortly. If exceptions persist, check if you ' +
  'have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/' +
  'bp-partition-key-design.html'
const onDemandIndexText =
  'Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is ' +
  'automatically scaling your index so please try again shortly.'
const maximumText = 'Throughput exceeds the maximum OnDemandThroughput configured on table or index'
const quotaText =
  'Throughput exceeds the current throughput quota for your account. Please contact Amazon Web ' +
  'Services Support to request a quota increase.'

const unitsOf = (ReadCapacityUnits: number, WriteCapacityUnits: number): object => ({
  ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits },
})

const byDay = (throughput: object): object => ({
  GlobalSecondaryIndexes: [
    {
      IndexName: 'ByDay',
      KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
      ...throughput,
    },
  ],
})
const dayDefined = { AttributeName: 'day', AttributeType: 'S' }

/** A database that enforces throughput, with a table of one read and one write unit. */
async function openThrottled({ more = {}, indexed = false }: TableOptions = {}) {
  const points = new HeldTransactions()
  const database = await openMeteredDatabase({ enforceThroughput: true, points })
  const { call } = database
  const created = await call('CreateTable', {
    TableName: 'Orders',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      ...(indexed ? [dayDefined] : []),
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    ...unitsOf(1, 1),
    ...more,
  })
  expect(created).toHaveProperty('TableDescription')
  const put = (item: object = {}, other: object = {}): ReturnType<typeof call> =>
    call('PutItem', { TableName: 'Orders', Item: itemOf(item), ...other })
  /** Puts items of one unit until one is throttled; how many were written. */
  async function putUntilThrottled(item: object = {}): Promise<number> {
    for (let count = 0; count < 20_000; count++) {
      if ('__type' in (await put(item))) return count
    }
    throw new Error('never throttled')
  }
  return { ...database, points, put, putUntilThrottled }
}

interface TableOptions {
  readonly more?: object
  readonly indexed?: boolean
}

const itemOf = (more: object = {}): object => ({ ...keyOf(), ...more })
const keyOf = (pk = 'a', sk = '1'): object => ({ pk: { S: pk }, sk: { S: sk } })

/** What a request answers that a provisioned table or its index refuses. */
const refused = (reason: string, resource = arn, message = tableText): object => ({
  __type: 'ProvisionedThroughputExceededException',
  message,
  ThrottlingReasons: [{ reason, resource }],
})
const writeRefused = refused('TableWriteProvisionedThroughputExceeded')
const readRefused = refused('TableReadProvisionedThroughputExceeded')

const second = 1000

describe('a provisioned table', () => {
  test('is written for five minutes of its units, and then unit by unit as time passes', async () => {
    const { call, clock, put, putUntilThrottled } = await openThrottled()
    expect(await putUntilThrottled()).toBe(300)
    expect(await put()).toEqual(writeRefused)
    clock.advance(2 * second)
    expect(await put()).toEqual({})
    expect(await put()).toEqual({})
    expect(await put()).toEqual(writeRefused)
    for (const [operation, more] of [
      ['DeleteItem', {}],
      [
        'UpdateItem',
        { UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '1' } } },
      ],
    ] as const) {
      const request = { TableName: 'Orders', Key: keyOf(), ...more }
      expect(await call(operation, request), operation).toEqual(writeRefused)
    }
    expect(await call('GetItem', { TableName: 'Orders', Key: keyOf() })).toEqual({ Item: itemOf() })
  })

  test('refuses by the request what is wrong with it before it looks at what is left', async () => {
    const { call, put, putUntilThrottled } = await openThrottled()
    await putUntilThrottled()
    expect(await put({ sk: { N: '1' } })).toHaveProperty('__type', 'ValidationException')
    expect(await call('PutItem', { TableName: 'Others', Item: itemOf() })).toHaveProperty(
      '__type',
      'ResourceNotFoundException',
    )
  })

  test('takes what a write costs, and goes into debt for it', async () => {
    const { clock, put } = await openThrottled()
    for (let i = 0; i < 14; i++) await put({ text: { S: 'x'.repeat(20_000) } })
    // With 14 of 20 units and one of 49 there are 29 owed.
    expect(await put({ text: { S: 'x'.repeat(50_000) } })).toEqual({})
    clock.advance(29 * second)
    expect(await put({ sk: { S: '2' } })).toEqual(writeRefused)
    clock.advance(second)
    expect(await put({ sk: { S: '2' } })).toEqual({})
    expect(await put({ sk: { S: '2' } })).toEqual(writeRefused)
  })

  test('takes of writes that come together one after the other', async () => {
    const { put } = await openThrottled()
    const answers = await Promise.all(
      Array.from({ length: 400 }, (_, i) => put({ sk: { S: String(i) } })),
    )
    expect(answers.filter((answer) => '__type' in answer)).toHaveLength(100)
  })

  test('is paid for a write whose condition is false', async () => {
    const { put, putUntilThrottled } = await openThrottled()
    await put({ text: { S: 'x'.repeat(9 * 1024) } })
    const failed = await put({}, { ConditionExpression: 'attribute_not_exists(pk)' })
    expect(failed).toHaveProperty('__type', 'ConditionalCheckFailedException')
    // Ten units of the first, ten of the failed one, ten of what takes its place.
    expect(await putUntilThrottled()).toBe(271)
  })

  test('reads cost half when they need not be consistent', async () => {
    const { call } = await openThrottled()
    const get = (ConsistentRead: boolean): ReturnType<typeof call> =>
      call('GetItem', { TableName: 'Orders', Key: keyOf(), ConsistentRead })
    for (let i = 0; i < 200; i++) expect(await get(true)).toEqual({})
    for (let i = 0; i < 200; i++) expect(await get(false)).toEqual({})
    expect(await get(false)).toEqual(readRefused)
    expect(await get(true)).toEqual(readRefused)
  })

  test('an item takes what it weighs', async () => {
    const { call, put } = await openThrottled()
    await put({ text: { S: 'x'.repeat(200_000) } })
    const get = { TableName: 'Orders', Key: keyOf(), ConsistentRead: true }
    // 49 units each.
    for (let i = 0; i < 7; i++) expect(await call('GetItem', get)).toHaveProperty('Item')
    expect(await call('GetItem', get)).toEqual(readRefused)
  })

  test('is paid for a write that meets a transaction, or an item that must not be there', async () => {
    const { call, points, putUntilThrottled } = await openThrottled()
    const insert = { Statement: `INSERT INTO Orders VALUE {'pk': 'a', 'sk': '1'}` }
    expect(await call('ExecuteStatement', insert)).toEqual({ Items: [] })
    for (let i = 0; i < 9; i++) {
      expect(await call('ExecuteStatement', insert)).toHaveProperty(
        '__type',
        'DuplicateItemException',
      )
    }
    const Put = { TableName: 'Orders', Item: itemOf() }
    points.hold('claimed')
    const transaction = call('TransactWriteItems', { TransactItems: [{ Put }] })
    const beside = call('PutItem', Put)
    expect(await beside).toHaveProperty('__type', 'TransactionConflictException')
    points.letGo()
    expect(await transaction).toEqual({})
    expect(await putUntilThrottled()).toBe(287)
  })

  test('is not paid for a write that never gets to its item', async () => {
    const { call, putUntilThrottled } = await openThrottled()
    const broken = {
      TableName: 'Orders',
      Key: keyOf(),
      UpdateExpression: 'SET a.b = :n',
      ExpressionAttributeValues: { ':n': { N: '1' } },
    }
    for (let i = 0; i < 5; i++) {
      expect(await call('UpdateItem', broken)).toHaveProperty('__type', 'ValidationException')
    }
    expect(await putUntilThrottled()).toBe(300)
  })

  test('pays for its local indexes', async () => {
    const { call, put, putUntilThrottled } = await openThrottled({
      indexed: true,
      more: {
        LocalSecondaryIndexes: [
          {
            IndexName: 'ByDayToo',
            KeySchema: [
              { AttributeName: 'pk', KeyType: 'HASH' },
              { AttributeName: 'day', KeyType: 'RANGE' },
            ],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      },
    })
    for (let i = 0; i < 100; i++) await put({ sk: { S: String(i) }, day: { S: 'd' } })
    expect(await putUntilThrottled({ sk: { S: 'plain' } })).toBe(100)
    const query = {
      TableName: 'Orders',
      IndexName: 'ByDayToo',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'a' } },
      Limit: 1,
      ConsistentRead: true,
    }
    for (let i = 0; i < 300; i++) expect(await call('Query', query)).toHaveProperty('Count', 1)
    expect(await call('Query', query)).toEqual(readRefused)
  })

  test('serves 3,000 reads of one partition key at once; a scan counts for none', async () => {
    const { call } = await openThrottled({ more: unitsOf(100, 100) })
    for (let i = 0; i < 25; i++) {
      const Item = itemOf({ sk: { S: String(i) }, text: { S: 'x'.repeat(40_000) } })
      await call('PutItem', { TableName: 'Orders', Item })
    }
    const request = { TableName: 'Orders', ConsistentRead: true, Select: 'COUNT' }
    // 245 units each.
    for (let i = 0; i < 30; i++) expect(await call('Scan', request)).toHaveProperty('Count', 25)
    const query = {
      ...request,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'a' } },
    }
    for (let i = 0; i < 13; i++) expect(await call('Query', query)).toHaveProperty('Count', 25)
    const hot = refused('TableReadKeyRangeThroughputExceeded')
    expect(await call('Query', query)).toEqual(hot)
    expect(await call('GetItem', { TableName: 'Orders', Key: keyOf() })).toEqual(hot)
    expect(
      await call('ExecuteStatement', { Statement: `SELECT * FROM Orders WHERE pk = 'a'` }),
    ).toEqual(hot)
    expect(await call('GetItem', { TableName: 'Orders', Key: keyOf('b') })).toEqual({})
    expect(await call('Scan', { ...request, Limit: 1 })).toHaveProperty('Count', 1)
  })

  test('a page takes what it has read', async () => {
    const { call, clock, put } = await openThrottled()
    for (let i = 0; i < 5; i++) await put({ sk: { S: String(i) }, text: { S: 'x'.repeat(40_000) } })
    const query = {
      TableName: 'Orders',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'a' } },
      ConsistentRead: true,
      Select: 'COUNT',
    }
    // 200,000 bytes are 49 units.
    for (let i = 0; i < 7; i++) expect(await call('Query', query)).toHaveProperty('Count', 5)
    expect(await call('Query', query)).toEqual(readRefused)
    expect(await call('Scan', { TableName: 'Orders' })).toEqual(readRefused)
    clock.advance(43 * second)
    expect(await call('Scan', { TableName: 'Orders' })).toEqual(readRefused)
    clock.advance(second)
    expect(await call('Scan', { TableName: 'Orders', Limit: 1 })).toHaveProperty('Count', 1)
  })

  test('serves 1,000 writes of one partition key at once, and others beside it', async () => {
    const { put, putUntilThrottled } = await openThrottled({ more: unitsOf(10, 10) })
    expect(await putUntilThrottled()).toBe(1000)
    expect(await put()).toEqual(refused('TableWriteKeyRangeThroughputExceeded'))
    expect(await put({ pk: { S: 'b' } })).toEqual({})
  })

  test('has more from the moment that more is provisioned', async () => {
    const { call, clock, put, putUntilThrottled } = await openThrottled()
    await putUntilThrottled()
    await call('UpdateTable', { TableName: 'Orders', ...unitsOf(1, 100) })
    expect(await put()).toEqual(writeRefused)
    clock.advance(second)
    for (let i = 0; i < 100; i++) expect(await put()).toEqual({})
    expect(await put()).toEqual(writeRefused)
  })
})

describe('a global index', () => {
  const open = () =>
    openThrottled({ indexed: true, more: { ...unitsOf(900, 900), ...byDay(unitsOf(1, 1)) } })

  test('holds up the writes that change it, and no others', async () => {
    const { put, putUntilThrottled } = await open()
    let day = 0
    // Each put moves the entry to another day: it takes two of the index.
    for (let i = 0; i < 150; i++) {
      day += 1
      expect(await put({ day: { S: String(day) } })).toEqual({})
    }
    expect(await put({ day: { S: 'next' } })).toEqual({})
    expect(await put({ day: { S: 'last' } })).toEqual(
      refused('IndexWriteProvisionedThroughputExceeded', `${arn}/index/ByDay`, indexText),
    )
    expect(await put({ day: { S: 'next' }, more: { S: 'x' } })).toEqual({})
    expect(await put({ pk: { S: 'b' } })).toEqual({})
    expect(await putUntilThrottled({ sk: { S: '2' }, day: { S: 'next' } })).toBe(0)
  })

  test('pays for its entries alone, and its table for the items', async () => {
    const { putUntilThrottled } = await openThrottled({
      indexed: true,
      more: { ...unitsOf(1, 1), ...byDay(unitsOf(1, 900)) },
    })
    expect(await putUntilThrottled({ day: { S: 'd' } })).toBe(300)
  })

  test('has partition keys of its own: an entry that moves takes of both', async () => {
    const { put } = await openThrottled({
      indexed: true,
      more: { ...unitsOf(900, 900), ...byDay(unitsOf(900, 900)) },
    })
    const day = (pk: number, S: string): Promise<unknown> =>
      put({ pk: { S: String(pk) }, day: { S } })
    for (let i = 0; i < 500; i++) await day(i, 'from')
    for (let i = 0; i < 500; i++) await day(i, 'to')
    const hot = refused('IndexWriteKeyRangeThroughputExceeded', `${arn}/index/ByDay`, indexText)
    expect(await day(1000, 'from')).toEqual(hot)
    for (let i = 0; i < 500; i++) expect(await day(2000 + i, 'to')).toEqual({})
    expect(await day(3000, 'to')).toEqual(hot)
  })

  test('holds up updates and deletes by what they would change', async () => {
    const { call, put } = await open()
    for (let i = 0; i < 300; i++) await put({ sk: { S: String(i) }, day: { S: 'd' } })
    const update = (UpdateExpression: string, ConditionExpression = 'pk = :pk') =>
      call('UpdateItem', {
        TableName: 'Orders',
        Key: keyOf('a', '7'),
        UpdateExpression,
        ConditionExpression,
        ExpressionAttributeNames: { '#day': 'day' },
        ExpressionAttributeValues: { ':x': { S: 'x' }, ':pk': { S: 'a' } },
      })
    const held = refused('IndexWriteProvisionedThroughputExceeded', `${arn}/index/ByDay`, indexText)
    expect(await update('SET #day = :x')).toEqual(held)
    expect(await call('DeleteItem', { TableName: 'Orders', Key: keyOf('a', '7') })).toEqual(held)
    expect(await update('SET #day = :x', 'pk = :x OR pk <> :pk')).toHaveProperty(
      '__type',
      'ConditionalCheckFailedException',
    )
    expect(await call('DeleteItem', { TableName: 'Orders', Key: keyOf('a', 'none') })).toEqual({})
  })

  test('has reads of its own', async () => {
    const { call } = await open()
    const query = {
      TableName: 'Orders',
      IndexName: 'ByDay',
      KeyConditionExpression: '#day = :day',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':day': { S: 'd' } },
    }
    for (let i = 0; i < 600; i++) expect(await call('Query', query)).toHaveProperty('Count', 0)
    const held = refused('IndexReadProvisionedThroughputExceeded', `${arn}/index/ByDay`, indexText)
    expect(await call('Query', query)).toEqual(held)
    expect(await call('Scan', { TableName: 'Orders', IndexName: 'ByDay' })).toEqual(held)
    expect(await call('Scan', { TableName: 'Orders' })).toHaveProperty('Count', 0)
  })
})

describe('a table on demand', () => {
  const onDemand = { BillingMode: 'PAY_PER_REQUEST', ProvisionedThroughput: undefined }
  const throttling = (reason: string, message: string, resource = arn): object => ({
    __type: 'ThrottlingException',
    message,
    throttlingReasons: [{ reason, resource }],
  })

  test('keeps to its maximum', async () => {
    const { clock, put, putUntilThrottled } = await openThrottled({
      more: { ...onDemand, OnDemandThroughput: { MaxWriteRequestUnits: 2 } },
    })
    expect(await putUntilThrottled()).toBe(600)
    expect(await put()).toEqual(throttling('TableWriteMaxOnDemandThroughputExceeded', maximumText))
    clock.advance(second)
    expect(await put()).toEqual({})
  })

  test('has hot keys', async () => {
    const { put, putUntilThrottled } = await openThrottled({ more: onDemand })
    expect(await putUntilThrottled()).toBe(1000)
    expect(await put()).toEqual(throttling('TableWriteKeyRangeThroughputExceeded', onDemandText))
    expect(await put({ pk: { S: 'b' } })).toEqual({})
  })

  test('has hot keys in its indexes', async () => {
    const { put } = await openThrottled({ indexed: true, more: { ...onDemand, ...byDay({}) } })
    const day = { S: 'today' }
    for (let i = 0; i < 1000; i++) await put({ pk: { S: String(i) }, day })
    expect(await put({ pk: { S: 'one more' }, day })).toEqual(
      throttling('IndexWriteKeyRangeThroughputExceeded', onDemandIndexText, `${arn}/index/ByDay`),
    )
    expect(await put({ pk: { S: 'one more' }, day: { S: 'tomorrow' } })).toEqual({})
  })

  test('is bounded by the quota of the account', async () => {
    const { call } = await openThrottled({
      more: { ...onDemand, WarmThroughput: { ReadUnitsPerSecond: 80_000 } },
    })
    const Keys = Array.from({ length: 100 }, (_, i) => keyOf(String(i)))
    const request = { RequestItems: { Orders: { Keys, ConsistentRead: true } } }
    for (let i = 0; i < 400; i++) await call('BatchGetItem', request)
    expect(await call('GetItem', { TableName: 'Orders', Key: keyOf('new') })).toEqual(
      throttling('TableReadAccountLimitExceeded', quotaText),
    )
  })
})

describe('batches', () => {
  const writes = (count: number): object => ({
    RequestItems: {
      Orders: Array.from({ length: count }, (_, i) => ({
        PutRequest: { Item: itemOf({ sk: { S: String(i) } }) },
      })),
    },
  })

  test('give back the writes that were throttled, and fail when all were', async () => {
    const { call } = await openThrottled()
    for (let i = 0; i < 11; i++) {
      expect(await call('BatchWriteItem', writes(25))).toEqual({ UnprocessedItems: {} })
    }
    await call('BatchWriteItem', writes(20))
    const answer = await call('BatchWriteItem', writes(7))
    expect(answer).toEqual({
      UnprocessedItems: {
        Orders: [
          { PutRequest: { Item: itemOf({ sk: { S: '5' } }) } },
          { PutRequest: { Item: itemOf({ sk: { S: '6' } }) } },
        ],
      },
    })
    expect(await call('BatchWriteItem', writes(7))).toEqual(writeRefused)
  })

  test('give back the keys that were throttled, and fail when all were', async () => {
    const { call, put } = await openThrottled()
    await put({ sk: { S: '3' } })
    const reads = (from: number, count: number): object => ({
      RequestItems: {
        Orders: {
          Keys: Array.from({ length: count }, (_, i) => keyOf('a', String(from + i))),
          ConsistentRead: true,
        },
      },
    })
    for (let i = 0; i < 2; i++) await call('BatchGetItem', reads(0, 100))
    await call('BatchGetItem', reads(100, 98))
    expect(await call('BatchGetItem', reads(2, 4))).toEqual({
      Responses: { Orders: [itemOf({ sk: { S: '3' } })] },
      UnprocessedKeys: {
        Orders: { Keys: [keyOf('a', '4'), keyOf('a', '5')], ConsistentRead: true },
      },
    })
    expect(await call('BatchGetItem', reads(2, 4))).toEqual(readRefused)
  })

  test('that fail name the limits of all their items', async () => {
    const { call, putUntilThrottled } = await openThrottled()
    const other = `${arn}s`
    await call('CreateTable', {
      TableName: 'Orderss',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ...unitsOf(1, 1),
    })
    await putUntilThrottled()
    const Item = { pk: { S: 'a' } }
    for (let i = 0; i < 300; i++) await call('PutItem', { TableName: 'Orderss', Item })
    const RequestItems = {
      Orders: [
        { PutRequest: { Item: itemOf() } },
        { PutRequest: { Item: itemOf({ sk: { S: '2' } }) } },
      ],
      Orderss: [{ PutRequest: { Item } }],
    }
    expect(await call('BatchWriteItem', { RequestItems })).toEqual({
      __type: 'ProvisionedThroughputExceededException',
      message: tableText,
      ThrottlingReasons: [
        { reason: 'TableWriteProvisionedThroughputExceeded', resource: arn },
        { reason: 'TableWriteProvisionedThroughputExceeded', resource: other },
      ],
    })
  })
})

describe('transactions', () => {
  const putOf = (TableName: string, more: object = {}): object => ({
    Put: { TableName, Item: itemOf(more) },
  })
  async function openTwo() {
    const database = await openThrottled()
    await database.call('CreateTable', {
      TableName: 'Free',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    })
    return database
  }
  const throttledReason = { Code: 'ProvisionedThroughputExceeded', Message: tableText }
  const cancelled = (codes: string, CancellationReasons: readonly object[]): object => ({
    __type: 'TransactionCanceledException',
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons,
  })

  test('are cancelled whole, with a reason at each action that was throttled', async () => {
    const { call, putUntilThrottled } = await openTwo()
    await putUntilThrottled()
    const TransactItems = [
      putOf('Free'),
      putOf('Orders', { sk: { S: 'new' } }),
      putOf('Free', { sk: { S: '2' } }),
    ]
    expect(await call('TransactWriteItems', { TransactItems })).toEqual(
      cancelled('None, ProvisionedThroughputExceeded, None', [
        { Code: 'None' },
        throttledReason,
        { Code: 'None' },
      ]),
    )
    for (const TableName of ['Free', 'Orders']) {
      const Count = TableName === 'Free' ? 0 : 1
      expect(await call('Scan', { TableName })).toHaveProperty('Count', Count)
    }
  })

  test('take twice of tables, and what cancels them takes it too', async () => {
    const { call, put, putUntilThrottled } = await openTwo()
    for (let i = 0; i < 100; i++) {
      await call('TransactWriteItems', { TransactItems: [putOf('Orders')] })
    }
    const failing = {
      Put: { TableName: 'Orders', Item: itemOf(), ConditionExpression: 'attribute_not_exists(pk)' },
    }
    for (let i = 0; i < 10; i++) {
      expect(await call('TransactWriteItems', { TransactItems: [failing] })).toHaveProperty(
        '__type',
        'TransactionCanceledException',
      )
    }
    expect(await putUntilThrottled()).toBe(80)
    expect(await put()).toEqual(writeRefused)
  })

  test('take nothing when they are throttled', async () => {
    const { call, clock, put, putUntilThrottled } = await openTwo()
    await putUntilThrottled()
    for (let i = 0; i < 5; i++) {
      await call('TransactWriteItems', { TransactItems: [putOf('Orders')] })
    }
    clock.advance(second)
    expect(await put()).toEqual({})
  })

  test('take nothing when they fail for another reason than a cancellation', async () => {
    const { call, putUntilThrottled } = await openTwo()
    const request = (sk: string): object => ({
      TransactItems: [putOf('Orders', { sk: { S: sk } })],
      ClientRequestToken: 'once',
    })
    await call('TransactWriteItems', request('1'))
    for (let i = 0; i < 9; i++) {
      expect(await call('TransactWriteItems', request('2'))).toHaveProperty(
        '__type',
        'IdempotentParameterMismatchException',
      )
    }
    expect(await putUntilThrottled()).toBe(298)
  })

  test('are not said to be cancelled when they have been done', async () => {
    const { call, putUntilThrottled } = await openTwo()
    const request = (sk: string): object => ({
      TransactItems: [putOf('Orders', { sk: { S: sk } })],
      ClientRequestToken: 'once',
    })
    expect(await call('TransactWriteItems', request('1'))).toEqual({})
    await putUntilThrottled()
    expect(await call('TransactWriteItems', request('1'))).toEqual({})
    expect(await call('TransactWriteItems', request('2'))).toHaveProperty(
      '__type',
      'IdempotentParameterMismatchException',
    )
    expect(
      await call('TransactWriteItems', { ...request('1'), ClientRequestToken: 'another' }),
    ).toHaveProperty('CancellationReasons', [throttledReason])
  })

  test('of one token that come together are one', async () => {
    const { call, putUntilThrottled } = await openTwo()
    const request = { TransactItems: [putOf('Orders')], ClientRequestToken: 'once' }
    const [first, other] = [
      call('TransactWriteItems', request),
      call('TransactWriteItems', request),
    ] as const
    expect([await first, await other]).toContainEqual({})
    expect(await putUntilThrottled()).toBe(298)
  })

  test('with an action that cannot be are cancelled for that', async () => {
    const { call, putUntilThrottled } = await openTwo()
    await putUntilThrottled()
    const TransactItems = [
      putOf('Orders'),
      { Put: { TableName: 'Free', Item: { pk: { S: 'a' }, sk: { N: '1' } } } },
    ]
    expect(await call('TransactWriteItems', { TransactItems })).toMatchObject({
      CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError' }],
    })
  })

  test('that are replayed read', async () => {
    const { call, put, putUntilThrottled } = await openTwo()
    const request = { TransactItems: [putOf('Orders')], ClientRequestToken: 'once' }
    for (let i = 0; i < 140; i++) expect(await call('TransactWriteItems', request)).toEqual({})
    expect(await putUntilThrottled()).toBe(298)
    expect(await put()).toEqual(writeRefused)
    // 139 replays of two read units each.
    const get = { TableName: 'Orders', Key: keyOf(), ConsistentRead: true }
    for (let i = 0; i < 22; i++) expect(await call('GetItem', get)).toHaveProperty('Item')
    expect(await call('GetItem', get)).toEqual(readRefused)
  })

  test('that read are cancelled whole, too', async () => {
    const { call } = await openTwo()
    const get = (TableName: string, sk: string): object => ({
      Get: { TableName, Key: keyOf('a', sk) },
    })
    const request = { TransactItems: [get('Free', '1'), get('Orders', '1'), get('Orders', '2')] }
    for (let i = 0; i < 75; i++) {
      expect(await call('TransactGetItems', request)).toEqual({ Responses: [{}, {}, {}] })
    }
    expect(await call('TransactGetItems', request)).toEqual(
      cancelled('None, ProvisionedThroughputExceeded, ProvisionedThroughputExceeded', [
        { Code: 'None' },
        throttledReason,
        throttledReason,
      ]),
    )
  })

  test('that read take twice what their items weigh', async () => {
    const { call, put } = await openTwo()
    await put({ text: { S: 'x'.repeat(200_000) } })
    const request = { TransactItems: [{ Get: { TableName: 'Orders', Key: keyOf() } }] }
    // 98 units each.
    for (let i = 0; i < 4; i++) {
      expect(await call('TransactGetItems', request)).toHaveProperty('Responses')
    }
    expect(await call('TransactGetItems', request)).toHaveProperty('CancellationReasons', [
      throttledReason,
    ])
  })

  test('are held up by the indexes that they would change', async () => {
    const { call, put } = await openThrottled({
      indexed: true,
      more: { ...unitsOf(900, 900), ...byDay(unitsOf(1, 1)) },
    })
    for (let i = 0; i < 300; i++) await put({ sk: { S: String(i) }, day: { S: 'd' } })
    const TransactItems = [
      putOf('Orders', { sk: { S: 'plain' } }),
      putOf('Orders', { sk: { S: 'x' }, day: { S: 'd' } }),
    ]
    expect(await call('TransactWriteItems', { TransactItems })).toEqual(
      cancelled('None, ProvisionedThroughputExceeded', [
        { Code: 'None' },
        { Code: 'ProvisionedThroughputExceeded', Message: indexText },
      ]),
    )
  })

  test('on demand have the code of their own', async () => {
    const { call, putUntilThrottled } = await openThrottled({
      more: {
        BillingMode: 'PAY_PER_REQUEST',
        ProvisionedThroughput: undefined,
        OnDemandThroughput: { MaxWriteRequestUnits: 1 },
      },
    })
    await putUntilThrottled()
    expect(await call('TransactWriteItems', { TransactItems: [putOf('Orders')] })).toEqual(
      cancelled('ThrottlingError', [{ Code: 'ThrottlingError', Message: maximumText }]),
    )
  })
})

describe('statements', () => {
  const insert = (sk: string): object => ({
    Statement: `INSERT INTO Orders VALUE {'pk': 'a', 'sk': '${sk}'}`,
  })
  const select = {
    Statement: `SELECT * FROM Orders WHERE pk = 'a' AND sk = '1'`,
    ConsistentRead: true,
  }

  test('are throttled as their operations are', async () => {
    const { call, putUntilThrottled } = await openThrottled()
    await putUntilThrottled()
    expect(await call('ExecuteStatement', insert('2'))).toEqual(writeRefused)
    for (let i = 0; i < 300; i++) await call('ExecuteStatement', select)
    expect(await call('ExecuteStatement', select)).toEqual(readRefused)
    const page = { Statement: `SELECT * FROM Orders WHERE pk = 'a'` }
    expect(await call('ExecuteStatement', page)).toEqual(readRefused)
    expect(
      await call('ExecuteTransaction', { TransactStatements: [insert('2'), insert('3')] }),
    ).toHaveProperty('CancellationReasons', [
      { Code: 'ProvisionedThroughputExceeded', Message: tableText },
      { Code: 'ProvisionedThroughputExceeded', Message: tableText },
    ])
  })

  test('of a batch have errors in their places', async () => {
    const { call } = await openThrottled()
    for (let i = 0; i < 298; i++) await call('ExecuteStatement', insert(`s${i}`))
    const error = {
      TableName: 'Orders',
      Error: { Code: 'ProvisionedThroughputExceeded', Message: tableText },
    }
    expect(
      await call('BatchExecuteStatement', { Statements: ['x', 'y', 'z'].map(insert) }),
    ).toEqual({ Responses: [{ TableName: 'Orders' }, { TableName: 'Orders' }, error] })
    for (let i = 0; i < 299; i++) await call('ExecuteStatement', select)
    const other = { ...select, Statement: `SELECT * FROM Orders WHERE pk = 'a' AND sk = 'x'` }
    expect(await call('BatchExecuteStatement', { Statements: [select, other] })).toEqual({
      Responses: [{ TableName: 'Orders' }, error],
    })
  })
})

describe('metrics', () => {
  test('count requests and events of what was refused', async () => {
    const { call, figure, put, putUntilThrottled } = await openThrottled()
    await putUntilThrottled()
    await put()
    expect(figure('ThrottledRequests', ['TableName=Orders', 'Operation=PutItem'])).toBe(2)
    for (const name of ['WriteThrottleEvents', 'WriteProvisionedThroughputThrottleEvents']) {
      expect(figure(name, ['TableName=Orders']), name).toBe(2)
    }
    expect(figure('ConsumedWriteCapacityUnits', ['TableName=Orders'])).toBe(300)
    expect(figure('UserErrors', [])).toBeUndefined()
    await call('TransactWriteItems', {
      TransactItems: [1, 2].map((sk) => ({
        Put: { TableName: 'Orders', Item: itemOf({ sk: { S: String(sk) } }) },
      })),
    })
    expect(figure('WriteThrottleEvents', ['TableName=Orders'])).toBe(4)
    expect(figure('ThrottledRequests', ['TableName=Orders', 'Operation=TransactWriteItems'])).toBe(
      1,
    )
  })

  test('count a batch as throttled when all of it was, and its items in any case', async () => {
    const { call, clock, figure, putUntilThrottled } = await openThrottled()
    await putUntilThrottled()
    clock.advance(second)
    const RequestItems = {
      Orders: ['1', '2', '3'].map((sk) => ({
        PutRequest: { Item: itemOf({ sk: { S: sk } }) },
      })),
    }
    const throttledBatches = (): number | undefined =>
      figure('ThrottledRequests', ['TableName=Orders', 'Operation=BatchWriteItem'])
    expect(await call('BatchWriteItem', { RequestItems })).toHaveProperty('UnprocessedItems.Orders')
    expect(figure('WriteThrottleEvents', ['TableName=Orders'])).toBe(3)
    expect(throttledBatches()).toBeUndefined()
    await call('BatchWriteItem', { RequestItems })
    expect(figure('WriteThrottleEvents', ['TableName=Orders'])).toBe(6)
    expect(throttledBatches()).toBe(1)
    const statement = (sk: string): object => ({
      Statement: `INSERT INTO Orders VALUE {'pk': 'a', 'sk': '${sk}'}`,
    })
    await call('BatchExecuteStatement', { Statements: [statement('x'), statement('y')] })
    expect(figure('WriteThrottleEvents', ['TableName=Orders'])).toBe(8)
    expect(
      figure('ThrottledRequests', ['TableName=Orders', 'Operation=BatchExecuteStatement']),
    ).toBe(1)
  })
})

test('nothing is refused unless it is asked for', async () => {
  const { call } = await openIndexedDatabase()
  await call('CreateTable', {
    TableName: 'Orders',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    ...unitsOf(1, 1),
  })
  for (let i = 0; i < 310; i++) {
    expect(await call('PutItem', { TableName: 'Orders', Item: { pk: { S: 'a' } } })).toEqual({})
  }
})
