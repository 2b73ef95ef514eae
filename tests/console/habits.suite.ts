import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, test } from 'vitest'
import { takePictures, useConsole } from './openConsole.ts'

const console = useConsole('--auth', 'required')
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

beforeAll(async () => {
  await console.client.send(
    new CreateTableCommand({
      TableName: 'Orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  const Item = { id: { S: '1' }, tags: { SS: ['a', 'b'] }, open: { BOOL: true } }
  await console.client.send(new PutItemCommand({ TableName: 'Orders', Item }))
})

async function openWithKeys(hash: string) {
  const page = await console.open(hash)
  await page.getByLabel('Access key id').fill('ROOT')
  await page.getByLabel('Secret access key').fill('secret-of-the-root')
  await page.getByRole('button', { name: 'Use these keys' }).click()
  return page
}

const pages = [
  ['tables', '', 'Orders'],
  ['create-table', '#/create-table', 'Add index'],
  ['table', '#/tables/Orders', 'Time to live'],
  ['items', '#/tables/Orders/items', 'Page 1'],
  ['transactions', '#/transactions', 'Dry run'],
  ['transactions-live', '#/transactions/live', '0 unfinished transactions'],
  ['item', `#/tables/Orders/item?key=${encodeURIComponent('{"id":{"S":"1"}}')}`, 'Save…'],
  ['partiql-keys', '#/partiql', 'History of this tab'],
  ['streams-keys', '#/streams', 'No table has a stream'],
  ['metrics-keys', '#/metrics', 'Successful requests a second'],
  ['lab-keys', '#/lab', '--control-token-file'],
] as const

describe.each(pages)('the page %s', (name, hash, text) => {
  test('6: axe finds nothing, dark and light; on a 400-pixel-wide screen', async () => {
    const page = await openWithKeys(hash)
    await page.getByText(text).first().waitFor()
    await page.evaluate(axe)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await page.evaluate('axe.run().then(({ violations }) => violations)')
      expect(found).toEqual([])
      await takePictures(page, `${name}-${colorScheme}`)
    }
    await page.setViewportSize({ width: 400, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400)
  })
})

test('7: no secrets in URLs or any browser storage, after a reload keys are asked for again', async () => {
  const page = await openWithKeys('#/tables/Orders')
  await page.getByRole('heading', { name: 'Orders' }).waitFor()
  const kept = await page.evaluate(
    'JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, document.cookie])',
  )
  expect(kept).not.toMatch(/ROOT|secret-of-the-root/)
  await page.reload()
  await page.getByRole('heading', { name: 'Keys' }).waitFor()
  expect(page.url()).toContain('#/tables/Orders')
})

test('7: framing refused', async () => {
  const page = await console.open()
  const answer = await page.request.get(console.endpoint, { headers: { accept: 'text/html' } })
  expect(answer.headers()).toMatchObject({ 'x-frame-options': 'DENY' })
  expect(answer.headers()['content-security-policy']).toContain("frame-ancestors 'none'")
})
