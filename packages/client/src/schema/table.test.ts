import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import {
  createClient,
  defineTable,
  InvalidKeyError,
  number,
  string,
  TableDefinitionError,
  tableDefinition,
  unknown,
  type NativeValue,
} from '../index.ts'
import { openBank, type BankClient } from '../testing/bankClient.ts'
import { bank as bankTable } from '../testing/bankTable.ts'
import { itemSize } from '../values/itemSize.ts'

let bank: BankClient
beforeAll(async () => {
  bank = await openBank()
})
beforeEach(() => bank.database.reset())
afterAll(() => bank[Symbol.asyncDispose]())

const keys = { name: 'Bank', partitionKey: 'PK', sortKey: 'SK' } as const

describe('entities whose keys may look alike', () => {
  const { entities } = defineTable({
    ...keys,
    entities: {
      Order: {
        keys: { PK: 'USER#{user}', SK: 'ORDER#{order}' },
        attributes: { note: string().optional() },
      },
      Line: { keys: { PK: 'USER#{user}', SK: 'ORDER#{order}#LINE#{line:3}' } },
    },
  })
  const { Order, Line } = entities
  const order = { user: 'ann', order: '1' }

  test('are told apart by the form with more fixed text', async () => {
    await bank.db.put(Order, order)
    await bank.db.put(Line, { ...order, line: 1 })
    expect(await bank.db.query(Order, { user: 'ann' }).all()).toEqual([order])
    expect(await bank.db.query(Line, { user: 'ann' }, { sort: { order: '1' } }).all()).toEqual([
      { ...order, line: 1 },
    ])
    const rows = await bank.db.queryCollection([Order, Line], { user: 'ann' }).all()
    expect(rows.map(({ entity }) => entity)).toEqual(['Order', 'Line'])
  })

  test('do not become each other by their values', async () => {
    const alien = bank.db.put(Order, { user: 'ann', order: '1#LINE#007' })
    await expect(alien).rejects.toThrow(InvalidKeyError)
    await expect(alien).rejects.toThrow(
      'The key USER#ann, ORDER#1#LINE#007 of Order is one of Line.',
    )
    await bank.db.put(Order, { user: 'ann', order: '1#LINE#7' })
  })
})

describe('a definition that could not work is refused', () => {
  test.each([
    [{ A: { keys: { PK: 'A#{a}' } } }, 'The entity A has no template for SK.'],
    [
      { A: { keys: { PK: 'A#{a}', SK: 'A', X: 'x' } } },
      'The entity A has a template for X, which is no key.',
    ],
    [
      { A: { keys: { PK: 'A#{a}', SK: 'A', IPK: '{b}' } } },
      'The entity A has {b} in IPK, which is neither in the key of the table nor an attribute.',
    ],
    [
      { A: { keys: { PK: 'A#{a}', SK: 'A' }, attributes: { a: number() } } },
      'The entity A has an attribute a, which is a name of its key.',
    ],
    [
      { A: { keys: { PK: 'A#{a}', SK: 'A' }, attributes: { IPK: number() } } },
      'The entity A has an attribute IPK, which is a name of its key.',
    ],
    [
      { A: { keys: { PK: 'A#{a}', SK: 'A' }, attributes: { 'b.c': number() } } },
      'The entity A has an attribute b.c, whose name is not a word.',
    ],
    [
      { A: { keys: { PK: 'A#{a}', SK: 'B' } }, B: { keys: { PK: 'A#{b}', SK: 'B' } } },
      'The keys of A and B have the same form: A#{}, B.',
    ],
  ])('%#', (entities, message) => {
    const define = (): unknown =>
      defineTable({ ...keys, indexes: { I: { partitionKey: 'IPK' } }, entities: entities as never })
    expect(define).toThrow(TableDefinitionError)
    expect(define).toThrow(message)
  })
})

