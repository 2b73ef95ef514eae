import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { asBuffer, type Bytes, type Entry } from '../storage/engine.ts'
import { encodeCounterChanges } from '../commits/counterChanges.ts'
import { decodeCounter, encodeCounter } from '../commits/counters.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import { openDataPlane, type DataPlane } from '../testing/dataPlane.ts'
import { encodeItem } from '../values/itemCodec.ts'
import { checkStore, examineStore } from './checkStore.ts'
import { ensureStoreFormat } from '../layout/storeFormat.ts'
import {
  accountKey,
  backfillKey,
  catalogVersionKey,
  counterChangeKey,
  droppedTableKey,
  formatKey,
  indexEntryKey,
  itemCollectionKey,
  lastTableNumberKey,
  leaseKey,
  rowKey,
  rowRange,
  tableCounterKey,
  tableRecordKey,
  tokenExpiryKey,
} from '../layout/storeKeys.ts'
import type { StoredTable, TableRecord } from '../schema/tableRecord.ts'
import { runsOf } from '../testing/propertyRuns.ts'

const space = { record: 0x02, token: 0x06, expiry: 0x07, collection: 0x08, row: 0x10, entry: 0x11 }

let engine: MemoryEngine
let plane: DataPlane

const definitionOf = (key: string) => {
  const [AttributeName, AttributeType] = key.split(':')
  return { AttributeName, AttributeType }
}
const schemaOf = (...names: string[]) =>
  names.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' }))
const indexOf = (IndexName: string, keys: string[], Projection: object) => ({
  IndexName,
  KeySchema: schemaOf(...keys),
  Projection,
})

/** Orders has one local and two global indexes; Plain has none. */
beforeEach(async () => {
  engine = new MemoryEngine()
  await ensureStoreFormat(engine)
  plane = await openDataPlane({ engine })
  await plane.createTable('Orders', ['pk:S', 'sk:N'], {
    AttributeDefinitions: ['pk:S', 'sk:N', 'date:S', 'who:S'].map(definitionOf),
    LocalSecondaryIndexes: [indexOf('ByDate', ['pk', 'date'], { ProjectionType: 'KEYS_ONLY' })],
    GlobalSecondaryIndexes: [
      indexOf('ByWho', ['who', 'date'], { ProjectionType: 'ALL' }),
      indexOf('Short', ['who'], { ProjectionType: 'INCLUDE', NonKeyAttributes: ['v'] }),
    ],
  })
  await plane.createTable('Plain', ['id:S'])
  const order = (pk: string, sk: number, more: object = {}) =>
    put('Orders', { pk: { S: pk }, sk: { N: `${sk}` }, ...more })
  await order('a', 1, { date: { S: '2026-01-01' }, who: { S: 'ann' }, v: { N: '-1.50' } })
  await order('a', 2, { date: { S: '2026-01-02' }, who: { S: 'ann' } })
  await order('a', 3, { who: { S: 'bob' } })
  await order('b', 1, { list: { L: [{ M: { x: { SS: ['p', 'q'] } } }, { NULL: true }] } })
  await order('long', 1, { who: { S: 'w'.repeat(100) }, date: { S: 'd' } })
  await put('Plain', { id: { S: 'x' }, b: { B: 'AAEC' }, t: { BOOL: true } })
  await plane.call('TransactWriteItems', {
    TransactItems: [{ Put: { TableName: 'Plain', Item: { id: { S: 'by transaction' } } } }],
    ClientRequestToken: 'token',
  })
})

async function put(TableName: string, Item: object): Promise<void> {
  const response = await plane.call('PutItem', { TableName, Item })
  if ('__type' in response) throw new Error(JSON.stringify(response))
}

function entriesIn(first: number): Entry[] {
  const range = { start: Buffer.from([first]), end: Buffer.from([first + 1]) }
  return [...engine.snapshot().range(range)]
}

