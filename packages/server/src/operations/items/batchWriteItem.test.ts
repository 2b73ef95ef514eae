import { beforeEach, describe, expect, it } from 'vitest'
import { maxBatchWaitMs } from '../../limits.ts'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'
import { StorageFailure } from '../../storage/engine.ts'
import { FaultyEngine } from '../../testing/faultyEngine.ts'
import { HeldTransactions } from '../../testing/heldTransactions.ts'
import { ManualClock } from '../../testing/manualClock.ts'

let plane: DataPlane
let engine: FaultyEngine
let clock: ManualClock
let points: HeldTransactions

beforeEach(async () => {
  engine = new FaultyEngine()
  clock = new ManualClock()
  points = new HeldTransactions()
  plane = await openDataPlane({ engine, clock, points })
  await plane.createTable('Music', ['pk:S', 'sk:N'])
  await plane.createTable('Plain', ['id:S'])
})

const validation = (message: string) => ({ __type: 'ValidationException', message })
const music = (pk: string, sk: number | string) => ({ pk: { S: pk }, sk: { N: `${sk}` } })
const plain = (id: string) => ({ id: { S: id } })
const putOf = (Item: object) => ({ PutRequest: { Item } })
const deleteOf = (Key: object) => ({ DeleteRequest: { Key } })
const batchWrite = (RequestItems: object, more: object = {}) =>
  plane.call('BatchWriteItem', { RequestItems, ...more })
const get = async (TableName: string, Key: object) =>
  (await plane.call('GetItem', { TableName, Key }))['Item']

/** Resolves when a commit waits in the engine. */
async function commitWaits(): Promise<void> {
  while (engine.waiting === 0) await new Promise((resolve) => setImmediate(resolve))
}

