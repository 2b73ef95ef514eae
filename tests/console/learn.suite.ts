import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Page } from 'playwright-core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeCourses } from '../../scripts/courses.mjs'
import { CommandProcess } from '../means/commandProcess.mjs'
import { takePictures, useConsole } from './openConsole.ts'

const console = useConsole('--lab')
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

interface CourseFile {
  readonly steps: readonly {
    readonly id: string
    readonly title: string
    readonly solution: string
  }[]
}

const stepsOf = (course: string): CourseFile['steps'] => {
  const path = `../../packages/server/dist/console/courses/${course}.json`
  const text = readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
  return (JSON.parse(text) as CourseFile).steps
}
const solutionOf = (course: string, id: string): string =>
  stepsOf(course).find((step) => step.id === id)?.solution ?? ''

/** A client of the course's database that is not the page's. */
function clientOf(course: string, accessKeyId = `dynatom-course-${course}`): DynamoDBClient {
  const credentials = { accessKeyId, secretAccessKey: 'x' }
  const client = new DynamoDBClient({
    endpoint: console.endpoint,
    region: 'us-east-1',
    credentials,
  })
  onTestFinished(() => client.destroy())
  return client
}
const itemsOf = async (course: string, TableName: string) =>
  (await clientOf(course).send(new ScanCommand({ TableName }))).Items
const tablesOf = async (course: string) =>
  (await clientOf(course).send(new ListTablesCommand())).TableNames

const addedCourse = `
title: A table of one’s own
minutes: 5
about: One step.
scenario: There is no table.
goal: There is one.
python: import boto3
shell: "true"
steps:
  - id: table
    title: The table
    text: Make the table Own.
    hint: Its key is called id.
    stage: {}
    code: // Here.
    solution: |
      import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
      await new DynamoDBClient().send(
        new CreateTableCommand({
          TableName: 'Own',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          BillingMode: 'PAY_PER_REQUEST',
        }),
      )
    python: pass
    shell: "true"
    checks:
      - table: Own
        key: { id: S }
        says: There is the table Own.
`

const program = (page: Page) => page.getByRole('textbox', { name: 'Program', exact: true })
const result = (page: Page) => page.getByRole('status', { name: 'Result' })
const output = (page: Page) => page.getByRole('log', { name: 'Output' })
const done = 'The step is done.'

async function write(page: Page, text: string): Promise<void> {
  await program(page).focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(text)
}

/** Writes a program and runs it to its end. */
async function run(page: Page, text: string): Promise<void> {
  await write(page, text)
  await page.getByRole('button', { name: 'Run' }).click()
  await result(page)
    .getByText(/^(The step is done\.|Not yet\.)$/)
    .waitFor()
}

async function printed(page: Page, text: string): Promise<string[]> {
  await run(page, text)
  return (await output(page).innerText()).split('\n')
}

const book = (stock: string) => ({ BookID: { S: 'book123' }, Stock: { N: stock } })
const sale = { SaleID: { S: 'sale001' }, BookID: { S: 'book123' }, Quantity: { N: '1' } }

/** A wrong attempt at each step of the Bookstore, what it is told, and what the database has then. */
const bookstore = [
  {
    id: 'books',
    wrong: (right: string) => right.replace("Stock: { N: '5' }", "Stock: { S: '5' }"),
    reason: 'Books {"BookID":{"S":"book123"}}: Stock is {"S":"5"}, not {"N":"5"}.',
    has: { Books: [book('5')] },
  },
  {
    id: 'sales',
    wrong: (right: string) => right.replaceAll("'SaleID'", "'BookID'"),
    reason: 'Sales has the key {"BookID":"S"}.',
    has: { Books: [book('5')], Sales: [] },
  },
  {
    id: 'sale',
    wrong: (right: string) => right.replace("':zero': { N: '0' }", "':zero': { N: '5' }"),
    reason: 'Stock > {"N":"5"} is false, where Stock is {"N":"5"}',
    has: { Books: [book('4')], Sales: [sale] },
  },
  {
    id: 'soldOut',
    wrong: (right: string) => right.replace("'TransactionCanceledException'", "'AnotherException'"),
    reason: 'Stock > {"N":"0"} is false, where Stock is {"N":"0"}',
    has: { Books: [book('0')], Sales: [sale] },
  },
]

