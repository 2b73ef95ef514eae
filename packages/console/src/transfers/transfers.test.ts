import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  type BatchWriteItemCommand,
} from '@aws-sdk/client-dynamodb'
import { gzipSync } from 'node:zlib'
import { createDatabase, type Database } from 'dynatom'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Item } from '../values/dynamodbJson.ts'
import { exportItems } from './exportItems.ts'
import { importFile, type FileImport } from './importFile.ts'
import type { RefusedLine } from './importItems.ts'
import { formatOfName, formats, type Format } from './itemFormats.ts'
import { RefusedLines } from './refusedLines.ts'

let database: Database
let client: DynamoDBClient
let made = 0

beforeAll(async () => {
  database = await createDatabase({ inMemory: true })
  client = new DynamoDBClient(database.clientConfig())
})
afterAll(() => database.close())

const keys = {
  keyNames: ['pk', 'sk'],
  keyTypes: new Map([
    ['pk', 'S'],
    ['sk', 'N'],
  ]),
}

async function newTable(): Promise<string> {
  made += 1
  const TableName = `Table${made}`
  await client.send(
    new CreateTableCommand({
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
    }),
  )
  return TableName
}

const itemsOf = async (TableName: string): Promise<readonly Item[]> =>
  (await client.send(new ScanCommand({ TableName }))).Items ?? []

const inOrder = (items: readonly Item[]): readonly Item[] =>
  items.toSorted((one, other) => Number(one['sk']?.N) - Number(other['sk']?.N))

interface Settings extends Partial<FileImport> {
  readonly tableName: string
}

/** What became of a text, and the lines that were refused. */
async function importText(text: string | Uint8Array<ArrayBuffer>, settings: Settings) {
  const refused: RefusedLine[] = []
  const result = await importFile({
    client,
    keyNames: keys.keyNames,
    isReplacing: false,
    file: new File([text], 'items.jsonl'),
    format: 'dynamodb',
    keys,
    onProgress: () => undefined,
    onRefused: (line) => refused.push(line),
    signal: new AbortController().signal,
    ...settings,
  })
  expect(result.refused).toBe(refused.length)
  const reasons = refused.map(({ line, reason }) => [line, reason] as const)
  return { ...result, reasons: reasons.sort(([one], [other]) => one - other) }
}

async function exported(format: Format, items: readonly Item[]): Promise<string> {
  async function* pages(): AsyncGenerator<readonly Item[]> {
    for (let i = 0; i < items.length; i += 3) yield await Promise.resolve(items.slice(i, i + 3))
  }
  const told: number[] = []
  const done = await exportItems({
    format,
    keys,
    pages: pages(),
    of: undefined,
    onProgress: (progress) => told.push(progress.done),
    signal: new AbortController().signal,
  })
  expect(done?.count).toBe(items.length)
  expect(told.at(-1)).toBe(items.length)
  return (await done?.file.text()) ?? ''
}

const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'ü', '<', '=', ':N') })
const digits = fc.constantFrom('0', '-1.5', '12345678901234567890123456789012345678', '1e100')
const bytes = fc.uint8Array({ minLength: 1, maxLength: 4 })
const scalar = fc.oneof(
  fc.record({ S: text }),
  fc.record({ N: digits }),
  fc.record({ B: bytes }),
  fc.record({ BOOL: fc.boolean() }),
  fc.constant({ NULL: true as const }),
)
const value = fc.oneof(
  scalar,
  fc.record({ SS: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }) }),
  fc.record({ NS: fc.uniqueArray(digits, { minLength: 1, maxLength: 3 }) }),
  fc.constant({ BS: [Uint8Array.of(0, 255)] }),
  fc.record({ L: fc.array(scalar, { maxLength: 2 }) }),
  fc.record({ M: fc.dictionary(fc.constantFrom('Item', 'S', 'x'), scalar, { maxKeys: 2 }) }),
)
const attributes = fc.constantFrom('a', 'a:N', 'b,"', 'Item', 'PutRequest', 'ü', 'x:S:S', ' y ')
const itemLists = fc
  .array(fc.dictionary(attributes, value, { maxKeys: 4 }), { minLength: 1, maxLength: 8 })
  .map((all) => all.map((each, i) => ({ pk: { S: 'p' }, sk: { N: String(i) }, ...each }) as Item))