describe('BatchWriteItem', () => {
  it('puts and deletes in several tables', async () => {
    await plane.call('PutItem', { TableName: 'Plain', Item: { ...plain('old'), v: { S: '1' } } })
    await plane.call('PutItem', { TableName: 'Plain', Item: { ...plain('gone'), v: { S: '1' } } })
    const response = await batchWrite({
      Music: [putOf({ ...music('a', 1), n: { N: '+1.50' } }), putOf(music('a', 2))],
      Plain: [putOf(plain('old')), deleteOf(plain('gone')), deleteOf(plain('never was'))],
    })
    expect(response).toEqual({ UnprocessedItems: {} })
    expect(await get('Music', music('a', 1))).toEqual({ ...music('a', 1), n: { N: '1.5' } })
    expect(await get('Music', music('a', 2))).toEqual(music('a', 2))
    expect(await get('Plain', plain('old'))).toEqual(plain('old'))
    expect(await get('Plain', plain('gone'))).toBeUndefined()
  })

  it('takes 25 writes and commits them together', async () => {
    const before = engine.commits
    const writes = Array.from({ length: 25 }, (_, i) => putOf(plain(`${i}`)))
    expect(await batchWrite({ Plain: writes })).toEqual({ UnprocessedItems: {} })
    expect(engine.commits).toBe(before + 1)
    expect(await get('Plain', plain('24'))).toEqual(plain('24'))
  })

  it('counts capacity by the larger image, and one unit for deleting nothing', async () => {
    await batchWrite({ Plain: [putOf({ ...plain('a'), x: { S: 'x'.repeat(3000) } })] })
    const request = {
      Plain: [deleteOf(plain('a')), deleteOf(plain('b'))],
      Music: [putOf({ ...music('a', 1), x: { S: 'x'.repeat(1024) } })],
    }
    const capacity = async (ReturnConsumedCapacity: string) =>
      (await batchWrite(request, { ReturnConsumedCapacity }))['ConsumedCapacity']
    expect(await capacity('TOTAL')).toEqual([
      { TableName: 'Plain', CapacityUnits: 4 },
      { TableName: 'Music', CapacityUnits: 2 },
    ])
    expect(await capacity('INDEXES')).toEqual([
      { TableName: 'Plain', CapacityUnits: 2, Table: { CapacityUnits: 2 } },
      { TableName: 'Music', CapacityUnits: 2, Table: { CapacityUnits: 2 } },
    ])
    expect(await capacity('NONE')).toBeUndefined()
  })

  it('keeps an attribute and a table named __proto__', async () => {
    await plane.createTable('__proto__', ['id:S'])
    const request = JSON.parse(
      '{"__proto__":[{"PutRequest":{"Item":{"id":{"S":"x"},"__proto__":{"N":"01"}}}}]}',
    ) as object
    expect(await batchWrite(request)).toEqual({ UnprocessedItems: {} })
    expect(JSON.stringify(await get('__proto__', plain('x')))).toBe(
      '{"id":{"S":"x"},"__proto__":{"N":"1"}}',
    )
  })

  describe('in a table with indexes', () => {
    const indexOf = (IndexName: string, hash: string) => ({
      IndexName,
      KeySchema: [
        { AttributeName: hash, KeyType: 'HASH' },
        { AttributeName: 'other', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    })
    const order = (pk: string, more: object = {}) => ({ pk: { S: pk }, sk: { S: '1' }, ...more })

    beforeEach(async () => {
      await plane.createTable('Indexed', ['pk:S', 'sk:S'], {
        AttributeDefinitions: ['pk', 'sk', 'other'].map((AttributeName) => ({
          AttributeName,
          AttributeType: 'S',
        })),
        LocalSecondaryIndexes: [indexOf('Local', 'pk')],
        GlobalSecondaryIndexes: [indexOf('Global', 'sk')],
      })
    })

    it('tells the sizes of item collections', async () => {
      const request = {
        Indexed: [putOf(order('a')), deleteOf(order('b'))],
        Plain: [putOf(plain('x'))],
      }
      expect(await batchWrite(request, { ReturnItemCollectionMetrics: 'SIZE' })).toEqual({
        UnprocessedItems: {},
        ItemCollectionMetrics: {
          Indexed: [
            { ItemCollectionKey: { pk: { S: 'a' } }, SizeEstimateRangeGB: [0, 1] },
            { ItemCollectionKey: { pk: { S: 'b' } }, SizeEstimateRangeGB: [0, 1] },
          ],
        },
      })
      expect(await batchWrite(request)).toEqual({ UnprocessedItems: {} })
      const other = { Plain: [deleteOf(plain('x'))] }
      expect(await batchWrite(other, { ReturnItemCollectionMetrics: 'SIZE' })).toEqual({
        UnprocessedItems: {},
      })
    })

    it('counts the capacity of indexes by themselves', async () => {
      const indexed = order('a', { other: { S: 'x'.repeat(1020) } })
      const request = { Indexed: [putOf(indexed), putOf(order('b')), deleteOf(order('c'))] }
      const { ConsumedCapacity } = await batchWrite(request, { ReturnConsumedCapacity: 'INDEXES' })
      expect(ConsumedCapacity).toEqual([
        {
          TableName: 'Indexed',
          CapacityUnits: 8,
          Table: { CapacityUnits: 4 },
          LocalSecondaryIndexes: { Local: { CapacityUnits: 2 } },
          GlobalSecondaryIndexes: { Global: { CapacityUnits: 2 } },
        },
      ])
    })

    it('refuses index keys of a wrong type, and items too large with their local entries', async () => {
      const first = putOf(order('a'))
      expect(
        await batchWrite({ Indexed: [first, putOf(order('b', { other: { N: '1' } }))] }),
      ).toEqual(
        validation(
          'One or more parameter values were invalid: Type mismatch for Index Key other ' +
            'Expected: S Actual: N IndexName: Global',
        ),
      )
      const large = { v: { S: 'x'.repeat(210_000) } }
      const tooLarge = putOf(order('b', { ...large, other: { S: 'o' } }))
      expect(await batchWrite({ Indexed: [first, tooLarge] })).toEqual(
        validation('Item size has exceeded the maximum allowed size'),
      )
      expect(await get('Indexed', order('a'))).toBeUndefined()
      expect(await batchWrite({ Indexed: [first, putOf(order('b', large))] })).toEqual({
        UnprocessedItems: {},
      })
    })
  })
})

describe('BatchWriteItem beside others', () => {
  it('gives back what an unfinished transaction holds, and writes the rest', async () => {
    await batchWrite({ Plain: [putOf(plain('checked'))] })
    points.hold('claimed')
    const transaction = plane.call('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'Plain', Item: { ...plain('held'), v: { S: 'transaction' } } } },
        {
          ConditionCheck: {
            TableName: 'Plain',
            Key: plain('checked'),
            ConditionExpression: 'attribute_exists(id)',
          },
        },
      ],
    })
    await points.waits()
    const batch = batchWrite(
      {
        Plain: [
          putOf({ ...plain('held'), n: { N: '+1.0' } }),
          deleteOf(plain('checked')),
          putOf(plain('free')),
        ],
        Music: [putOf(music('a', 1))],
      },
      { ReturnConsumedCapacity: 'TOTAL' },
    )
    clock.advance(maxBatchWaitMs)
    const response = await batch
    points.letGo()
    expect(await transaction).toEqual({})
    expect(response).toEqual({
      UnprocessedItems: {
        Plain: [putOf({ ...plain('held'), n: { N: '1' } }), deleteOf(plain('checked'))],
      },
      ConsumedCapacity: [
        { TableName: 'Plain', CapacityUnits: 1 },
        { TableName: 'Music', CapacityUnits: 1 },
      ],
    })
    expect(await get('Plain', plain('held'))).toEqual({ ...plain('held'), v: { S: 'transaction' } })
    expect(await get('Plain', plain('free'))).toEqual(plain('free'))
    expect(await batchWrite(response['UnprocessedItems'] as object)).toEqual({
      UnprocessedItems: {},
    })
    expect(await get('Plain', plain('held'))).toEqual({ ...plain('held'), n: { N: '1' } })
    expect(await get('Plain', plain('checked'))).toBeUndefined()
  })

  it('waits a second for the transaction that holds an item', async () => {
    const transact = (v: string) =>
      plane.call('TransactWriteItems', {
        TransactItems: [{ Put: { TableName: 'Plain', Item: { ...plain('x'), v: { S: v } } } }],
      })
    for (const waitedMs of [0, maxBatchWaitMs - 1]) {
      points.hold('claimed')
      const transaction = transact('transaction')
      await points.waits()
      const batch = batchWrite({ Plain: [putOf({ ...plain('x'), v: { S: 'batch' } })] })
      clock.advance(waitedMs)
      points.letGo()
      expect(await transaction).toEqual({})
      expect(await batch).toEqual({ UnprocessedItems: {} })
      expect(await get('Plain', plain('x'))).toEqual({ ...plain('x'), v: { S: 'batch' } })
    }
    points.hold('claimed')
    const transaction = transact('last')
    await points.waits()
    const request = { Plain: [putOf(plain('x'))] }
    const batch = batchWrite(request)
    clock.advance(maxBatchWaitMs)
    expect(await batch).toEqual({ UnprocessedItems: request })
    points.letGo()
    expect(await transaction).toEqual({})
    expect(await get('Plain', plain('x'))).toEqual({ ...plain('x'), v: { S: 'last' } })
  })

  it('succeeds also when transactions hold everything', async () => {
    points.hold('claimed')
    const transaction = plane.call('TransactWriteItems', {
      TransactItems: [{ Put: { TableName: 'Plain', Item: plain('x') } }],
    })
    await points.waits()
    const request = { Plain: [deleteOf(plain('x'))] }
    const batch = batchWrite(request)
    clock.advance(maxBatchWaitMs)
    expect(await batch).toEqual({ UnprocessedItems: request })
    points.letGo()
    expect(await transaction).toEqual({})
  })

  it('is one write after another with single writes of its items', async () => {
    engine.hold()
    const first = plane.call('PutItem', { TableName: 'Plain', Item: plain('first') })
    await commitWaits()
    const batch = batchWrite({ Plain: [putOf({ ...plain('first'), v: { S: 'batch' } })] })
    engine.release()
    expect(await first).toEqual({})
    expect(await batch).toEqual({ UnprocessedItems: {} })
    expect(await get('Plain', plain('first'))).toEqual({ ...plain('first'), v: { S: 'batch' } })
  })

  it('fails when the store does nothing of it', async () => {
    engine.hold()
    const batch = batchWrite({ Plain: [putOf(plain('a')), putOf(plain('b'))] })
    await commitWaits()
    engine.fail()
    await expect(batch).rejects.toThrow('no space is left')
    expect(await get('Plain', plain('a'))).toBeUndefined()
  })

  it('gives back what the store did not do of it', async () => {
    engine.meet = (call, writes) => {
      const isRefused = writes.some(({ key }) => Buffer.from(key).includes('refused'))
      if (call === 'commit' && isRefused) throw new StorageFailure('no space is left')
    }
    const refused = putOf(plain('refused'))
    expect(await batchWrite({ Plain: [putOf(plain('a')), refused] })).toEqual({
      UnprocessedItems: { Plain: [refused] },
    })
    expect(await get('Plain', plain('a'))).toEqual(plain('a'))
  })
})

