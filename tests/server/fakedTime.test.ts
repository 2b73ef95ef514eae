import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

/*
 * A test that fakes the clock of its own process, for its own code, has the database in the same
 * process all the same.
 */

type Package = typeof import('../../packages/server/src/index.ts')

const fakers = [
  {
    name: 'vi.useFakeTimers',
    fake: () => void vi.useFakeTimers(),
    restore: () => void vi.useRealTimers(),
  },
  {
    name: 'vi.useFakeTimers with all that it can replace',
    fake: () => void vi.useFakeTimers({ toFake: [...everyTimer] }),
    restore: () => void vi.useRealTimers(),
  },
  {
    name: 'mock.timers of node:test',
    fake: () => mock.timers.enable(),
    restore: () => mock.reset(),
  },
]

const everyTimer = [
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'Date',
  'hrtime',
  'performance',
] as const

let directory: string

beforeEach(() => {
  vi.resetModules()
  directory = mkdtempSync(join(tmpdir(), 'dynatom-faked-time-'))
})

afterEach(() => {
  vi.useRealTimers()
  mock.reset()
  rmSync(directory, { recursive: true })
})

const loadPackage = (): Promise<Package> => import('../../packages/server/src/index.ts')

/** Everything that a test does with a database; gives what it has read. */
async function useDatabase(
  { createDatabase }: Package,
  options: Parameters<Package['createDatabase']>[0],
  afterOpening: () => void,
): Promise<Record<string, AttributeValue> | undefined> {
  const database = await createDatabase(options)
  afterOpening()
  const client = new DynamoDBClient(database.clientConfig())
  await client.send(
    new CreateTableCommand({
      TableName: 'Orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await client.send(new PutItemCommand({ TableName: 'Orders', Item: { id: { S: '1' } } }))
  const update = {
    TableName: 'Orders',
    Key: { id: { S: '1' } },
    UpdateExpression: 'SET paid = :yes',
    ExpressionAttributeValues: { ':yes': { BOOL: true } },
  }
  await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: update }] }))
  const read = new GetItemCommand({ TableName: 'Orders', Key: { id: { S: '1' } } })
  const { Item } = await client.send(read)
  await database.close()
  return Item
}

describe.each(fakers)('$name', ({ fake, restore }) => {
  const written = { id: { S: '1' }, paid: { BOOL: true } }

  describe.each([
    ['in memory', () => ({ inMemory: true })],
    ['on disk', () => ({ dataDirectory: directory })],
  ])('%s', (_, options) => {
    test('before the package is loaded', async () => {
      fake()
      expect(await useDatabase(await loadPackage(), options(), () => {})).toEqual(written)
    })

    test('after the database was opened', async () => {
      expect(await useDatabase(await loadPackage(), options(), fake)).toEqual(written)
    })

    test('between opening and the first request, and given up again', async () => {
      fake()
      expect(await useDatabase(await loadPackage(), options(), restore)).toEqual(written)
    })
  })
})
