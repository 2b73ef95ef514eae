import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  CreateTableCommand,
  DescribeTableCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { takePictures, useConsole } from './openConsole.ts'

const console = useConsole('--auth', 'required')
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

const Key = { id: { S: '1' } }
const Item = { ...Key, tags: { SS: ['a', 'b'] }, open: { BOOL: true } }
const read = async (id: string) => {
  const command = new GetItemCommand({ TableName: 'Orders', Key: { id: { S: id } } })
  return (await console.client.send(command)).Item
}

const create = (TableName: string) =>
  console.client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )

beforeAll(async () => {
  await create('Orders')
  await console.client.send(new PutItemCommand({ TableName: 'Orders', Item }))
})

async function giveKeys(page: Page): Promise<void> {
  await page.getByLabel('Access key id').fill('ROOT')
  await page.getByLabel('Secret access key').fill('secret-of-the-root')
  await page.getByRole('button', { name: 'Use these keys' }).click()
}

async function openWithKeys(hash: string) {
  const page = await console.open(hash)
  await giveKeys(page)
  return page
}

const itemHash = `#/tables/Orders/item?key=${encodeURIComponent(JSON.stringify(Key))}`
interface Shown {
  readonly name: string
  readonly hash: string
  /** What is waited for. */
  readonly text: string
  /** What is opened on it. */
  readonly open?: (page: Page) => Promise<void>
}

const pages: readonly Shown[] = [
  { name: 'tables', hash: '', text: 'Orders' },
  { name: 'create-table', hash: '#/create-table', text: 'Add index' },
  { name: 'table', hash: '#/tables/Orders', text: 'Time to live' },
  {
    name: 'delete-table',
    hash: '#/tables/Orders',
    text: 'ACTIVE',
    open: (page) => page.getByRole('button', { name: 'Delete table…' }).click(),
  },
  { name: 'items', hash: '#/tables/Orders/items', text: 'Page 1' },
  { name: 'lens', hash: '#/tables/Orders/items?view=lens', text: 'Entities' },
  {
    name: 'query',
    hash: '#/tables/Orders/items?mode=query&partitionValue=1',
    text: 'Page 1',
    open: (page) => page.getByRole('button', { name: 'Add filter' }).click(),
  },
  {
    name: 'copy-as',
    hash: '#/tables/Orders/items',
    text: 'Page 1',
    open: (page) => page.getByRole('button', { name: 'Copy as…' }).click(),
  },
  { name: 'item', hash: itemHash, text: 'Save…' },
  {
    name: 'save-item',
    hash: itemHash,
    text: 'Save…',
    async open(page) {
      await page.getByLabel('Value of open').selectOption('false')
      await page.getByRole('button', { name: 'Save…' }).click()
    },
  },
  { name: 'new-item', hash: '#/tables/Orders/new-item', text: 'Make item…' },
  {
    name: 'import',
    hash: '#/tables/Orders/import',
    text: 'Format',
    async open(page) {
      const file = { name: 'a.jsonl', mimeType: 'text/plain', buffer: Buffer.from('refused') }
      await page.getByLabel('File', { exact: true }).setInputFiles(file)
      await page.getByRole('button', { name: 'Import', exact: true }).click()
      await page.getByRole('row', { name: /^1 Expected/ }).waitFor()
    },
  },
  { name: 'deleted', hash: '#/deleted', text: 'There is nothing to put back.' },
  { name: 'transactions', hash: '#/transactions', text: 'Dry run' },
  { name: 'transactions-live', hash: '#/transactions/live', text: '0 unfinished transactions' },
  { name: 'partiql-keys', hash: '#/partiql', text: 'History of this tab' },
  { name: 'streams-keys', hash: '#/streams', text: 'No table has a stream' },
  { name: 'metrics-keys', hash: '#/metrics', text: 'Successful requests a second' },
  { name: 'lab-keys', hash: '#/lab', text: '--control-token-file' },
]

async function show({ hash, text, open }: Shown): Promise<Page> {
  const page = await openWithKeys(hash)
  await page.getByText(text).first().waitFor()
  await open?.(page)
  return page
}

/** What somebody can act on, as far as it is shown and enabled; in a window over the page, of it. */
const controls = `[...(document.querySelector('dialog[open]') ?? document).querySelectorAll(
  'a[href], button, input, select, textarea, summary, [tabindex="0"]'
)].filter((each) => !each.disabled && each.checkVisibility() && !each.matches('.skip'))`

const accessible =
  '6: labels for screen readers (axe finds nothing), dark and light, on a 400-pixel-wide screen'