test('5: the whole Bookstore, with a wrong attempt at each step, told what the database saw', async () => {
  const page = await console.open('#/learn')
  await page.getByRole('link', { name: 'Bookstore' }).click()
  await page.getByText('Progress: 0 of 4 steps').waitFor()
  for (const [i, { id, wrong, reason, has }] of bookstore.entries()) {
    const right = solutionOf('bookstore', id)
    expect(wrong(right)).not.toBe(right)
    const { title } = stepsOf('bookstore')[i] ?? { title: '' }
    await page.getByRole('link', { name: title }).click()
    await page.getByText('Hint', { exact: true }).click()
    await run(page, wrong(right))
    await result(page).getByText('Not yet.').waitFor()
    await page.getByRole('article').getByText(reason, { exact: false }).waitFor()
    await page.getByText(`Progress: ${i} of 4 steps`).waitFor()
    await run(page, right)
    await result(page).getByText(done).waitFor()
    await page.getByText(`Progress: ${i + 1} of 4 steps`).waitFor()
    expect(await tablesOf('bookstore')).toEqual(Object.keys(has))
    for (const [table, items] of Object.entries(has)) {
      expect(await itemsOf('bookstore', table)).toEqual(items)
    }
  }
  await page.getByText('The course is done.').waitFor()
  expect(await output(page).innerText()).toBe('Transaction failed: insufficient stock')
  await takePictures(page, 'learn-bookstore')
})

test('5: step 4 of the Bookstore without a condition sells what is not there, and is told so', async () => {
  const page = await console.open('#/learn/bookstore/soldOut')
  const careless = solutionOf('bookstore', 'soldOut')
    .replace("ConditionExpression: 'Stock > :zero',\n", '')
    .replace(", ':zero': { N: '0' }", '')
  await run(page, careless)
  await result(page).getByText('Nothing was printed.').waitFor()
  await result(page).getByText('Stock is {"N":"-1"}, not {"N":"0"}').waitFor()
  await result(page)
    .getByText(/^✗ Sales has not changed.*"sale002"/)
    .waitFor()
})

test.each(['ordersAndPayments', 'gamePurchase'])('5: the course %s', async (course) => {
  const page = await console.open(`#/learn/${course}`)
  const steps = stepsOf(course)
  for (const { id, title, solution } of steps) {
    await page.getByRole('link', { name: title }).click()
    await page.getByRole('heading', { name: title }).waitFor()
    await run(page, solution)
    expect([id, await result(page).locator('p').first().innerText()]).toEqual([id, done])
  }
  await page.getByText(`Progress: ${steps.length} of ${steps.length} steps`).waitFor()
})

test('5: a conflict made by the lab', async () => {
  const page = await console.open('#/learn/gamePurchase/conflict')
  const right = solutionOf('gamePurchase', 'conflict')
  await run(page, right.replace("=== 'TransactionConflict'", "=== 'Nothing'"))
  await page.getByText('The item is held by hold').waitFor()
  await result(page).getByText('forSale is {"BOOL":true}').waitFor()
  await run(page, right)
  expect(await output(page).innerText()).toBe('Conflict, trying again\nann has the sword')
  const [sword] = (await itemsOf('gamePurchase', 'Things')) ?? []
  expect(sword).toMatchObject({ owner: { S: 'ann' } })
})

test('5: a course is added without code', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'dynatom-course-'))
  onTestFinished(() => rmSync(copy, { recursive: true }))
  const server = fileURLToPath(new URL('../../packages/server/', import.meta.url))
  for (const part of ['dist', 'model', 'package.json']) {
    cpSync(join(server, part), join(copy, part), { recursive: true })
  }
  symlinkSync(
    fileURLToPath(new URL('../../node_modules', import.meta.url)),
    join(copy, 'node_modules'),
  )
  mkdirSync(join(copy, 'added'))
  writeFileSync(join(copy, 'added', 'first.yaml'), addedCourse)
  await makeCourses(join(copy, 'added'), join(copy, 'dist', 'console'))
  const args = ['--port', '0', '--in-memory', '--log', 'silent']
  const other = new CommandProcess(args, { main: join(copy, 'dist', 'start', 'dynatom.cjs') })
  onTestFinished(() => void other.kill('SIGKILL'))
  const page = await console.open('', { mayBeRefused: true })
  await page.goto(`${await other.endpoint()}/#/learn`)
  await page.getByRole('link', { name: 'Orders and Payments' }).waitFor()
  expect(await page.getByRole('list').getByRole('heading').allInnerTexts()).toEqual([
    'A table of one’s own',
    'Bookstore',
    'Orders and Payments',
    "A game's purchase",
  ])
  await page.getByRole('link', { name: 'A table of one’s own' }).click()
  await run(page, `console.log('Hello')`)
  await result(page).getByText('There is no table Own.').waitFor()
  await page.getByText('A solution').click()
  await run(page, await page.getByRole('region', { name: 'Solution' }).innerText())
  await result(page).getByText(done).waitFor()
})

