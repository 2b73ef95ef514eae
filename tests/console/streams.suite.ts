import {
  CreateTableCommand,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type StreamViewType,
} from '@aws-sdk/client-dynamodb'
import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectGoodLooks } from './looks.ts'
import { answerTo, useConsole } from './openConsole.ts'

const console = useConsole('--stream-shards', '2', '--stream-shard-hours', '0.001')

const hostile = '<img src=x onerror="document.title=1">'

async function createTable(
  TableName: string,
  StreamViewType: StreamViewType = 'NEW_AND_OLD_IMAGES',
): Promise<string> {
  const { TableDescription } = await console.client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType },
    }),
  )
  return TableDescription?.LatestStreamArn as string
}

const put = (TableName: string, id: string, n = 1) => {
  const Item = { id: { S: id }, n: { N: String(n) }, same: { S: 'same' } }
  return console.client.send(new PutItemCommand({ TableName, Item }))
}

const records = (page: Page) => page.getByRole('list', { name: 'Records' }).locator('> li')

/** Begins to follow; from now on when it is told where that is. */
async function begin(page: Page, name: 'Start' | 'Start anew'): Promise<void> {
  const placed = answerTo(page, 'GetShardIterator')
  await page.getByRole('button', { name, exact: true }).click()
  await placed
}

async function startOf(table: string, from: 'now' | 'beginning' = 'now'): Promise<Page> {
  const page = await console.open(`#/streams?table=${table}&from=${from}`)
  await begin(page, 'Start')
  await page.getByText(`Following ${table}: `).waitFor()
  await page.getByText(/[1-9]\d* open shards/).waitFor()
  return page
}

test('4: streams: live tail of what others change, with differences', async () => {
  await createTable('Orders')
  await put('Orders', 'before')
  const page = await startOf('Orders')
  await put('Orders', hostile, 1)
  await console.client.send(
    new UpdateItemCommand({
      TableName: 'Orders',
      Key: { id: { S: hostile } },
      UpdateExpression: 'SET n = :n, added = :added',
      ExpressionAttributeValues: { ':n': { N: '2' }, ':added': { BOOL: true } },
    }),
  )
  const change = records(page).filter({ hasText: 'Changed' })
  await change.waitFor()
  const lines = change.getByRole('list', { name: 'Changes' }).getByRole('listitem')
  expect((await lines.allInnerTexts()).map((text) => text.split(/\s+/).join(' '))).toEqual([
    'n − {"N":"1"} + {"N":"2"}',
    'added + {"BOOL":true}',
  ])
  expect(await records(page).filter({ hasText: 'before' }).count()).toBe(0)
  await records(page)
    .filter({ hasText: 'Put' })
    .getByText(JSON.stringify(hostile))
    .first()
    .waitFor()
  expect(await page.locator('img').count()).toBe(0)
  const Key = { id: { S: hostile } }
  await console.client.send(new DeleteItemCommand({ TableName: 'Orders', Key }))
  const removal = records(page).filter({ hasText: 'Removed' })
  await removal.getByText('− {"N":"2"}').waitFor()
  // The latest stands first.
  expect(await records(page).first().innerText()).toContain('Removed')
})

test('4: streams: start from now or from the beginning', async () => {
  await createTable('Old')
  for (let n = 0; n < 5; n++) await put('Old', `id${n}`)
  const page = await startOf('Old', 'beginning')
  await page.getByText('Following Old: 5 records').waitFor()
  expect(await records(page).count()).toBe(5)
  await page.getByLabel('Start from').selectOption('Now')
  await begin(page, 'Start anew')
  await page.getByText('Following Old: 0 records').waitFor()
  await page.getByText(/[1-9]\d* open shards/).waitFor()
  await put('Old', 'new')
  await page.getByText('Following Old: 1 records').waitFor()
})

test('4: streams: shards are followed from parents to children', async () => {
  const StreamArn = await createTable('Sharded')
  const page = await startOf('Sharded', 'beginning')
  const { endpoint } = console
  const credentials = { accessKeyId: 'ROOT', secretAccessKey: 'x' }
  const client = new DynamoDBStreamsClient({ endpoint, region: 'us-east-1', credentials })
  const shards = async () =>
    (await client.send(new DescribeStreamCommand({ StreamArn }))).StreamDescription?.Shards ?? []
  let written = 0
  while ((await shards()).length < 4) {
    await put('Sharded', `id${written++}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await page.getByText(`Following Sharded: ${written} records`).waitFor()
  await page.getByText(/^Shards \(/).click()
  const table = page.getByRole('table', { name: 'Shards' })
  const [parent] = await shards()
  await table.getByRole('row', { name: new RegExp(`^${parent?.ShardId} Closed`) }).waitFor()
  const [child] = (await shards()).filter(({ ParentShardId }) => ParentShardId !== undefined)
  await table.getByRole('row', { name: new RegExp(`^${child?.ShardId} `) }).waitFor()
  client.destroy()
})

test('4: streams: pause, and what came meanwhile is shown when it goes on', async () => {
  await createTable('Paused')
  const page = await startOf('Paused', 'beginning')
  await put('Paused', 'first')
  await page.getByText('Following Paused: 1 records').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Paused Paused: 1 records').waitFor()
  await put('Paused', 'second')
  await page.waitForTimeout(1500)
  expect(await records(page).count()).toBe(1)
  await page.getByRole('button', { name: 'Go on' }).click()
  await records(page).getByText('second').first().waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  expect(await records(page).count()).toBe(0)
})

test('4: streams: a stream of one image says that differences are not known', async () => {
  await createTable('NewAlone', 'NEW_IMAGE')
  const page = await startOf('NewAlone', 'beginning')
  await put('NewAlone', 'a', 1)
  await put('NewAlone', 'a', 2)
  await records(page)
    .filter({ hasText: 'Changed' })
    .getByText(/differences are not known/)
    .waitFor()
})

test('6: streams by keyboard', async () => {
  await createTable('ByKeyboard')
  const page = await console.open('#/streams?table=ByKeyboard')
  await page.getByRole('button', { name: 'Start', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Following ByKeyboard: ').waitFor()
  await page.getByRole('button', { name: 'Pause' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('Paused ByKeyboard: ').waitFor()
})

test('6: streams: axe finds nothing, dark and light; on a 400-pixel-wide screen', async () => {
  await createTable('Looks')
  const page = await startOf('Looks', 'beginning')
  await put('Looks', 'a', 1)
  await put('Looks', 'a', 2)
  await records(page).filter({ hasText: 'Changed' }).waitFor()
  await page.getByText(/^Shards \(/).click()
  await expectGoodLooks(page, 'streams')
})