describe.each(pages)('the page $name', (shown) => {
  test(accessible, async () => {
    const page = await show(shown)
    await page.evaluate(axe)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await page.evaluate('axe.run().then(({ violations }) => violations)')
      expect(found).toEqual([])
      await takePictures(page, `${shown.name}-${colorScheme}`)
    }
    await page.setViewportSize({ width: 400, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400)
    // Nothing to act on is beyond the edge, but in what is scrolled by itself.
    const beyond = await page.evaluate(`${controls}
      .filter((each) => !each.closest('.rows, .wide'))
      .filter((each) => each.getBoundingClientRect().right > 400)
      .map((each) => each.outerHTML)`)
    expect(beyond).toEqual([])
    const narrow = await page.evaluate('axe.run().then(({ violations }) => violations)')
    expect(narrow).toEqual([])
  })

  test('6: every action by keyboard, visible focus', async () => {
    const page = await show(shown)
    await page.evaluate(
      `document.querySelectorAll('details').forEach((each) => (each.open = true))`,
    )
    if ((await page.getByRole('dialog').count()) === 0) {
      await page.getByRole('link', { name: 'Skip to content' }).focus()
    }
    const all = await page.evaluate<number>(`${controls}.length`)
    const reached = new Set<string>()
    const unseen: string[] = []
    for (let i = 0; i < all + 5; i += 1) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate<{ at: number; outline: string; html: string }>(`(() => {
        const element = document.activeElement
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        const at = ${controls}.indexOf(element)
        return { at, outline: outlineStyle + ' ' + outlineWidth, html: element.outerHTML }
      })()`)
      if (focused.at === -1) continue
      reached.add(String(focused.at))
      if (!/^(?:solid|auto) [2-9]/.test(focused.outline)) unseen.push(focused.html)
    }
    expect(unseen).toEqual([])
    expect(reached.size).toBe(all)
  })
})

/** Goes on to a control by the tabulator alone. */
async function tabTo(page: Page, name: RegExp | string): Promise<void> {
  for (let i = 0; i < 120; i += 1) {
    await page.keyboard.press('Tab')
    const label = await page.evaluate<string>(`(() => {
      const e = document.activeElement
      return e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent
    })()`)
    if (typeof name === 'string' ? label.trim() === name : name.test(label)) return
  }
  throw new Error(`The tabulator does not lead to ${String(name)}.`)
}

test('6: every action by keyboard: a table is made, filled, read, edited and deleted', async () => {
  const page = await openWithKeys('#/create-table')
  const keys = page.keyboard
  await page.getByRole('heading', { name: 'Create table', exact: true }).waitFor()
  await tabTo(page, 'Table name')
  await keys.type('Typed')
  await tabTo(page, 'Partition key')
  await keys.type('id')
  await keys.press('Enter')
  await page.getByRole('heading', { name: 'Typed', exact: true }).waitFor()
  await tabTo(page, 'Items')
  await keys.press('Enter')
  await page.getByRole('heading', { name: 'Items of Typed', exact: true }).waitFor()
  await tabTo(page, 'New item')
  await keys.press('Enter')
  await page.getByRole('heading', { name: 'New item of Typed', exact: true }).waitFor()
  await tabTo(page, 'Value of id')
  await keys.type('1')
  await keys.press('Enter')
  await page.getByRole('dialog').waitFor()
  await tabTo(page, 'Make item')
  await keys.press('Enter')
  await page.getByRole('heading', { name: 'Item of Typed', exact: true }).waitFor()
  const command = new GetItemCommand({ TableName: 'Typed', Key })
  expect((await console.client.send(command)).Item).toEqual(Key)
  await tabTo(page, 'Delete item')
  await keys.press('Enter')
  await page.getByText('1 item of Typed deleted.').waitFor()
  expect((await console.client.send(command)).Item).toBeUndefined()
  await tabTo(page, 'Undo')
  await keys.press('Enter')
  await page.getByText('1 item of Typed put back.').waitFor()
  expect((await console.client.send(command)).Item).toEqual(Key)
  await page.goto(`${console.endpoint}/#/tables/Typed`)
  await page.getByText('ACTIVE').waitFor()
  await tabTo(page, 'Delete table…')
  await keys.press('Enter')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await keys.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await tabTo(page, 'Delete table…')
  await keys.press('Enter')
  await dialog.waitFor()
  await tabTo(page, 'Type the name of the table')
  await keys.type('Typed')
  await keys.press('Enter')
  await page.getByText('Table Typed was deleted.').waitFor()
  const { TableNames } = await console.client.send(new ListTablesCommand({}))
  expect(TableNames).not.toContain('Typed')
})