describe('what is exported', () => {
  const lossless: readonly Format[] = ['dynamodb', 'csv']

  test.each(lossless)('as %s is imported as it was, of every type', async (format) => {
    await fc.assert(
      fc.asyncProperty(itemLists, fc.boolean(), async (items, isReplacing) => {
        const tableName = await newTable()
        for (const Item of items) {
          await client.send(new PutItemCommand({ TableName: tableName, Item }))
        }
        const stored = inOrder(await itemsOf(tableName))
        const file = await exported(format, stored)
        const other = await newTable()
        const result = await importText(file, { tableName: other, format, isReplacing })
        expect(result).toMatchObject({ written: items.length, refused: 0, ended: 'whole' })
        expect(inOrder(await itemsOf(other))).toEqual(stored)
      }),
      { numRuns: 25 },
    )
  })

  test('as plain JSON has numbers with all their digits', async () => {
    const item = {
      pk: { S: 'p' },
      sk: { N: '1' },
      n: { N: '12345678901234567890123456789012345678' },
    }
    const file = await exported('plain', [item])
    expect(file).toBe('{"pk":"p","sk":1,"n":12345678901234567890123456789012345678}\n')
    const tableName = await newTable()
    await importText(file, { tableName, format: 'plain' })
    expect(await itemsOf(tableName)).toEqual([item])
  })

  test('as CSV has the columns of all items, the key first, and types where they are needed', async () => {
    const file = await exported('csv', [
      { pk: { S: 'p' }, sk: { N: '1' }, z: { S: '' } },
      { pk: { S: 'p' }, sk: { N: '2' }, a: { N: '7' }, z: { SS: ['x', 'y'] } },
    ])
    expect(file).toBe('pk,sk,a:N,z,z:SS\np,1,,"",\np,2,7,,"[""x"",""y""]"\n')
  })

  test('is nothing once it was stopped', async () => {
    const controller = new AbortController()
    async function* pages(): AsyncGenerator<readonly Item[]> {
      yield await Promise.resolve([{ pk: { S: 'p' } }])
      controller.abort()
      yield []
    }
    const onProgress = (): void => undefined
    const settings = { keys, pages: pages(), of: undefined, onProgress, signal: controller.signal }
    expect(await exportItems({ format: 'csv', ...settings })).toBeUndefined()
  })
})

const line = (sk: string, more = ''): string => `{"pk":{"S":"p"},"sk":{"N":"${sk}"}${more}}`
const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => line(`${i}`)).join('\n')

