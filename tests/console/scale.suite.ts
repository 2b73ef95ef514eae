import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { DescribeTableCommand, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useConsole } from './openConsole.ts'

const tables = 5000
const items = 1_000_000
const partitions = 1000

const console = useConsole('--max-tables', String(tables + 1))
const agent = new Agent({ keepAlive: true, maxSockets: 8 })

const nameOf = (n: number): string => `Table-${String(n).padStart(4, '0')}`

/** A request that is written by hand, since the SDK takes longer over it than the server. */
function ask(operation: string, body: string): Promise<void> {
  const { hostname, port } = new URL(console.endpoint)
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20260101T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, ' +
      'SignedHeaders=host, Signature=b',
    'content-length': Buffer.byteLength(body),
  }
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method: 'POST', agent, headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(text))))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function inLanes(count: number, perform: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count) await perform(next++)
  }
  await Promise.all(Array.from({ length: 8 }, lane))
}

const createBody = (TableName: string): string =>
  JSON.stringify({
    TableName,
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  })

function batchBody(batch: number): string {
  const puts = Array.from({ length: 25 }, (_, i) => {
    const n = batch * 25 + i
    return `{"PutRequest":{"Item":{"pk":{"S":"P#${n % partitions}"},"sk":{"N":"${n}"}}}}`
  })
  return `{"RequestItems":{"Big":[${puts.join(',')}]}}`
}

beforeAll(async () => {
  await ask('CreateTable', createBody('Big'))
  await inLanes(items / 25, (n) => ask('BatchWriteItem', batchBody(n)))
  await inLanes(tables, (n) => ask('CreateTable', createBody(nameOf(n))))
}, 600_000)
afterAll(() => agent.destroy())

/** What the page asks the database for, from now on. */
function asked(page: Page): string[] {
  const operations: string[] = []
  page.on('request', (each) => {
    const target = each.headers()['x-amz-target']
    if (target !== undefined) operations.push(target.split('.')[1] ?? '')
  })
  return operations
}

/** How many requests have been under way at once, from now on. */
function mostAtOnce(page: Page): () => number {
  let most = 0
  let underWay = 0
  page.on('request', () => (most = Math.max(most, (underWay += 1))))
  page.on('requestfinished', () => (underWay -= 1))
  page.on('requestfailed', () => (underWay -= 1))
  return () => most
}

const elementsIn = (page: Page): Promise<number> =>
  page.evaluate<number>(`document.querySelectorAll('*').length`)

/** Scrolls a list from its begin to its end in steps. */
async function scrollThrough(page: Page, label: string, steps: number): Promise<void> {
  const list = page.getByRole('region', { name: label })
  for (let step = 0; step <= steps; step += 1) {
    await list.evaluate(
      (element, part) => (element.scrollTop = element.scrollHeight * part),
      step / steps,
    )
    await page.evaluate('new Promise(requestAnimationFrame)')
  }
}

test('6: works at 5,000 tables (virtual lists)', async () => {
  const page = await console.open()
  const operations = asked(page)
  await page.getByText('5,001 tables.').waitFor()
  await page.getByRole('row', { name: /^Big ACTIVE/ }).waitFor()
  expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe('5002')
  expect(await elementsIn(page)).toBeLessThan(1000)
  const atOnce = mostAtOnce(page)
  const before = operations.length
  await scrollThrough(page, 'Tables', 20)
  await page.getByRole('row', { name: /^Table-4999 ACTIVE/ }).waitFor()
  expect(await elementsIn(page)).toBeLessThan(1000)
  // Of 5,000 no more are described than have been in sight, and few at once.
  expect(new Set(operations.slice(before))).toEqual(new Set(['DescribeTable']))
  expect(operations.length - before).toBeLessThan(1000)
  expect(atOnce()).toBeLessThanOrEqual(6)
  await page.getByLabel('Find a table').fill('-2500')
  await page.getByText('1 of 5,001 tables.').waitFor()
  await page.getByRole('link', { name: 'Table-2500' }).click()
  await page.getByRole('button', { name: 'Delete table…' }).click()
  await page.getByLabel('Type the name of the table').fill('Table-2500')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete table' }).click()
  await page.getByText('5,000 tables.').waitFor()
  const start = new ListTablesCommand({ ExclusiveStartTableName: nameOf(2498), Limit: 2 })
  expect((await console.client.send(start)).TableNames).toEqual([nameOf(2499), nameOf(2501)])
})

test('6: works at 1,000,000 items (virtual lists)', async () => {
  const described = await console.client.send(new DescribeTableCommand({ TableName: 'Big' }))
  expect(described.Table?.ItemCount).toBe(items)
  const page = await console.open('#/tables/Big/items?limit=20000')
  await page.getByText('Page 1: 20,000 of 20,000 read items').waitFor()
  const operations = asked(page)
  await scrollThrough(page, 'Items of Big', 100)
  expect(await elementsIn(page)).toBeLessThan(1000)
  expect(operations).toEqual([])
  await page.getByRole('button', { name: 'Next page' }).click()
  await page.getByText('Page 2: 20,000 of 20,000 read items').waitFor()
  expect(operations).toEqual(['Scan'])
  await page.getByRole('button', { name: 'Previous page' }).click()
  await page.getByText('Page 1: 20,000 of 20,000 read items').waitFor()

  await page.getByLabel('Show as').selectOption('lens')
  await page
    .getByRole('button', { name: /^Item collection P#/ })
    .first()
    .waitFor()
  await scrollThrough(page, 'Item collections of Big', 50)
  expect(await elementsIn(page)).toBeLessThan(1000)

  await page.goto(`${console.endpoint}/#/tables/Big/items?mode=query&partitionValue=P%23999`)
  await page.getByText('Page 1: 50 of 50 read items').waitFor()
  await page.getByRole('link', { name: 'Open P#999 999', exact: true }).click()
  await page.getByLabel('Name of a new attribute').fill('found')
  await page.getByRole('button', { name: 'Add attribute' }).click()
  await page.getByLabel('Value of found').fill('yes')
  await page.getByRole('button', { name: 'Save…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await page.getByText(/^Saved/).waitFor()
  const Key = { pk: { S: 'P#999' }, sk: { N: '999' } }
  const { Item } = await console.client.send(new GetItemCommand({ TableName: 'Big', Key }))
  expect(Item).toEqual({ ...Key, found: { S: 'yes' } })
})

test('6: an export of 1,000,000 items has each of them, with progress', async () => {
  const page = await console.open('#/tables/Big/items')
  await page.getByText('Page 1: 50 of 50 read items').waitFor()
  await page.getByLabel('Export as').selectOption('csv')
  const download = page.waitForEvent('download', { timeout: 300_000 })
  await page.getByRole('button', { name: 'Export all pages' }).click()
  const progress = page.getByRole('progressbar', { name: 'Exporting Big' })
  await expect.poll(() => progress.getAttribute('max')).toBe(String(items))
  const text = await readFile(await (await download).path(), 'utf8')
  const lines = text.trimEnd().split('\n')
  expect(lines[0]).toBe('pk,sk,found')
  expect(new Set(lines).size).toBe(items + 1)
})
