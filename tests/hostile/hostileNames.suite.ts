import { describe, expect, onTestFinished, test } from 'vitest'
import { HostileServer } from './hostileServer.ts'
import { Pipeline, told } from './pipeline.ts'

/*
 * Names that mean something to JavaScript, wherever a client may choose a name. They are data like any
 * other: what is stored under them is read back, and what is not stored is not there.
 */

/** Names that are on every object of JavaScript, or once were special to it. */
const inherited = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'isPrototypeOf',
  '__defineGetter__',
  '__lookupSetter__',
] as const

/** Names of attributes; those of tables and indexes have fewer characters to choose from. */
const attributeNames = [
  ...inherited,
  ...'prototype toJSON then length name get set value enumerable S M L NULL'.split(' '),
  ...'0 1 -1 4294967295 1e3 NaN null undefined true . a.b a[0] [0] # #n :v'.split(' '),
  ...'" \\ é e\u0301 \ufffd \u2028 \0 \n 😀 </script> ${x} %s'.split(' '),
  ' ',
  'x'.repeat(255),
]

/** An object whose members may have any name. */
function record<T>(entries: Iterable<readonly [string, T]>): Record<string, T> {
  return Object.fromEntries(entries)
}

/** Equal for equal JSON, whatever the order of members; `__proto__` is a member like any other. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .map(([name, member]) => [name, canonical(member)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

type Call = (operation: string, request: object) => Promise<Record<string, unknown>>

interface Opened {
  readonly server: HostileServer
  readonly call: Call
  /** The outcome alone, such as `200` or `400 ValidationException`. */
  readonly outcome: (operation: string, request: object) => Promise<string>
}

async function open(): Promise<Opened> {
  const server = await HostileServer.start()
  const connection = await Pipeline.connect(server.endpoint)
  onTestFinished(() => connection.close())
  return {
    server,
    async call(operation, request) {
      const reply = await connection.ask(operation, JSON.stringify(request))
      if (reply.status !== 200) {
        throw new Error(`${operation} ${JSON.stringify(request).slice(0, 300)}: ${reply.body}`)
      }
      return (reply.body === '' ? {} : JSON.parse(reply.body)) as Record<string, unknown>
    },
    outcome: async (operation, request) =>
      told(await connection.ask(operation, JSON.stringify(request))),
  }
}

const TableName = 'Items'
const id = { S: 'x' }
const failed = '400 ConditionalCheckFailedException'
const invalid = '400 ValidationException'

const everyValue = (): Record<string, unknown> =>
  record(attributeNames.map((name, i) => [name, i % 2 === 0 ? { N: String(i) } : { S: name }]))

/** What one attribute looks like before it is set, while it is there, and when it has been removed. */
async function livesOf(
  name: string,
  path: string,
  { call, outcome }: Pick<Opened, 'call' | 'outcome'>,
): Promise<readonly unknown[]> {
  const request = { TableName, Key: { id }, ExpressionAttributeNames: { '#n': name } }
  const values = { ExpressionAttributeValues: { ':v': { S: 'new' } } }
  const update = async (UpdateExpression: string, more: object): Promise<unknown> =>
    canonical((await call('UpdateItem', { ...request, UpdateExpression, ...more }))['Attributes'])
  const look = async (): Promise<readonly unknown[]> => [
    await outcome('UpdateItem', { ...request, ConditionExpression: `attribute_exists(${path})` }),
    await outcome('UpdateItem', {
      ...request,
      ConditionExpression: `attribute_not_exists(${path})`,
    }),
    await outcome('UpdateItem', { ...request, ConditionExpression: `${path} = :v`, ...values }),
    canonical((await call('GetItem', { ...request, ProjectionExpression: path }))['Item']),
  ]
  return [
    await look(),
    await outcome('UpdateItem', { ...request, UpdateExpression: `SET copied = ${path}` }),
    await update(`SET ${path} = :v`, { ...values, ReturnValues: 'UPDATED_NEW' }),
    await look(),
    await update(`REMOVE ${path}`, { ReturnValues: 'UPDATED_OLD' }),
    await look(),
  ]
}

