import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { createDatabase, type Database } from 'dynatom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTableInput, newIndex, newTable } from '../tables/tableDraft.ts'
import type { Item } from '../values/dynamodbJson.ts'
import { changesBetween, keyOf, keyText, newItemInput, updateInput } from './itemChange.ts'
import {
  filterOperators,
  newFilter,
  newRead,
  operandTypes,
  readFromQuery,
  readToQuery,
  type FilterDraft,
  type ReadDraft,
} from './readDraft.ts'
import { itemFromView, newEdit, rebased, views, viewText } from './itemViews.ts'
import { keyNamesOf, readInput } from './readInput.ts'

let database: Database
let client: DynamoDBClient
let table: TableDescription

const items: Item[] = [1, 2, 3].map((n) => ({
  pk: { S: 'a' },
  sk: { N: String(n) },
  status: { S: n === 2 ? 'open' : 'closed' },
  tags: { SS: ['x', `t${n}`] },
  doc: { M: { lines: { L: [{ N: String(n * 10) }] } } },
}))

beforeAll(async () => {
  database = await createDatabase({ inMemory: true })
  client = new DynamoDBClient(database.clientConfig())
  const draft = {
    ...newTable,
    name: 'Orders',
    partitionKey: { name: 'pk', type: 'S' as const },
    sortKey: { name: 'sk', type: 'N' as const },
    indexes: [
      { ...newIndex, name: 'byStatus', partitionKey: { name: 'status', type: 'S' as const } },
      {
        ...newIndex,
        kind: 'local' as const,
        name: 'local',
        sortKey: { name: 'status', type: 'S' as const },
      },
    ],
    stream: 'NEW_AND_OLD_IMAGES' as const,
  }
  await client.send(new CreateTableCommand(createTableInput(draft)))
  for (const item of items)
    await client.send(new PutItemCommand({ TableName: 'Orders', Item: item }))
  table = (await client.send(new DescribeTableCommand({ TableName: 'Orders' }))).Table ?? {}
})
afterAll(() => database.close())

test('a table is made as its draft says', () => {
  expect(table.StreamSpecification).toEqual({
    StreamEnabled: true,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  })
  expect(keyNamesOf(table, '')).toEqual({ partitionKey: 'pk', sortKey: 'sk' })
  expect(keyNamesOf(table, 'byStatus')).toEqual({ partitionKey: 'status', sortKey: undefined })
  expect(keyNamesOf(table, 'local')).toEqual({ partitionKey: 'pk', sortKey: 'status' })
  expect(table.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST')
})

test('a provisioned one gives its units to its global indexes, too', async () => {
  const draft = {
    ...newTable,
    name: 'Provisioned',
    partitionKey: { name: 'pk', type: 'B' as const },
    indexes: [
      {
        ...newIndex,
        name: 'some',
        partitionKey: { name: 'g', type: 'N' as const },
        projection: 'INCLUDE' as const,
        included: ' a, b,',
      },
    ],
    billing: 'PROVISIONED' as const,
    readUnits: '7',
    writeUnits: '3',
    isProtected: true,
  }
  const { TableDescription: made } = await client.send(
    new CreateTableCommand(createTableInput(draft)),
  )
  expect(made).toMatchObject({
    DeletionProtectionEnabled: true,
    ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 3 },
    GlobalSecondaryIndexes: [
      {
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['a', 'b'] },
        ProvisionedThroughput: { ReadCapacityUnits: 7 },
      },
    ],
  })
  const TimeToLiveSpecification = { AttributeName: 'expires', Enabled: true }
  await client.send(
    new UpdateTimeToLiveCommand({ TableName: 'Provisioned', TimeToLiveSpecification }),
  )
})

async function read(draft: ReadDraft): Promise<readonly (string | undefined)[]> {
  const made = readInput(table, draft)
  const { Items = [], ConsumedCapacity } =
    made.mode === 'query'
      ? await client.send(new QueryCommand(made.input))
      : await client.send(new ScanCommand(made.input))
  expect(ConsumedCapacity?.CapacityUnits).toBeGreaterThan(0)
  return Items.map((item) => item['sk']?.N)
}

