import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DescribeTimeToLiveCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ContentUnusable } from '../seeding/contentUnusable.ts'
import { createDatabase, type DatabaseOptions } from './createDatabase.ts'
import { contentOf } from './settingsContent.ts'

const testdata = (name: string): string =>
  fileURLToPath(new URL(`../seeding/testdata/${name}`, import.meta.url))

async function open(options: DatabaseOptions): Promise<DynamoDBClient> {
  const database = await createDatabase({ inMemory: true, ...options })
  onTestFinished(() => database.close())
  return new DynamoDBClient({ ...database.clientConfig(), maxAttempts: 1 })
}

async function itemsOf(client: DynamoDBClient, TableName: string): Promise<unknown> {
  return (await client.send(new ScanCommand({ TableName }))).Items
}

const shops = {
  TableName: 'Shops',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}

function directoryOf(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-content-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  return directory
}

describe('a database begins with', () => {
  test('tables of a template, their time to live, and items of CSV for them', async () => {
    const directory = directoryOf({ 'a.csv': 'id,day,text\n1,2,x\n' })
    const client = await open({
      tables: testdata('template.yaml'),
      templateParameters: { Stage: 'test' },
      seed: { 'test-orders': join(directory, 'a.csv') },
    }).catch((error: unknown) => error)
    // The mapping of the template has no such stage.
    expect(client).toEqual(
      new ContentUnusable(
        `${testdata('template.yaml')}: Resources.OrdersTable.Properties.ProvisionedThroughput.` +
          'ReadCapacityUnits: there is no Units.test.read in Mappings.',
      ),
    )
    const opened = await open({
      tables: testdata('template.yaml'),
      seed: { 'dev-orders': join(directory, 'a.csv') },
    })
    expect(await itemsOf(opened, 'dev-orders')).toEqual([
      { id: { S: '1' }, day: { N: '2' }, text: { S: 'x' } },
    ])
    const { TimeToLiveDescription } = await opened.send(
      new DescribeTimeToLiveCommand({ TableName: 'dev-orders' }),
    )
    expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expires' })
  })

  test('a data model and its items', async () => {
    const client = await open({ tables: [testdata('model.json')], seed: testdata('model.json') })
    expect(await itemsOf(client, 'Orders')).toHaveLength(2)
  })

  test('tables and plain items that are at hand, beside a directory of files', async () => {
    const directory = directoryOf({ 'Shops.json': '[{"id": "b"}]' })
    const client = await open({
      tables: [shops, testdata('serverless.yml')],
      seed: [{ Shops: [{ id: 'a', open: true }] }, directory],
    })
    expect(await itemsOf(client, 'Shops')).toEqual(
      expect.arrayContaining([{ id: { S: 'a' }, open: { BOOL: true } }, { id: { S: 'b' } }]),
    )
  })
})

describe('is refused', () => {
  const refused = (options: DatabaseOptions): Promise<unknown> =>
    open(options).catch((error: unknown) => error)

  test('two tables of one name', async () => {
    expect(await refused({ tables: [shops, shops] })).toEqual(
      new ContentUnusable('tables[1]: there are two tables "Shops".'),
    )
  })

  test('items of no table', async () => {
    const directory = directoryOf({ 'Shop.json': '[]' })
    expect(await refused({ tables: [shops], seed: directory })).toEqual(
      new ContentUnusable(
        `${directory}: its items are of "Shop", which is not among the tables. Did you mean "Shops"?`,
      ),
    )
  })

  test('an item that DynamoDB refuses', async () => {
    expect(await refused({ tables: [shops], seed: { Shops: [{ id: 1 }] } })).toEqual(
      new ContentUnusable(
        'seed.Shops[0]: ValidationException: One or more parameter values were invalid: ' +
          'Type mismatch for key id expected: S actual: N',
      ),
    )
  })
})

test('flags say the same', () => {
  expect(contentOf({ tables: [], seed: [], templateParameters: ['a=b'] })).toEqual({})
  expect(
    contentOf({
      tables: ['a.yaml'],
      seed: ['seed', 'Orders=x=y.csv', './a=b.json'],
      templateParameters: ['Stage=a=b'],
    }),
  ).toEqual({
    tables: ['a.yaml'],
    seed: ['seed', { Orders: 'x=y.csv' }, './a=b.json'],
    templateParameters: { Stage: 'a=b' },
  })
})