function expectedLives(name: string, path: string): readonly unknown[] {
  const attribute = record([[name, { S: 'new' }]])
  const whole = canonical(path === '#n' ? attribute : { inside: { M: attribute } })
  const absent = [failed, '200', failed, []]
  const present = ['200', failed, '200', whole]
  return [absent, invalid, whole, present, whole, absent]
}

describe('attributes and members of maps', () => {
  const item = {
    ...everyValue(),
    id,
    map: { M: { ...everyValue(), inner: { M: everyValue() } } },
    list: { L: attributeNames.map((name) => ({ M: record([[name, { BOOL: true }]]) })) },
  }

  test('are read back by every operation as they were written by every operation', async () => {
    const { server, call } = await open()
    const writes: readonly [string, object][] = [
      ['PutItem', { TableName, Item: item }],
      ['BatchWriteItem', { RequestItems: { Items: [{ PutRequest: { Item: item } }] } }],
      ['TransactWriteItems', { TransactItems: [{ Put: { TableName, Item: item } }] }],
      [
        'UpdateItem',
        {
          TableName,
          Key: { id },
          AttributeUpdates: record(
            Object.entries(item)
              .filter(([name]) => name !== 'id')
              .map(([name, Value]) => [name, { Value, Action: 'PUT' }]),
          ),
        },
      ],
    ]
    const expected = canonical(item)
    for (const [operation, request] of writes) {
      await call('DeleteItem', { TableName, Key: { id } })
      await call(operation, request)
      const found = [
        (await call('GetItem', { TableName, Key: { id } }))['Item'],
        ((await call('Scan', { TableName }))['Items'] as unknown[])[0],
        (
          (await call('BatchGetItem', { RequestItems: { Items: { Keys: [{ id }] } } }))[
            'Responses'
          ] as {
            Items: unknown[]
          }
        ).Items[0],
        (
          (
            await call('TransactGetItems', { TransactItems: [{ Get: { TableName, Key: { id } } }] })
          )['Responses'] as { Item: unknown }[]
        )[0]?.Item,
      ]
      expect(found.map(canonical)).toEqual(found.map(() => expected))
    }
    await server.expectUnharmed()
  })

  test('can be set, asked for, and removed', async () => {
    const { server, call, outcome } = await open()
    for (const name of attributeNames) {
      await call('PutItem', { TableName, Item: { id, inside: { M: {} } } })
      for (const path of ['#n', 'inside.#n']) {
        const seen = await livesOf(name, path, { call, outcome })
        expect([name, path, seen]).toEqual([name, path, expectedLives(name, path)])
      }
      expect(canonical(await call('GetItem', { TableName, Key: { id } }))).toEqual(
        canonical({ Item: { id, inside: { M: {} } } }),
      )
    }
    await server.expectUnharmed()
  })

  test('the same in the parameters that expressions replaced', async () => {
    const { server, call, outcome } = await open()
    for (const name of attributeNames) {
      await call('PutItem', { TableName, Item: { id } })
      const expected = (value: object): object => ({
        TableName,
        Item: { id },
        Expected: record([[name, value]]),
      })
      expect([name, await outcome('PutItem', expected({ Exists: false }))]).toEqual([name, '200'])
      expect(await outcome('PutItem', expected({ ComparisonOperator: 'NOT_NULL' }))).toBe(failed)
      const Item = { ...record([[name, { S: 'v' }]]), id }
      await call('PutItem', { TableName, Item })
      expect(await outcome('PutItem', { ...expected({ Value: { S: 'v' } }), Item })).toBe('200')
      const asked = await call('GetItem', { TableName, Key: { id }, AttributesToGet: [name] })
      expect(canonical(asked['Item'])).toEqual(canonical(record([[name, { S: 'v' }]])))
      const filter = record([
        [name, { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'v' }] }],
      ])
      expect((await call('Scan', { TableName, ScanFilter: filter }))['Count']).toBe(1)
    }
    await server.expectUnharmed()
  })
})

