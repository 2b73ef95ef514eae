import { beforeEach, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'

let plane: DataPlane
const TableName = 'Music'

beforeEach(async () => {
  plane = await openDataPlane()
  await plane.createTable(TableName, ['pk:S', 'sk:N'])
})

const Key = { pk: { S: 'a' }, sk: { N: '1' } }
const validation = (message: string) => ({ __type: 'ValidationException', message })
const put = (attributes: object = {}, more: object = {}) =>
  plane.call('PutItem', { TableName, Item: { ...Key, ...attributes }, ...more })
const get = (more: object = {}) => plane.call('GetItem', { TableName, Key, ...more })
const update = (UpdateExpression: string, more: object = {}) =>
  plane.call('UpdateItem', { TableName, Key, UpdateExpression, ...more })
const stored = async () => (await get({ ConsistentRead: true }))['Item']

describe('PutItem and GetItem', () => {
  it('give back what was put, numbers in their plain form and sets in order', async () => {
    const attributes = {
      s: { S: 'é\u0000"' },
      empty: { S: '' },
      b: { B: 'AAEC' },
      bool: { BOOL: false },
      none: { NULL: true },
      ss: { SS: ['b', 'a', ''] },
      bs: { BS: ['AQ==', 'Ag=='] },
      l: { L: [{ L: [] }, { M: {} }, { N: '1' }] },
      m: { M: { constructor: { S: 'c' }, toString: { N: '0' } } },
    }
    const numbers = {
      n: { N: '+0042.1200' },
      tiny: { N: '1E-130' },
      ns: { NS: ['1.0', '-0', '1e3'] },
    }
    expect(await put({ ...attributes, ...numbers })).toEqual({})
    expect(await stored()).toEqual({
      ...Key,
      ...attributes,
      n: { N: '42.12' },
      tiny: { N: `0.${'0'.repeat(129)}1` },
      ns: { NS: ['0', '1', '1000'] },
      ss: { SS: ['', 'a', 'b'] },
    })
  })

  it('keep an attribute named __proto__', async () => {
    const Item = JSON.parse('{"pk":{"S":"a"},"sk":{"N":"1"},"__proto__":{"S":"x"}}') as object
    await plane.call('PutItem', { TableName, Item })
    expect(JSON.stringify(await stored())).toContain('"__proto__":{"S":"x"}')
    await update('SET #p = :v', {
      ExpressionAttributeNames: { '#p': '__proto__' },
      ExpressionAttributeValues: { ':v': { S: 'y' } },
    })
    expect(JSON.stringify(await stored())).toContain('"__proto__":{"S":"y"}')
  })

  it('find an item by an equal number of another spelling', async () => {
    await put()
    const found = await plane.call('GetItem', {
      TableName,
      Key: { pk: { S: 'a' }, sk: { N: '1.00E0' } },
    })
    expect(found['Item']).toEqual(Key)
  })

  it('answer a missing item with no Item at all', async () => {
    expect(await get()).toEqual({})
    expect(await get({ ReturnConsumedCapacity: 'TOTAL' })).toEqual({
      ConsumedCapacity: { TableName, CapacityUnits: 0.5 },
    })
  })

  it('report capacity by the size of the item', async () => {
    const attributes = { s: { S: 'x'.repeat(5000) } }
    expect(await put(attributes, { ReturnConsumedCapacity: 'INDEXES' })).toEqual({
      ConsumedCapacity: { TableName, CapacityUnits: 5, Table: { CapacityUnits: 5 } },
    })
    const capacity = async (ConsistentRead: boolean) =>
      (await get({ ConsistentRead, ReturnConsumedCapacity: 'TOTAL' }))['ConsumedCapacity']
    expect(await capacity(true)).toEqual({ TableName, CapacityUnits: 2 })
    expect(await capacity(false)).toEqual({ TableName, CapacityUnits: 1 })
    expect(await put({}, { ReturnConsumedCapacity: 'TOTAL' })).toEqual({
      ConsumedCapacity: { TableName, CapacityUnits: 5 },
    })
  })

  it('return the old item where asked', async () => {
    expect(await put({ n: { N: '1' } }, { ReturnValues: 'ALL_OLD' })).toEqual({})
    expect(await put({ n: { N: '2' } }, { ReturnValues: 'ALL_OLD' })).toEqual({
      Attributes: { ...Key, n: { N: '1' } },
    })
    expect(await put({}, { ReturnValues: 'ALL_NEW' })).toEqual(
      validation('1 validation error detected: ReturnValues can only be ALL_OLD or NONE'),
    )
  })

  it('project paths and names', async () => {
    await put({ m: { M: { x: { N: '1' }, y: { N: '2' } } }, l: { L: [{ N: '7' }, { N: '8' }] } })
    expect(await get({ ProjectionExpression: 'm.x, l[1], nowhere' })).toEqual({
      Item: { m: { M: { x: { N: '1' } } }, l: { L: [{ N: '8' }] } },
    })
    expect(await get({ AttributesToGet: ['pk', 'nothing'] })).toEqual({
      Item: { pk: { S: 'a' } },
    })
    expect(await get({ AttributesToGet: ['pk', 'pk'] })).toEqual(
      validation(
        'One or more parameter values were invalid: Duplicate value in attribute name: pk',
      ),
    )
  })

  it.each([
    [
      { sk: { N: '1' } },
      'One or more parameter values were invalid: Missing the key pk in the item',
    ],
    [
      { pk: { N: '1' }, sk: { N: '1' } },
      'One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N',
    ],
    [
      { pk: { S: '' }, sk: { N: '1' } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot ' +
        'contain an empty string value. Key: pk',
    ],
    [
      { pk: { S: 'x'.repeat(2049) }, sk: { N: '1' } },
      'One or more parameter values were invalid: ' +
        'Size of hashkey has exceeded the maximum size limit of2048 bytes',
    ],
    [
      { ...Key, s: { S: 'x'.repeat(409_600 - 7) } },
      'Item size has exceeded the maximum allowed size',
    ],
    [
      { ...Key, m: { M: { '': { S: 'x' } } } },
      'One or more parameter values were invalid: Empty attribute name',
    ],
    [
      { ...Key, n: { N: 'one' } },
      '1 validation error detected: The parameter cannot be converted to a numeric value: one',
    ],
  ])('refuse the item %#', async (Item, message) => {
    expect(await plane.call('PutItem', { TableName, Item })).toEqual(validation(message))
  })

  it('take an item of exactly 400 KB and full-length keys', async () => {
    const text = 'x'.repeat(409_600 - 'pk'.length - 1 - 'sk'.length - 2 - 's'.length)
    expect(await put({ s: { S: text } })).toEqual({})
    expect(await put({ s: { S: `${text}x` } })).toEqual(
      validation('Item size has exceeded the maximum allowed size'),
    )
    await plane.createTable('Long', ['pk:B', 'sk:S'])
    const Item = {
      pk: { B: Buffer.alloc(2048).toString('base64') },
      sk: { S: '\u0000'.repeat(1024) },
    }
    expect(await plane.call('PutItem', { TableName: 'Long', Item })).toEqual({})
    expect(await plane.call('GetItem', { TableName: 'Long', Key: Item })).toEqual({ Item })
  })

  it.each([
    [{ pk: { S: 'a' } }],
    [{ ...Key, extra: { S: 'x' } }],
    [{ pk: { S: 'a' }, other: { N: '1' } }],
    [{ pk: { S: 'a' }, sk: { S: '1' } }],
  ])('refuse the key %#', async (wrong) => {
    expect(await plane.call('GetItem', { TableName, Key: wrong })).toEqual(
      validation('The provided key element does not match the schema'),
    )
  })

  it('refuse an unknown table after the checks that need none', async () => {
    const unknown = { TableName: 'Nothing', Key }
    expect(await plane.call('GetItem', unknown)).toEqual({
      __type: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    })
    expect(await plane.call('GetItem', { ...unknown, ProjectionExpression: 'a,' })).toEqual(
      validation('Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","'),
    )
  })

  it('take the ARN of a table for its name and echo it', async () => {
    const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`
    await put()
    expect(await get({ TableName: arn, ReturnConsumedCapacity: 'TOTAL' })).toEqual({
      Item: Key,
      ConsumedCapacity: { TableName: arn, CapacityUnits: 0.5 },
    })
  })
})

describe('conditions', () => {
  const failed = {
    __type: 'ConditionalCheckFailedException',
    message: 'The conditional request failed',
  }

  it('keep a put from replacing an item, and show it where asked', async () => {
    const condition = { ConditionExpression: 'attribute_not_exists(pk)' }
    expect(await put({ n: { N: '1' } }, condition)).toEqual({})
    expect(await put({ n: { N: '2' } }, condition)).toEqual(failed)
    const shown = { ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
    expect(await put({ n: { N: '2' } }, shown)).toEqual({
      ...failed,
      Item: { ...Key, n: { N: '1' } },
    })
    expect(await stored()).toEqual({ ...Key, n: { N: '1' } })
  })

  it('do not see the key of an item that does not exist', async () => {
    expect(
      await update('SET a = :v', {
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':v': { N: '1' } },
      }),
    ).toEqual(failed)
    expect(await stored()).toBeUndefined()
  })

  it('come in the legacy form too', async () => {
    await put({ n: { N: '1' } })
    const Expected = { n: { ComparisonOperator: 'GT', AttributeValueList: [{ N: '1' }] } }
    expect(await put({}, { Expected })).toEqual(failed)
    expect(await put({}, { Expected: { n: { Value: { N: '1.0' } } } })).toEqual({})
  })

  it('may not mix both forms', async () => {
    const mixed = { Expected: { n: { Exists: false } }, ConditionExpression: 'a = b' }
    expect(await put({}, mixed)).toEqual(
      validation(
        '1 validation error detected: Can not use both expression and non-expression parameters ' +
          'in the same request: Non-expression parameters: {Expected} ' +
          'Expression parameters: {ConditionExpression}',
      ),
    )
  })

  it('are judged before the size of the item', async () => {
    const tooLarge = { s: { S: 'x'.repeat(409_600) } }
    expect(await put(tooLarge, { ConditionExpression: 'attribute_exists(pk)' })).toEqual(failed)
  })
})

describe('UpdateItem', () => {
  const values = (ExpressionAttributeValues: object) => ({ ExpressionAttributeValues })

  it('creates an item, with and without an expression', async () => {
    expect(await plane.call('UpdateItem', { TableName, Key })).toEqual({})
    expect(await stored()).toEqual(Key)
    await plane.call('DeleteItem', { TableName, Key })
    await update('SET a = :v', values({ ':v': { N: '1' } }))
    expect(await stored()).toEqual({ ...Key, a: { N: '1' } })
  })

  it('does not create an item only to remove from it', async () => {
    expect(await update('REMOVE a')).toEqual({})
    expect(await stored()).toBeUndefined()
  })

  it.each([
    ['NONE', undefined],
    ['ALL_OLD', { ...Key, n: { N: '1' }, m: { M: { x: { N: '5' }, y: { N: '6' } } } }],
    ['ALL_NEW', { ...Key, n: { N: '3' }, m: { M: { x: { N: '9' }, y: { N: '6' } } } }],
    ['UPDATED_OLD', { n: { N: '1' }, m: { M: { x: { N: '5' } } } }],
    ['UPDATED_NEW', { n: { N: '3' }, m: { M: { x: { N: '9' } } } }],
  ])('returns %s', async (ReturnValues, attributes) => {
    await put({ n: { N: '1' }, m: { M: { x: { N: '5' }, y: { N: '6' } } } })
    const response = await update('SET m.x = :nine ADD n :two', {
      ...values({ ':two': { N: '2' }, ':nine': { N: '9' } }),
      ReturnValues,
    })
    expect(response['Attributes']).toEqual(attributes)
  })

  it('reads every operand from the item before the update', async () => {
    await put({ a: { N: '1' }, b: { N: '2' } })
    await update('SET a = b, b = a')
    expect(await stored()).toEqual({ ...Key, a: { N: '2' }, b: { N: '1' } })
  })

  it('refuses to update a key attribute', async () => {
    expect(await update('SET pk = :v', values({ ':v': { S: 'b' } }))).toEqual(
      validation(
        'One or more parameter values were invalid: ' +
          'Cannot update attribute pk. This attribute is part of the key',
      ),
    )
  })

  it('refuses an item that outgrows 400 KB and leaves it as it was', async () => {
    const text = 'x'.repeat(300_000)
    await put({ s: { S: text } })
    expect(await update('SET t = s')).toEqual(
      validation('Item size to update has exceeded the maximum allowed size'),
    )
    expect(await stored()).toEqual({ ...Key, s: { S: text } })
  })

  it('takes legacy updates', async () => {
    await put({ n: { N: '1' }, gone: { S: 'x' } })
    const AttributeUpdates = {
      n: { Action: 'ADD', Value: { N: '4' } },
      s: { Value: { S: 'new' } },
      gone: { Action: 'DELETE' },
    }
    await plane.call('UpdateItem', { TableName, Key, AttributeUpdates })
    expect(await stored()).toEqual({ ...Key, n: { N: '5' }, s: { S: 'new' } })
  })

  it('refuses more than 2 MB of values', async () => {
    const value = { S: 'x'.repeat(400_000) }
    const names = [':a', ':b', ':c', ':d', ':e', ':f']
    const ConditionExpression = names.map((name) => `s <> ${name}`).join(' AND ')
    const response = await plane.call('UpdateItem', {
      TableName,
      Key,
      ConditionExpression,
      ExpressionAttributeValues: Object.fromEntries(names.map((name) => [name, value])),
    })
    expect(response).toEqual(validation('ExpressionAttributeValues exceeds max size'))
  })

  it('refuses placeholders that nothing uses', async () => {
    expect(await update('REMOVE a', values({ ':v': { N: '1' } }))).toEqual(
      validation(
        '1 validation error detected: Value provided in ExpressionAttributeValues unused in ' +
          'expressions: keys: {:v}',
      ),
    )
  })
})

describe('DeleteItem', () => {
  it('removes an item and returns it where asked', async () => {
    await put({ n: { N: '1' } })
    const request = { TableName, Key, ReturnValues: 'ALL_OLD' }
    expect(await plane.call('DeleteItem', request)).toEqual({
      Attributes: { ...Key, n: { N: '1' } },
    })
    expect(await plane.call('DeleteItem', request)).toEqual({})
    expect(await stored()).toBeUndefined()
  })
})

describe('item count and size', () => {
  const counts = async () => {
    const { Table } = (await plane.call('DescribeTable', { TableName })) as {
      Table: { ItemCount: number; TableSizeBytes: number }
    }
    return [Table.ItemCount, Table.TableSizeBytes]
  }

  it('are exact after every write', async () => {
    expect(await counts()).toEqual([0, 0])
    await put({ s: { S: 'four' } })
    expect(await counts()).toEqual([1, 2 + 1 + 2 + 2 + 1 + 4])
    await update('REMOVE s')
    expect(await counts()).toEqual([1, 7])
    await plane.call('DeleteItem', { TableName, Key })
    expect(await counts()).toEqual([0, 0])
  })
})

describe('index key attributes', () => {
  beforeEach(async () => {
    await plane.call('CreateTable', {
      TableName: 'Indexed',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'g', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byG',
          KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    })
  })

  it('must have the type of the index key', async () => {
    const Item = { pk: { S: 'a' }, g: { N: '1' } }
    expect(await plane.call('PutItem', { TableName: 'Indexed', Item })).toEqual(
      validation(
        'One or more parameter values were invalid: ' +
          'Type mismatch for Index Key g Expected: S Actual: N IndexName: byG',
      ),
    )
  })

  it('may not be empty', async () => {
    const Item = { pk: { S: 'a' }, g: { S: '' } }
    expect(await plane.call('PutItem', { TableName: 'Indexed', Item })).toEqual(
      validation(
        'One or more parameter values are not valid. A value specified for a secondary index key ' +
          'is not supported. The AttributeValue for a key attribute cannot contain an empty string ' +
          'value. IndexName: byG, IndexKey: g',
      ),
    )
  })
})
