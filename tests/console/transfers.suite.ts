import { readFile } from 'node:fs/promises'
import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb'
import type { Download, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { useConsole } from './openConsole.ts'

const console = useConsole()

type Item = Record<string, AttributeValue>

const items: readonly Item[] = [
  { id: { S: 'a' }, n: { N: '12345678901234567890123456789012345678' }, tags: { SS: ['x', 'y'] } },
  { id: { S: 'b' }, n: { S: 'text, with "quotes"\nand lines' }, empty: { S: '' } },
  {
    id: { S: '=c' },
    bytes: { B: Uint8Array.of(0, 255) },
    doc: { M: { l: { L: [{ NULL: true }] } } },
  },
]

async function create(TableName: string, content: readonly Item[] = []): Promise<void> {
  await console.client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  for (const Item of content) await console.client.send(new PutItemCommand({ TableName, Item }))
}

async function itemsOf(TableName: string): Promise<readonly Item[]> {
  const { Items = [] } = await console.client.send(new ScanCommand({ TableName }))
  return Items.sort((one, other) => String(one['id']?.S).localeCompare(String(other['id']?.S)))
}

const countOf = async (TableName: string): Promise<number> =>
  (await console.client.send(new ScanCommand({ TableName, Select: 'COUNT' }))).Count ?? 0

const textOf = async (download: Download): Promise<string> =>
  readFile(await download.path(), 'utf8')

async function exported(page: Page, format: string): Promise<Download> {
  await page.getByLabel('Export as').selectOption(format)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export all pages' }).click()
  return download
}

async function importText(page: Page, name: string, text: string): Promise<void> {
  const file = { name, mimeType: 'text/plain', buffer: Buffer.from(text) }
  await page.getByLabel('File', { exact: true }).setInputFiles(file)
  await page.getByRole('button', { name: 'Import', exact: true }).click()
}

test.each([
  ['JSON Lines', 'dynamodb', 'jsonl'],
  ['CSV', 'csv', 'csv'],
] as const)('2: import and export (%s)', async (_, format, ending) => {
  await create(`From-${format}`, items)
  await create(`To-${format}`)
  // One item a page, so that all pages are more than the one that is shown.
  const page = await console.open(`#/tables/From-${format}/items?limit=1`)
  const download = await exported(page, format)
  expect(download.suggestedFilename()).toBe(`From-${format}.${ending}`)
  await page.getByText(`3 items of From-${format} exported.`).waitFor()
  const text = await textOf(download)
  await page.goto(`${console.endpoint}/#/tables/To-${format}/items`)
  await page.getByRole('link', { name: 'Import' }).click()
  await importText(page, `some.${ending}`, text)
  await page.getByText('3 written, 0 refused. The file was read to its end.').waitFor()
  expect(await itemsOf(`To-${format}`)).toEqual(await itemsOf(`From-${format}`))
})

test('2: export of what is read alone', async () => {
  await create('Filtered', items)
  const filters = JSON.stringify([{ path: 'empty', operator: 'attribute_exists', type: 'S' }])
  const page = await console.open(`#/tables/Filtered/items?filters=${encodeURIComponent(filters)}`)
  await page.getByText('1 of 3 read items').waitFor()
  const text = await textOf(await exported(page, 'plain'))
  expect(text).toBe('{"id":"b","n":"text, with \\"quotes\\"\\nand lines","empty":""}\n')
})

test('2: import tells each refused line, drops none silently, and keeps what is there', async () => {
  await create('Kept', [{ id: { S: 'a' }, v: { N: '1' } }])
  const page = await console.open('#/tables/Kept/import')
  const lines = [
    '{"id":{"S":"a"},"v":{"N":"2"}}',
    '{"id":{"S":"new"}}',
    '{"id":{"S":"<img src=x>"',
    '{"id":{"N":"1"}}',
  ]
  await importText(page, 'lines.jsonl', lines.join('\n'))
  await page.getByText('1 written, 3 refused. The file was read to its end.').waitFor()
  expect(await itemsOf('Kept')).toEqual([{ id: { S: 'a' }, v: { N: '1' } }, { id: { S: 'new' } }])
  for (let round = 0; round < 2; round += 1) {
    await page.getByRole('row', { name: /^1 There is an item with this key\./ }).waitFor()
    await page.getByRole('row', { name: /^3 Expected .* at column 25\./ }).waitFor()
    await page.getByRole('row', { name: /^4 .*Type mismatch for key id/ }).waitFor()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save all refused lines' }).click()
    const text = await textOf(await saved)
    const refused = text
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as { line: number; text: string })
    expect(new Map(refused.map(({ line, text: each }) => [line, each]))).toEqual(
      new Map([1, 3, 4].map((line) => [line, lines[line - 1]])),
    )
    expect(refused).toHaveLength(3)
    // Nothing of it is lost by a reload.
    await page.reload()
  }
  await page.getByLabel('Where an item has the same key').selectOption('replace')
  await importText(page, 'lines.jsonl', lines[0] ?? '')
  await page.getByText('1 written, 0 refused. The file was read to its end.').waitFor()
  const Key = { id: { S: 'a' } }
  const { Item } = await console.client.send(new GetItemCommand({ TableName: 'Kept', Key }))
  expect(Item).toEqual({ ...Key, v: { N: '2' } })
})

test('6: long work with progress and cancel', async () => {
  await create('Long')
  const page = await console.open('#/tables/Long/import')
  const count = 60_000
  const lines = Array.from({ length: count }, (_, i) => `{"id":{"S":"${i}"},"v":{"N":"${i}"}}`)
  await importText(page, 'long.jsonl', lines.join('\n'))
  const works = page.getByRole('region', { name: 'Work in progress' })
  const progress = works.getByRole('progressbar', { name: 'Importing into Long' })
  await expect
    .poll(() => progress.evaluate((bar) => Number(bar.getAttribute('value'))))
    .toBeGreaterThan(0)
  // It goes on while another page is looked at.
  await page.getByRole('link', { name: 'Items', exact: true }).click()
  await page.getByRole('heading', { name: 'Items of Long' }).waitFor()
  await works.getByText(/[1-9]\d* written, 0 refused/).waitFor()
  await works.getByRole('button', { name: 'Stop: Importing into Long' }).click()
  await works.waitFor({ state: 'detached' })
  await page.goBack()
  const told = await page.getByText(/It was stopped\. Nothing behind line/).textContent()
  const [, written = '', last = ''] =
    /([\d,]+) written, 0 refused.*line ([\d,]+)/.exec(told ?? '') ?? []
  const stored = await countOf('Long')
  expect(Number(written.replaceAll(',', ''))).toBe(stored)
  expect(Number(last.replaceAll(',', ''))).toBe(stored)
  expect(stored).toBeGreaterThan(0)
  expect(stored).toBeLessThan(count)
})

test('6: an export that is stopped saves nothing', async () => {
  await create('Stopped', items)
  const page = await console.open('#/tables/Stopped/items')
  await page.getByText('3 of 3 read items').waitFor()
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route(`${console.endpoint}/`, async (route) => {
    if (route.request().method() === 'POST') await held
    await route.continue().catch(() => undefined)
  })
  await page.getByRole('button', { name: 'Export all pages' }).click()
  await page.getByRole('button', { name: 'Stop: Exporting Stopped' }).click()
  await page.getByText('The export of Stopped was stopped: no file was saved.').waitFor()
  release()
})