describe('what is read', () => {
  const query = { ...newRead, mode: 'query' as const, partitionValue: 'a' }

  test.each<[Partial<ReadDraft>, readonly string[]]>([
    [{}, ['1', '2', '3']],
    [{ isDescending: true }, ['3', '2', '1']],
    [{ sortValue: '2' }, ['2']],
    [{ sortOperator: '>', sortValue: '1' }, ['2', '3']],
    [{ sortOperator: '<=', sortValue: '2' }, ['1', '2']],
    [{ sortOperator: 'between', sortValue: '2', sortUpper: '3' }, ['2', '3']],
    [{ limit: '2' }, ['1', '2']],
    [{ index: 'byStatus', partitionValue: 'open' }, ['2']],
    [{ index: 'local', sortOperator: 'begins_with', sortValue: 'op' }, ['2']],
    [{ isConsistent: true, partitionValue: 'none' }, []],
  ])('by a query: %j', async (part, expected) => {
    expect(await read({ ...query, ...part })).toEqual(expected)
  })

  test.each<[Partial<FilterDraft>, readonly string[]]>([
    [{ path: 'status', value: 'open' }, ['2']],
    [{ path: 'status', operator: '<>', value: 'open' }, ['1', '3']],
    [{ path: 'sk', type: 'N', operator: '>=', value: '2' }, ['2', '3']],
    [{ path: 'sk', type: 'N', operator: 'between', value: '2', upper: '2' }, ['2']],
    [{ path: 'sk', type: 'N', operator: 'in', value: '1\n3' }, ['1', '3']],
    [{ path: 'status', operator: 'begins_with', value: 'cl' }, ['1', '3']],
    [{ path: 'tags', operator: 'contains', value: 't3' }, ['3']],
    [{ path: 'tags', operator: 'not contains', value: 't3' }, ['1', '2']],
    [{ path: 'tags', type: 'SS', value: 't2\nx' }, ['2']],
    [{ path: 'doc.lines[0]', type: 'N', value: '30' }, ['3']],
    [{ path: 'doc.lines', type: 'L', value: '[{"N":"10"}]' }, ['1']],
    [{ path: 'none', operator: 'attribute_exists' }, []],
    [{ path: 'none', operator: 'attribute_not_exists' }, ['1', '2', '3']],
    [{ path: 'tags', operator: 'attribute_type', type: 'SS' }, ['1', '2', '3']],
    [{ path: 'status', operator: 'size =', value: '4' }, ['2']],
    [{ path: 'status', operator: 'size >', value: '4' }, ['1', '3']],
    [{ path: '', value: 'ignored' }, ['1', '2', '3']],
  ])('by a scan with the filter %j', async (part, expected) => {
    expect(await read({ ...newRead, filters: [{ ...newFilter, ...part }] })).toEqual(expected)
  })

  test('every operator with every type that it can have makes a request that is understood', async () => {
    const texts: Record<string, string> = {
      N: '1',
      B: 'AQ==',
      BS: 'AQ==',
      NS: '1',
      L: '[]',
      M: '{}',
    }
    for (const operator of filterOperators) {
      for (const type of operandTypes) {
        const value = operator.startsWith('size') ? '1' : (texts[type] ?? 'true')
        const filter = { path: 'a.b', operator, type, value, upper: value }
        const made = readInput(table, { ...newRead, filters: [filter] })
        const sent = client.send(new ScanCommand(made.input as { TableName: string }))
        const refusal = await sent.then(
          () => '',
          (error: unknown) => (error as Error).message,
        )
        // What DynamoDB has no order for, it says; nothing is a mistake of grammar.
        expect(refusal, `${operator} ${type}`).toMatch(/^$|Incorrect operand type/)
      }
    }
  })

  test('stands in an address and comes back from it', () => {
    const drafts: ReadDraft[] = [
      newRead,
      { ...query, sortOperator: 'between', sortValue: '&=#', sortUpper: 'ü', isDescending: true },
      { ...newRead, index: 'byStatus', isConsistent: true, limit: '7', filters: [newFilter] },
    ]
    for (const draft of drafts) {
      const members = Object.entries(readToQuery(draft)).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      )
      expect(readFromQuery(new URLSearchParams(members))).toEqual(draft)
    }
    expect(readToQuery(newRead)).toEqual(expect.not.objectContaining({ mode: 'scan' }))
  })

  test.each(['{', '{}', '[1,null,{"operator":"; DROP"}]', '[{"path":{"a":1}}]'])(
    'takes no harm from an address with the filters %s',
    (filters) => {
      for (const filter of readFromQuery(new URLSearchParams({ filters })).filters) {
        expect(filter).toEqual(newFilter)
      }
    },
  )
})