describe('5: programs run in a worker that', () => {
  const open = () => console.open('#/learn/bookstore/sale', { mayBeRefused: true })
  const attempts = (...expressions: string[]) => `
    const attempt = async (perform) => {
      try { console.log('did', await perform()) } catch (error) { console.log(error.name) }
    }
    ${expressions.map((each) => `await attempt(async () => ${each})`).join('\n')}`

  test('has SDK v3 and reaches the DynamoDB API at /', async () => {
    const lines = await printed(
      await open(),
      `import { DynamoDB, ListTablesCommand, DynamoDBClient as C } from '@aws-sdk/client-dynamodb'
       import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
       console.log((await new C().send(new ListTablesCommand())).TableNames)
       const documents = DynamoDBDocument.from(new DynamoDB())
       console.log((await documents.get({ TableName: 'Books', Key: { BookID: 'book123' } })).Item)
       console.log((await fetch('/', { method: 'POST', body: '{}' })).status)`,
    )
    expect(lines).toEqual(['["Books", "Sales"]', '{ BookID: "book123", Stock: 5 }', '400'])
  })

  test('does not reach /_dynatom/', async () => {
    const lines = await printed(
      await open(),
      attempts(
        `(await fetch('/_dynatom/console/about')).status`,
        `(await fetch('/_dynatom/lab/holds')).status`,
        `(await fetch(new Request('/_dynatom/watch'))).status`,
        `import('/_dynatom/console/about', { with: { type: 'json' } })`,
        `importScripts('/_dynatom/console/workers/courseWorker.js')`,
      ),
    )
    expect(lines.filter((line) => line.startsWith('did'))).toEqual([])
    expect(lines).toHaveLength(5)
  })

  test('reaches no other host', async () => {
    const asked: (string | undefined)[] = []
    const other = createServer((request, response) => {
      asked.push(request.url)
      response.setHeader('access-control-allow-origin', '*').end('{}')
    })
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const place = `127.0.0.1:${port}`
    const lines = await printed(
      await open(),
      `import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
       ${attempts(
         `(await fetch('http://${place}/fetch')).status`,
         `new DynamoDBClient({ endpoint: 'http://${place}' }).send(new ListTablesCommand())`,
         `import('http://${place}/import')`,
         `importScripts('http://${place}/script')`,
         `new Promise((resolve, reject) => {
            const socket = new WebSocket('ws://${place}/socket')
            socket.onopen = resolve
            socket.onerror = () => reject(new Error('no'))
          })`,
       )}`,
    )
    expect(lines.filter((line) => line.startsWith('did'))).toEqual([])
    expect(lines).toHaveLength(5)
    expect(asked).toEqual([])
  })

  test('reaches no page, and nothing that pages keep', async () => {
    const names = ['document', 'window', 'parent', 'opener', 'localStorage', 'sessionStorage']
    const shared = ['indexedDB', 'caches', 'BroadcastChannel', 'XMLHttpRequest', 'SharedWorker']
    const lines = await printed(
      await open(),
      [...names, ...shared, 'navigator.storage', 'navigator.locks', 'navigator.serviceWorker']
        .map((name) => `console.log(typeof ${name})`)
        .join('\n'),
    )
    expect(new Set(lines)).toEqual(new Set(['undefined']))
    expect(lines).toHaveLength(14)
  })

  test('has no keys but the course’s, and is let into no other database', async () => {
    const lines = await printed(
      await open(),
      `import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
       console.log((await new DynamoDBClient().config.credentials()).accessKeyId)
       const askBy = (accessKeyId) => {
         const credentials = { accessKeyId, secretAccessKey: 'x' }
         return new DynamoDBClient({ credentials }).send(new ListTablesCommand())
       }
       ${attempts(`askBy('ROOT')`, `askBy('local')`, `askBy('dynatom-course-gamePurchase')`)}`,
    )
    expect(lines).toEqual([
      'dynatom-course-bookstore',
      ...Array.from({ length: 3 }, () => 'UnrecognizedClientException'),
    ])
  })

  test('is ended after a time', async () => {
    const page = await open()
    await run(page, `console.log('begun'); while (true) {}`)
    await result(page).getByText('Ended after 10 seconds').waitFor()
    expect(await output(page).innerText()).toBe('begun')
    await expect.poll(() => page.workers().length).toBe(0)
  })

  test('is ended when it is stopped', async () => {
    const page = await open()
    await write(page, `console.log('begun'); await new Promise(() => undefined)`)
    await page.getByRole('button', { name: 'Run' }).click()
    await output(page).getByText('begun').waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await result(page).getByText('Stopped.').waitFor()
    await expect.poll(() => page.workers().length).toBe(0)
  })

  test('is not begun when it was stopped before', async () => {
    const page = await open()
    await write(page, `console.log('begun')`)
    await page.route(`${console.endpoint}/`, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      await route.continue()
    })
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('button', { name: 'Stop' }).click()
    await result(page).getByText('Stopped.').waitFor()
    expect(await output(page).innerText()).toBe('')
  })

  test('is confined by the server’s policy alone, whatever its script does', async () => {
    const page = await open()
    const raw = `
      postMessage({ kind: 'ready' })
      onmessage = async ({ data: { accessKeyId } }) => {
        const say = (text) => postMessage({ kind: 'line', text: String(text) })
        for (const path of ['/', '/metrics', '/_dynatom/console/about', '/_dynatom/lab/holds',
          '/_dynatom/watch', '/' + accessKeyId + '/x', '/dynatom-other']) {
          await fetch(path).then(() => say('reached ' + path), () => say('refused'))
        }
        await import('/_dynatom/console/about', { with: { type: 'json' } })
          .then(() => say('imported'), () => say('refused'))
        try { new Worker('/_dynatom/console/workers/courseWorker.js'); say('began') }
        catch { say('refused') }
        await fetch('/' + accessKeyId, { method: 'POST', body: '{}' }).then((r) => say(r.status))
        postMessage({ kind: 'ended' })
      }`
    await page.route('**/workers/courseWorker.js*', async (route) => {
      await route.fulfill({ response: await route.fetch(), body: raw })
    })
    const lines = await printed(page, '1')
    expect(lines.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 'refused'))
    expect(lines.at(-1)).toBe('400')
  })

  test('tells the page nothing but text', async () => {
    const page = await open()
    await run(
      page,
      `const node = { constructor: undefined, type: 'img', props: { alt: 'hostile' }, key: null }
       postMessage({ kind: 'refused', refusal: { operation: node, error: node, message: node } })
       postMessage({ kind: 'line', text: node })
       postMessage(null)
       console.log('<img src=x>')`,
    )
    expect(await output(page).innerText()).toBe('\n<img src=x>')
    expect(await page.getByRole('img').count()).toBe(0)
  })
})