test('6: dark and light, as the system or as somebody chooses', async () => {
  const page = await openWithKeys('')
  const ground = (): Promise<string> =>
    page.evaluate('getComputedStyle(document.body).backgroundColor')
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await ground()
  expect(dark).not.toBe(light)
  await page.getByLabel('Theme').selectOption('light')
  expect(await ground()).toBe(light)
  await page.reload()
  expect(await ground()).toBe(light)
  await page.getByLabel('Theme').selectOption('dark')
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await ground()).toBe(dark)
})

test('6: undo for deletes by a kept copy: a table with its items, after a reload', async () => {
  await create('Undone')
  for (const id of ['a', 'b']) {
    const put = new PutItemCommand({ TableName: 'Undone', Item: { id: { S: id }, n: { N: '1' } } })
    await console.client.send(put)
  }
  const page = await openWithKeys('#/tables/Undone')
  await page.getByRole('button', { name: 'Delete table…' }).click()
  await page.getByLabel('Type the name of the table').fill('Undone')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete table' }).click()
  await page.getByText('Table Undone was deleted.').waitFor()
  expect((await console.client.send(new ListTablesCommand({}))).TableNames).not.toContain('Undone')
  await page.reload()
  await giveKeys(page)
  await page.getByRole('link', { name: 'Deleted' }).click()
  await page.getByRole('button', { name: 'Put back: Table Undone with 2 items' }).click()
  await page.getByText('Table Undone put back with 2 items.').waitFor()
  const command = new GetItemCommand({ TableName: 'Undone', Key: { id: { S: 'b' } } })
  expect((await console.client.send(command)).Item).toEqual({ id: { S: 'b' }, n: { N: '1' } })
  const described = await console.client.send(new DescribeTableCommand({ TableName: 'Undone' }))
  expect(described.Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST')
  await page.getByText('There is nothing to put back.').waitFor()
})

test('6: nothing lost by a reload; 7: after it keys are asked for again, nothing else is lost', async () => {
  const page = await openWithKeys(itemHash)
  const field = page.getByLabel('Value of open')
  await field.selectOption('false')
  await page.reload()
  await page.getByRole('heading', { name: 'Keys' }).waitFor()
  await giveKeys(page)
  expect(await field.inputValue()).toBe('false')
  expect(await read('1')).toEqual(Item)
  await page.goto(`${console.endpoint}/#/tables/Orders/items`)
  await page.getByRole('button', { name: 'Add filter' }).click()
  await page.getByLabel('Attribute', { exact: true }).fill('half')
  await page.getByLabel('Choose 1').check()
  await page.reload()
  await giveKeys(page)
  await page.getByLabel('Choose 1').waitFor()
  expect(await page.getByLabel('Attribute', { exact: true }).inputValue()).toBe('half')
  expect(await page.getByLabel('Choose 1').isChecked()).toBe(true)
  expect(page.url()).toContain('#/tables/Orders/items')
})

test('7: no secrets in URLs or any browser storage', async () => {
  const page = await openWithKeys('#/tables/Orders/items')
  await page.getByRole('button', { name: 'Copy as…' }).click()
  const program = await page.getByLabel('Program').inputValue()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByLabel('Choose 1').check()
  await page.getByRole('button', { name: 'Delete chosen items' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('1 item of Orders put back.').waitFor()
  expect(await read('1')).toEqual(Item)
  const kept = await page.evaluate<string>(`(async () => {
    const stores = []
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => resolve(request.result)
      })
      for (const store of database.objectStoreNames) {
        stores.push(await new Promise((resolve) => {
          const request = database.transaction(store).objectStore(store).getAll()
          request.onsuccess = () => resolve([store, request.result])
        }))
      }
    }
    return JSON.stringify([
      location.href, { ...localStorage }, { ...sessionStorage }, document.cookie, stores,
      await caches.keys(), history.state,
    ])
  })()`)
  expect(kept).toContain('copies')
  expect(kept + program).not.toMatch(/ROOT|secret-of-the-root/)
})

test('7: framing refused', async () => {
  const page = await console.open()
  const answer = await page.request.get(console.endpoint, { headers: { accept: 'text/html' } })
  expect(answer.headers()).toMatchObject({ 'x-frame-options': 'DENY' })
  expect(answer.headers()['content-security-policy']).toContain("frame-ancestors 'none'")
  const stranger = await page.context().browser()?.newPage()
  if (stranger === undefined) throw new Error('There is no browser.')
  const refused = stranger.waitForEvent('console', (line) => /frame/i.test(line.text()))
  await stranger.setContent(`<iframe src="${console.endpoint}/"></iframe>`)
  expect((await refused).text()).toContain('frame-ancestors')
  const [, frame] = stranger.frames()
  expect(await frame?.getByRole('heading').count()).toBe(0)
})
