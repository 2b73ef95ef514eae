import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openEngine } from '../cli/openEngine.ts'
import type { StorageEngine } from '../storage/engine.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import {
  openIndexedDatabase,
  type IndexedDatabase,
  type Response,
} from '../testing/indexedDatabase.ts'
import { ManualClock } from '../testing/manualClock.ts'
import { runsOf } from '../testing/propertyRuns.ts'

/** An item of the table: `v` is given out once, `g` is the key of its indexes. */
interface Item {
  readonly pk: string
  readonly sk: string
  readonly g: string
  readonly v: string
}

const table = {
  TableName: 'Orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['pk', 'sk', 'g'].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: keySchema('pk', 'sk'),
  GlobalSecondaryIndexes: [
    { IndexName: 'ByG', KeySchema: keySchema('g', 'sk'), Projection: { ProjectionType: 'ALL' } },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'Local',
      KeySchema: keySchema('pk', 'g'),
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
}

function keySchema(partitionKey: string, sortKey: string): object[] {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ]
}

const texts = (item: object): object =>
  Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S: S as string }]))
const keyOf = ({ pk, sk }: Pick<Item, 'pk' | 'sk'>): object => texts({ pk, sk })

type Shown = Readonly<Record<string, { readonly S: string }>>

const shown = (items: unknown): string[] =>
  (items as readonly Shown[]).map((item) => `${item['pk']?.S}${item['sk']?.S}=${item['v']?.S}`)

/** The table at one moment, by the keys of its items, and how many changes its stream has. */
interface State {
  readonly sinceMs: number
  readonly items: ReadonlyMap<string, Item>
  readonly changes: number
}

const pks = ['a', 'b']
const sks = ['x', 'y', 'z']
const maxLagMs = 50

const anyKey = fc.record({ pk: fc.constantFrom(...pks), sk: fc.constantFrom(...sks) })
const anyWrite = fc.record({ key: anyKey, g: fc.option(fc.constantFrom('p', 'q')) })
const anyStep = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      // With several it is a transaction.
      writes: fc.uniqueArray(anyWrite, {
        minLength: 1,
        maxLength: 3,
        selector: ({ key }) => key.pk + key.sk,
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 1, max: 30 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      draws: fc.array(fc.integer({ min: 0, max: maxLagMs }), { minLength: 1, maxLength: 8 }),
      key: anyKey,
      g: fc.constantFrom('p', 'q'),
    }),
  },
)

type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never
type Read = Extract<Step, { kind: 'read' }>

/** Holds what is read against a list of all states that there were. */
class Trial {
  readonly #clock: ManualClock
  readonly #database: IndexedDatabase
  readonly #iterator: string
  readonly #states: State[]
  #values = 0
  /** What reads lag by, one after the other, and which of it was taken. */
  #draws: readonly number[] = [0]
  #drawn = 0

