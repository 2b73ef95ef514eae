import { beforeEach, describe, expect, test, vi } from 'vitest'
import { openControlPlane, testTableId, type ControlPlane } from '../../testing/controlPlane.ts'
import { createTable } from './createTable.ts'
import { deleteTable } from './deleteTable.ts'
import { describeEndpoints } from './describeEndpoints.ts'
import { describeLimits } from './describeLimits.ts'
import { describeTable } from './describeTable.ts'
import { listTables } from './listTables.ts'
import { listTagsOfResource } from '../tags/listTagsOfResource.ts'
import { tagResource } from '../tags/tagResource.ts'
import { untagResource } from '../tags/untagResource.ts'
import { updateTable } from './updateTable.ts'

let plane: ControlPlane

beforeEach(async () => {
  plane = await openControlPlane()
})

const arnPrefix = 'arn:aws:dynamodb:us-east-1:000000000000:table/'
const tag = (Key: string, Value: string) => ({ Key, Value })

function create(TableName: string, more: object = {}): Promise<object> {
  return createTable(plane, {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  })
}

describe('DescribeTable', () => {
  test('takes a name or an ARN', async () => {
    await create('music')
    const byName = await describeTable(plane, { TableName: 'music' })
    expect(await describeTable(plane, { TableName: `${arnPrefix}music` })).toEqual(byName)
  })

  test('shows count and size as they are', async () => {
    await create('music')
    plane.catalog.tableForData('music').counter.values = [2, 345]
    expect(await describeTable(plane, { TableName: 'music' })).toMatchObject({
      Table: { ItemCount: 2, TableSizeBytes: 345 },
    })
  })

  test('refuses an unknown name', async () => {
    await expect(describeTable(plane, { TableName: 'music' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: music not found',
    })
  })
})

describe('ListTables', () => {
  test('answers an empty list when there is none', async () => {
    expect(await listTables(plane, {})).toEqual({ TableNames: [] })
  })

  test('gives pages in ASCII order', async () => {
    for (const name of ['bbb', 'aaa', 'Zzz', 'ccc']) await create(name)
    expect(await listTables(plane, {})).toEqual({ TableNames: ['Zzz', 'aaa', 'bbb', 'ccc'] })
    expect(await listTables(plane, { Limit: 2 })).toEqual({
      TableNames: ['Zzz', 'aaa'],
      LastEvaluatedTableName: 'aaa',
    })
    expect(await listTables(plane, { Limit: 2, ExclusiveStartTableName: 'aaa' })).toEqual({
      TableNames: ['bbb', 'ccc'],
    })
    expect(await listTables(plane, { ExclusiveStartTableName: 'bb' })).toEqual({
      TableNames: ['bbb', 'ccc'],
    })
    expect(await listTables(plane, { ExclusiveStartTableName: 'ccc' })).toEqual({ TableNames: [] })
  })

  test('gives one hundred names at a time', async () => {
    const names = Array.from({ length: 101 }, (_, i) => `table${String(i).padStart(3, '0')}`)
    for (const name of names) await create(name)
    expect(await listTables(plane, {})).toEqual({
      TableNames: names.slice(0, 100),
      LastEvaluatedTableName: 'table099',
    })
  })
})

describe('DeleteTable', () => {
  test('answers DELETING and the table is gone', async () => {
    await create('music')
    expect(await deleteTable(plane, { TableName: 'music' })).toStrictEqual({
      TableDescription: {
        TableName: 'music',
        TableStatus: 'DELETING',
        ProvisionedThroughput: {
          NumberOfDecreasesToday: 0,
          ReadCapacityUnits: 0,
          WriteCapacityUnits: 0,
        },
        TableSizeBytes: 0,
        ItemCount: 0,
        TableArn: `${arnPrefix}music`,
        TableId: testTableId,
        BillingModeSummary: {
          BillingMode: 'PAY_PER_REQUEST',
          LastUpdateToPayPerRequestDateTime: plane.clock.nowMs() / 1000,
        },
        DeletionProtectionEnabled: false,
      },
    })
    await expect(deleteTable(plane, { TableName: 'music' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: music not found',
    })
    await create('music')
  })

  test('refuses a protected table until protection is taken away', async () => {
    await create('music', { DeletionProtectionEnabled: true })
    await expect(deleteTable(plane, { TableName: 'music' })).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        'Resource cannot be deleted as it is currently protected against deletion. Disable ' +
        'deletion protection first.',
    })
    await updateTable(plane, { TableName: 'music', DeletionProtectionEnabled: false })
    await deleteTable(plane, { TableName: 'music' })
  })

  test('refuses a table under creation or update, not one under deletion', async () => {
    plane = await openControlPlane(true)
    await create('music')
    const inUse = 'Attempt to change a resource which is still in use: '
    const remove = () => deleteTable(plane, { TableName: 'music' })
    const status = () => plane.catalog.tableForControl('music').record.status
    await expect(remove()).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `${inUse}Table is being created: music`,
    })
    plane.clock.advance(5000)
    await vi.waitFor(() => expect(status()).toBe('ACTIVE'))
    await updateTable(plane, { TableName: 'music', TableClass: 'STANDARD' })
    await expect(remove()).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: `${inUse}Table is being updated: music`,
    })
    plane.clock.advance(3000)
    await vi.waitFor(() => expect(status()).toBe('ACTIVE'))
    const answer = await remove()
    expect(answer).toMatchObject({ TableDescription: { TableStatus: 'DELETING' } })
    expect(await remove()).toEqual(answer)
    expect(await listTables(plane, {})).toEqual({ TableNames: ['music'] })
    expect(await describeTable(plane, { TableName: 'music' })).toMatchObject({
      Table: { TableStatus: 'DELETING' },
    })
  })
})

