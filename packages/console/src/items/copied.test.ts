import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { createDatabase, type Database } from 'dynatom'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { awsCliText } from '../copying/awsCli.ts'
import { boto3Text } from '../copying/boto3.ts'
import type { CopiedRequest, Place } from '../copying/copiedRequest.ts'
import { sdkV3Text } from '../copying/sdkV3.ts'
import { typedClientText, type TypedCall } from '../copying/typedClient.ts'
import { keysOfTable } from '../database/keysOfTable.ts'
import type { Item } from '../values/dynamodbJson.ts'
import { newItemInput, updateInput } from './itemChange.ts'
import { filterOperators, newFilter, newRead, type ReadDraft } from './readDraft.ts'
import { readInput } from './readInput.ts'
import { typedEdit, typedGet, typedInsert, typedRead } from './typedCalls.ts'

const run = promisify(execFile)
const hostile = `it's "$HOME" \\ \`id\` \n <é😀>`
let database: Database
let client: DynamoDBClient
let table: TableDescription
let place: Place

const key = (n: number): Item => ({ pk: { S: hostile }, sk: { S: `s#${n}` } })
const itemOf = (n: number): Item => ({
  ...key(n),
  status: { S: n === 2 ? 'open' : 'closed' },
  bytes: { B: Uint8Array.of(0, 255, n) },
  exact: { N: '12345678901234567890123456789012345678' },
  fine: { N: '0.12345678901234567890123' },
  nested: { M: { 'it’s': { L: [{ NULL: true }, { BOOL: true }, { N: '7' }] } } },
  tags: { SS: ['x', hostile] },
  numbers: { NS: ['1', '2.5'] },
})