test('placeholders', async () => {
  const { server, call, outcome } = await open()
  await call('PutItem', { TableName, Item: { id, a: { N: '1' } } })
  for (const word of inherited) {
    const [name, value] = [`#${word}`, `:${word}`]
    const request = {
      TableName,
      Key: { id },
      UpdateExpression: `SET ${name} = ${value}`,
      ExpressionAttributeNames: record([[name, 'a']]),
      ExpressionAttributeValues: record([[value, { N: '1' }]]),
    }
    expect(await outcome('UpdateItem', request)).toBe('200')
    // A placeholder that is not defined is not found on the object either.
    const { ExpressionAttributeNames: _, ...withoutNames } = request
    const { ExpressionAttributeValues: __, ...withoutValues } = request
    const others = { ExpressionAttributeNames: { '#other': 'a' } }
    const otherValues = { ExpressionAttributeValues: { ':other': { N: '1' } } }
    for (const broken of [
      withoutNames,
      withoutValues,
      { ...request, ...others },
      { ...request, ...otherValues },
    ]) {
      expect([word, await outcome('UpdateItem', broken)]).toEqual([word, invalid])
    }
    // As a bare word it is a function that nobody has, or an attribute that is not there.
    const called = { TableName, Key: { id }, ConditionExpression: `${word}(a)` }
    expect([word, await outcome('UpdateItem', called)]).toEqual([word, invalid])
  }
  await server.expectUnharmed()
})