test('the input of CreateTable has keys, indexes and their attributes', () => {
  const table = defineTable({
    ...keys,
    indexes: {
      Local: { partitionKey: 'PK', sortKey: 'LSK', isLocal: true },
      Global: { partitionKey: 'GPK' },
    },
    entities: { A: { keys: { PK: 'A#{a}', SK: 'A' } } },
  })
  const projection = { Projection: { ProjectionType: 'ALL' } }
  const [hash, range] = ['HASH', 'RANGE']
  expect(tableDefinition(table)).toEqual({
    TableName: 'Bank',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['PK', 'SK', 'LSK', 'GPK'].map((AttributeName) => {
      return { AttributeName, AttributeType: 'S' }
    }),
    KeySchema: [
      { AttributeName: 'PK', KeyType: hash },
      { AttributeName: 'SK', KeyType: range },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'Local',
        KeySchema: [
          { AttributeName: 'PK', KeyType: hash },
          { AttributeName: 'LSK', KeyType: range },
        ],
        ...projection,
      },
    ],
    GlobalSecondaryIndexes: [
      { IndexName: 'Global', KeySchema: [{ AttributeName: 'GPK', KeyType: hash }], ...projection },
    ],
  })
})

test('a deployment has names of its own for tables', async () => {
  const staging = createClient(bank.sdk, { tableName: (declared) => `staging-${declared}` })
  const read = staging.get(bankTable.entities.Group, { group: 'g' })
  await expect(read).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

/** Whatever DynamoDB stores. */
const { value: arbitraryNative } = fc.letrec<{ value: NativeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.uniqueArray(fc.string(), { minLength: 1 }).map((all) => new Set(all)),
    fc.uniqueArray(fc.integer(), { minLength: 1 }).map((all) => new Set(all)),
    fc.array(tie('value')),
    fc.dictionary(fc.string({ minLength: 1 }), tie('value')),
  ),
}))

/** What is written as a bigint that a number holds comes back as the number. */
function simplest(value: NativeValue): NativeValue {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (Array.isArray(value)) return (value as readonly NativeValue[]).map(simplest)
  if (typeof value !== 'object' || value === null) return value
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)
    return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, simplest(member)]))
}

test('whatever is stored comes back as it was', async () => {
  const { entities } = defineTable({
    ...keys,
    entities: { Any: { keys: { PK: 'ANY#{any}', SK: 'ANY' }, attributes: { value: unknown() } } },
  })
  const { Any } = entities
  await fc.assert(
    fc.asyncProperty(arbitraryNative, async (value) => {
      await bank.db.put(Any, { any: 'x', value })
      const read = await bank.db.get(Any, { any: 'x' })
      expect(read?.value).toEqual(simplest(value))
    }),
    { numRuns: 150 },
  )
})

test.each([
  [{ PK: { S: 'é' } }, 4],
  [{ PK: { S: '😀' } }, 6],
  [{ n: { N: '12345' } }, 4],
  [{ n: { N: '-1200' } }, 3],
  [{ l: { L: [{ S: 'a' }, { BOOL: true }] } }, 8],
  [{ m: { M: { ab: { NULL: true } } } }, 8],
  [{ s: { SS: ['a', 'bc'] }, b: { B: new Uint8Array(3) } }, 8],
])('the size of %j is %i', (item, bytes) => expect(itemSize(item as never)).toBe(bytes))

test('the largest item that DynamoDB takes is not counted as more than 400 KB', async () => {
  const text = 'x'.repeat(400 * 1024 - 2 - 1 - 2 - 1 - 4 - 4 - 3)
  const Item = { PK: { S: 'a' }, SK: { S: 'b' }, text: { S: text }, numb: { N: '1234' } }
  await bank.sdk.send(new PutItemCommand({ TableName: 'Bank', Item }))
  expect(itemSize(Item)).toBeLessThanOrEqual(400 * 1024)
  expect(itemSize(Item)).toBeGreaterThan(400 * 1024 - 10)
})
