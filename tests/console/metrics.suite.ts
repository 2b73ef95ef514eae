import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateTableCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectGoodLooks } from './looks.ts'
import { answerTo, useConsole, type Console } from './openConsole.ts'

const console = useConsole('--lab', '--enforce-throughput')

const hostile = '<img src=x onerror="document.title=1">'
const put = (id: string, TableName = 'Orders') =>
  console.client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }))

const lab = async (method: string, path: string, body?: object): Promise<{ id: string }> => {
  const response = await fetch(`${console.endpoint}/_dynatom/lab${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return (await response.json()) as { id: string }
}

const createTable = (on: Console, TableName: string) =>
  on.client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )

beforeAll(async () => {
  for (const name of ['Orders', 'Payments']) await createTable(console, name)
})

/** A row of a table in the page. */
interface TableRow {
  readonly cells: Iterable<{ readonly innerText: string }>
}

/** The sum of a column in the table of values that stands beside a chart. */
async function sumOf(page: Page, chart: string, line: string): Promise<number> {
  const section = page.getByRole('region', { name: chart, exact: true })
  const table = section.getByRole('table')
  if ((await table.count()) === 0) await section.getByText('As a table').click()
  await table.waitFor()
  // At once, for it may be drawn anew, with other columns, between two looks.
  const [heads = [], ...rows] = await table.evaluate((node) =>
    Array.from((node as unknown as { rows: Iterable<TableRow> }).rows, ({ cells }) =>
      Array.from(cells, ({ innerText }) => innerText),
    ),
  )
  const column = heads.indexOf(line)
  const texts = column === -1 ? [] : rows.map((row) => row[column] ?? '')
  return texts.reduce((sum, text) => sum + (Number(text.replace('–', '0')) || 0), 0)
}

const within = { timeout: 15_000, interval: 300 }

/** Has the charts drawn for the last time, which is when they cease to be live. */
async function stopDrawing(page: Page): Promise<void> {
  const read = answerTo(page, 'GetMetricData')
  await page.getByLabel('Live, every 5 seconds').uncheck()
  await read
  await page.waitForTimeout(500)
}

/** What is drawn: whether the canvas of a chart has any pixel of a line's colour. */
const isDrawn = (page: Page, chart: string): Promise<boolean> =>
  page
    .getByRole('region', { name: chart, exact: true })
    .locator('canvas')
    .evaluate((node) => {
      const canvas = node as unknown as {
        width: number
        height: number
        getContext(kind: '2d'): {
          getImageData(...area: number[]): { data: Uint8ClampedArray }
        }
      }
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      // A line has a colour; axes are grey.
      for (let i = 0; i < data.length; i += 4) {
        const [red = 0, green = 0, blue = 0, alpha = 0] = data.slice(i, i + 4)
        if (alpha > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 80) return true
      }
      return false
    })

test('4: metrics: throughput as a chart, live', async () => {
  await put('first')
  const page = await console.open('#/metrics?table=Orders')
  await expect.poll(() => sumOf(page, 'Throughput', 'PutItem'), within).toBeGreaterThan(0)
  await console.client.send(
    new QueryCommand({
      TableName: 'Orders',
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': { S: 'first' } },
    }),
  )
  await expect.poll(() => sumOf(page, 'Throughput', 'Query'), within).toBeGreaterThan(0)
  const units = () => sumOf(page, 'Consumed capacity', 'Write units')
  await expect.poll(units, within).toBeGreaterThan(0)
  await expect.poll(() => isDrawn(page, 'Throughput'), within).toBe(true)
  await page.getByLabel('Table', { exact: true }).selectOption('All tables')
  await put('paid', 'Payments')
  await expect
    .poll(() => page.getByLabel('Table', { exact: true }).innerText(), within)
    .toContain('Payments')
  await page.getByLabel('Table', { exact: true }).selectOption('Payments')
  expect(page.url()).toContain('table=Payments')
  await expect.poll(() => sumOf(page, 'Throughput', 'PutItem'), within).toBeGreaterThan(0)
  expect(await sumOf(page, 'Throughput', 'Query')).toBe(0)
})

test('4: metrics: latency as a chart', async () => {
  // In one minute, so that most of it was quick.
  const leftMs = 60_000 - (Date.now() % 60_000)
  if (leftMs < 5000) await new Promise((resolve) => setTimeout(resolve, leftMs))
  for (const quick of ['quick', 'quicker', 'quickest']) await put(quick)
  const { id } = await lab('POST', '/faults', { operations: ['PutItem'], next: 1, delayMs: 300 })
  await put('slow')
  await lab('DELETE', `/faults/${id}`)
  const page = await console.open('#/metrics?table=Orders&latency=Maximum')
  await expect.poll(() => sumOf(page, 'Latency', 'PutItem'), within).toBeGreaterThan(290)
  await page.getByLabel('Latency of').selectOption('Half of them (p50)')
  await expect.poll(() => sumOf(page, 'Latency', 'PutItem'), within).toBeLessThan(290)
  await expect.poll(() => isDrawn(page, 'Latency'), within).toBe(true)
})

test('4: metrics: conflicts as a chart', async () => {
  const page = await console.open('#/metrics?table=Orders')
  const conflicts = () => sumOf(page, 'Conflicts', 'Transaction conflicts')
  await page.getByRole('region', { name: 'Conflicts', exact: true }).waitFor()
  const before = await conflicts()
  const { id } = await lab('POST', '/holds', {
    items: [{ table: 'Orders', key: { id: { S: hostile } } }],
  })
  const Put = { TableName: 'Orders', Item: { id: { S: hostile } } }
  const sent = console.client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] }))
  await expect(sent).rejects.toThrow('TransactionConflict')
  await lab('DELETE', `/holds/${id}`)
  await expect.poll(conflicts, within).toBe(before + 1)
  const refused = console.client.send(
    new PutItemCommand({ ...Put, ConditionExpression: 'attribute_exists(id)' }),
  )
  await expect(refused).rejects.toThrow('conditional')
  const failed = () => sumOf(page, 'Conflicts', 'Failed conditions')
  await expect.poll(failed, within).toBe(1)
  await expect.poll(() => isDrawn(page, 'Conflicts'), within).toBe(true)
})

test('4: metrics: throttles as a chart', async () => {
  const page = await console.open('#/metrics?table=Orders')
  await page.getByRole('region', { name: 'Throttles', exact: true }).waitFor()
  await lab('POST', '/faults', {
    operations: ['PutItem'],
    next: 1,
    error: { name: 'ProvisionedThroughputExceededException' },
  })
  // The SDK tries again.
  expect((await put('throttled')).$metadata.attempts).toBe(2)
  const throttled = () => sumOf(page, 'Throttles', 'Throttled requests')
  await expect.poll(throttled, within).toBe(1)
  await expect.poll(() => isDrawn(page, 'Throttles'), within).toBe(true)
})

test('4: metrics are not live when that is switched off', async () => {
  const page = await console.open('#/metrics?table=Orders')
  const failed = () => sumOf(page, 'Conflicts', 'Failed conditions')
  await page.getByRole('region', { name: 'Conflicts', exact: true }).waitFor()
  await stopDrawing(page)
  const before = await failed()
  const refused = console.client.send(
    new PutItemCommand({
      TableName: 'Orders',
      Item: { id: { S: 'nobody' } },
      ConditionExpression: 'attribute_exists(id)',
    }),
  )
  await expect(refused).rejects.toThrow('conditional')
  await page.waitForTimeout(6000)
  expect(await failed()).toBe(before)
  await page.getByLabel('Live, every 5 seconds').focus()
  await page.keyboard.press('Space')
  await expect.poll(failed, within).toBe(before + 1)
})

test('6: metrics: axe finds nothing, dark and light; on a 400-pixel-wide screen', async () => {
  const page = await console.open('#/metrics')
  await expect.poll(() => sumOf(page, 'Throughput', 'PutItem'), within).toBeGreaterThan(0)
  await expectGoodLooks(page, 'metrics')
})

test('6: dark and light: charts are drawn anew', async () => {
  const page = await console.open('#/metrics')
  await expect.poll(() => isDrawn(page, 'Throughput'), within).toBe(true)
  await stopDrawing(page)
  const chart = page.getByRole('region', { name: 'Throughput', exact: true }).locator('canvas')
  const picture = (): Promise<string> =>
    chart.evaluate((node) => (node as unknown as { toDataURL(): string }).toDataURL())
  const light = await picture()
  await page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(picture, within).not.toBe(light)
  const dark = await picture()
  await page.getByLabel('Theme').selectOption('Light')
  await expect.poll(picture, within).toBe(light)
  await page.getByLabel('Theme').selectOption('Dark')
  await expect.poll(picture, within).toBe(dark)
})

test('4: metrics go by the clock of the database, which the lab may have moved', async () => {
  await lab('POST', '/clock/advance', { ms: 5 * 3600 * 1000 })
  const page = await console.open('#/metrics?table=Orders')
  await page.getByRole('region', { name: 'Throughput', exact: true }).waitFor()
  expect(await sumOf(page, 'Throughput', 'PutItem')).toBe(0)
  await put('later')
  await expect.poll(() => sumOf(page, 'Throughput', 'PutItem'), within).toBeGreaterThan(0)
})

describe('a server that verifies signatures', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'dynatom-console-')), 'identities.json')
  const allowed = ['dynamodb:*', 'cloudwatch:ListMetrics']
  writeFileSync(
    file,
    JSON.stringify({
      users: {
        shop: {
          accessKeys: [{ accessKeyId: 'AKIASHOP', secretAccessKey: 'secret-of-the-shop' }],
          policies: [
            {
              Version: '2012-10-17',
              Statement: { Effect: 'Allow', Action: allowed, Resource: '*' },
            },
          ],
        },
      },
    }),
  )
  const strict = useConsole('--auth', 'required', '--identities', file)

  test('4: metrics are shown to keys whose policies allow it', async () => {
    await createTable(strict, 'Orders')
    const open = async (accessKeyId: string, secretAccessKey: string): Promise<Page> => {
      const page = await strict.open('#/metrics')
      await page.getByLabel('Access key id').fill(accessKeyId)
      await page.getByLabel('Secret access key').fill(secretAccessKey)
      await page.getByRole('button', { name: 'Use these keys' }).click()
      return page
    }
    const Item = { id: { S: 'a' } }
    await strict.client.send(new PutItemCommand({ TableName: 'Orders', Item }))
    const refused = await open('AKIASHOP', 'secret-of-the-shop')
    await refused
      .getByRole('alert')
      .getByText(/AccessDenied.*GetMetricData/)
      .waitFor()
    expect(await refused.locator('canvas').count()).toBe(0)
    const page = await open('ROOT', 'secret-of-the-root')
    await expect.poll(() => sumOf(page, 'Throughput', 'PutItem'), within).toBeGreaterThan(0)
  })
})