describe('tables, indexes and keys', () => {
  const tableNames = [...inherited, 'prototype', '...', '---', '_._', 'x'.repeat(255)]

  test('tables', async () => {
    const { server, call, outcome } = await open()
    for (const name of tableNames) {
      expect(await outcome('DescribeTable', { TableName: name })).toBe(
        '400 ResourceNotFoundException',
      )
      const key = { TableName: name, Key: { id } }
      expect(await outcome('GetItem', key)).toBe('400 ResourceNotFoundException')
    }
    for (const name of tableNames) {
      await call('CreateTable', {
        TableName: name,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      })
    }
    const listed = (await call('ListTables', {}))['TableNames'] as string[]
    expect(listed).toEqual([...tableNames, 'Items'].sort())
    for (const name of tableNames)
      await call('PutItem', { TableName: name, Item: { id, table: { S: name } } })
    const keys = record(tableNames.map((name) => [name, { Keys: [{ id }] }]))
    const request = { RequestItems: keys, ReturnConsumedCapacity: 'TOTAL' }
    const { Responses } = (await call('BatchGetItem', request)) as { Responses: object }
    expect(canonical(Responses)).toEqual(
      canonical(record(tableNames.map((name) => [name, [{ id, table: { S: name } }]]))),
    )
    const deletes = record(tableNames.map((name) => [name, [{ DeleteRequest: { Key: { id } } }]]))
    await call('BatchWriteItem', { RequestItems: deletes, ReturnItemCollectionMetrics: 'SIZE' })
    for (const name of tableNames) {
      expect(await call('Scan', { TableName: name })).toMatchObject({ Count: 0 })
      expect(await call('GetItem', { TableName: name, Key: { id } })).toEqual({})
      await call('DeleteTable', { TableName: name })
    }
    await server.expectUnharmed()
  })

  test.each(inherited)('a table whose keys and indexes are called %s', async (name) => {
    const { server, call } = await open()
    const [hash, range] = [{ KeyType: 'HASH' }, { KeyType: 'RANGE' }]
    const projection = { Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['extra'] } }
    const other = name === 'constructor' ? 'toString' : 'constructor'
    await call('CreateTable', {
      TableName: 'Odd',
      AttributeDefinitions: [name, other, 'sort'].map((each) => {
        return { AttributeName: each, AttributeType: 'S' }
      }),
      KeySchema: [
        { AttributeName: name, ...hash },
        { AttributeName: other, ...range },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [
        {
          IndexName: name,
          KeySchema: [
            { AttributeName: other, ...hash },
            { AttributeName: name, ...range },
          ],
          ...projection,
        },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: other,
          KeySchema: [
            { AttributeName: name, ...hash },
            { AttributeName: 'sort', ...range },
          ],
          ...projection,
        },
      ],
    })
    const items = ['a', 'b', 'c'].map((S) =>
      record([
        [name, { S: 'p' }],
        [other, { S }],
        ['sort', { S }],
        ['extra', { S }],
      ]),
    )
    const capacity: unknown[] = []
    for (const Item of items) {
      const put = {
        TableName: 'Odd',
        Item,
        ReturnConsumedCapacity: 'INDEXES',
        ReturnItemCollectionMetrics: 'SIZE',
      }
      const { ConsumedCapacity, ItemCollectionMetrics } = (await call('PutItem', put)) as Record<
        string,
        object
      >
      capacity.push(ConsumedCapacity)
      expect(canonical(ItemCollectionMetrics)).toMatchObject([
        ['ItemCollectionKey', [[name, [['S', 'p']]]]],
        ['SizeEstimateRangeGB', [0, 1]],
      ])
    }
    const units = [['CapacityUnits', 1]]
    expect(canonical(capacity[0])).toEqual([
      ['CapacityUnits', 3],
      ['GlobalSecondaryIndexes', [[name, units]]],
      ['LocalSecondaryIndexes', [[other, units]]],
      ['Table', units],
      ['TableName', 'Odd'],
    ])
    const found: unknown[] = []
    let start: unknown
    do {
      const page = await call('Query', {
        TableName: 'Odd',
        KeyConditionExpression: '#k = :k',
        ExpressionAttributeNames: { '#k': name },
        ExpressionAttributeValues: { ':k': { S: 'p' } },
        Limit: 1,
        ...(start !== undefined && { ExclusiveStartKey: start }),
      })
      found.push(...(page['Items'] as unknown[]))
      start = page['LastEvaluatedKey']
    } while (start !== undefined)
    expect(canonical(found)).toEqual(canonical(items))
    const conditions = record([
      [other, { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'b' }] }],
    ])
    const byIndex = { TableName: 'Odd', IndexName: name, KeyConditions: conditions }
    const { sort: _, ...entry } = items[1] as Record<string, unknown>
    expect(canonical((await call('Query', byIndex))['Items'])).toEqual(canonical([entry]))
    const scanned = await call('Scan', { TableName: 'Odd', IndexName: other })
    expect(canonical(scanned['Items'])).toEqual(canonical(items))
    await server.expectUnharmed()
  })
})

test('tags and tokens', async () => {
  const { server, call, outcome } = await open()
  const ResourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Items'
  await call('TagResource', { ResourceArn, Tags: inherited.map((Key) => ({ Key, Value: Key })) })
  const { Tags } = (await call('ListTagsOfResource', { ResourceArn })) as {
    Tags: { Key: string }[]
  }
  expect(Tags.map(({ Key }) => Key).sort()).toEqual([...inherited].sort())
  await call('UntagResource', { ResourceArn, TagKeys: inherited })
  expect(await call('ListTagsOfResource', { ResourceArn })).toEqual({ Tags: [] })
  for (const ClientRequestToken of inherited) {
    const write = (n: string): object => ({
      ClientRequestToken,
      TransactItems: [{ Put: { TableName, Item: { id, n: { N: n } } } }],
    })
    expect(await outcome('TransactWriteItems', write('1'))).toBe('200')
    expect(await outcome('TransactWriteItems', write('1'))).toBe('200')
    expect(await outcome('TransactWriteItems', write('2'))).toBe(
      '400 IdempotentParameterMismatchException',
    )
  }
  await server.expectUnharmed()
})