describe('BatchWriteItem refuses, and writes nothing of', () => {
  it.each([{}, undefined])('no request items: %j', async (RequestItems) => {
    expect(await plane.call('BatchWriteItem', { RequestItems })).toEqual(
      validation('The requestItems parameter is required for BatchWriteItem'),
    )
  })

  it('more than 25 writes in one table', async () => {
    const writes = Array.from({ length: 26 }, (_, i) => putOf(plain(`${i}`)))
    const put = (id: number) => `PutRequest(item={id=AttributeValue(s=${id})})`
    const dump = writes.map((_, i) => `WriteRequest(putRequest=${put(i)})`).join(', ')
    expect(await batchWrite({ Plain: writes })).toEqual(
      validation(
        `1 validation error detected: Value '{Plain=[${dump}]}' at 'requestItems' failed to ` +
          'satisfy constraint: Map value must satisfy constraint: [Member must have length less ' +
          'than or equal to 25, Member must have length greater than or equal to 1]',
      ),
    )
  })

  it('more than 25 writes in all tables', async () => {
    const writes = Array.from({ length: 25 }, (_, i) => putOf(plain(`${i}`)))
    expect(await batchWrite({ Plain: writes, Music: [putOf(music('a', 1))] })).toEqual(
      validation('Too many items requested for the BatchWriteItem call'),
    )
    expect(await get('Plain', plain('0'))).toBeUndefined()
  })

  const good = putOf(plain('good'))
  const oneDatatype =
    'Supplied AttributeValue has more than one datatypes set, ' +
    'must contain exactly one of the supported datatypes'
  it.each([
    [{}, oneDatatype],
    [{ ...putOf(plain('x')), ...deleteOf(plain('x')) }, oneDatatype],
    [
      { PutRequest: {} },
      "1 validation error detected: Value null at 'requestItems.Plain.member.2.member." +
        "putRequest.item' failed to satisfy constraint: Member must not be null",
    ],
    [
      putOf({ ...plain('x'), n: { N: 'one' } }),
      'The parameter cannot be converted to a numeric value: one',
    ],
    [
      putOf({ ...plain('x'), s: { SS: [] } }),
      'One or more parameter values were invalid: An string set  may not be empty',
    ],
    [putOf({ x: { S: 'x' } }), 'The provided key element does not match the schema'],
    [putOf({ id: { N: '1' } }), 'The provided key element does not match the schema'],
    [deleteOf({ id: { N: '1' } }), 'The provided key element does not match the schema'],
    [
      deleteOf({ ...plain('x'), y: { S: 'y' } }),
      'The provided key element does not match the schema',
    ],
    [
      putOf(plain('')),
      'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
        'cannot contain an empty string value. Key: id',
    ],
    [
      putOf(plain('x'.repeat(2049))),
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum ' +
        'size limit of2048 bytes',
    ],
    [
      putOf({ ...plain('x'), v: { S: 'x'.repeat(409_600 - 3) } }),
      'Item size has exceeded the maximum allowed size',
    ],
    [deleteOf(plain('good')), 'Provided list of item keys contains duplicates'],
    [good, 'Provided list of item keys contains duplicates'],
  ])('a batch with %j', async (bad, message) => {
    expect(await batchWrite({ Plain: [good, bad] })).toEqual(validation(message))
    expect(await get('Plain', plain('good'))).toBeUndefined()
  })

  it('one item under two spellings of its key or of its table', async () => {
    const duplicates = validation('Provided list of item keys contains duplicates')
    expect(
      await batchWrite({ Music: [putOf(music('a', 1)), deleteOf(music('a', '1.0'))] }),
    ).toEqual(duplicates)
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Plain'
    expect(await batchWrite({ Plain: [good], [arn]: [good] })).toEqual(duplicates)
  })

  it('a missing table, after the values of all items and before their keys', async () => {
    const notFound = {
      __type: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    }
    expect(await batchWrite({ Plain: [putOf({})], Absent: [good] })).toEqual(notFound)
    expect(await batchWrite({ Absent: [good], Plain: [putOf({ id: { N: 'x' } })] })).toEqual(
      validation('The parameter cannot be converted to a numeric value: x'),
    )
  })
})
