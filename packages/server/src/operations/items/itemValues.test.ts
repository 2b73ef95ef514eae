import { beforeEach, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'
import { nested } from '../testdata/validationTextRow.ts'

/*
 * What writes and reads make of values: how deep they may be, in which order sets stand, what an
 * update that creates an item reads, what of an item it returns.
 */

const TableName = 'Items'
const Key = { pk: { S: 'a' } }

let plane: DataPlane

beforeEach(async () => {
  plane = await openDataPlane()
  await plane.createTable(TableName, ['pk:S'])
})

const put = (attributes: object) =>
  plane.call('PutItem', { TableName, Item: { ...Key, ...attributes } })
const update = (UpdateExpression: string, values: object = {}, more: object = {}) =>
  plane.call('UpdateItem', {
    TableName,
    Key,
    UpdateExpression,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ...more,
  })
const stored = async () => (await plane.call('GetItem', { TableName, Key }))['Item']
const transact = (...TransactItems: readonly object[]) =>
  plane.call('TransactWriteItems', { TransactItems })
const codes = (answer: Record<string, unknown>): unknown =>
  (answer['CancellationReasons'] as readonly { Code: string }[]).map(({ Code }) => Code)

/** So many lists round a scalar. */
const wrapped = (lists: number): object => nested(lists + 1)

describe('the depth of a value', () => {
  it('is at most 31 lists round a scalar in one item', async () => {
    expect(await put({ d: wrapped(31) })).toEqual({})
    expect(await update('SET e = :v', { ':v': wrapped(31) })).toEqual({})
    const condition = { ConditionExpression: 'd = :v' }
    expect(await update('SET f = :v', { ':v': wrapped(31) }, condition)).toEqual({})
    expect(await stored()).toEqual({ ...Key, d: wrapped(31), e: wrapped(31), f: wrapped(31) })
  })

  it('is at most 32 lists round a scalar in the conditions of a transaction', async () => {
    await put({ d: wrapped(31) })
    const values = { ExpressionAttributeValues: { ':v': wrapped(32) } }
    const check = { TableName, Key, ConditionExpression: 'd = :v', ...values }
    expect(codes(await transact({ ConditionCheck: check }))).toEqual(['ConditionalCheckFailed'])
    const condition = { ConditionExpression: 'd <> :v', ...values }
    expect(await transact({ Put: { TableName, Item: Key, ...condition } })).toEqual({})
    expect(await stored()).toEqual(Key)
    const UpdateExpression = 'SET d = :v'
    const inside = { ExpressionAttributeValues: { ':v': wrapped(31) } }
    expect(await transact({ Update: { TableName, Key, UpdateExpression, ...inside } })).toEqual({})
    expect(await stored()).toEqual({ ...Key, d: wrapped(31) })
  })

  it('counts with what an update puts it into', async () => {
    await put({ m: { M: { a: wrapped(30), b: wrapped(29) } } })
    expect(await update('SET m.a = :v', { ':v': wrapped(30) })).toEqual({})
    const refused = 'Nesting Levels have exceeded supported limits'
    expect(await update('SET m.a = :v', { ':v': wrapped(31) })).toEqual({
      __type: 'ValidationException',
      message: refused,
    })
    const nestedUpdate = {
      TableName,
      Key,
      UpdateExpression: 'SET m.a = :v',
      ExpressionAttributeValues: { ':v': wrapped(31) },
    }
    expect((await transact({ Update: nestedUpdate }))['CancellationReasons']).toEqual([
      { Code: 'ValidationError', Message: refused },
    ])
  })
})

describe('the members of a set', () => {
  it('are in the order of their bytes or values, whatever writes them', async () => {
    const sets = {
      s: { SS: ['b', '\u{1f600}', '\uffff', 'a'] },
      n: { NS: ['10', '9', '-1'] },
      b: { BS: ['/w==', 'AA==', 'AAA='] },
    }
    const sorted = {
      s: { SS: ['a', 'b', '\uffff', '\u{1f600}'] },
      n: { NS: ['-1', '9', '10'] },
      b: { BS: ['AA==', 'AAA=', '/w=='] },
    }
    await put(sets)
    expect(await stored()).toEqual({ ...Key, ...sorted })
    await plane.call('BatchWriteItem', {
      RequestItems: { [TableName]: [{ PutRequest: { Item: { ...Key, m: { M: sets } } } }] },
    })
    expect(await stored()).toEqual({ ...Key, m: { M: sorted } })
    await transact({ Put: { TableName, Item: { ...Key, l: { L: [sets.s] } } } })
    expect(await stored()).toEqual({ ...Key, l: { L: [sorted.s] } })
    await update('SET l = :n', { ':n': sets.n })
    expect(await stored()).toEqual({ ...Key, l: sorted.n })
    await plane.call('UpdateItem', { TableName, Key, AttributeUpdates: { l: { Value: sets.b } } })
    expect(await stored()).toEqual({ ...Key, l: sorted.b })
  })

  it('stay in order when members come and go', async () => {
    await put({ s: { SS: ['a'] }, n: { NS: ['5', '10'] } })
    const more = { ReturnValues: 'ALL_NEW' }
    const added = await update(
      'ADD s :s, n :n',
      { ':s': { SS: ['c', ''] }, ':n': { NS: ['7'] } },
      more,
    )
    expect(added['Attributes']).toEqual({
      ...Key,
      s: { SS: ['', 'a', 'c'] },
      n: { NS: ['5', '7', '10'] },
    })
    const taken = await update('DELETE s :s', { ':s': { SS: ['a', 'x'] } }, more)
    expect(taken['Attributes']).toMatchObject({ s: { SS: ['', 'c'] } })
  })

  it('mean the same in any order', async () => {
    await put({ s: { SS: ['b', 'a'] } })
    const condition = { ConditionExpression: 's = :s' }
    expect(await update('SET v = :s', { ':s': { SS: ['b', 'a'] } }, condition)).toEqual({})
  })
})

describe('an update that creates an item', () => {
  it('reads its own key', async () => {
    expect(await update('SET b = pk, c = if_not_exists(pk, :v)', { ':v': { S: 'x' } })).toEqual({})
    expect(await stored()).toEqual({ ...Key, b: Key.pk, c: Key.pk })
  })

  it('reads its own key in a transaction, whose conditions see no item', async () => {
    const created = { TableName, Key, UpdateExpression: 'SET b = pk' }
    const there = await transact({
      Update: { ...created, ConditionExpression: 'attribute_exists(pk)' },
    })
    expect(codes(there)).toEqual(['ConditionalCheckFailed'])
    const gone = { ...created, ConditionExpression: 'attribute_not_exists(pk)' }
    expect(await transact({ Update: gone })).toEqual({})
    expect(await stored()).toEqual({ ...Key, b: Key.pk })
  })

  it('can give an index its key from the item’s', async () => {
    await plane.createTable('Indexed', ['pk:S'], {
      AttributeDefinitions: ['pk', 'g'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byG',
          KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    })
    await plane.call('UpdateItem', { TableName: 'Indexed', Key, UpdateExpression: 'SET g = pk' })
    const { Items } = await plane.call('Scan', { TableName: 'Indexed', IndexName: 'byG' })
    expect(Items).toEqual([{ ...Key, g: Key.pk }])
  })

  it('may say nothing, but not only take away', async () => {
    const updates = (AttributeUpdates: object) =>
      plane.call('UpdateItem', { TableName, Key, AttributeUpdates })
    expect(await updates({ a: { Action: 'DELETE' } })).toEqual({})
    expect(await stored()).toBeUndefined()
    expect(await updates({})).toEqual({})
    expect(await stored()).toEqual(Key)
  })
})

describe('UPDATED_OLD and UPDATED_NEW', () => {
  const numbers = (...list: number[]): object => ({ L: list.map((each) => ({ N: `${each}` })) })
  const returned = async (expression: string, values: object, ReturnValues: string) =>
    (await update(expression, values, { ReturnValues }))['Attributes']

  it('give what is at the paths of the update, before it and after it', async () => {
    await put({ m: { M: { c: numbers(1, 2, 70), d: { S: 'x' } } } })
    expect(await returned('REMOVE m.c[1]', {}, 'UPDATED_NEW')).toEqual({
      m: { M: { c: numbers(70) } },
    })
    expect(await returned('REMOVE m.c[1]', {}, 'UPDATED_OLD')).toEqual({
      m: { M: { c: numbers(70) } },
    })
    expect(await returned('REMOVE m.c[0]', {}, 'UPDATED_NEW')).toBeUndefined()
    expect(await returned('REMOVE m.d', {}, 'UPDATED_NEW')).toBeUndefined()
    expect(await stored()).toEqual({ ...Key, m: { M: { c: numbers() } } })
  })
})

describe('Expected with NOT_CONTAINS', () => {
  const putIf = (Expected: object) => plane.call('PutItem', { TableName, Item: Key, Expected })
  const lacks = { a: { ComparisonOperator: 'NOT_CONTAINS', AttributeValueList: [{ S: 'x' }] } }

  it('does not hold for an attribute that is not there', async () => {
    const failed = { __type: 'ConditionalCheckFailedException' }
    expect(await putIf(lacks)).toMatchObject(failed)
    await put({ a: { S: 'yz' } })
    expect(await putIf(lacks)).toEqual({})
    await put({ a: { S: 'xy' } })
    expect(await putIf(lacks)).toMatchObject(failed)
  })

  it('holds in a filter', async () => {
    await put({})
    expect(await plane.call('Scan', { TableName, ScanFilter: lacks })).toMatchObject({ Count: 1 })
  })
})
