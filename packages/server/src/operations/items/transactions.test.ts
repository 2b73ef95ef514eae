import { beforeEach, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'
import { HeldTransactions } from '../../testing/heldTransactions.ts'

let plane: DataPlane

beforeEach(async () => {
  plane = await openDataPlane()
  await plane.createTable('Players', ['id:S'])
  await plane.createTable('Items', ['id:S', 'n:N'])
})

type Response = Record<string, unknown>

const write = (TransactItems: object[], more: object = {}): Promise<Response> =>
  plane.call('TransactWriteItems', { TransactItems, ...more })
const read = (gets: object[], more: object = {}): Promise<Response> =>
  plane.call('TransactGetItems', { TransactItems: gets.map((Get) => ({ Get })), ...more })
const player = (id: string) => ({ TableName: 'Players', Key: { id: { S: id } } })
const putPlayer = (id: string, attributes: object = {}, more: object = {}) => ({
  Put: { TableName: 'Players', Item: { id: { S: id }, ...attributes }, ...more },
})
const stored = async (id: string) => (await plane.call('GetItem', player(id)))['Item']
const validation = (message: string) => ({ __type: 'ValidationException', message })
const cancelled = (...reasons: object[]) => ({
  __type: 'TransactionCanceledException',
  Message:
    'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
    `[${reasons.map((reason) => (reason as { Code: string }).Code).join(', ')}]`,
  CancellationReasons: reasons,
})
const none = { Code: 'None' }
const conditionFailed = {
  Code: 'ConditionalCheckFailed',
  Message: 'The conditional request failed',
}
const invalid = (Message: string) => ({ Code: 'ValidationError', Message })
const x = (sizeBytes: number) => ({ S: 'x'.repeat(sizeBytes) })

describe('TransactWriteItems', () => {
  it('carries out all four actions and returns nothing', async () => {
    await write([putPlayer('a', { n: { N: '1' } }), putPlayer('b'), putPlayer('c')])
    const response = await write([
      {
        Update: {
          ...player('a'),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        },
      },
      { Delete: player('b') },
      { ConditionCheck: { ...player('c'), ConditionExpression: 'attribute_exists(id)' } },
      putPlayer('d'),
    ])
    expect(response).toEqual({})
    const { Responses } = await read(['a', 'b', 'c', 'd'].map(player))
    expect(Responses).toEqual([
      { Item: { id: { S: 'a' }, n: { N: '2' } } },
      {},
      { Item: { id: { S: 'c' } } },
      { Item: { id: { S: 'd' } } },
    ])
  })

  it('changes nothing when one condition is false, and names it', async () => {
    await write([putPlayer('a', { coins: { N: '5' } })])
    const response = await write([
      putPlayer('b'),
      {
        Update: {
          ...player('a'),
          UpdateExpression: 'SET coins = coins - :price',
          ConditionExpression: 'coins >= :price',
          ExpressionAttributeValues: { ':price': { N: '6' } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      putPlayer('c', {}, { ConditionExpression: 'attribute_exists(id)' }),
    ])
    const item = { id: { S: 'a' }, coins: { N: '5' } }
    expect(response).toEqual(cancelled(none, { ...conditionFailed, Item: item }, conditionFailed))
    expect(await stored('b')).toBeUndefined()
  })

  it.each([
    [
      'no action',
      [{}],
      'Invalid Request: TransactWriteRequest should contain Delete or Put or Update request',
    ],
    [
      'two actions',
      [{ ...putPlayer('a'), Delete: player('b') }],
      'TransactItems can only contain one of Check, Put, Update or Delete',
    ],
  ])('refuses an entry with %s', async (_name, items, text) => {
    expect(await write(items)).toEqual(validation(text))
  })

  it('refuses two actions on one item, whatever the order of its key attributes', async () => {
    const item = (Key: object) => ({ Delete: { TableName: 'Items', Key } })
    expect(
      await write([
        item({ id: { S: 'a' }, n: { N: '1' } }),
        item({ n: { N: '1.0' }, id: { S: 'a' } }),
      ]),
    ).toEqual(validation('Transaction request cannot include multiple operations on one item'))
  })

  it('reports the first bad action before it looks for tables', async () => {
    const nowhere = { Delete: { TableName: 'Nowhere', Key: { id: { S: 'a' } } } }
    const bad = putPlayer('b', {}, { ConditionExpression: 'id = :v' })
    expect(await write([nowhere, bad])).toEqual(
      validation(
        'Invalid ConditionExpression: An expression attribute value used in expression is not ' +
          'defined; attribute value: :v',
      ),
    )
    expect(await write([nowhere, putPlayer('b')])).toEqual({
      __type: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    })
    expect(await stored('b')).toBeUndefined()
  })

  it('refuses empty keys and over-large puts as a whole', async () => {
    expect(await write([putPlayer('ok'), putPlayer('')])).toEqual(
      validation(
        'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
          'cannot contain an empty string value. Key: id',
      ),
    )
    expect(await write([putPlayer('ok'), putPlayer('a', { s: x(409_600) })])).toEqual(
      validation('Item size has exceeded the maximum allowed size'),
    )
    expect(await stored('ok')).toBeUndefined()
  })

  it('cancels with a reason when a key does not match the schema', async () => {
    const wrongKey = { Delete: { TableName: 'Players', Key: { id: { N: '1' } } } }
    expect(await write([putPlayer('ok'), wrongKey])).toEqual(
      cancelled(none, invalid('The provided key element does not match the schema')),
    )
    const emptyOfAnotherType = { Delete: { TableName: 'Players', Key: { id: { B: '' } } } }
    expect(await write([emptyOfAnotherType])).toEqual(
      cancelled(invalid('The provided key element does not match the schema')),
    )
    const wrongPut = { Put: { TableName: 'Players', Item: { id: { N: '1' } } } }
    expect(await write([wrongPut, wrongKey])).toEqual(
      cancelled(
        invalid(
          'One or more parameter values were invalid: ' +
            'Type mismatch for key id expected: S actual: N',
        ),
        none,
      ),
    )
  })

  it('cancels with a reason when an update outgrows 400 KB', async () => {
    await write([putPlayer('a', { s: x(300_000) })])
    const grow = { Update: { ...player('a'), UpdateExpression: 'SET t = s' } }
    expect(await write([putPlayer('b'), grow])).toEqual(
      cancelled(none, invalid('Item size to update has exceeded the maximum allowed size')),
    )
  })

  it('measures 4 MB on what is sent', async () => {
    const large = (count: number) =>
      Array.from({ length: count }, (_, i) => putPlayer(`p${i}`, { s: x(350_000) }))
    expect(await write(large(10))).toEqual({})
    const refused = await write(large(12))
    expect(refused['__type']).toBe('ValidationException')
    expect(refused['message']).toContain('size cannot exceed')
    const deletes = Array.from({ length: 10 }, (_, i) => ({ Delete: player(`p${i}`) }))
    expect(await write(deletes)).toEqual({})
  })

  it('takes 100 actions and refuses 101', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => putPlayer(`p${i}`))
    expect(await write(many(100))).toEqual({})
    const refused = await write(many(101))
    expect(refused['message']).toMatch(/^1 validation error detected: Value '\[.*\]' at /s)
    expect(refused['message']).toContain(
      " at 'transactItems' failed to satisfy constraint: " +
        'Member must have length less than or equal to 100',
    )
  })

  it('aggregates broken constraints in order', async () => {
    expect(
      await write([], {
        ClientRequestToken: 'x'.repeat(37),
        ReturnConsumedCapacity: 'BOGUS',
        ReturnItemCollectionMetrics: 'BOGUS',
      }),
    ).toEqual(
      validation(
        `4 validation errors detected: Value '${'x'.repeat(37)}' at 'clientRequestToken' failed ` +
          'to satisfy constraint: Member must have length less than or equal to 36; ' +
          "Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must " +
          'satisfy enum value set: [INDEXES, TOTAL, NONE]; ' +
          "Value 'BOGUS' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member " +
          'must satisfy enum value set: [SIZE, NONE]; ' +
          "Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length " +
          'greater than or equal to 1',
      ),
    )
  })

  it('charges twice, rounded per item, by table', async () => {
    const response = await write(
      [
        putPlayer('a', { s: x(1500) }),
        { Put: { TableName: 'Items', Item: { id: { S: 'a' }, n: { N: '1' } } } },
        { ConditionCheck: { ...player('b'), ConditionExpression: 'attribute_not_exists(id)' } },
      ],
      { ReturnConsumedCapacity: 'INDEXES' },
    )
    const units = (count: number) => ({ CapacityUnits: count, WriteCapacityUnits: count })
    expect(response).toEqual({
      ConsumedCapacity: [
        { TableName: 'Players', ...units(6), Table: units(6) },
        { TableName: 'Items', ...units(2), Table: units(2) },
      ],
    })
    const deleted = await write([{ Delete: player('a') }], { ReturnConsumedCapacity: 'TOTAL' })
    expect(deleted).toEqual({ ConsumedCapacity: [{ TableName: 'Players', ...units(4) }] })
  })
})

describe('client request tokens', () => {
  const token = { ClientRequestToken: 'token-1' }

  it('replay with read units, whatever the order of members', async () => {
    const item = { id: { S: 'a' }, s: x(1500) }
    const first = await write([{ Put: { TableName: 'Players', Item: item } }], {
      ...token,
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(first).toEqual({
      ConsumedCapacity: [{ TableName: 'Players', CapacityUnits: 4, WriteCapacityUnits: 4 }],
    })
    await plane.call('DeleteItem', player('a'))
    const reordered = { s: item.s, id: item.id }
    expect(
      await write([{ Put: { Item: reordered, TableName: 'Players' } }], {
        ReturnConsumedCapacity: 'TOTAL',
        ...token,
      }),
    ).toEqual({
      ConsumedCapacity: [{ TableName: 'Players', CapacityUnits: 2, ReadCapacityUnits: 2 }],
    })
    expect(await stored('a')).toBeUndefined()
  })

  it('belong to the table itself: by any name, and not to a later one of that name', async () => {
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Players'
    const put = (TableName: string) => [{ Put: { TableName, Item: { id: { S: 'a' } } } }]
    expect(await write(put('Players'), token)).toEqual({})
    await plane.call('DeleteItem', player('a'))
    expect(await write(put(arn), token)).toEqual({})
    expect(await stored('a')).toBeUndefined()
    await plane.call('DeleteTable', { TableName: 'Players' })
    await plane.createTable('Players', ['id:N'])
    const again = await write(put('Players'), { ...token, ReturnItemCollectionMetrics: 'SIZE' })
    expect(again['__type']).toBe('IdempotentParameterMismatchException')
  })

  it('replay with the tables as the request names them', async () => {
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Players'
    const puts = [arn, 'Players', arn].map((TableName, i) => ({
      Put: { TableName, Item: { id: { S: `${i}` }, s: x(5000) } },
    }))
    const all = { ...token, ReturnConsumedCapacity: 'TOTAL' }
    expect(await write(puts, all)).toEqual({
      ConsumedCapacity: [
        { TableName: arn, CapacityUnits: 20, WriteCapacityUnits: 20 },
        { TableName: 'Players', CapacityUnits: 10, WriteCapacityUnits: 10 },
      ],
    })
    expect(await write(puts, all)).toEqual({
      ConsumedCapacity: [
        { TableName: arn, CapacityUnits: 8, ReadCapacityUnits: 8 },
        { TableName: 'Players', CapacityUnits: 4, ReadCapacityUnits: 4 },
      ],
    })
  })

  it('refuse another request', async () => {
    await write([putPlayer('a')], token)
    const response = await write([putPlayer('a', { n: { N: '1' } })], token)
    expect(response['__type']).toBe('IdempotentParameterMismatchException')
    expect(response).toHaveProperty('Message')
  })

  it('do not bind a cancelled request', async () => {
    const conditional = [putPlayer('b', {}, { ConditionExpression: 'attribute_exists(id)' })]
    expect(await write(conditional, token)).toEqual(cancelled(conditionFailed))
    await write([putPlayer('b')])
    expect(await write(conditional, token)).toEqual({})
  })
})

describe('TransactGetItems', () => {
  beforeEach(async () => {
    await write([putPlayer('a', { n: { N: '1' }, m: { M: { x: { N: '2' } } } })])
  })

  it('answers by position, leaving out what is missing or projected away', async () => {
    const response = await read([
      player('none'),
      { ...player('a'), ProjectionExpression: 'm.x' },
      { ...player('b') },
      { TableName: 'Items', Key: { id: { S: 'a' }, n: { N: '1' } } },
    ])
    expect(response).toEqual({ Responses: [{}, { Item: { m: { M: { x: { N: '2' } } } } }, {}, {}] })
    expect(await read([{ ...player('a'), ProjectionExpression: 'nowhere' }])).toEqual({
      Responses: [{}],
    })
  })

  it('charges two units for each started 4 KB, and for a missing item', async () => {
    await write([putPlayer('big', { s: x(5000) })])
    const response = await read([player('a'), player('none'), player('big')], {
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(response['ConsumedCapacity']).toEqual([
      { TableName: 'Players', CapacityUnits: 8, ReadCapacityUnits: 8 },
    ])
  })

  it('names tables as the request does', async () => {
    const TableName = 'arn:aws:dynamodb:us-east-1:000000000000:table/Players'
    const response = await read([{ TableName, Key: { id: { S: 'a' } } }], {
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(response['ConsumedCapacity']).toMatchObject([{ TableName }])
  })

  it('refuses duplicates, cancels for a wrong key', async () => {
    expect(await read([player('a'), player('a')])).toEqual(
      validation('Transaction request cannot include multiple operations on one item'),
    )
    expect(await read([player('a'), { TableName: 'Players', Key: { id: { N: '1' } } }])).toEqual(
      cancelled(none, invalid('The provided key element does not match the schema')),
    )
  })

  it('cancels for a projection that leads into a key of the table or of an index', async () => {
    await plane.createTable('Teams', ['id:S'], {
      AttributeDefinitions: ['id', 'city'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byCity',
          KeySchema: [{ AttributeName: 'city', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    })
    const team = { TableName: 'Teams', Key: { id: { S: 'a' } } }
    const text =
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
    expect(await read([player('a'), { ...team, ProjectionExpression: 'city[0]' }])).toEqual(
      cancelled(none, invalid(`${text}IndexKey: city`)),
    )
    expect(await read([{ ...player('a'), ProjectionExpression: 'm.x, id.x' }])).toEqual(
      cancelled(invalid(`${text}Key: id`)),
    )
    expect(await read([team, { ...team, ProjectionExpression: 'id.x' }])).toEqual(
      validation('Transaction request cannot include multiple operations on one item'),
    )
    expect(await read([{ ...team, ProjectionExpression: 'city, id' }])).toEqual({ Responses: [{}] })
  })

  it('refuses more than 4 MB', async () => {
    const ids = Array.from({ length: 12 }, (_, i) => `p${i}`)
    for (const id of ids) await write([putPlayer(id, { s: x(380_000) })])
    const refused = await read(ids.map(player))
    expect(refused['__type']).toBe('ValidationException')
    expect(refused['message']).toContain('size cannot exceed')
  })
})

describe('a request beside an unfinished transaction', () => {
  it('gets the conflict in the form of its operation, reads the last value', async () => {
    const points = new HeldTransactions()
    plane = await openDataPlane({ points })
    await plane.createTable('Players', ['id:S'])
    await write([putPlayer('a', { n: { N: '1' } })])
    points.hold('claimed')
    const transaction = write([putPlayer('a', { n: { N: '2' } }), putPlayer('b')])
    const conflict = {
      __type: 'TransactionConflictException',
      message: 'Transaction is ongoing for the item',
    }
    expect(await plane.call('DeleteItem', player('a'))).toEqual(conflict)
    expect(await plane.call('PutItem', { TableName: 'Players', Item: { id: { S: 'b' } } })).toEqual(
      conflict,
    )
    expect(await plane.call('UpdateItem', player('b'))).toEqual(conflict)
    const reason = { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
    expect(await write([putPlayer('c'), putPlayer('b')])).toEqual(cancelled(none, reason))
    expect(await read([player('a'), player('c')])).toEqual(cancelled(reason, none))
    expect(await stored('a')).toEqual({ id: { S: 'a' }, n: { N: '1' } })
    points.letGo()
    expect(await transaction).toEqual({})
    expect(await stored('a')).toEqual({ id: { S: 'a' }, n: { N: '2' } })
  })
})
