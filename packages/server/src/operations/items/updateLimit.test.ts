import { beforeEach, describe, expect, it } from 'vitest'
import { openDataPlane, type DataPlane } from '../../testing/dataPlane.ts'
import type { ValidationLayer } from '../../validation/layers.ts'

const TableName = 'Items'
const Key = { pk: { S: 'L' } }
const tooLarge = {
  __type: 'ValidationException',
  message: 'Item size to update has exceeded the maximum allowed size',
}
const conditionFailed = expect.objectContaining({
  __type: 'ConditionalCheckFailedException',
}) as object

async function openWith(validation: ValidationLayer): Promise<DataPlane> {
  const opened = await openDataPlane({ validation })
  await opened.createTable(TableName, ['pk:S'])
  return opened
}

const keySchemaOf = (sortKey: string): object[] => [
  { AttributeName: 'pk', KeyType: 'HASH' },
  { AttributeName: sortKey, KeyType: 'RANGE' },
]

const letters = (count: number): object => ({ ':pad': { S: 'x'.repeat(count) } })

describe('an update of a statement that is too large, in the newer layer', () => {
  let plane: DataPlane
  const update = (UpdateExpression: string, values: object, more: object = {}): Promise<object> =>
    plane.call('UpdateItem', {
      TableName,
      Key,
      UpdateExpression,
      ExpressionAttributeValues: values,
      ...more,
    })
  beforeEach(async () => {
    plane = await openWith('newer')
  })

  it('is refused from 409,578 letters in a plain SET on', async () => {
    expect(await update('SET b = :pad', letters(409_577))).toEqual({})
    expect(await update('SET b = :pad', letters(409_578))).toEqual(tooLarge)
  })

  it('is refused before its condition, and where it would write nothing', async () => {
    await update('SET c = :pad', letters(1))
    const set = 'SET c = if_not_exists(c, :pad)'
    const more = { ConditionExpression: 'attribute_exists(nope)' }
    expect(await update(set, letters(409_700))).toEqual(tooLarge)
    expect(await update(set, letters(409_700), more)).toEqual(tooLarge)
    expect(await update(set, letters(1), more)).toEqual(conditionFailed)
  })

  it('leaves the limit of the finished item as it is', async () => {
    expect(await update('SET b = :pad', letters(300_000))).toEqual({})
    expect(await update('SET c = :pad', letters(300_000))).toEqual(tooLarge)
  })

  it('counts the copies in local indexes, before the condition too', async () => {
    const names = ['pk', 'sk', 'at']
    await plane.createTable('Local', [], {
      AttributeDefinitions: names.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
      KeySchema: keySchemaOf('sk'),
      LocalSecondaryIndexes: [
        { IndexName: 'byAt', KeySchema: keySchemaOf('at'), Projection: { ProjectionType: 'ALL' } },
      ],
    })
    const Item = { ...Key, sk: { S: '1' }, at: { S: '1' } }
    const request = { TableName: 'Local', Key: { ...Key, sk: Item.sk } }
    expect(await plane.call('PutItem', { TableName: 'Local', Item })).toEqual({})
    const more = { ...request, ConditionExpression: 'attribute_exists(nope)' }
    expect(await update('SET b = :pad', letters(204_000), more)).toEqual(conditionFailed)
    expect(await update('SET b = :pad', letters(205_000), more)).toEqual(tooLarge)
    expect(await update('SET b = :pad', letters(205_000), request)).toEqual(tooLarge)
    expect(await update('SET b = :pad', letters(204_000), request)).toEqual({})
  })

  it('is not refused as AttributeUpdates or in a transaction', async () => {
    const Value = { S: 'x'.repeat(409_580) }
    const AttributeUpdates = { b: { Action: 'PUT', Value } }
    expect(await plane.call('UpdateItem', { TableName, Key, AttributeUpdates })).toEqual({})
    const Update = {
      TableName,
      Key,
      UpdateExpression: 'SET b = :pad',
      ExpressionAttributeValues: letters(409_580),
    }
    expect(await plane.call('TransactWriteItems', { TransactItems: [{ Update }] })).toEqual({})
  })

  it('comes after the faults that need no item', async () => {
    const values = letters(409_700)
    expect(await update('SET pk = :pad', values)).toMatchObject({
      message:
        'One or more parameter values were invalid: ' +
        'Cannot update attribute pk. This attribute is part of the key',
    })
    expect(await update('SET b = :pad', values, { TableName: 'Absent' })).toMatchObject({
      __type: 'ResourceNotFoundException',
    })
  })
})

it('is judged by the finished item in the older layer', async () => {
  const plane = await openWith('older')
  const update = (count: number, more: object = {}): Promise<object> =>
    plane.call('UpdateItem', {
      TableName,
      Key,
      UpdateExpression: 'SET b = :pad',
      ExpressionAttributeValues: letters(count),
      ...more,
    })
  expect(await update(409_578)).toEqual({})
  const ConditionExpression = 'attribute_exists(nope)'
  expect(await update(409_700, { ConditionExpression })).toEqual(conditionFailed)
  expect(await update(409_700)).toEqual(tooLarge)
})