test('5: the page itself never allows evaluation', async () => {
  const page = await console.open('#/learn/bookstore', { mayBeRefused: true })
  const evaluated = page.evaluate(
    `new Promise((resolve) => setTimeout(() => {
       try { resolve(eval('1')) } catch (error) { resolve(error.name) }
     }))`,
  )
  expect(await evaluated).toBe('EvalError')
  const answer = await page.request.get(console.endpoint, { headers: { accept: 'text/html' } })
  expect(answer.headers()['content-security-policy']).not.toContain('unsafe')
})

test('5: it does not matter where a step was done', async () => {
  const page = await console.open('#/learn/bookstore/sale')
  await page.getByText('In your own terminal').click()
  await page.getByRole('button', { name: 'Set the stage' }).click()
  await page.getByText('The tables are as the step begins.').waitFor()
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await result(page).getByText('Stock is {"N":"5"}, not {"N":"4"}').waitFor()
  const outside = clientOf('bookstore')
  const update = {
    TableName: 'Books',
    Key: { BookID: { S: 'book123' } },
    UpdateExpression: 'SET Stock = :four',
    ConditionExpression: 'Stock < :four',
    ExpressionAttributeValues: { ':four': { N: '4' } },
  }
  await outside.send(new UpdateItemCommand(update)).catch(() => undefined)
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByText('Stock < {"N":"4"} is false, where Stock is {"N":"5"}').waitFor()
  await outside.send(new UpdateItemCommand({ ...update, ConditionExpression: 'Stock > :four' }))
  await outside.send(new PutItemCommand({ TableName: 'Sales', Item: sale }))
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await result(page).getByText(done).waitFor()
  await page.getByText('Progress: 1 of 4 steps').waitFor()
})

