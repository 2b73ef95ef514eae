import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { useConsole } from './openConsole.ts'

const console = useConsole()

const hostile = '<img src=x onerror="document.title=1">'
const large = '12345678901234567890123456789012345678'
const keyOf = (n: number) => ({ pk: { S: hostile }, sk: { N: String(n) } })
const itemOf = (n: number) => ({ ...keyOf(n), text: { S: `v${n}` }, large: { N: large } })
const read = async (n: number) =>
  (await console.client.send(new GetItemCommand({ TableName: 'Items', Key: keyOf(n) }))).Item

beforeAll(async () => {
  await console.client.send(
    new CreateTableCommand({
      TableName: 'Items',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
})
beforeEach(async () => {
  for (let n = 0; n < 5; n++) {
    await console.client.send(new PutItemCommand({ TableName: 'Items', Item: itemOf(n) }))
  }
})

const item = (n: number): string =>
  `#/tables/Items/item?key=${encodeURIComponent(JSON.stringify(keyOf(n)))}`

test('2: browse, with paging both ways and the capacity that each request took', async () => {
  const page = await console.open('#/tables/Items/items?limit=2')
  await page.getByText('Page 1: 2 of 2 read items, 0.5 capacity units.').waitFor()
  await page.getByRole('cell', { name: 'v0' }).waitFor()
  await page.getByRole('button', { name: 'Next page' }).click()
  await page.getByRole('cell', { name: 'v2' }).waitFor()
  expect(await page.getByRole('cell', { name: 'v0' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Previous page' }).click()
  await page.getByRole('cell', { name: 'v0' }).waitFor()
})

test('2: query, and 6: deep links for table, query and item', async () => {
  const page = await console.open('#/tables/Items/items')
  await page.getByLabel('Read by').selectOption('query')
  await page.getByLabel('pk (S)').fill(hostile)
  await page.getByLabel('Condition on sk').selectOption('>=')
  await page.getByLabel('sk (N)', { exact: true }).fill('3')
  await page.getByRole('button', { name: 'Query' }).click()
  await page.getByText('Page 1: 2 of 2 read items').waitFor()
  await page.reload()
  await page.getByText('Page 1: 2 of 2 read items').waitFor()
  await page.getByRole('link', { name: /^Open .* 3$/ }).click()
  await page.getByRole('heading', { name: 'Item of Items' }).waitFor()
  await page.reload()
  expect(await page.getByLabel('Value of text').inputValue()).toBe('v3')
})

test('2: filters, column choice', async () => {
  const page = await console.open('#/tables/Items/items')
  await page.getByRole('button', { name: 'Add filter' }).click()
  await page.getByLabel('Attribute', { exact: true }).fill('text')
  await page.getByLabel('Value', { exact: true }).fill('v4')
  await page.getByRole('button', { name: 'Scan' }).click()
  await page.getByText('Page 1: 1 of 5 read items').waitFor()
  await page.getByText('Columns').click()
  await page.getByLabel('large').uncheck()
  expect(await page.getByRole('columnheader', { name: 'large' }).count()).toBe(0)
})

test('2: edit with the change shown, made conditionally on what was read', async () => {
  const page = await console.open(item(1))
  await page.getByLabel('Value of text').fill('mine')
  await console.client.send(
    new UpdateItemCommand({
      TableName: 'Items',
      Key: keyOf(1),
      UpdateExpression: 'SET #large = :n',
      ExpressionAttributeNames: { '#large': 'large' },
      ExpressionAttributeValues: { ':n': { N: '7' } },
    }),
  )
  await page.getByRole('button', { name: 'Save…' }).click()
  const dialog = page.getByRole('dialog', { name: 'What will change' })
  expect(await dialog.getByRole('listitem').allTextContents()).toEqual([
    'text− {\n  "S": "v1"\n}+ {\n  "S": "mine"\n}',
  ])
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Not saved: somebody has changed the item').waitFor()
  expect(await read(1)).toMatchObject({ text: { S: 'v1' }, large: { N: '7' } })
  await dialog.getByRole('button', { name: 'Back' }).click()
  await page.getByRole('button', { name: 'Read again' }).click()
  await expect.poll(() => page.getByLabel('Value of large').inputValue()).toBe('7')
  await page.getByRole('button', { name: 'Save…' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText(/^Saved/).waitFor()
  expect(await read(1)).toMatchObject({ text: { S: 'mine' }, large: { N: '7' } })
})

test('2: DynamoDB JSON and plain JSON views of an item, exact large numbers', async () => {
  const page = await console.open(item(2))
  await page.getByLabel('View').selectOption('dynamodb')
  const typed = await page.getByLabel('DynamoDB JSON', { exact: true }).inputValue()
  expect(JSON.parse(typed)).toEqual(itemOf(2))
  await page.getByLabel('View').selectOption('plain')
  const plain = page.getByLabel('Plain JSON', { exact: true })
  const text = await plain.inputValue()
  expect(text).toContain(`"large": ${large}`)
  await plain.fill(text.replace(large, `${large.slice(0, -1)}9`))
  await page.getByRole('button', { name: 'Save…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByText(/^Saved/).waitFor()
  expect(await read(2)).toMatchObject({ large: { N: `${large.slice(0, -1)}9` } })
})

test('2: delete many, and 6: undo for deletes by a kept copy', async () => {
  const page = await console.open('#/tables/Items/items')
  await page.getByLabel(`Choose ${hostile} 3`).check()
  await page.getByLabel(`Choose ${hostile} 4`).check()
  await page.getByRole('button', { name: 'Delete chosen items' }).click()
  await page.getByText('2 items of Items deleted.').waitFor()
  expect([await read(3), await read(4)]).toEqual([undefined, undefined])
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('2 items of Items put back.').waitFor()
  expect([await read(3), await read(4)]).toEqual([itemOf(3), itemOf(4)])
})

test('7: item data never interpreted as HTML', async () => {
  const page = await console.open('#/tables/Items/items')
  await page.getByRole('cell', { name: hostile }).first().waitFor()
  expect(await page.locator('img').count()).toBe(0)
  expect(await page.title()).toBe('Items · Dynatom')
})