beforeAll(async () => {
  database = await createDatabase({ inMemory: true })
  const { endpoint } = await database.listen({ port: 0 })
  place = { endpoint, region: 'us-east-1', accessKeyId: 'local' }
  client = new DynamoDBClient(database.clientConfig())
  await client.send(
    new CreateTableCommand({
      TableName: 'Orders',
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
  table = (await client.send(new DescribeTableCommand({ TableName: 'Orders' }))).Table ?? {}
})
afterAll(() => database.close())
beforeEach(async () => {
  for (const n of [1, 2, 3]) {
    await client.send(new PutItemCommand({ TableName: 'Orders', Item: itemOf(n) }))
  }
})
const stored = async (n: number): Promise<Item | undefined> =>
  (await client.send(new GetItemCommand({ TableName: 'Orders', Key: key(n) }))).Item

const query: ReadDraft = {
  ...newRead,
  mode: 'query',
  partitionValue: hostile,
  sortOperator: 'begins_with',
  sortValue: 's#',
  isDescending: true,
  isConsistent: true,
  filters: [{ ...newFilter, path: 'status', operator: '=', value: 'closed' }],
}
const scan: ReadDraft = { ...newRead, limit: '2' }
const edit = {
  tableName: 'Orders',
  keyNames: ['pk', 'sk'],
  before: itemOf(1),
  after: { ...key(1), status: { S: hostile }, added: { B: Uint8Array.of(1) }, fine: { N: '1' } },
}
const asRead = (draft: ReadDraft): CopiedRequest => ({
  operation: draft.mode === 'query' ? 'Query' : 'Scan',
  input: readInput(table, draft).input,
})
const requests: readonly (readonly [string, () => CopiedRequest])[] = [
  ['a query', () => asRead(query)],
  ['a scan', () => asRead(scan)],
  ['a get', () => ({ operation: 'GetItem', input: { TableName: 'Orders', Key: key(1) } })],
  ['the edit', () => ({ operation: 'UpdateItem', input: updateInput(edit) })],
  [
    'a new item',
    () => ({ operation: 'PutItem', input: newItemInput('Orders', itemOf(9), ['pk']) }),
  ],
]

/** What a module of JavaScript prints, by itself or until it fails, a line each. */
async function linesOf(text: string): Promise<readonly string[]> {
  // Node runs it, not what runs the tests; a number makes it another module each time.
  const source = text
    .replaceAll(/from '([^']+)'/g, (_, name: string) => `from '${import.meta.resolve(name)}'`)
    .concat(`\n// ${(modules += 1)}`)
  const lines: string[] = []
  const print = (value: unknown): void => {
    lines.push(typeof value === 'string' ? value : JSON.stringify(value, bigIntAsText))
  }
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(print),
    vi.spyOn(console, 'dir').mockImplementation(print),
  ]
  try {
    await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return lines
}
let modules = 0
const bigIntAsText = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value

/** The values that a module prints. */
async function printedBy<T>(text: string): Promise<readonly T[]> {
  return (await linesOf(text)).map((line) => JSON.parse(line) as T)
}

describe('copied as the AWS CLI', () => {
  test.each(requests)('%s has the members of the request', async (_, request) => {
    const { operation, input } = request()
    const text = awsCliText({ operation, input }, place)
    const { stdout } = await run('bash', ['-c', `aws() { printf '%s\\0' "$@"; }\n${text}`])
    const [service, command, ...options] = stdout.split('\0').slice(0, -1)
    expect(service).toBe('dynamodb')
    expect(command).toBe(operation.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase())
    const given = new Map<string, unknown>()
    for (let i = 0; i < options.length; i += 1) {
      const name = options[i]?.slice(2) ?? ''
      const next = options[i + 1]
      const isFlag = next === undefined || next.startsWith('--')
      if (isFlag) given.set(name.replace(/^no-/, ''), !name.startsWith('no-'))
      else given.set(name, next.startsWith('{') ? (JSON.parse(next) as unknown) : next)
      if (!isFlag) i += 1
    }
    expect([given.get('endpoint-url'), given.get('region')]).toEqual([place.endpoint, 'us-east-1'])
    for (const [name, value] of Object.entries(input)) {
      const dashed = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()
      const expected = JSON.parse(
        JSON.stringify(value, (__, each: unknown) =>
          each !== null && typeof each === 'object' && '0' in each && !Array.isArray(each)
            ? Buffer.from(Object.values(each) as number[]).toString('base64')
            : each,
        ),
      ) as unknown
      const isText = typeof value === 'number'
      expect(given.get(dashed), name).toEqual(isText ? String(value) : expected)
    }
  })

  test('says how bytes are written where there are any', () => {
    const [note] = awsCliText({ operation: 'UpdateItem', input: updateInput(edit) }, place).split(
      '\n',
    )
    expect(note).toBe('# Bytes are base64, as version 2 takes them.')
    expect(awsCliText(asRead(scan), place)).toMatch(/^AWS_ACCESS_KEY_ID=local /)
  })

  test('names no keys where people have their own', () => {
    const own = { ...place, accessKeyId: undefined }
    for (const text of [awsCliText, sdkV3Text, boto3Text]) {
      expect(text(asRead(scan), own)).not.toMatch(/access_?key|credentials/i)
      expect(text(asRead(scan), place)).toMatch(/access_?key/i)
    }
  })
})

describe('copied as SDK v3', () => {
  test('a query, a scan and a get find what the page finds', async () => {
    const outputs: { Items?: Item[]; Item?: Item }[] = []
    for (const [, request] of requests.slice(0, 3)) {
      outputs.push(...(await printedBy<object>(sdkV3Text(request(), place))))
    }
    const [found, some, one] = outputs
    expect(found?.Items?.map(({ sk }) => sk?.S)).toEqual(['s#3', 's#1'])
    expect(some?.Items).toHaveLength(2)
    expect(one?.Item).toMatchObject({ exact: itemOf(1)['exact'], nested: itemOf(1)['nested'] })
  })

  test('the edit makes what the page makes', async () => {
    await printedBy(sdkV3Text({ operation: 'UpdateItem', input: updateInput(edit) }, place))
    expect(await stored(1)).toEqual(edit.after)
  })
})

test('copied as boto3 it is a call with the members of the request', () => {
  const Key = { k: { B: Uint8Array.of(0, 255) } }
  const request: CopiedRequest = {
    operation: 'GetItem',
    input: { TableName: 'T', Key, ConsistentRead: true },
  }
  expect(boto3Text(request, { ...place, endpoint: 'http://127.0.0.1:8000' })).toBe(`import boto3

client = boto3.client(
    "dynamodb",
    endpoint_url="http://127.0.0.1:8000",
    region_name="us-east-1",
    aws_access_key_id="local",
    aws_secret_access_key="local",
)

response = client.get_item(
    TableName="T",
    Key={ "k": { "B": bytes.fromhex("00ff") } },
    ConsistentRead=True,
)
print(response)
`)
})

describe('copied as @dynatom/client', () => {
  const typed = (callOf: () => TypedCall): string =>
    typedClientText(keysOfTable(table), 'Orders', place, callOf)
  const known = Object.keys(itemOf(1))

  test('a query finds what the page finds', async () => {
    const found = await printedBy<Item>(typed(() => typedRead(table, query, known)))
    expect(found.map(({ sk }) => sk)).toEqual(['s#3', 's#1'])
    expect(found[0]).toMatchObject({ pk: hostile, status: 'closed' })
  })

  test('a scan takes as many items as a page', async () => {
    expect(await printedBy(typed(() => typedRead(table, scan, known)))).toHaveLength(2)
  })

  test('a get finds the item', async () => {
    const [item] = await printedBy(typed(() => typedGet(key(1), itemOf(1))))
    expect(item).toMatchObject({ exact: itemOf(1)['exact']?.N, status: 'closed' })
  })

  test('the edit makes what the page makes, of an item that is as it was read', async () => {
    const text = typed(() => typedEdit(edit, key(1)))
    await printedBy(text)
    expect(await stored(1)).toEqual(edit.after)
    await expect(printedBy(text)).rejects.toMatchObject({ name: 'ConditionFailedError' })
  })

  test('a new item is one where there is none', async () => {
    const text = typed(() => typedInsert(itemOf(4)))
    await printedBy(text)
    expect(await stored(4)).toEqual({ ...itemOf(4), tags: { SS: [hostile, 'x'] } })
    await expect(printedBy(text)).rejects.toMatchObject({ name: 'ConditionFailedError' })
  })

  test.each(filterOperators)('a filter by %s is one that it has', async (operator) => {
    const filter = { ...newFilter, path: 'status', operator, value: '4', upper: 'z' }
    const draft = { ...query, filters: [filter] }
    const { input } = readInput(table, draft)
    const text = sdkV3Text({ operation: 'Query', input }, place)
    const [output] = await printedBy<{ Items: Item[] }>(text)
    const found = await printedBy<{ sk: string }>(typed(() => typedRead(table, draft, known)))
    expect(found.map(({ sk }) => sk)).toEqual(output?.Items.map(({ sk }) => sk?.S))
  })

  test.each<[Partial<ReadDraft>, string]>([
    [{ index: 'any' }, 'keys of its indexes are made of templates that it is told.'],
    [
      { sortOperator: '<' },
      'a query of a part begins or ends with what keys begin with, not by <.',
    ],
    [{ mode: 'scan' }, 'its scans have no filter.'],
    [
      { filters: [newFilter, newFilter].map((each) => ({ ...each, path: 'a' })) },
      'a filter has a once.',
    ],
  ])('%j has no call, and the text says why', (part, why) => {
    expect(typed(() => typedRead(table, { ...query, ...part }, known))).toBe(
      `// @dynatom/client has no call for this request: ${why}\n`,
    )
  })

  test('tables whose keys are numbers have none', () => {
    const keys = { keyNames: ['n'], keyTypes: new Map([['n', 'N']]) }
    const call = { text: '', attributes: [] }
    expect(typedClientText(keys, 'T', place, () => call)).toContain('its keys are texts, and "n"')
  })
})