const set = (key: Bytes, value: Bytes | string | undefined) =>
  engine.commit([], [{ key, value: typeof value === 'string' ? Buffer.from(value) : value }])

/** The findings as `kind: detail`. */
async function found(): Promise<string[]> {
  return (await checkStore(engine)).map(({ kind, detail }) => `${kind}: ${detail}`)
}

function recordOf(tableName: string): TableRecord {
  const stored = asBuffer(engine.get(tableRecordKey(tableName)) as Bytes).toString('utf8')
  return (JSON.parse(stored) as StoredTable).record
}

function numberOf(tableName: string, indexName?: string): number {
  const record = recordOf(tableName)
  if (indexName === undefined) return record.tableNumber
  const indexes = [...record.localSecondaryIndexes, ...record.globalSecondaryIndexes]
  return indexes.find((index) => index.indexName === indexName)?.indexNumber as number
}

/** The row of Plain whose partition key is `id`. */
function plainRow(id: string): Entry {
  const row = entriesIn(space.row).find(({ key }) =>
    asBuffer(key).subarray(11).equals(Buffer.from(id)),
  )
  return row as Entry
}

const textOf = ({ value }: Entry): string => asBuffer(value).subarray(5).toString('utf8')
const itemOf = (text: string, sizeBytes: number): Buffer => {
  const value = encodeItem({}, sizeBytes)
  return Buffer.concat([value.subarray(0, 5), Buffer.from(text)])
}

describe('checkStore finds nothing', () => {
  it('in a store that operations have written', async () => {
    expect(await examineStore(engine)).toEqual({
      findings: [],
      findingCount: 0,
      itemCount: 7,
      tableCount: 2,
    })
  })

  it('in an empty store', async () => {
    expect(await checkStore(new MemoryEngine())).toEqual([])
  })

  it('after updates that move and remove entries, deletes and replays', async () => {
    const Key = { pk: { S: 'a' }, sk: { N: '1' } }
    const update = (UpdateExpression: string, more: object = {}) =>
      plane.call('UpdateItem', { TableName: 'Orders', Key, UpdateExpression, ...more })
    await update('SET who = :w REMOVE v', { ExpressionAttributeValues: { ':w': { S: 'cy' } } })
    expect(await found()).toEqual([])
    await update('REMOVE #d', { ExpressionAttributeNames: { '#d': 'date' } })
    expect(await found()).toEqual([])
    await plane.call('BatchWriteItem', {
      RequestItems: {
        Orders: [
          { DeleteRequest: { Key } },
          { PutRequest: { Item: { pk: { S: 'c' }, sk: { N: '1' }, date: { S: 'd' } } } },
        ],
        Plain: [{ DeleteRequest: { Key: { id: { S: 'x' } } } }],
      },
    })
    expect(await found()).toEqual([])
  })

  it('wrong with what is being removed', async () => {
    await plane.call('DeleteTable', { TableName: 'Orders' })
    expect(await found()).toEqual([])
    const leaving = droppedTableKey(numberOf('Plain'))
    await engine.commit(
      [],
      [
        { key: leaving, value: Buffer.from('Plain') },
        { key: tableRecordKey('Plain'), value: undefined },
        { key: plainRow('x').key, value: Buffer.from('anything') },
      ],
    )
    expect(await found()).toEqual([])
  })
})

