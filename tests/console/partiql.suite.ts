import {
  BatchWriteItemCommand,
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Page } from 'playwright-core'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { useConsole } from './openConsole.ts'

const console = useConsole()

const hostile = '<img src=x onerror="document.title=1">'
const large = '12345678901234567890123456789012345678'

beforeAll(async () => {
  for (const TableName of ['Orders', 'Payments']) {
    await console.client.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'customer', AttributeType: 'S' },
        ],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byCustomer',
            KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
  }
})
beforeEach(async () => {
  const puts = Array.from({ length: 5 }, (_, n) => ({
    PutRequest: { Item: { id: { S: `o${n}` }, shelfmark: { N: String(n) } } },
  }))
  await console.client.send(new BatchWriteItemCommand({ RequestItems: { Orders: puts } }))
})

const read = async (TableName: string, id: string) =>
  (await console.client.send(new GetItemCommand({ TableName, Key: { id: { S: id } } }))).Item

async function openWith(text: string): Promise<Page> {
  const page = await console.open('#/partiql')
  await write(page, text)
  return page
}

/** As somebody does who selects all and pastes something else. */
async function write(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Statement', exact: true }).focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(text)
}

const run = (page: Page): Promise<void> => page.getByRole('button', { name: 'Run' }).click()

test('4: PartiQL editor with completion: keywords, tables, indexes, attributes seen', async () => {
  const page = await openWith('SELECT * FROM "Orders"')
  await run(page)
  await page.getByText('Page 1: 5 items').waitFor()
  const editor = page.getByRole('textbox', { name: 'Statement', exact: true })
  const choose = async (name: string | RegExp): Promise<void> => {
    await page.getByRole('option', { name }).first().waitFor()
    await page.waitForTimeout(100) // The editor takes no key for a list that has just come.
    await page.keyboard.press('Enter')
  }
  await editor.focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('SEL')
  await choose('SELECT')
  await page.keyboard.type(' * FROM Ord')
  await choose(/^Orders/)
  await page.keyboard.type('.')
  await choose(/^byCustomer/)
  await page.keyboard.type(' WHERE customer = ? AND shelf')
  await choose(/^shelfmark/)
  await page.keyboard.type(' = 7')
  expect(await editor.innerText()).toBe(
    'SELECT * FROM "Orders"."byCustomer" WHERE customer = ? AND shelfmark = 7',
  )
  const Item = { id: { S: 'o9' }, customer: { S: 'ada' }, shelfmark: { N: '7' } }
  await console.client.send(new PutItemCommand({ TableName: 'Orders', Item }))
  await page.getByLabel('Parameters (optional)').fill('[{ "S": "ada" }]')
  await run(page)
  await page.getByRole('cell', { name: 'S o9' }).waitFor()
})

test('4: PartiQL history', async () => {
  const page = await openWith(`INSERT INTO "Payments" VALUE {'id': 'p1'}`)
  await run(page)
  await page.getByText('Page 1: 0 items').waitFor()
  expect(await read('Payments', 'p1')).toEqual({ id: { S: 'p1' } })
  await write(page, 'SELECT nothing')
  await run(page)
  await page.getByRole('alert').waitFor()
  await page.reload()
  const history = page.getByRole('list', { name: 'History' })
  await history.waitFor()
  expect(await history.getByRole('button').allInnerTexts()).toEqual([
    'SELECT nothing',
    `INSERT INTO "Payments" VALUE {'id': 'p1'}`,
  ])
  await history.getByRole('button', { name: 'INSERT INTO' }).click()
  await run(page)
  await page.getByRole('alert').getByText('DuplicateItemException').waitFor()
  await page.getByRole('button', { name: 'Clear history' }).click()
  await page.getByText('Nothing has been run yet.').waitFor()
})