test('5: what a program printed elsewhere is pasted', async () => {
  const page = await console.open('#/learn/bookstore/soldOut')
  await page.getByText('In your own terminal').click()
  await page.getByRole('button', { name: 'Set the stage' }).click()
  await page.getByText('The tables are as the step begins.').waitFor()
  const pasted = page.getByLabel('What your program printed')
  await pasted.fill('Traceback (most recent call last):')
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await result(page).getByText('The last line printed is: Traceback').waitFor()
  await pasted.fill('$ python sell.py\nTransaction failed: insufficient stock\n')
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await result(page).getByText(done).waitFor()
})

test('5: boto3 and AWS CLI texts show the key of the namespace', async () => {
  const page = await console.open('#/learn/ordersAndPayments/place')
  await page.getByText('In your own terminal').click()
  const text = page.getByRole('region', { name: 'Program for your terminal' })
  expect(await text.innerText()).toContain('aws_access_key_id="dynatom-course-ordersAndPayments"')
  expect(await text.innerText()).toContain(`endpoint_url="${console.endpoint}"`)
  expect(await text.innerText()).toContain('client.transact_write_items(')
  await page.getByLabel('Language').selectOption('shell')
  expect(await text.innerText()).toContain(
    'export AWS_ACCESS_KEY_ID=dynatom-course-ordersAndPayments',
  )
  expect(await text.innerText()).toContain('aws dynamodb transact-write-items')
})

test('5: progress is kept and can be reset, 7: with no secrets, and the tables thrown away', async () => {
  const page = await console.open('#/learn/bookstore/books')
  await run(page, solutionOf('bookstore', 'books'))
  await result(page).getByText(done).waitFor()
  await write(page, '// half a thought')
  await page.reload()
  await page.getByText('Progress: 1 of 4 steps').waitFor()
  await program(page).getByText('// half a thought').waitFor()
  const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')
  expect(kept).not.toMatch(/secret|dynatom-course-/i)
  expect(await tablesOf('bookstore')).toEqual(['Books'])
  await page.getByRole('button', { name: 'Throw away the tables' }).click()
  await page.getByText('The tables of Bookstore are gone.').waitFor()
  expect(await tablesOf('bookstore')).toEqual([])
  await page.getByText('Progress: 1 of 4 steps').waitFor()
  await page.getByRole('button', { name: 'Reset progress' }).click()
  await page.getByText('About 30 minutes · 0 of 4 steps done').waitFor()
  await page.goto(`${console.endpoint}/#/learn/bookstore/books`)
  await program(page).getByText('// Now put the book into it.').waitFor()
})

test('5, 6: a step is done by keyboard', async () => {
  const page = await console.open('#/learn/bookstore/books')
  await write(page, solutionOf('bookstore', 'books'))
  await page.keyboard.press('Control+Enter')
  await result(page).getByText(done).waitFor()
  const next = page.getByRole('link', { name: 'Next step' })
  await next.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '2. A place for sales' }).waitFor()
  await page.getByText('Hint', { exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('CreateTableCommand as in the first step').waitFor()
})

test.each([
  ['learn', '#/learn', 'About 30 minutes'],
  ['learn-step', '#/learn/gamePurchase/conflict', 'In your own terminal'],
])(
  '6: axe finds nothing on %s, dark and light; on a 400-pixel-wide screen',
  async (name, hash, text) => {
    const page = await console.open(hash)
    await page.getByText(text).first().waitFor()
    if (name === 'learn-step') {
      await run(page, solutionOf('bookstore', 'books'))
      for (const each of ['Hint', text, 'A solution']) {
        await page.getByText(each, { exact: true }).click()
      }
    }
    await page.evaluate(axe)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await page.evaluate('axe.run().then(({ violations }) => violations)')).toEqual([])
      await takePictures(page, `${name}-${colorScheme}`)
    }
    await page.setViewportSize({ width: 400, height: 800 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400)
  },
)