describe('an edit', () => {
  const keyNames = ['pk', 'sk']
  const tableName = 'Orders'
  const key = { pk: { S: 'edit' }, sk: { N: '1' } }
  const before: Item = { ...key, a: { S: 'x' }, set: { NS: ['1', '2'] }, gone: { NULL: true } }
  const after: Item = { ...key, a: { S: 'y' }, set: { NS: ['1', '2'] }, size: { N: '1' } }
  const put = (item: Item) => client.send(new PutItemCommand({ TableName: tableName, Item: item }))
  const present = async () =>
    (await client.send(new GetItemCommand({ TableName: tableName, Key: key }))).Item
  const edit = () =>
    client.send(new UpdateItemCommand(updateInput({ tableName, keyNames, before, after })))

  test('is shown attribute by attribute', () => {
    expect(changesBetween(before, after).map(({ name }) => name)).toEqual(['a', 'gone', 'size'])
    expect(changesBetween(before, before)).toEqual([])
    expect(changesBetween(before, after)[0]).toEqual({
      name: 'a',
      before: '{\n  "S": "x"\n}',
      after: '{\n  "S": "y"\n}',
    })
  })

  test('is made of an item that is as it was read', async () => {
    await put(before)
    await edit()
    expect(await present()).toEqual(after)
  })

  test.each<[string, Item]>([
    ['an attribute that changes', { ...before, a: { S: 'z' } }],
    ['one that does not', { ...before, set: { NS: ['1'] } }],
    ['one that would be added', { ...before, size: { N: '9' } }],
    ['one that would be removed', { ...before, gone: { S: 'here' } }],
  ])('is refused when somebody has changed %s', async (_, meanwhile) => {
    await put(meanwhile)
    await expect(edit()).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
    expect(await present()).toEqual(meanwhile)
  })

  test('of an item with very many attributes is one that DynamoDB takes', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 400 }, (_, i) => [`attribute ${i}`, { N: String(i) }]),
    )
    const wide = { ...key, ...many }
    await put(wide)
    const changed = { ...wide, 'attribute 7': { S: 'seven' } }
    const input = updateInput({ tableName, keyNames, before: wide, after: changed })
    await client.send(new UpdateItemCommand(input))
    expect(await present()).toEqual(changed)
  })

  test('a new item takes the place of none', async () => {
    await put(before)
    const input = newItemInput(tableName, after, keyNames)
    await expect(client.send(new PutItemCommand(input))).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    })
    expect(keyText(keyOf(before, keyNames))).toBe('{"pk":{"S":"edit"},"sk":{"N":"1"}}')
  })
})

describe('what is typed in', () => {
  const before: Item = {
    pk: { S: 'a' },
    mine: { S: 'old' },
    theirs: { N: '1' },
    gone: { BOOL: true },
  }
  const present: Item = {
    pk: { S: 'a' },
    mine: { S: 'old' },
    theirs: { N: '2' },
    gone: { BOOL: true },
  }
  const edited = { pk: { S: 'a' }, mine: { S: 'new' }, theirs: { N: '1' }, added: { SS: ['x'] } }

  test.each(views.map(([view]) => view))('as %s is taken over to what is read anew', (view) => {
    const draft = { ...newEdit(before), view, text: viewText(view, edited) }
    const taken = rebased(draft, present)
    const item = itemFromView(view, taken.text, edited)
    expect(item).toEqual({ ...edited, theirs: { N: '2' } })
    expect(rebased(taken, present)).toBe(taken)
  })

  test('stays where nothing is new, or where it is no item yet', () => {
    const draft = { ...newEdit(before), view: 'plain' as const, text: '{"mine":' }
    expect(rebased(draft, before)).toBe(draft)
    expect(rebased(draft, present)).toBe(draft)
  })
})