describe('checkStore during operations', () => {
  const word = fc.constantFrom('a', 'b', 'c')
  const orderKey = fc
    .record({ pk: word, sk: fc.integer({ min: 1, max: 3 }) })
    .map(({ pk, sk }) => ({
      pk: { S: pk },
      sk: { N: `${sk}` },
    }))
  const attributes = fc.record(
    {
      who: word.map((S) => ({ S })),
      date: word.map((S) => ({ S })),
      v: fc.integer().map((n) => ({ N: `${n}` })),
      x: fc.string({ maxLength: 2000 }).map((S) => ({ S })),
    },
    { requiredKeys: [] },
  )
  const TableName = 'Orders'
  const putRequest = fc.tuple(orderKey, attributes).map(([key, more]) => ({ ...key, ...more }))
  const update = fc.tuple(orderKey, word, fc.boolean()).map(([Key, S, removes]) => ({
    TableName,
    Key,
    UpdateExpression: removes ? 'SET who = :s REMOVE #d' : 'SET #d = :s ADD v :one',
    ExpressionAttributeNames: { '#d': 'date' },
    ExpressionAttributeValues: removes ? { ':s': { S } } : { ':s': { S }, ':one': { N: '1' } },
  }))
  const addIndex = {
    TableName,
    AttributeDefinitions: [definitionOf('v:N')],
    GlobalSecondaryIndexUpdates: [
      { Create: indexOf('ByV', ['v'], { ProjectionType: 'KEYS_ONLY' }) },
    ],
  }
  const dropIndex = { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'ByV' } }] }
  const operation = fc.oneof(
    { weight: 4, arbitrary: putRequest.map((Item) => ['PutItem', { TableName, Item }] as const) },
    { weight: 4, arbitrary: update.map((request) => ['UpdateItem', request] as const) },
    { weight: 2, arbitrary: orderKey.map((Key) => ['DeleteItem', { TableName, Key }] as const) },
    {
      weight: 2,
      arbitrary: fc.tuple(putRequest, orderKey, word).map(
        ([Item, Key, ClientRequestToken]) =>
          [
            'TransactWriteItems',
            {
              TransactItems: [{ Put: { TableName, Item } }, { Delete: { TableName, Key } }],
              ClientRequestToken,
            },
          ] as const,
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(putRequest, orderKey).map(([Item, Key]) => {
        const writes = [{ PutRequest: { Item } }, { DeleteRequest: { Key } }]
        return ['BatchWriteItem', { RequestItems: { [TableName]: writes } }] as const
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(addIndex, dropIndex).map((r) => ['UpdateTable', r] as const),
    },
  )

  it('finds nothing at any time', async () => {
    const groups = fc.array(fc.array(operation, { maxLength: 6 }), { maxLength: 12 })
    let written = 0
    await fc.assert(
      fc.asyncProperty(groups, async (operations) => {
        for (const group of operations) {
          const running = group.map(([name, request]) => plane.call(name, request))
          // Some of the group's commits may have been made, others not.
          expect(await found()).toEqual([])
          for (const response of await Promise.all(running))
            if (!('__type' in response)) written += 1
          expect(await found()).toEqual([])
        }
      }),
      { numRuns: runsOf(60) },
    )
    expect(written).toBeGreaterThan(100)
  })
})

/** What the table Plain notes of its items. */
function plainCounts(): { readonly count: number; readonly sizeBytes: number } {
  const stored = engine.get(tableCounterKey(numberOf('Plain'))) as Bytes
  const [count, sizeBytes] = decodeCounter(stored) as [number, number]
  return { count, sizeBytes }
}

describe('checkStore finds', () => {
  it('the lack of any one key', async () => {
    const keys: Bytes[] = []
    for (let first = 0; first < 0xff; first++) keys.push(...entriesIn(first).map(({ key }) => key))
    // 7 items, 3 + 3 + 4 entries, 3 collections, 2 records, 5 counters, a token and what each store
    // has.
    expect(keys).toHaveLength(7 + 10 + 3 + 2 + 5 + 2 + 2)
    for (const key of keys) {
      const value = engine.get(key)
      await set(key, undefined)
      expect(await found(), asBuffer(key).toString('latin1')).not.toEqual([])
      await set(key, value)
    }
    expect(await found()).toEqual([])
  })

  it('an account that is none', async () => {
    await set(accountKey, '123456789012')
    expect(await found()).toEqual([])
    await set(accountKey, '12345')
    expect(await found()).toEqual(['storeFormat: The account of the store is no account'])
    await set(accountKey, undefined)
    await set(Buffer.concat([accountKey, Buffer.from([0])]), '123456789012')
    expect(await found()).toEqual(['unknownKey: The key has a wrong length'])
  })

  it('any changed byte of what has copies or sums', async () => {
    const indexed = entriesIn(space.row).filter((row) => textOf(row).includes('2026-01-01'))
    const counters = entriesIn(0x03)
    const entries = entriesIn(space.entry)
    const collections = entriesIn(space.collection)
    expect([indexed, entries].map(({ length }) => length)).toEqual([1, 10])
    for (const { key, value } of [...indexed, ...counters, ...entries, ...collections]) {
      for (let i = 0; i < value.length; i++) {
        const changed = Buffer.from(value)
        changed[i] = (changed[i] as number) ^ 1
        await set(key, changed)
        expect(await found(), `byte ${i} of ${changed.toString('latin1')}`).not.toEqual([])
      }
      await set(key, value)
    }
    expect(await found()).toEqual([])
  })

  it.each([
    [Buffer.from([0x00]), 'No such key is ever written'],
    [Buffer.from('zebra'), 'No such key is ever written'],
    [Buffer.from([0xff]), 'No such key is ever written'],
    [Buffer.from([0x01, 0x00]), 'The key has a wrong length'],
    [Buffer.from([0x03, 0x00]), 'The key has a wrong length'],
    [Buffer.from([0x04]), 'The note of a removal names no number'],
    [Buffer.from([0x05, 0x05]), 'The key has a wrong length'],
    [Buffer.from([0x07]), 'The expiry entry names no token'],
    [Buffer.from([0x08, 0, 0, 0, 1]), 'The key is not that of an item collection'],
    [Buffer.from([0x09, 0, 0, 0, 1, 0]), 'The key has a wrong length'],
    [Buffer.from([0x0b, 0, 0, 0, 1]), 'The key has a wrong length'],
    [Buffer.from([0x0d, 0]), 'The key has a wrong length'],
    [Buffer.from([0x0e, 0]), 'The key has a wrong length'],
    [Buffer.from([0x10, 0, 0, 0, 1]), 'The key is too short for a row'],
    [Buffer.from([0x11, 0]), 'The key is too short for an index entry'],
  ])('the unknown key %j', async (key, detail) => {
    await set(key, '')
    expect(await found()).toEqual([`unknownKey: ${detail}`])
  })

  it('a format that is missing, unreadable or unknown', async () => {
    await set(formatKey, undefined)
    expect(await found()).toEqual(['storeFormat: The store has no mark of its format'])
    await set(formatKey, 'x')
    expect(await found()).toEqual([
      "storeFormat: The store's format cannot be read; the data directory was not written by Dynatom.",
    ])
    await set(formatKey, '{"format":99}')
    expect(await checkStore(engine)).toEqual([
      {
        kind: 'storeFormat',
        key: '\\x01',
        detail:
          'The store was written in format 99, which this version of Dynatom does not know; ' +
          'open it with the version that wrote it.',
      },
    ])
  })

  it('records that cannot be', async () => {
    const plain = recordOf('Plain')
    const Plain = tableRecordKey('Plain')
    const store = (record: object, more: object = {}) =>
      set(Plain, JSON.stringify({ record: { ...plain, ...record }, ...more }))
    const orphans = [`orphan: A counter of number ${plain.tableNumber}, which nothing has`]
    await set(Plain, '{')
    expect(await found()).toEqual([
      'tableRecord: The record cannot be understood: ' +
        'The store holds the record of a table that cannot be read.',
      ...orphans,
    ])
    await set(Plain, 'null')
    expect((await found())[0]).toMatch(/^tableRecord: The record cannot be understood: /)
    await store({ attributeDefinitions: [] })
    expect((await found())[0]).toContain('key attribute id is defined')
    await store({ tableName: 'Other' })
    expect(await found()).toEqual(['tableRecord: The record is of a table named Other'])
    await store({ tableNumber: numberOf('Orders') })
    expect(await found()).toContain(
      `tableNumber: Number ${numberOf('Orders')} has another owner already`,
    )
    await store({ tableNumber: 99 })
    expect(await found()).toEqual([
      expect.stringMatching(
        /^tableNumber: Number 99 is in use, and the last one given out is \d+$/,
      ),
      ...orphans,
    ])
    await store({ tableNumber: 0 })
    expect((await found())[0]).toBe(
      'tableNumber: 0 is not a number of a table, an index or a stream',
    )
    await store({}, { transition: { endsAtMs: null, after: null } })
    expect(await found()).toEqual(['tableRecord: The status of the table never ends'])
    await store({}, { transition: { endsAtMs: 1, after: { ...plain, tableName: 'Other' } } })
    expect(await found()).toEqual(['tableRecord: The table would become another one'])
    await store({}, { transition: { endsAtMs: 1, after: { ...plain, tags: [] } } })
    expect(await found()).toEqual([])
  })

  it('two indexes of one name', async () => {
    const orders = recordOf('Orders')
    const [byWho, short] = orders.globalSecondaryIndexes
    const globalSecondaryIndexes = [byWho, { ...short, indexName: 'ByWho' }]
    await set(
      tableRecordKey('Orders'),
      JSON.stringify({ record: { ...orders, globalSecondaryIndexes } }),
    )
    expect(await found()).toEqual(['tableRecord: Two indexes have one name'])
  })

  it('a last number that is too low or unreadable', async () => {
    await set(lastTableNumberKey, Buffer.from([0, 0, 0, 1]))
    expect(await found()).toEqual([
      `tableNumber: Number ${numberOf('Plain')} is in use, and the last one given out is 1`,
    ])
    await set(lastTableNumberKey, 'x')
    expect(await found()).toEqual(['tableNumber: The last number cannot be read'])
  })

  it('a removal of what is there', async () => {
    await set(droppedTableKey(numberOf('Plain')), 'Plain')
    expect(await found()).toEqual([
      `tableNumber: Number ${numberOf('Plain')} has another owner already`,
    ])
  })

  it('rows and entries of nothing, once for each number', async () => {
    const one = Buffer.from('k')
    await set(rowKey(77, 1, one, undefined), plainRow('x').value)
    await set(rowKey(77, 2, one, undefined), plainRow('x').value)
    await set(indexEntryKey(78, 1, one, []), plainRow('x').value)
    await set(itemCollectionKey(rowKey(79, 1, one, undefined)), encodeCounter([1]))
    await set(backfillKey(80), one)
    await set(tableCounterKey(81), encodeCounter([0, 0]))
    expect(await found()).toEqual([
      'orphan: A counter of number 81, which nothing has',
      'orphan: An item collection of number 79, which nothing has',
      'orphan: A backfill of number 80, which nothing has',
      'orphan: A row of number 77, which nothing has',
      'orphan: An index entry of number 78, which nothing has',
    ])
  })

  it('a row of an index, and an entry of a table', async () => {
    const byWho = numberOf('Orders', 'ByWho')
    await set(rowKey(byWho, 1, Buffer.from('k'), undefined), plainRow('x').value)
    await set(indexEntryKey(numberOf('Plain'), 1, Buffer.from('k'), []), plainRow('x').value)
    expect(await found()).toEqual([
      `orphan: A row of number ${byWho}, an index`,
      'orphan: An index entry of table Plain',
    ])
  })

  it.each([
    ['', 'The item cannot be decoded: a stored item has format 1'],
    ['[]', 'The value is not an item'],
    ['{"id":{"S":"x"}', /^The item cannot be decoded: /],
    ['{"id":{"S":"x"} }', 'The text of the item is not canonical'],
    ['{"id":{"S":"\\u0078"}}', 'The text of the item is not canonical'],
    ['{"id":{"S":"x"},"id":{"S":"x"}}', 'The text of the item is not canonical'],
    ['{"id":{"S":"x"},"a":null}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"X":"x"}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"S":"x","N":"1"}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"S":1}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"N":"01"}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"N":1}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"N":"1e999"}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"B":"AAE"}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"BOOL":"true"}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"NULL":false}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"SS":[]}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"SS":["b","b"]}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"SS":["b","a"]}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"NS":["10","9"]}}', 'Attribute a is not canonical'],
    [
      '{"id":{"S":"x"},"a":{"L":[{"M":{"b":{"BS":["/w==","AA=="]}}}]}}',
      'Attribute a is not canonical',
    ],
    ['{"id":{"S":"x"},"a":{"NS":["1","1.0"]}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"BS":["x"]}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"L":[{"M":{"b":{"N":"-0"}}}]}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"L":{}}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"a":{"M":[]}}', 'Attribute a is not canonical'],
    ['{"id":{"S":"x"},"":{"S":"a"}}', 'An attribute has no name'],
    ['{"id":{"S":"x"},"a":{"L":[{"M":{"":{"S":"a"}}}]}}', 'Attribute a is not canonical'],
    [
      `{"id":{"S":"x"},"a":${'{"L":['.repeat(32)}{"NULL":true}${']}'.repeat(32)}}`,
      'Attribute a is not canonical',
    ],
  ])('the item %s', async (text, detail) => {
    const row = plainRow('x')
    const sizeBytes = asBuffer(row.value).readUInt32BE(1)
    await set(row.key, itemOf(text, sizeBytes))
    const { findings } = await examineStore(engine)
    expect(findings[0]).toMatchObject({
      kind: 'itemForm',
      detail:
        typeof detail === 'string' ? `${detail}, in table Plain` : expect.stringMatching(detail),
    })
    if (text !== '') expect(findings).toHaveLength(1)
  })

  it('an item that is stored with another size', async () => {
    const row = plainRow('x')
    await set(row.key, itemOf(textOf(row), 100))
    const counts = (items: string) =>
      expect.stringMatching(
        new RegExp(`^counter: table Plain counts 2 and \\d+ bytes and has ${items} bytes$`),
      )
    expect(await found()).toEqual([
      'itemSize: The item has 9 bytes and is stored with 100, in table Plain',
      counts('2 and \\d+'),
    ])
  })

  it('an item under the key of another, or without a key', async () => {
    const row = plainRow('x')
    const sizeBytes = asBuffer(row.value).readUInt32BE(1)
    await set(row.key, itemOf(textOf(row).replace('"x"', '"y"'), sizeBytes))
    expect(await checkStore(engine)).toEqual([
      {
        kind: 'itemKey',
        key: expect.stringMatching(/^\\x10\\x00\\x00\\x00.*\\x00\\x01x$/),
        detail: 'The key of the row is not that of its item, in table Plain',
      },
    ])
    await set(row.key, itemOf(textOf(row).replace('"id"', '"ID"'), sizeBytes))
    expect(await found()).toEqual([
      'itemKey: The item has no key: One or more parameter values were invalid: ' +
        'Missing the key id in the item, in table Plain',
    ])
  })

  it('wrong and unreadable counters of a table and of an index', async () => {
    await set(tableCounterKey(numberOf('Plain')), encodeCounter([1, 2]))
    await set(tableCounterKey(numberOf('Orders', 'Short')), 'x')
    expect(await found()).toEqual([
      expect.stringMatching(
        /^counter: index Short of table Orders counts NaN and NaN bytes and has 4 and \d+ bytes$/,
      ),
      expect.stringMatching(/^counter: table Plain counts 1 and 2 bytes and has 2 and \d+ bytes$/),
    ])
  })

  it('no fault in what several servers leave, and changes of counters that cannot be', async () => {
    const change = (values: readonly number[]) => ({
      key: tableCounterKey(numberOf('Plain')),
      differences: values,
    })
    const ofNothing = { key: tableCounterKey(99), differences: [1, 1] }
    const changeKey = counterChangeKey(Buffer.from('a server'), 7)
    await set(catalogVersionKey, 'x')
    await set(leaseKey('count folding'), '{}')
    await set(changeKey, encodeCounterChanges([change([0, 0]), ofNothing]))
    expect(await found()).toEqual([])
    await set(changeKey, encodeCounterChanges([change([2, -1])]))
    const { count, sizeBytes } = plainCounts()
    const noted = `${count + 2} and ${sizeBytes - 1} bytes`
    expect(await found()).toEqual([
      `counter: table Plain counts ${noted} and has ${count} and ${sizeBytes} bytes`,
    ])
    await set(changeKey, Buffer.from([200, 1]))
    expect(await found()).toEqual(['counter: The changes cannot be read'])
  })

  it('a missing, a wrong and a stray entry', async () => {
    const byWho = entriesIn(space.entry).filter(
      ({ key }) => asBuffer(key).readUInt32BE(1) === numberOf('Orders', 'ByWho'),
    )
    const [first, second] = byWho as [Entry, Entry]
    const moved = Buffer.concat([first.key, Buffer.of(1)])
    await set(first.key, undefined)
    expect(await found()).toEqual([
      'missingIndexEntry: The item is not in index ByWho of table Orders',
    ])
    await set(moved, first.value)
    expect(await found()).toEqual([
      'missingIndexEntry: The item is not in index ByWho of table Orders',
      'strayIndexEntry: The entry is not where its item is, in index ByWho of table Orders',
    ])
    await set(moved, undefined)
    await set(first.key, second.value)
    expect(await found()).toEqual([
      'wrongIndexEntry: The entry differs from its item, in index ByWho of table Orders',
    ])
    await set(first.key, first.value)
    await set(moved, 'x')
    expect(await found()).toEqual([
      'strayIndexEntry: The entry does not tell its item, in index ByWho of table Orders',
    ])
    const text = '{"pk":{"S":"nobody"},"sk":{"N":"1"}}'
    await set(moved, itemOf(text, 14))
    expect(await found()).toEqual([
      'strayIndexEntry: The entry has no item, in index ByWho of table Orders',
    ])
  })

  it('sizes of item collections', async () => {
    const [row] = entriesIn(space.row)
    const key = itemCollectionKey(asBuffer((row as Entry).key))
    const size = engine.get(key)
    await set(key, encodeCounter([5]))
    expect(await found()).toEqual([
      expect.stringMatching(
        /^itemCollection: The item collection has \d+ bytes and is noted with 5$/,
      ),
    ])
    await set(key, undefined)
    expect(await found()).toEqual([
      expect.stringMatching(
        /^itemCollection: The item collection has \d+ bytes and is noted with 0$/,
      ),
    ])
    await set(key, 'x')
    expect(await found()).toEqual([
      'itemCollection: The size of the item collection cannot be read',
    ])
    await set(key, size)
    const nobody = rowKey(numberOf('Orders'), 1, Buffer.from('nobody'), undefined)
    await set(itemCollectionKey(nobody), encodeCounter([0]))
    expect(await found()).toEqual(['itemCollection: The item collection has no items'])
    await set(itemCollectionKey(nobody), undefined)
    await set(itemCollectionKey(asBuffer(plainRow('x').key)), encodeCounter([9]))
    expect(await found()).toEqual([
      'itemCollection: The size of an item collection without a local index',
    ])
  })

  it('tokens and expiry entries that do not belong together', async () => {
    const [token] = entriesIn(space.token) as [Entry]
    const [expiry] = entriesIn(space.expiry) as [Entry]
    const digest = token.key.subarray(1)
    await set(token.key, 'x')
    expect(await found()).toEqual(['token: The record of the token cannot be read'])
    await set(token.key, undefined)
    expect(await found()).toEqual(['token: The expiry entry belongs to no token'])
    await set(token.key, token.value)
    await set(expiry.key, undefined)
    expect(await found()).toEqual(['token: The token has no expiry entry'])
    await set(expiry.key, expiry.value)
    await set(tokenExpiryKey(2 ** 50, digest), expiry.value)
    expect(await found()).toEqual(['token: The expiry entry is later than the end of its token'])
    await set(tokenExpiryKey(2 ** 50, digest), undefined)
    // Left from before the token was bound anew; the next purge takes it.
    await set(tokenExpiryKey(1, digest), expiry.value)
    expect(await found()).toEqual([])
  })

  it('at most 1,000 and counts the others', async () => {
    for (let i = 0; i < 1200; i++) await set(Buffer.from(`?${i}`), '')
    const { findings, findingCount } = await examineStore(engine)
    expect([findings.length, findingCount]).toEqual([1000, 1200])
    expect(findings[0]).toEqual({
      kind: 'unknownKey',
      key: '?0',
      detail: 'No such key is ever written',
    })
  })

  it('and cuts long keys', async () => {
    await set(Buffer.from('\\'.repeat(121)), '')
    expect((await checkStore(engine))[0]?.key).toBe(`${'\\x5c'.repeat(120)}... (121 bytes)`)
  })
})

describe('checkStore during a backfill', () => {
  /** Makes Short an index that is being built, at `position`. */
  async function buildShort(position: Bytes | undefined): Promise<void> {
    const orders = recordOf('Orders')
    const globalSecondaryIndexes = orders.globalSecondaryIndexes.map((index) =>
      index.indexName === 'Short' ? { ...index, status: 'CREATING', backfilling: true } : index,
    )
    await set(
      tableRecordKey('Orders'),
      JSON.stringify({ record: { ...orders, globalSecondaryIndexes } }),
    )
    await set(backfillKey(numberOf('Orders', 'Short')), position)
  }

  const ordersRows = () =>
    entriesIn(space.row).filter(({ key }) => asBuffer(key).readUInt32BE(1) === numberOf('Orders'))
  const shortEntries = () =>
    entriesIn(space.entry).filter(
      ({ key }) => asBuffer(key).readUInt32BE(1) === numberOf('Orders', 'Short'),
    )

  it('wants the entries of the items that it has reached, and counts no others', async () => {
    const short = numberOf('Orders', 'Short')
    await buildShort(undefined)
    expect(await found()).toEqual([
      expect.stringMatching(
        /^counter: index Short of table Orders counts 4 and \d+ bytes and has 0 and 0 bytes$/,
      ),
    ])
    await set(tableCounterKey(short), undefined)
    expect(await found()).toEqual([])
    const entries = shortEntries()
    await set((entries[0] as Entry).key, undefined)
    expect(await found()).toEqual([])
    await buildShort((ordersRows().at(-1) as Entry).key)
    expect(await found()).toEqual([
      'missingIndexEntry: The item is not in index Short of table Orders',
      expect.stringMatching(
        /^counter: index Short of table Orders counts 0 and 0 bytes and has 4 and \d+ bytes$/,
      ),
    ])
  })

  it('refuses an entry that is wrong, reached or not', async () => {
    await buildShort(undefined)
    await set(tableCounterKey(numberOf('Orders', 'Short')), undefined)
    const [first, second] = shortEntries() as [Entry, Entry]
    await set(first.key, second.value)
    expect(await found()).toEqual([
      'wrongIndexEntry: The entry differs from its item, in index Short of table Orders',
    ])
  })

  it('finds a progress that cannot be', async () => {
    const { end } = rowRange(numberOf('Orders'))
    await buildShort(end)
    expect(await found()).toEqual([])
    await buildShort(Buffer.from([...end, 1]))
    expect(await found()).toEqual(['backfill: The backfill is outside of the rows of its table'])
    await buildShort(end)
    await set(backfillKey(numberOf('Orders', 'ByWho')), end)
    await set(backfillKey(numberOf('Plain')), end)
    expect(await found()).toEqual([
      'backfill: The backfill of something that is not being built',
      'backfill: The backfill of something that is not being built',
    ])
  })
})