test('DescribeLimits answers the default quotas', async () => {
  expect(await describeLimits()).toEqual({
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  })
})

test('DescribeEndpoints answers the endpoint of the Region', async () => {
  expect(await describeEndpoints(plane)).toEqual({
    Endpoints: [{ Address: 'dynamodb.us-east-1.amazonaws.com', CachePeriodInMinutes: 1440 }],
  })
})

describe('tags', () => {
  const ResourceArn = `${arnPrefix}music`
  const list = (NextToken?: string) =>
    listTagsOfResource(plane, {
      ResourceArn,
      ...(NextToken !== undefined && { NextToken }),
    }) as Promise<{ Tags: object[]; NextToken?: string }>

  test('are added, replaced and removed', async () => {
    await create('music', { Tags: [tag('a', '1'), tag('b', '2')] })
    expect(await list()).toEqual({ Tags: [tag('a', '1'), tag('b', '2')] })
    expect(await tagResource(plane, { ResourceArn, Tags: [tag('b', '3'), tag('c', '')] })).toEqual(
      {},
    )
    expect(await list()).toEqual({ Tags: [tag('a', '1'), tag('b', '3'), tag('c', '')] })
    expect(await untagResource(plane, { ResourceArn, TagKeys: ['a', 'x'] })).toEqual({})
    expect(await list()).toEqual({ Tags: [tag('b', '3'), tag('c', '')] })
  })

  test('are listed ten at a time', async () => {
    const tags = Array.from({ length: 20 }, (_, i) => tag(`k${i}`, 'v'))
    await create('music', { Tags: tags })
    const first = await list()
    expect(first.Tags).toEqual(tags.slice(0, 10))
    expect(await list(first.NextToken)).toEqual({ Tags: tags.slice(10) })
  })

  test('have a limit of fifty on a table', async () => {
    await create('music', { Tags: [tag('a', '1')] })
    const tags = Array.from({ length: 49 }, (_, i) => tag(`k${i}`, 'v'))
    await tagResource(plane, { ResourceArn, Tags: tags })
    await tagResource(plane, { ResourceArn, Tags: [tag('a', '2')] })
    await expect(tagResource(plane, { ResourceArn, Tags: [tag('b', '')] })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Number of Tags exceed the current limit for the provided ResourceArn',
    })
  })

  const foreign = 'arn:aws:dynamodb:us-east-1:123456789012:table/music'
  const operations: [string, (arn: string) => Promise<object>][] = [
    ['TagResource', (arn) => tagResource(plane, { ResourceArn: arn, Tags: [tag('a', '')] })],
    ['UntagResource', (arn) => untagResource(plane, { ResourceArn: arn, TagKeys: ['a'] })],
    ['ListTagsOfResource', (arn) => listTagsOfResource(plane, { ResourceArn: arn })],
  ]

  test.each(operations)('%s refuses what is not the ARN of a table here', async (name, run) => {
    await expect(run('music')).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Invalid TableArn: Invalid ResourceArn provided as input music',
    })
    await expect(run(ResourceArn)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Requested resource not found: ResourcArn: ${ResourceArn} not found`,
    })
    await expect(run(foreign)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:iam::000000000000:root is not authorized to perform: ' +
        `dynamodb:${name} on resource: ${foreign}`,
    })
  })

  test('need at least one tag or key', async () => {
    await create('music')
    await expect(tagResource(plane, { ResourceArn, Tags: [] })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Atleast one Tag needs to be provided as Input.',
    })
    await expect(untagResource(plane, { ResourceArn, TagKeys: [] })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Atleast one Tag Key needs to be provided as Input.',
    })
  })

  test('are listed with tokens of this server only', async () => {
    await create('music')
    await expect(list('nonsense')).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Invalid NextToken',
    })
  })

  test('cannot be changed while the table is being created', async () => {
    plane = await openControlPlane(true)
    await create('music')
    await expect(tagResource(plane, { ResourceArn, Tags: [tag('a', '')] })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Attempt to change a resource which is still in use: Table is being created: music',
    })
  })
})
