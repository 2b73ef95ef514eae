import {
  assert,
  array,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
  type Arbitrary,
} from 'fast-check'
import { expect, test } from 'vitest'
import { openIndexedDatabase, type IndexedDatabase } from '../../testing/indexedDatabase.ts'
import { ManualClock } from '../../testing/manualClock.ts'
import { runsOf } from '../../testing/propertyRuns.ts'

/** A request that writes or reads items of the table, and how long the clock stands before it. */
interface Step {
  readonly operation: string
  readonly request: object
  readonly waitMs: number
}

/** Units for each second; a bucket holds five minutes of them. An index has less than its table. */
const rates = { read: { table: 1, index: 1 }, write: { table: 3, index: 1 } } as const
type Kind = keyof typeof rates
type Owner = keyof (typeof rates)[Kind]
const unitsOf = (owner: Owner) => ({
  ReadCapacityUnits: rates.read[owner],
  WriteCapacityUnits: rates.write[owner],
})
const burstSeconds = 300
const ReturnConsumedCapacity = 'INDEXES'
const TableName = 'Orders'

const key = integer({ min: 0, max: 5 }).map((id) => ({ pk: { S: String(id) } }))
const day = constantFrom(undefined, 'x', 'y', 'z')
const item = record({ key, day, length: constantFrom(1, 900, 8000, 90_000) }).map(
  ({ key: pk, day: S, length }) => ({
    ...pk,
    text: { S: 'x'.repeat(length) },
    ...(S !== undefined && { day: { S } }),
  }),
)
const put = item.map((Item) => ({ TableName, Item }))
const update = record({ Key: key, day: constantFrom('x', 'y') }).map(({ Key, day: S }) => ({
  TableName,
  Key,
  UpdateExpression: 'SET #day = :day',
  ExpressionAttributeNames: { '#day': 'day' },
  ExpressionAttributeValues: { ':day': { S } },
}))
const get = record({ Key: key, ConsistentRead: constantFrom(true, false) }).map((more) => ({
  TableName,
  ...more,
}))
const one = (operation: string, request: Arbitrary<object>): Arbitrary<Omit<Step, 'waitMs'>> =>
  request.map((given) => ({ operation, request: { ...given, ReturnConsumedCapacity } }))
const distinct = <Entry>(
  entries: readonly Entry[],
  idOf: (entry: Entry) => string,
): readonly Entry[] => [...new Map(entries.map((entry) => [idOf(entry), entry])).values()]

const idOf = ({ pk }: { readonly pk: { readonly S: string } }): string => pk.S
const request = oneof(
  one('PutItem', put),
  one('UpdateItem', update),
  one(
    'DeleteItem',
    key.map((Key) => ({ TableName, Key })),
  ),
  one('GetItem', get),
  one('Scan', constant({ TableName, ConsistentRead: true })),
  { weight: 4, arbitrary: one('Scan', constant({ TableName, IndexName: 'ByDay' })) },
  one(
    'BatchWriteItem',
    array(item, { minLength: 1, maxLength: 4 }).map((items) => ({
      RequestItems: { Orders: distinct(items, idOf).map((Item) => ({ PutRequest: { Item } })) },
    })),
  ),
  one(
    'BatchGetItem',
    array(key, { minLength: 1, maxLength: 4 }).map((Keys) => ({
      RequestItems: { Orders: { Keys: distinct(Keys, idOf) } },
    })),
  ),
  one(
    'TransactWriteItems',
    array(item, { minLength: 1, maxLength: 3 }).map((items) => ({
      TransactItems: distinct(items, idOf).map((Item) => ({ Put: { TableName, Item } })),
    })),
  ),
  one(
    'TransactGetItems',
    array(key, { minLength: 1, maxLength: 3 }).map((keys) => ({
      TransactItems: distinct(keys, idOf).map((Key) => ({ Get: { TableName, Key } })),
    })),
  ),
)
const waits = oneof(
  { weight: 20, arbitrary: constantFrom(0, 1, 400, 1500) },
  { weight: 1, arbitrary: constantFrom(20_000, 200_000) },
)
const steps: Arbitrary<Step[]> = array(
  record({ step: request, waitMs: waits }).map(({ step, waitMs }) => ({ ...step, waitMs })),
  { minLength: 5, maxLength: 150, size: 'max' },
)

