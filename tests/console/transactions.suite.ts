import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  type AttributeValue,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import type { Locator, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { takePictures, useConsole } from './openConsole.ts'

const console = useConsole('--lab')
const guarded = useConsole('--auth', 'required')
const directory = mkdtempSync(join(tmpdir(), 'dynatom-console-'))
const tokenFile = join(directory, 'token')
const controlToken = 'a-token-of-the-control-door'
writeFileSync(tokenFile, `${controlToken}\n`, { mode: 0o600 })
afterAll(() => rmSync(directory, { recursive: true }))
const behindToken = useConsole('--lab', '--control-token-file', tokenFile)
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

const hostile = '<img src=x onerror="document.title=1">'
const keyOf = (id: string) => ({ id: { S: id } })
const bookOf = (id: string, stock: string) => ({ ...keyOf(id), stock: { N: stock } })
const put = (TableName: string, Item: Record<string, AttributeValue>) =>
  console.client.send(new PutItemCommand({ TableName, Item }))
const read = async (TableName: string, id: string) =>
  (await console.client.send(new GetItemCommand({ TableName, Key: keyOf(id) }))).Item
const all = async (TableName: string) =>
  (await console.client.send(new ScanCommand({ TableName }))).Items ?? []

/** The lab, as another program asks it. */
async function lab(method: string, path: string, body?: object): Promise<{ readonly id: string }> {
  const response = await fetch(`${console.endpoint}/_dynatom/lab${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect(response.status).toBe(200)
  return (await response.json()) as { readonly id: string }
}

const tableOf = (TableName: string): CreateTableCommandInput => ({
  TableName,
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
})

beforeAll(async () => {
  for (const name of ['Books', 'Orders']) {
    await console.client.send(new CreateTableCommand(tableOf(name)))
  }
})
beforeEach(async () => {
  await put('Books', bookOf('1', '2'))
  await put('Books', bookOf(hostile, '2'))
})

const actionOf = (page: Page, position: number): Locator =>
  page.getByRole('group', { name: `Action ${position}:` })

/** An update that takes `n` of a book's stock, if there are as many. */
async function fillUpdate(action: Locator, id: string, n: string): Promise<void> {
  await action.getByLabel('What to do').selectOption('Update')
  await action.getByLabel('Table', { exact: true }).fill('Books')
  await action.getByLabel('id (S)').fill(id)
  await action.getByLabel('Update expression').fill('SET #s = #s - :n')
  await action.getByLabel('Condition (optional)').fill('attribute_exists(id) AND #s >= :n')
  await action.getByLabel('Names').fill('{ "#s": "stock" }')
  await action.getByLabel('Values').fill(`{ ":n": { "N": "${n}" } }`)
}

async function fillPut(action: Locator, table: string, item: object): Promise<void> {
  await action.getByLabel('What to do').selectOption('Put')
  await action.getByLabel('Table', { exact: true }).fill(table)
  await action.getByLabel('Item', { exact: true }).fill(JSON.stringify(item))
}

/** A sale: a book less, and an order. */
async function buildSale(page: Page, { id = '1', n, order }: Sale): Promise<void> {
  await fillUpdate(actionOf(page, 1), id, n)
  await page.getByRole('button', { name: 'Add action' }).click()
  await fillPut(actionOf(page, 2), 'Orders', { ...keyOf(order), book: { S: id } })
}

interface Sale {
  readonly id?: string
  readonly n: string
  readonly order: string
}

const outcomeOf = (page: Page, title: string): Locator => page.getByRole('region', { name: title })
const positionOf = (outcome: Locator, position: number): Locator =>
  outcome.getByRole('listitem', { name: `Position ${position}` })

test('3: build one from actions', async () => {
  const page = await console.open('#/transactions')
  await buildSale(page, { n: '1', order: 'built' })
  await page.getByRole('button', { name: 'Add action' }).click()
  const third = actionOf(page, 3)
  await third.getByLabel('What to do').selectOption('Delete')
  await third.getByLabel('Table', { exact: true }).fill('Orders')
  await third.getByLabel('id (S)').fill('old')
  await page.getByRole('button', { name: 'Add action' }).click()
  const fourth = actionOf(page, 4)
  await fourth.getByLabel('What to do').selectOption('ConditionCheck')
  await fourth.getByLabel('Table', { exact: true }).fill('Books')
  await fourth.getByLabel('id (S)').fill(hostile)
  await fourth.getByLabel('Condition', { exact: true }).fill('attribute_exists(id)')
  await page.getByText('4 of 100 actions').waitFor()
  await put('Orders', keyOf('old'))
  await page.getByRole('button', { name: 'Commit' }).click()
  await outcomeOf(page, 'Committed').waitFor()
  expect(await read('Books', '1')).toEqual(bookOf('1', '1'))
  expect(await read('Orders', 'built')).toEqual({ ...keyOf('built'), book: { S: '1' } })
  expect(await read('Orders', 'old')).toBeUndefined()
})

test('3: actions can be reordered, copied and removed, and there are 100 at most', async () => {
  const page = await console.open('#/transactions')
  await buildSale(page, { n: '1', order: 'moved' })
  await page.getByRole('button', { name: 'Move action 2 up' }).press('Enter')
  await expect.poll(() => actionOf(page, 1).getByRole('textbox', { name: 'Item' }).count()).toBe(1)
  // The focus goes with the action, to what can be pressed there.
  const focused = page.getByRole('button', { name: 'Move action 1 down' })
  await expect
    .poll(() => focused.evaluate('document.activeElement.ariaLabel'))
    .toBe('Move action 1 down')
  await page.getByRole('button', { name: 'Copy action 1' }).click()
  await page.getByText('3 of 100 actions').waitFor()
  await page.getByRole('button', { name: 'Remove action 1' }).click()
  await page.getByText('2 of 100 actions').waitFor()
  await page.getByText('The request as JSON').click()
  const request = JSON.parse((await page.locator('pre').textContent()) ?? '') as {
    readonly TransactItems: readonly object[]
  }
  expect(request.TransactItems.map((each) => Object.keys(each))).toEqual([['Put'], ['Update']])
  const add = page.getByRole('button', { name: 'Add action' })
  for (let count = 2; count < 100; count++) await add.click()
  await page.getByText('100 of 100 actions').waitFor()
  expect(await add.isDisabled()).toBe(true)
})

const dryRunClause =
  '3: dry run (conditions evaluated, nothing written, each position’s outcome with ' +
  'the explained condition tree)'

test(dryRunClause, async () => {
  const page = await console.open('#/transactions')
  await buildSale(page, { id: hostile, n: '3', order: 'dry' })
  await page.getByRole('button', { name: 'Dry run' }).click()
  const outcome = outcomeOf(page, 'Dry run: it would be cancelled')
  await outcome.waitFor()
  expect(await page.locator(':focus').textContent()).toBe('Dry run: it would be cancelled')
  const first = positionOf(outcome, 1)
  expect(await first.textContent()).toContain('ConditionalCheckFailed')
  const tree = first.getByRole('list', { name: 'The condition and its parts' })
  expect(await tree.getByRole('listitem').allTextContents()).toEqual([
    expect.stringContaining('attribute_exists(id) AND stock >= {"N":"3"} is false'),
    expect.stringMatching(/^✓ attribute_exists\(id\) is true, where id is /),
    '✗ stock >= {"N":"3"} is false, where stock is {"N":"2"}',
  ])
  expect(await positionOf(outcome, 2).textContent()).toContain('In order')
  expect(await page.locator('img').count()).toBe(0)
  await actionOf(page, 1).getByLabel('Values').fill('{ ":n": { "N": "2" } }')
  await page.getByRole('button', { name: 'Dry run' }).click()
  const sound = outcomeOf(page, 'Dry run: it would commit')
  expect(await positionOf(sound, 1).textContent()).toContain('stock is {"N":"2"}')
  expect(await read('Books', hostile)).toEqual(bookOf(hostile, '2'))
  expect(await read('Orders', 'dry')).toBeUndefined()
})

test('3: commit', async () => {
  const page = await console.open('#/transactions')
  await buildSale(page, { id: hostile, n: '2', order: 'sold' })
  await page.getByRole('button', { name: 'New token' }).click()
  const commit = page.getByRole('button', { name: 'Commit' })
  await commit.click()
  await outcomeOf(page, 'Committed').getByText('capacity units').waitFor()
  const sold = [await read('Books', hostile), await read('Orders', 'sold')]
  expect(sold).toEqual([bookOf(hostile, '0'), { ...keyOf('sold'), book: { S: hostile } }])
  // The same request with the same token is done once.
  const isCommit = (request: Request): boolean => request.postData()?.includes('sold') === true
  const done = page.waitForResponse((response) => isCommit(response.request()))
  await commit.click()
  await done
  await outcomeOf(page, 'Committed').waitFor()
  expect([await read('Books', hostile), await read('Orders', 'sold')]).toEqual(sold)
})

test('3: see reasons by position, explained', async () => {
  const page = await console.open('#/transactions')
  await buildSale(page, { n: '3', order: 'refused' })
  await actionOf(page, 1).getByLabel('Give the item with the reason').check()
  await page.getByRole('button', { name: 'Commit' }).click()
  const outcome = outcomeOf(page, 'Cancelled')
  await outcome.getByText('[ConditionalCheckFailed, None]').waitFor()
  const first = positionOf(outcome, 1)
  expect(await first.textContent()).toContain('stock is {"N":"2"}')
  expect(JSON.parse((await first.locator('pre').textContent()) ?? '')).toEqual(bookOf('1', '2'))
  expect(await positionOf(outcome, 2).textContent()).toContain('In order')
  expect(await read('Orders', 'refused')).toBeUndefined()
})

test('3: live list of unfinished transactions', async () => {
  const page = await console.open('#/transactions/live')
  await page.getByText('0 unfinished transactions').waitFor()
  const stop = await lab('POST', '/stops', { table: 'Orders' })
  const TransactItems = [{ Put: { TableName: 'Orders', Item: keyOf(hostile) } }]
  const stopped = console.client.send(new TransactWriteItemsCommand({ TransactItems }))
  const list = page.getByRole('list', { name: 'Unfinished transactions' })
  await list.getByText('TransactWriteItems by ROOT').waitFor()
  await list.getByText('stopped by the lab before its commit').waitFor()
  await list.getByRole('link', { name: `Orders ${JSON.stringify(keyOf(hostile))}` }).waitFor()
  await page.getByText('1 unfinished transaction,').waitFor()
  expect(await page.locator('img').count()).toBe(0)
  await lab('DELETE', `/stops/${stop.id}`)
  await stopped
  await page.getByText('0 unfinished transactions').waitFor()
  expect(await read('Orders', hostile)).toEqual(keyOf(hostile))
})

test('3: conflicts of the last minutes: who met whom on which item', async () => {
  const page = await console.open('#/transactions')
  const hold = await lab('POST', '/holds', { items: [{ table: 'Books', key: keyOf('1') }] })
  await buildSale(page, { n: '1', order: 'met' })
  await page.getByRole('button', { name: 'Commit' }).click()
  const outcome = outcomeOf(page, 'Cancelled')
  const first = positionOf(outcome, 1)
  await first.getByText('a hold of the lab').waitFor()
  expect(await first.textContent()).toContain('TransactionConflict')
  const refusal = await put('Books', bookOf('1', '9')).catch((error: unknown) => error as Error)
  expect(refusal).toHaveProperty('name', 'TransactionConflictException')
  await page.getByRole('link', { name: 'Under way' }).click()
  const conflicts = page.getByRole('list', { name: 'Conflicts' })
  const met = (who: string): Locator =>
    conflicts
      .getByRole('listitem')
      .filter({ hasText: who })
      .filter({ hasText: 'Books {"id":{"S":"1"}}' })
      .filter({ hasText: 'a hold of the lab' })
  await met('PutItem by ROOT was refused').first().waitFor()
  await met('TransactWriteItems by local was refused').first().waitFor()
  await lab('DELETE', `/holds/${hold.id}`)
  await page.getByText('0 unfinished transactions').waitFor()
  await met('PutItem by ROOT was refused').first().waitFor()
  expect(await read('Books', '1')).toEqual(bookOf('1', '2'))
  expect(await read('Orders', 'met')).toBeUndefined()
})

test('3: a refusal of another program is explained by its request id', async () => {
  const page = await console.open('#/transactions/live')
  const command = new PutItemCommand({
    TableName: 'Books',
    Item: bookOf('1', '9'),
    ConditionExpression: 'stock > :n',
    ExpressionAttributeValues: { ':n': { N: '5' } },
  })
  const refusal = await console.client.send(command).catch((error: unknown) => error)
  const { $metadata } = refusal as { readonly $metadata: { readonly requestId: string } }
  await page.getByLabel('Request id').fill($metadata.requestId)
  await page.getByRole('button', { name: 'Explain' }).click()
  const outcome = outcomeOf(page, 'PutItem by ROOT was refused')
  await outcome.getByText('where stock is {"N":"2"}').waitFor()
  await page.getByLabel('Request id').fill('NONE')
  await page.getByRole('button', { name: 'Explain' }).click()
  await page.getByRole('alert').getByText('There is no refusal of a request NONE').waitFor()
  expect(await read('Books', '1')).toEqual(bookOf('1', '2'))
})

test('3: items are read in one transaction', async () => {
  const page = await console.open('#/transactions')
  await page.getByLabel('Transaction', { exact: true }).selectOption('read')
  await actionOf(page, 1).getByLabel('Table', { exact: true }).fill('Books')
  await actionOf(page, 1).getByLabel('id (S)').fill(hostile)
  await page.getByRole('button', { name: 'Add action' }).click()
  await actionOf(page, 2).getByLabel('id (S)').fill('nobody')
  await page.getByRole('button', { name: 'Read', exact: true }).click()
  const outcome = outcomeOf(page, 'Read')
  const text = (await positionOf(outcome, 1).locator('pre').textContent()) ?? ''
  expect(JSON.parse(text)).toEqual(await read('Books', hostile))
  await positionOf(outcome, 2).getByText('There is no such item.').waitFor()
  expect(await page.locator('img').count()).toBe(0)
})

test('3: what is no request says which action is none, and does nothing', async () => {
  const page = await console.open('#/transactions')
  await buildSale(page, { n: '1', order: 'none' })
  await actionOf(page, 2).getByLabel('Item', { exact: true }).fill('{ "id": "none" }')
  const before = [await all('Books'), await all('Orders')]
  for (const name of ['Dry run', 'Commit']) {
    await page.getByRole('button', { name }).click()
    await page.getByRole('alert').getByText('Action 2: Item: id: a value is an object').waitFor()
  }
  expect([await all('Books'), await all('Orders')]).toEqual(before)
  await page.getByLabel('Items and values as').selectOption('plain')
  expect(await actionOf(page, 1).getByLabel('Values').inputValue()).toBe('{\n  ":n": 1\n}')
  await page.getByRole('button', { name: 'Commit' }).click()
  await outcomeOf(page, 'Committed').waitFor()
  expect(await read('Orders', 'none')).toEqual(keyOf('none'))
})

test('6: nothing lost by a reload', async () => {
  const page = await console.open('#/transactions')
  await buildSale(page, { n: '2', order: 'kept' })
  await page.getByRole('button', { name: 'New token' }).click()
  const token = await page.getByLabel('Client request token').inputValue()
  await page.reload()
  expect(await actionOf(page, 1).getByLabel('id (S)').inputValue()).toBe('1')
  expect(await actionOf(page, 2).getByLabel('Item', { exact: true }).inputValue()).toContain('kept')
  expect(await page.getByLabel('Client request token').inputValue()).toBe(token)
  await page.getByRole('button', { name: 'Start anew' }).click()
  expect(await actionOf(page, 2).count()).toBe(0)
})

test('6: every action by keyboard', async () => {
  const page = await console.open('#/transactions')
  await page.getByRole('link', { name: 'Skip to content' }).focus()
  await page.keyboard.press('Enter')
  const action = actionOf(page, 1)
  await action.getByLabel('Table', { exact: true }).waitFor()
  const focused = '(document.activeElement.labels?.[0] ?? document.activeElement).textContent'
  const tabTo = async (name: string): Promise<void> => {
    for (let steps = 0; steps < 40; steps++) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate(focused)) === name) return
    }
    throw new Error(`There is no way to ${name} by Tab.`)
  }
  await tabTo('Table')
  await page.keyboard.type('Orders')
  await tabTo('Item')
  await page.keyboard.type('{"id":{"S":"typed"}}')
  await tabTo('Commit')
  await page.keyboard.press('Space')
  await outcomeOf(page, 'Committed').waitFor()
  expect(await page.locator(':focus').textContent()).toBe('Committed')
  expect(await read('Orders', 'typed')).toEqual(keyOf('typed'))
})

test('6: axe finds nothing, dark and light; on a 400-pixel-wide screen', async () => {
  const hold = await lab('POST', '/holds', { items: [{ table: 'Books', key: keyOf('1') }] })
  const page = await console.open('#/transactions')
  await page.evaluate(axe)
  const check = async (name: string): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await page.evaluate('axe.run().then(({ violations }) => violations)')
      expect(found).toEqual([])
      await takePictures(page, `${name}-${colorScheme}`)
    }
    await page.setViewportSize({ width: 400, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400)
    await page.setViewportSize({ width: 1280, height: 800 })
  }
  await buildSale(page, { n: '3', order: 'seen' })
  await page.getByText('The request as JSON').click()
  await page.getByRole('button', { name: 'Commit' }).click()
  await outcomeOf(page, 'Cancelled').waitFor()
  await check('transaction-cancelled')
  await page.getByRole('link', { name: 'Under way' }).click()
  await page.getByText('was refused at').first().waitFor()
  await check('transaction-conflicts')
  await lab('DELETE', `/holds/${hold.id}`)
})

test('3: where keys are verified, looks are signed with them', async () => {
  await guarded.client.send(new CreateTableCommand(tableOf('Books')))
  await guarded.client.send(new PutItemCommand({ TableName: 'Books', Item: bookOf('1', '2') }))
  const page = await guarded.open('#/transactions')
  await page.getByLabel('Access key id').fill('ROOT')
  await page.getByLabel('Secret access key').fill('secret-of-the-root')
  await page.getByRole('button', { name: 'Use these keys' }).click()
  await fillUpdate(actionOf(page, 1), '1', '3')
  await page.getByRole('button', { name: 'Dry run' }).click()
  const dry = outcomeOf(page, 'Dry run: it would be cancelled')
  await positionOf(dry, 1).getByText('where stock is {"N":"2"}').waitFor()
  await page.getByRole('button', { name: 'Commit' }).click()
  const refused = outcomeOf(page, 'Cancelled')
  await positionOf(refused, 1).getByText('where stock is {"N":"2"}').waitFor()
  await page.getByRole('link', { name: 'Under way' }).click()
  await page.getByText('0 unfinished transactions, 0 conflicts.').waitFor()
  const unsigned = await fetch(`${guarded.endpoint}/_dynatom/watch/transactions`)
  expect(unsigned.status).toBe(400)
})

test('3: where looks bear a token, it is asked for, and kept in no storage', async () => {
  const page = await behindToken.open('#/transactions/live')
  const use = async (text: string): Promise<void> => {
    await page.getByLabel('Control token').fill(text)
    await page.getByRole('button', { name: 'Use this token' }).click()
  }
  await page.getByRole('alert').getByText('A bearer token is needed').waitFor()
  await use('another-token-of-another-door')
  await page.getByLabel('Control token').waitFor()
  await use(controlToken)
  await page.getByText('0 unfinished transactions, 0 conflicts.').waitFor()
  const kept = await page.evaluate(
    'JSON.stringify([location.href, { ...localStorage }, { ...sessionStorage }, document.cookie])',
  )
  expect(kept).not.toContain('token-of')
})
