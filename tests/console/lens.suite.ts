import {
  CreateTableCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { beforeAll, expect, test } from 'vitest'
import { useConsole } from './openConsole.ts'

const console = useConsole()

const rows = [
  ['USER#ann', 'USER#ann', 'Ann'],
  ['USER#ann', 'ORDER#1', 'first'],
  ['USER#ann', 'ORDER#2', 'second'],
  ['USER#bob', 'USER#bob', 'Bob'],
  ['USER#bob', 'PROFILE', 'bio'],
  ['SHOP#1', 'SHOP#1', 'York'],
] as const

beforeAll(async () => {
  await console.client.send(
    new CreateTableCommand({
      TableName: 'Single',
      AttributeDefinitions: [
        { AttributeName: 'PK', AttributeType: 'S' },
        { AttributeName: 'SK', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'PK', KeyType: 'HASH' },
        { AttributeName: 'SK', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  for (const [PK, SK, name] of rows) {
    const Item = { PK: { S: PK }, SK: { S: SK }, name: { S: name } }
    await console.client.send(new PutItemCommand({ TableName: 'Single', Item }))
  }
})

test('2: a single-table lens: entities recognised by key prefix, item collections as groups', async () => {
  const page = await console.open('#/tables/Single/items')
  await page.getByLabel('Show as').selectOption('lens')
  const { Items = [] } = await console.client.send(new ScanCommand({ TableName: 'Single' }))
  const partitions = [...new Set(Items.map(({ PK }) => PK?.S))]
  const groups = page.getByRole('button', { name: /^Item collection / })
  await expect.poll(() => groups.count()).toBe(3)
  expect(
    await groups.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label'))),
  ).toEqual(partitions.map((name) => `Item collection ${name}`))
  const row = page.getByRole('row', { name: /ORDER in USER ORDER#1 name: first/ })
  await row.waitFor()
  await page.getByRole('row', { name: /PROFILE in USER PROFILE name: bio/ }).waitFor()
  expect(await page.getByRole('group', { name: 'Entities' }).getByRole('checkbox').count()).toBe(4)
  await page.getByLabel('ORDER in USER (2)').uncheck()
  await row.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Item collection USER#bob' }).click()
  await page.reload()
  await page.getByRole('row', { name: /^Item collection USER#bob 2 items/ }).waitFor()
  expect(await row.count()).toBe(0)
  expect(await page.getByRole('row', { name: /PROFILE in USER/ }).count()).toBe(0)
  await page.getByLabel('ORDER in USER (2)').check()
  await page.getByRole('link', { name: 'Query USER#ann' }).click()
  await page.getByText('Page 1: 3 of 3 read items').waitFor()
  const query = await console.client.send(
    new QueryCommand({
      TableName: 'Single',
      KeyConditionExpression: 'PK = :p',
      ExpressionAttributeValues: { ':p': { S: 'USER#ann' } },
    }),
  )
  const open = page.getByRole('link', { name: /^Open / })
  expect(
    await open.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label'))),
  ).toEqual(query.Items?.map(({ SK }) => `Open USER#ann ${SK?.S}`))
})

test('2: an item collection that goes on says so', async () => {
  const page = await console.open(
    '#/tables/Single/items?view=lens&mode=query&partitionValue=USER%23ann&limit=2',
  )
  await page.getByText('2 items, more on the next page').waitFor()
  await page.getByRole('button', { name: 'Next page' }).click()
  await page.getByText('1 item', { exact: true }).waitFor()
})