test('4: PartiQL with parameters, pages, results with types, capacity', async () => {
  const page = await openWith('UPDATE "Orders" SET large = ? SET note = ? WHERE id = ?')
  const parameters = [{ N: large }, { S: hostile }, { S: 'o1' }]
  await page.getByLabel('Parameters (optional)').fill(JSON.stringify(parameters))
  await run(page)
  await page.getByText('Page 1: 0 items, 1 capacity units').waitFor()
  expect(await read('Orders', 'o1')).toMatchObject({ large: { N: large }, note: { S: hostile } })
  await page.getByLabel('Parameters (optional)').fill('')
  await write(page, 'SELECT * FROM Orders')
  await page.getByLabel('Limit (optional)').fill('3')
  await run(page)
  await page.getByText('Page 1: 3 items, 0.5 capacity units').waitFor()
  const ids = async () => page.getByRole('cell', { name: /^S o\d$/ }).allInnerTexts()
  const first = await ids()
  expect(first).toHaveLength(3)
  await page.getByRole('button', { name: 'Next page' }).click()
  await page.getByText(/^Page 2: /).waitFor()
  const all = [...first, ...(await ids())]
  await page.getByRole('button', { name: 'Previous page' }).click()
  await page.getByText(/^Page 1: /).waitFor()
  expect(await ids()).toEqual(first)
  expect(new Set(all).size).toBe(all.length)
  await page.getByLabel('Limit (optional)').fill('')
  await page.keyboard.press('Enter')
  await page.getByRole('cell', { name: `N ${large}` }).waitFor()
  await page.getByRole('cell', { name: `S ${hostile}` }).waitFor()
  expect(await page.locator('img').count()).toBe(0)
})

test('4: PartiQL batches and transactions, each with its reason', async () => {
  const insert = `INSERT INTO "Payments" VALUE {'id': ?}`
  const two = `${insert}; -- a ; in a remark\n${insert}`
  const page = await openWith(two)
  await page.getByLabel('Parameters (optional)').fill('[{ "S": "t;1" }, { "S": "t2" }]')
  await page.getByLabel('Run as').selectOption('transaction')
  await run(page)
  const outcomes = page.getByRole('list', { name: 'Outcomes' }).getByRole('listitem')
  await outcomes.first().waitFor()
  expect(await outcomes.allInnerTexts()).toEqual(['Done', 'Done'])
  expect(await read('Payments', 't;1')).toBeDefined()
  await page.getByLabel('Parameters (optional)').fill('[{ "S": "t3" }, { "S": "t2" }]')
  await run(page)
  const reasons = page.getByRole('list', { name: 'Reasons' }).getByRole('listitem')
  await reasons.first().waitFor()
  expect(await reasons.allInnerTexts()).toEqual([
    'Nothing stood against it',
    expect.stringMatching(/^DuplicateItem/),
  ])
  expect(await read('Payments', 't3')).toBeUndefined()
  await page.getByLabel('Run as').selectOption('batch')
  await run(page)
  await outcomes.getByText(/^DuplicateItem/).waitFor()
  expect(await read('Payments', 't3')).toBeDefined()
})

test('6: PartiQL by keyboard, and nothing lost by a reload', async () => {
  const page = await console.open('#/partiql')
  await page.getByRole('textbox', { name: 'Statement', exact: true }).focus()
  await page.keyboard.type("DELETE FROM Orders WHERE id = 'o0'", { delay: 5 })
  await page.keyboard.press('Escape')
  await page.reload()
  const editor = page.getByRole('textbox', { name: 'Statement', exact: true })
  expect(await editor.innerText()).toBe("DELETE FROM Orders WHERE id = 'o0'")
  await editor.focus()
  await page.keyboard.press('Tab')
  const label = await page.evaluate('document.activeElement.labels?.[0]?.innerText')
  expect(label).toBe('Parameters (optional)')
  await editor.focus()
  await page.keyboard.press('Control+Enter')
  await page.getByText('Page 1: 0 items').waitFor()
  expect(await read('Orders', 'o0')).toBeUndefined()
})