  constructor(database: IndexedDatabase, clock: ManualClock, iterator: string) {
    this.#database = database
    this.#clock = clock
    this.#iterator = iterator
    this.#states = [{ sinceMs: 0, items: new Map(), changes: 0 }]
    database.letReadsLag({
      maxMs: maxLagMs,
      drawMs: () => this.#draws[this.#drawn++ % this.#draws.length] as number,
    })
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (step.kind === 'wait') this.#clock.advance(step.ms)
      else if (step.kind === 'write') await this.#write(step.writes)
      else await this.#read(step)
    }
  }

  async #call(operation: string, request: object): Promise<Response> {
    const response = await this.#database.call(operation, request)
    if ('__type' in response) throw new Error(JSON.stringify(response))
    return response
  }

  async #write(writes: Extract<Step, { kind: 'write' }>['writes']): Promise<void> {
    const last = this.#states.at(-1) as State
    const items = new Map(last.items)
    let { changes } = last
    const actions = writes.map(({ key, g }) => {
      const name = key.pk + key.sk
      if (g === null) {
        if (items.delete(name)) changes += 1
        return { Delete: { TableName: 'Orders', Key: keyOf(key) } }
      }
      const item = { ...key, g, v: String((this.#values += 1)) }
      items.set(name, item)
      changes += 1
      return { Put: { TableName: 'Orders', Item: texts(item) } }
    })
    const [only] = actions
    if (actions.length > 1) await this.#call('TransactWriteItems', { TransactItems: actions })
    else if (only?.Put !== undefined) await this.#call('PutItem', only.Put)
    else await this.#call('DeleteItem', only?.Delete as object)
    this.#states.push({ sinceMs: this.#clock.nowMs(), items, changes })
  }

  /** The state of so long ago. */
  #at(lagMs: number): State {
    const timeMs = this.#clock.nowMs() - lagMs
    return this.#states.findLast(({ sinceMs }) => sinceMs <= timeMs) as State
  }

  #items(lagMs: number, isMeant: (item: Item) => boolean, order: (item: Item) => string): string[] {
    const items = [...this.#at(lagMs).items.values()].filter(isMeant)
    items.sort((one, other) => (order(one) < order(other) ? -1 : 1))
    return items.map(({ pk, sk, v }) => `${pk}${sk}=${v}`)
  }

  async #read({ draws, key, g }: Read): Promise<void> {
    this.#draws = draws
    this.#drawn = 0
    const next = (): number => draws[this.#drawn % draws.length] as number
    await this.#readItems(key, next)
    await this.#readStrongly(key)
    const bySk = ({ sk }: Item): string => sk
    const byG = ({ g: own, sk }: Item): string => own + sk
    const ofPk = ({ pk }: Item): boolean => pk === key.pk
    const pages: [string, object, (item: Item) => boolean, (item: Item) => string][] = [
      ['Query', queryOf(undefined, { pk: key.pk }), ofPk, bySk],
      ['Query', queryOf('ByG', { g }), (item) => item.g === g, ({ sk, pk }) => sk + pk],
      ['Query', queryOf('Local', { pk: key.pk }, true), ofPk, byG],
      [
        'ExecuteStatement',
        { Statement: `SELECT * FROM Orders WHERE pk = '${key.pk}'` },
        ofPk,
        bySk,
      ],
    ]
    for (const [operation, request, isMeant, order] of pages) {
      const lagMs = next()
      const { Items } = await this.#call(operation, request)
      const found = shown(Items)
      const expected = this.#items(lagMs, isMeant, order)
      // Items of one key of a global index have no order among themselves.
      expect(operation === 'Query' ? [...found].sort() : found).toEqual(
        operation === 'Query' ? [...expected].sort() : expected,
      )
    }
    const lagMs = next()
    const { Items } = await this.#call('Scan', { TableName: 'Orders' })
    expect(shown(Items).sort()).toEqual(this.#items(lagMs, () => true, bySk).sort())
    await this.#readStream(next)
  }

  async #readItems(key: Pick<Item, 'pk' | 'sk'>, next: () => number): Promise<void> {
    const valueAt = (lagMs: number, name: string): string | undefined =>
      this.#at(lagMs).items.get(name)?.v
    const valueIn = (item: unknown): string | undefined => (item as Shown | undefined)?.['v']?.S
    let lagMs = next()
    const { Item } = await this.#call('GetItem', { TableName: 'Orders', Key: keyOf(key) })
    expect(valueIn(Item)).toBe(valueAt(lagMs, key.pk + key.sk))
    lagMs = next()
    const Statement = `SELECT * FROM Orders WHERE pk = '${key.pk}' AND sk = '${key.sk}'`
    const [only] = (await this.#call('ExecuteStatement', { Statement }))['Items'] as unknown[]
    expect(valueIn(only)).toBe(valueAt(lagMs, key.pk + key.sk))
    // Each item of a batch is read by itself.
    const first = this.#drawn
    const keys = sks.map((sk) => ({ pk: key.pk, sk }))
    const batch = { Orders: { Keys: keys.map(keyOf) } }
    const { Responses } = await this.#call('BatchGetItem', { RequestItems: batch })
    const expected = keys.flatMap(({ pk, sk }, i) => {
      const drawn = this.#draws[(first + i) % this.#draws.length] as number
      const value = valueAt(drawn, pk + sk)
      return value === undefined ? [] : [`${pk}${sk}=${value}`]
    })
    expect(shown((Responses as { readonly Orders: unknown }).Orders)).toEqual(expected)
  }

  /** Takes no draw, and sees the last state. */
  async #readStrongly(key: Pick<Item, 'pk' | 'sk'>): Promise<void> {
    const before = this.#drawn
    const value = this.#at(0).items.get(key.pk + key.sk)
    const expected = value && texts(value)
    const ConsistentRead = true
    const named = { TableName: 'Orders', Key: keyOf(key) }
    expect((await this.#call('GetItem', { ...named, ConsistentRead }))['Item']).toEqual(expected)
    const TransactItems = [{ Get: named }]
    expect((await this.#call('TransactGetItems', { TransactItems }))['Responses']).toEqual([
      expected === undefined ? {} : { Item: expected },
    ])
    const { Items } = await this.#call('Scan', { TableName: 'Orders', ConsistentRead })
    expect(shown(Items).sort()).toEqual(
      this.#items(
        0,
        () => true,
        ({ sk }) => sk,
      ).sort(),
    )
    const Statement = `SELECT * FROM Orders WHERE pk = '${key.pk}' AND sk = '${key.sk}'`
    expect((await this.#call('ExecuteStatement', { Statement, ConsistentRead }))['Items']).toEqual(
      expected === undefined ? [] : [expected],
    )
    expect(this.#drawn).toBe(before)
  }

  async #readStream(next: () => number): Promise<void> {
    const lagMs = next()
    const page = await this.#call('GetRecords', { ShardIterator: this.#iterator })
    expect(page['Records']).toHaveLength(this.#at(lagMs).changes)
    expect(page).toHaveProperty('NextShardIterator')
  }
}

function queryOf(IndexName: string | undefined, key: object, wholeItems = false): object {
  const [[name, value] = ['', '']] = Object.entries(key) as [string, string][]
  return {
    TableName: 'Orders',
    ...(IndexName !== undefined && { IndexName }),
    ...(wholeItems && { Select: 'ALL_ATTRIBUTES' }),
    KeyConditionExpression: `${name} = :key`,
    ExpressionAttributeValues: { ':key': { S: value } },
  }
}

async function runTrial(engine: StorageEngine, steps: readonly Step[]): Promise<void> {
  const clock = new ManualClock({ nowMs: Date.UTC(2026, 0, 1) })
  const database = await openIndexedDatabase({ engine, clock, keepsPast: true })
  try {
    const { TableDescription } = await database.call('CreateTable', table)
    const { LatestStreamArn: StreamArn } = TableDescription as { readonly LatestStreamArn: string }
    const { StreamDescription } = await database.call('DescribeStream', { StreamArn })
    const [shard] = (StreamDescription as { readonly Shards: { readonly ShardId: string }[] })
      .Shards
    const { ShardIterator } = await database.call('GetShardIterator', {
      StreamArn,
      ShardId: shard?.ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    })
    clock.advance(maxLagMs)
    await new Trial(database, clock, ShardIterator as string).run(steps)
  } finally {
    await database.work.close()
    await engine.close()
  }
}

describe('reads that lag answer from the state of so long ago, others from the last one', () => {
  test('in memory', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 40 }), (steps) =>
        runTrial(new MemoryEngine(), steps),
      ),
      { numRuns: runsOf(100) },
    )
  })

  test('in a directory', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'dynatom-lag-'))
    let runs = 0
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { minLength: 20, maxLength: 60 }), async (steps) => {
          runs += 1
          await runTrial(await openEngine({ dataDirectory: join(directory, String(runs)) }), steps)
        }),
        { numRuns: runsOf(10), endOnFailure: true },
      )
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
