import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb'
import type { Page } from 'playwright-core'
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { useConsole } from './openConsole.ts'

const console = useConsole()
const run = promisify(execFile)

const key = { pk: { S: "it's" }, sk: { S: '1' } }
const item = { ...key, v: { S: '$HOME `id`' }, n: { N: '12345678901234567890' } }
const page = (path: string) =>
  console.open(`#/tables/Copied/${path}`, { permissions: ['clipboard-read', 'clipboard-write'] })
const stored = async () =>
  (await console.client.send(new GetItemCommand({ TableName: 'Copied', Key: key }))).Item

beforeAll(async () => {
  await console.client.send(
    new CreateTableCommand({
      TableName: 'Copied',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
})
beforeEach(() => console.client.send(new PutItemCommand({ TableName: 'Copied', Item: item })))

/** What is on the clipboard after a request has been copied as a language. */
async function copied(opened: Page, language: string): Promise<string> {
  await opened.getByRole('button', { name: 'Copy as…' }).last().click()
  const dialog = opened.getByRole('dialog', { name: 'Copy as' })
  await dialog.getByLabel('Language').selectOption({ label: language })
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
  await dialog.getByText('Copied.').waitFor()
  const text = await opened.evaluate<string>('navigator.clipboard.readText()')
  await dialog.getByRole('button', { name: 'Close' }).click()
  return text
}

/** Runs a module of JavaScript with the packages of this work tree. */
async function runModule(text: string): Promise<string> {
  const resolved = text.replaceAll(
    /from '([^']+)'/g,
    (_, name: string) => `from '${import.meta.resolve(name)}'`,
  )
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', resolved])
  return stdout
}

/** Runs a program of a shell with an `aws` that says what it was asked. */
async function askedByShell(text: string): Promise<readonly string[]> {
  const { stdout } = await run('bash', ['-c', `aws() { printf '%s\\0' "$@"; }\n${text}`])
  return stdout.split('\0').slice(0, -1)
}

/** Runs a program of Python with a `boto3` that says what it was asked. */
async function askedByPython(text: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'dynatom-copied-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const stub = `import json
class Client:
    def __init__(self, *args, **options): self.options = options
    def __getattr__(self, name):
        return lambda **members: json.dumps({"method": name, "members": members, **self.options})
client = Client
`
  await writeFile(join(folder, 'boto3.py'), stub)
  const { stdout } = await run('python3', ['-c', text], {
    env: { ...process.env, PYTHONPATH: folder },
  })
  return JSON.parse(stdout)
}

const optionOf = (words: readonly string[], name: string): string | undefined =>
  words[words.indexOf(`--${name}`) + 1]

type Request = readonly [string, string, string, (opened: Page) => Promise<void>]

const itemPath = `item?key=${encodeURIComponent(JSON.stringify(key))}`
const settle = async (opened: Page): Promise<void> => opened.getByText(/^Page 1: 1 of 1/).waitFor()
const requests: readonly Request[] = [
  ['a query', 'query', `items?mode=query&partitionValue=${encodeURIComponent("it's")}`, settle],
  ['a scan', 'scan', 'items', settle],
  ['a get', 'get-item', itemPath, (opened) => opened.getByLabel('Value of v').waitFor()],
  [
    'the edit',
    'update-item',
    itemPath,
    async (opened) => {
      await opened.getByLabel('Value of v').fill('new')
      await opened.getByRole('button', { name: 'Save…' }).click()
      await opened.getByRole('dialog').waitFor()
    },
  ],
]

describe('2: "copy as" AWS CLI, SDK v3, boto3, @dynatom/client', () => {
  test.each(requests)('%s', async (_, command, path, prepare) => {
    const opened = await page(path)
    await prepare(opened)

    const words = await askedByShell(await copied(opened, 'AWS CLI'))
    expect(words.slice(0, 2)).toEqual(['dynamodb', command])
    expect(optionOf(words, 'table-name')).toBe('Copied')
    expect(optionOf(words, 'endpoint-url')).toBe(console.endpoint)

    const asked = await askedByPython(await copied(opened, 'boto3'))
    const names = { TableName: 'Copied' }
    expect(asked).toMatchObject({ method: command.replace('-', '_'), members: names })
    expect(asked).toMatchObject({ endpoint_url: console.endpoint, region_name: 'us-east-1' })
    if (command === 'query') {
      const values = { ':v0': key.pk }
      expect(JSON.parse(optionOf(words, 'expression-attribute-values') ?? '')).toEqual(values)
      expect(asked).toMatchObject({ members: { ExpressionAttributeValues: values } })
    }
    if (command.endsWith('item')) {
      expect(JSON.parse(optionOf(words, 'key') ?? '')).toEqual(key)
      expect(asked).toMatchObject({ members: { Key: key } })
    }

    for (const language of ['SDK v3', '@dynatom/client']) {
      const printed = await runModule(await copied(opened, language))
      if (command === 'update-item') {
        const changed: Record<string, AttributeValue> = { ...item, v: { S: 'new' } }
        expect(await stored()).toEqual(changed)
        await console.client.send(new PutItemCommand({ TableName: 'Copied', Item: item }))
      } else {
        expect(printed).toContain('$HOME `id`')
      }
    }
  })
})