describe.each([true, false])('an import, replacing: %s', (isReplacing) => {
  test('writes the good lines and says of each other one why it is not there', async () => {
    const tableName = await newTable()
    const file = [line('1'), '', '{"pk":', line('x'), '{"pk":{"S":"p"}}', line('2'), '[]'].join(
      '\n',
    )
    const { written, ended, reasons } = await importText(file, { tableName, isReplacing })
    expect({ written, ended }).toEqual({ written: 2, ended: 'whole' })
    expect(reasons).toEqual([
      [3, 'Expected a value at column 7.'],
      [4, expect.stringContaining('numeric value')],
      [5, expect.stringContaining('Missing the key sk')],
      [7, 'An item is an object: { "name": { "S": "…" } }.'],
    ])
    expect((await itemsOf(tableName)).map(({ sk }) => sk?.N)).toEqual(['1', '2'])
  })

  test('accounts for every line of many', async () => {
    const tableName = await newTable()
    const result = await importText(lines(500), { tableName, isReplacing })
    expect(result).toMatchObject({ written: 500, refused: 0, lastLine: 500, ended: 'whole' })
    expect(await itemsOf(tableName)).toHaveLength(500)
  })

  test('stops where it is told to', async () => {
    const tableName = await newTable()
    const controller = new AbortController()
    const result = await importText(lines(500), {
      tableName,
      isReplacing,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    expect(result.ended).toBe('stopped')
    expect(result.lastLine).toBeLessThan(500)
    expect(result.written).toBe(result.lastLine)
    expect(await itemsOf(tableName)).toHaveLength(result.written)
  })

  test('ends when the database is gone, and tells of what was under way', async () => {
    let sent = 0
    const broken = {
      async send(command: BatchWriteItemCommand) {
        sent += 1
        if (sent > 3) throw new TypeError('Failed to fetch')
        return client.send(command)
      },
    } as unknown as DynamoDBClient
    const tableName = await newTable()
    const result = await importText(lines(500), { tableName, isReplacing, client: broken })
    expect(result).toMatchObject({ ended: 'failed', failure: 'Failed to fetch' })
    expect(result.written + result.refused).toBe(result.lastLine)
    expect(result.lastLine).toBeLessThan(500)
    expect(await itemsOf(tableName)).toHaveLength(result.written)
    expect(new Set(result.reasons.map(([, reason]) => reason))).toEqual(
      new Set(['Failed to fetch']),
    )
  })

  test('is over before it begins for a file that is no text', async () => {
    const tableName = await newTable()
    const result = await importText(Uint8Array.of(0x7b, 0xff), { tableName, isReplacing })
    expect(result).toMatchObject({ ended: 'failed', written: 0, lastLine: 0 })
  })

  test('reads what is compressed', async () => {
    const tableName = await newTable()
    const file = new File([Uint8Array.from(gzipSync(lines(3)))], 'a.jsonl.gz')
    await importText('', { tableName, isReplacing, file })
    expect(await itemsOf(tableName)).toHaveLength(3)
  })
})

describe('an item with the same key', () => {
  const twice = [line('1', ',"v":{"N":"1"}'), line('2'), line('1.0', ',"v":{"N":"2"}')].join('\n')
  const read = async (TableName: string) =>
    (await client.send(new GetItemCommand({ TableName, Key: { pk: { S: 'p' }, sk: { N: '1' } } })))
      .Item?.['v']

  test('is kept, and its line refused', async () => {
    const tableName = await newTable()
    const { written, reasons } = await importText(twice, { tableName })
    expect(written).toBe(2)
    expect(reasons).toEqual([[3, 'There is an item with this key.']])
    expect(await read(tableName)).toEqual({ N: '1' })
  })

  test('is replaced by the later line', async () => {
    const tableName = await newTable()
    const { written } = await importText(twice, { tableName, isReplacing: true })
    expect(written).toBe(3)
    expect(await read(tableName)).toEqual({ N: '2' })
  })
})

test('what a batch leaves unprocessed is sent again', async () => {
  let round = 0
  const slow = {
    async send(command: BatchWriteItemCommand) {
      round += 1
      const { RequestItems = {} } = command.input
      const [[name, requests] = ['', []]] = Object.entries(RequestItems)
      if (round > 3) return client.send(command)
      command.input.RequestItems = { [name]: requests.slice(0, 5) }
      await client.send(command)
      return { UnprocessedItems: { [name]: requests.slice(5) } }
    },
  } as unknown as DynamoDBClient
  const tableName = await newTable()
  const result = await importText(lines(20), { tableName, isReplacing: true, client: slow })
  expect(result).toMatchObject({ written: 20, refused: 0 })
  expect(await itemsOf(tableName)).toHaveLength(20)
})

describe('lines of DynamoDB JSON', () => {
  test.each([
    ['{"Item":{"pk":{"S":"p"},"sk":{"N":"1"}}}', { pk: { S: 'p' }, sk: { N: '1' } }],
    [
      '{"pk":{"S":"p"},"sk":{"N":"1"},"Item":{"M":{}}}',
      expect.objectContaining({ Item: { M: {} } }),
    ],
  ])('%s', async (file, expected: unknown) => {
    const tableName = await newTable()
    await importText(file, { tableName })
    expect(await itemsOf(tableName)).toEqual([expected])
  })
})

describe('lines of CSV', () => {
  const csv = async (file: string) => {
    const tableName = await newTable()
    const result = await importText(file, { tableName, format: 'csv' })
    return { ...result, items: await itemsOf(tableName) }
  }

  test('have the types of keys and of the header, plain JSON within', async () => {
    const { items } = await csv('pk,sk,n:N,l:L,ns:NS,t\np,1,2.5,"[1,""a""]","[1,2]",3\n')
    expect(items).toEqual([
      {
        pk: { S: 'p' },
        sk: { N: '1' },
        n: { N: '2.5' },
        l: { L: [{ N: '1' }, { S: 'a' }] },
        ns: { NS: ['1', '2'] },
        t: { S: '3' },
      },
    ])
  })

  test('are refused one by one', async () => {
    const { written, reasons } = await csv(
      'pk,sk,b:BOOL,m:M\np,1,true,{}\np,2\np,3,yes,\np,4,,[\np,5,,[]\np,"6\n',
    )
    expect(written).toBe(1)
    expect(reasons).toEqual([
      [3, 'It has 2 fields, and the first line 4.'],
      [4, 'b: BOOL takes true or false.'],
      [5, 'm: it is no JSON. Expected a value at line 1, column 2.'],
      [6, 'm: M takes an object.'],
      [7, 'The quotes of a field do not end.'],
    ])
  })

  test.each([
    ['pk,pk\n', 'There are two columns pk:S.'],
    ['pk,\n', 'A column of the first line has no name.'],
  ])('%j is no header', async (file, failure) => {
    expect(await csv(file)).toMatchObject({ ended: 'failed', failure, written: 0 })
  })
})

test('all refused lines are in their file, the first ones are shown', async () => {
  const refused = new RefusedLines()
  for (let i = 1; i <= 300; i += 1) refused.add({ line: i, reason: 'r', text: 'x'.repeat(i) })
  expect(refused.shown).toHaveLength(200)
  const saved = (await refused.file().text()).trim().split('\n')
  expect(saved).toHaveLength(300)
  expect(JSON.parse(saved[299] ?? '')).toEqual({ line: 300, reason: 'r', text: 'x'.repeat(300) })
})

test('names of files tell their format', () => {
  const names = ['a.CSV.gz', 'a.jsonl', 'a.ndjson', 'a.json.gz', 'a.txt']
  expect(names.map(formatOfName)).toEqual(['csv', 'dynamodb', 'dynamodb', 'dynamodb', undefined])
  expect(formats).toHaveLength(3)
})
