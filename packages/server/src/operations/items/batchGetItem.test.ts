import { beforeEach, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'

let plane: DataPlane

beforeEach(async () => {
  plane = await openDataPlane()
  await plane.createTable('Music', ['pk:S', 'sk:N'])
  await plane.createTable('Plain', ['id:S'])
})

const validation = (message: string) => ({ __type: 'ValidationException', message })
const music = (pk: string, sk: number | string) => ({ pk: { S: pk }, sk: { N: `${sk}` } })
const plain = (id: string) => ({ id: { S: id } })
const put = (TableName: string, Item: object) => plane.call('PutItem', { TableName, Item })
const batchGet = (RequestItems: object, more: object = {}) =>
  plane.call('BatchGetItem', { RequestItems, ...more })

/** Puts `count` items of exactly `sizeBytes` into Plain, and gives their keys. */
async function putPlain(count: number, sizeBytes: number): Promise<object[]> {
  const keys = Array.from({ length: count }, (_, i) => plain(`k${String(i).padStart(3, '0')}`))
  // 'id' and its value take 6 bytes, the name 'x' one.
  for (const key of keys) await put('Plain', { ...key, x: { S: 'x'.repeat(sizeBytes - 7) } })
  return keys
}

describe('BatchGetItem', () => {
  it('reads items of several tables and leaves out missing ones', async () => {
    await put('Music', { ...music('a', 1), n: { N: '1.50' } })
    await put('Plain', { ...plain('x'), v: { S: 'v' } })
    const response = await batchGet({
      Music: { Keys: [music('a', '1.0'), music('a', 2)] },
      Plain: { Keys: [plain('y'), plain('x')] },
    })
    expect(response).toEqual({
      Responses: {
        Music: [{ ...music('a', 1), n: { N: '1.5' } }],
        Plain: [{ ...plain('x'), v: { S: 'v' } }],
      },
      UnprocessedKeys: {},
    })
  })

  it('answers a table without any of the items by an empty list', async () => {
    expect(await batchGet({ Plain: { Keys: [plain('x')] } })).toEqual({
      Responses: { Plain: [] },
      UnprocessedKeys: {},
    })
  })

  it('names a table as the client did', async () => {
    await put('Plain', plain('x'))
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Plain'
    expect(await batchGet({ [arn]: { Keys: [plain('x')] } })).toEqual({
      Responses: { [arn]: [plain('x')] },
      UnprocessedKeys: {},
    })
  })

  it('serves a table named __proto__', async () => {
    await plane.createTable('__proto__', ['id:S'])
    const request = JSON.parse('{"__proto__":{"Keys":[{"id":{"S":"x"}}]}}') as object
    expect(JSON.stringify(await batchGet(request))).toBe(
      '{"Responses":{"__proto__":[]},"UnprocessedKeys":{}}',
    )
  })

  it('projects for each table by itself, but not in two forms', async () => {
    await put('Music', { ...music('a', 1), m: { M: { x: { N: '1' }, y: { N: '2' } } } })
    await put('Plain', { ...plain('x'), v: { S: 'v' } })
    const ofMusic = {
      Keys: [music('a', 1)],
      ProjectionExpression: '#m.x',
      ExpressionAttributeNames: { '#m': 'm' },
    }
    const ofPlain = { Keys: [plain('x')] }
    const { Responses } = await batchGet({
      Music: ofMusic,
      Plain: { ...ofPlain, ProjectionExpression: 'v, gone' },
    })
    expect(Responses).toEqual({
      Music: [{ m: { M: { x: { N: '1' } } } }],
      Plain: [{ v: { S: 'v' } }],
    })
    const named = await batchGet({
      Music: { Keys: [music('a', 1)] },
      Plain: { ...ofPlain, AttributesToGet: ['v', 'none'] },
    })
    expect(named['Responses']).toMatchObject({ Plain: [{ v: { S: 'v' } }] })
    const mixed = { Music: ofMusic, Plain: { ...ofPlain, AttributesToGet: ['v'] } }
    expect(await batchGet(mixed)).toEqual({
      __type: 'ValidationException',
      message:
        'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {AttributesToGet} ' +
        'Expression parameters: {ProjectionExpression}',
    })
  })

  it('counts capacity for each item, half when the read need not be consistent', async () => {
    await put('Music', { ...music('a', 1), x: { S: 'x'.repeat(4096) } })
    const request = {
      Music: { Keys: [music('a', 1), music('a', 2)], ConsistentRead: true },
      Plain: { Keys: [plain('x'), plain('y'), plain('z')] },
    }
    const capacity = async (ReturnConsumedCapacity: string) =>
      (await batchGet(request, { ReturnConsumedCapacity }))['ConsumedCapacity']
    expect(await capacity('TOTAL')).toEqual([
      { TableName: 'Music', CapacityUnits: 3 },
      { TableName: 'Plain', CapacityUnits: 1.5 },
    ])
    expect(await capacity('INDEXES')).toEqual([
      { TableName: 'Music', CapacityUnits: 3, Table: { CapacityUnits: 3 } },
      { TableName: 'Plain', CapacityUnits: 1.5, Table: { CapacityUnits: 1.5 } },
    ])
    expect(await capacity('NONE')).toBeUndefined()
  })

  it('gives up to 16 MB and the other keys back with what belongs to them', async () => {
    const keys = await putPlain(50, 400 * 1024)
    const members = {
      ProjectionExpression: '#i',
      ExpressionAttributeNames: { '#i': 'id' },
      ConsistentRead: true,
    }
    const response = await batchGet(
      { Plain: { Keys: keys, ...members }, Music: { Keys: [music('a', 1)] } },
      { ReturnConsumedCapacity: 'TOTAL' },
    )
    // 39 items have 15,974,400 bytes; a 40th would exceed 16,000,000.
    expect(response).toEqual({
      Responses: { Plain: keys.slice(0, 39), Music: [] },
      UnprocessedKeys: {
        Plain: { Keys: keys.slice(39), ...members },
        Music: { Keys: [music('a', 1)] },
      },
      ConsumedCapacity: [
        { TableName: 'Plain', CapacityUnits: 3900 },
        { TableName: 'Music', CapacityUnits: 0 },
      ],
    })
    const rest = await batchGet(response['UnprocessedKeys'] as object)
    expect(rest).toEqual({
      Responses: { Plain: keys.slice(39), Music: [] },
      UnprocessedKeys: {},
    })
  })

  it('takes exactly 16 MB', async () => {
    const keys = await putPlain(64, 250_000)
    const { UnprocessedKeys } = await batchGet({
      Plain: { Keys: keys, AttributesToGet: ['id'] },
    })
    expect(UnprocessedKeys).toEqual({})
    await put('Plain', plain('one more'))
    const more = await batchGet({
      Plain: { Keys: [...keys, plain('one more')], AttributesToGet: ['id'] },
    })
    expect(more['UnprocessedKeys']).toEqual({
      Plain: { Keys: [plain('one more')], AttributesToGet: ['id'] },
    })
  })

  it('gives 52 of 60 items of 300 KB', async () => {
    const response = await batchGet({ Plain: { Keys: await putPlain(60, 300 * 1024) } })
    expect((response['Responses'] as { Plain: object[] }).Plain).toHaveLength(52)
    expect((response['UnprocessedKeys'] as { Plain: { Keys: object[] } }).Plain.Keys).toHaveLength(
      8,
    )
  })

  it('gives up to 1 MB of one item collection', async () => {
    const x = { S: 'x'.repeat(300 * 1024) }
    for (let i = 0; i < 5; i++) await put('Music', { ...music('a', i), x })
    await put('Music', music('a', 5))
    await put('Music', { ...music('b', 0), x })
    const Keys = [0, 1, 2, 3, 4, 5].map((i) => music('a', i))
    const { Responses, UnprocessedKeys } = await batchGet({
      Music: { Keys: [...Keys, music('b', 0)], AttributesToGet: ['pk', 'sk'] },
    })
    expect(Responses).toEqual({ Music: [...Keys.slice(0, 3), music('b', 0)] })
    expect(UnprocessedKeys).toEqual({
      Music: { Keys: Keys.slice(3), AttributesToGet: ['pk', 'sk'] },
    })
  })
})

describe('BatchGetItem refuses', () => {
  it.each([{}, undefined])('no request items: %j', async (RequestItems) => {
    expect(await plane.call('BatchGetItem', { RequestItems })).toEqual(
      validation(
        "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: " +
          'Member must have length greater than or equal to 1',
      ),
    )
  })

  it('more than 100 keys of one table', async () => {
    const Keys = Array.from({ length: 101 }, (_, i) => plain(`${i}`))
    expect(await batchGet({ Plain: { Keys } })).toEqual(
      validation(
        "1 validation error detected: Value at 'RequestItems.Plain.member.Keys' failed to " +
          'satisfy constraint: Member must have length less than or equal to 100',
      ),
    )
    expect(await batchGet({ Plain: { Keys: Keys.slice(1) } })).toHaveProperty('Responses')
  })

  it('more than 100 keys of all tables', async () => {
    const Keys = Array.from({ length: 100 }, (_, i) => plain(`${i}`))
    expect(await batchGet({ Plain: { Keys }, Music: { Keys: [music('a', 1)] } })).toEqual(
      validation('Too many items requested for the BatchGetItem call'),
    )
  })

  it('one key twice, by whatever spelling', async () => {
    const duplicates = validation('Provided list of item keys contains duplicates')
    expect(await batchGet({ Plain: { Keys: [plain('x'), plain('y'), plain('x')] } })).toEqual(
      duplicates,
    )
    expect(await batchGet({ Music: { Keys: [music('a', 1), music('a', '1.0')] } })).toEqual(
      duplicates,
    )
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Plain'
    expect(
      await batchGet({ Plain: { Keys: [plain('x')] }, [arn]: { Keys: [plain('x')] } }),
    ).toEqual(duplicates)
  })

  it.each([
    [{}, 'The provided key element does not match the schema'],
    [{ pk: { S: 'a' } }, 'The provided key element does not match the schema'],
    [{ pk: { S: 'a' }, sk: { S: '1' } }, 'The provided key element does not match the schema'],
    [{ ...music('a', 1), x: { S: '' } }, 'The provided key element does not match the schema'],
    [music('a', 'x'), 'The parameter cannot be converted to a numeric value: x'],
    [
      music('', 1),
      'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
        'cannot contain an empty string value. Key: pk',
    ],
    [
      { pk: {}, sk: { N: '1' } },
      'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
    ],
  ])('the key %j', async (key, message) => {
    expect(await batchGet({ Music: { Keys: [key] } })).toEqual(validation(message))
  })

  it.each([
    [
      { ProjectionExpression: 'a', AttributesToGet: ['a'] },
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {AttributesToGet} Expression parameters: ' +
        '{ProjectionExpression}',
    ],
    [
      { ExpressionAttributeNames: { '#a': 'a' } },
      'ExpressionAttributeNames can only be specified when using expressions',
    ],
    [
      { ProjectionExpression: '#b' },
      'Invalid ProjectionExpression: An expression attribute name used in the document path is ' +
        'not defined; attribute name: #b',
    ],
    [
      { ProjectionExpression: 'a', ExpressionAttributeNames: { '#a': 'a' } },
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}',
    ],
    [
      { AttributesToGet: ['a', 'a'] },
      'One or more parameter values were invalid: Duplicate value in attribute name: a',
    ],
  ])('the projection %j', async (members, message) => {
    expect(await batchGet({ Plain: { Keys: [plain('x')], ...members } })).toEqual(
      validation(message),
    )
  })

  it('a missing table, after the values of all keys and before their schemas', async () => {
    const notFound = {
      __type: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    }
    expect(await batchGet({ Plain: { Keys: [{}] }, Absent: { Keys: [{}] } })).toEqual(notFound)
    expect(await batchGet({ Absent: { Keys: [{}] }, Music: { Keys: [music('a', 'x')] } })).toEqual(
      validation('The parameter cannot be converted to a numeric value: x'),
    )
  })
})