async function openTable(clock: ManualClock): Promise<IndexedDatabase> {
  const database = await openIndexedDatabase({ clock, enforceThroughput: true })
  await database.call('CreateTable', {
    TableName,
    AttributeDefinitions: ['pk', 'day'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    ProvisionedThroughput: unitsOf('table'),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'ByDay',
        KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
        ProvisionedThroughput: unitsOf('index'),
      },
    ],
  })
  return database
}

interface Consumed {
  readonly CapacityUnits: number
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, { readonly CapacityUnits: number }>>
}

/** What each bucket must hold, worked out of what answers say that they have consumed. */
class Account {
  readonly #held = new Map<string, number>()
  readonly #clock: ManualClock
  #atMs = 0

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  fill(): void {
    const seconds = (this.#clock.monotonicMs() - this.#atMs) / 1000
    this.#atMs = this.#clock.monotonicMs()
    for (const kind of ['read', 'write'] as const) {
      for (const owner of ['table', 'index'] as const) {
        this.#change(kind, owner, -rates[kind][owner] * seconds)
      }
    }
  }

  take(kind: Kind, { CapacityUnits, GlobalSecondaryIndexes }: Consumed): void {
    const ofIndex = GlobalSecondaryIndexes?.['ByDay']?.CapacityUnits ?? 0
    this.#change(kind, 'table', CapacityUnits - ofIndex)
    this.#change(kind, 'index', ofIndex)
  }

  held(kind: Kind, owner: Owner): number {
    return this.#held.get(`${kind} ${owner}`) ?? rates[kind][owner] * burstSeconds
  }

  #change(kind: Kind, owner: Owner, spent: number): void {
    const held = Math.min(rates[kind][owner] * burstSeconds, this.held(kind, owner) - spent)
    this.#held.set(`${kind} ${owner}`, held)
  }
}

const kindOf = (operation: string): Kind => (/Get|Scan/.test(operation) ? 'read' : 'write')

function throttledIn(answer: Readonly<Record<string, unknown>>): Owner | undefined {
  const text = JSON.stringify(answer)
  const isThrottled = '__type' in answer && text.includes('rovisionedThroughputExceeded')
  if (!isThrottled) return undefined
  return text.includes('global secondary indexes') ? 'index' : 'table'
}

test('what is left of a table and its index is what answers say, and decides what is refused', async () => {
  const refused = new Set<string>()
  const property = asyncProperty(steps, async (asked) => {
    const clock = new ManualClock()
    const { call } = await openTable(clock)
    const account = new Account(clock)
    for (const { operation, request: sent, waitMs } of asked) {
      clock.advance(waitMs)
      account.fill()
      const kind = kindOf(operation)
      const answer = await call(operation, sent)
      const owner = throttledIn(answer)
      if (owner !== undefined) {
        refused.add(`${kind} ${owner}`)
        expect(account.held(kind, owner)).toBeLessThan(1e-6)
        continue
      }
      expect(answer).toEqual(expect.not.objectContaining({ __type: expect.anything() }))
      const capacities = [answer['ConsumedCapacity'] ?? []].flat() as Consumed[]
      const consumed = capacities.reduce((sum, each) => sum + each.CapacityUnits, 0)
      // A batch asks for each of its entries by itself.
      if (consumed > 0 && !operation.startsWith('Batch')) {
        const isIndexRead = 'IndexName' in sent
        expect(account.held(kind, isIndexRead ? 'index' : 'table')).toBeGreaterThan(-1e-6)
      }
      for (const each of capacities) account.take(kind, each)
    }
  })
  await assert(property, { numRuns: runsOf(40) })
  // What is refused seldom may take more.
  for (let more = 0; refused.size < 4 && more < 40; more++)
    await assert(property, { numRuns: runsOf(10) })
  expect([...refused].sort()).toEqual(['read index', 'read table', 'write index', 'write table'])
})
