import {
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  type AttributeValue,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams'
import { createDatabase, type LabDatabase } from 'dynatom'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shopTable } from '../means/shopTable.ts'
import { runsOf } from '../../packages/server/src/testing/propertyRuns.ts'

const tableOf = (TableName: string): CreateTableCommandInput => shopTable(TableName, 'KEYS_ONLY')

/** What a table has: the value of each item, and how often items were changed. */
interface TableContent {
  readonly items: ReadonlyMap<string, string>
  readonly changes: number
}

/** All that a database has. Never changed: another one is made. */
interface Content {
  readonly tables: ReadonlyMap<string, TableContent>
  /** The client request tokens that are known, with what they were used for. */
  readonly tokens: ReadonlyMap<string, string>
}

const anyTable = fc.constantFrom('Orders', 'Shops')
const anyId = fc.constantFrom('a', 'b', 'c')
const anyName = fc.constantFrom('one', 'two', 'three')
const anyStep = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('create' as const), table: anyTable }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), table: anyTable }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('put' as const), table: anyTable, id: anyId }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), table: anyTable, id: anyId }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('transact' as const),
      table: anyTable,
      token: fc.constantFrom('t1', 't2', 't3'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), name: anyName }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('restore' as const), name: anyName }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
)

type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never

const nothing: Content = { tables: new Map(), tokens: new Map() }

/** A database, and what it must have. */
class Trial {
  readonly #database: LabDatabase
  readonly #client: DynamoDBClient
  readonly #streams: DynamoDBStreamsClient
  #content = nothing
  readonly #held = new Map<string, Content>()
  #values = 0

  constructor(database: LabDatabase) {
    this.#database = database
    const config = { ...database.clientConfig(), maxAttempts: 1 }
    this.#client = new DynamoDBClient(config)
    this.#streams = new DynamoDBStreamsClient(config as object)
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.#perform(step)
      if (step.kind === 'restore' || step.kind === 'reset') await this.#check()
    }
    await this.#check()
    for (const name of this.#held.keys()) {
      await this.#restore(name)
      await this.#check()
    }
  }

  async #perform(step: Step): Promise<void> {
    const { snapshots } = this.#database.lab
    switch (step.kind) {
      case 'create':
      case 'drop':
        return this.#changeTables(step.table, step.kind === 'create')
      case 'put':
      case 'delete':
        return this.#write(step.table, step.id, step.kind === 'put')
      case 'transact':
        return this.#transact(step.table, step.token)
      case 'take':
        await snapshots.take({ name: step.name })
        this.#held.set(step.name, this.#content)
        return undefined
      case 'restore':
        return this.#restore(step.name)
      case 'reset':
        await this.#database.reset()
        this.#content = nothing
        return undefined
    }
  }

  async #restore(name: string): Promise<void> {
    const held = this.#held.get(name)
    const restored = this.#database.lab.snapshots.restore({ name })
    if (held === undefined) {
      await expect(restored).rejects.toMatchObject({ name: 'NotFound' })
      return
    }
    await restored
    this.#content = held
  }

  async #changeTables(name: string, isThere: boolean): Promise<void> {
    const tables = new Map(this.#content.tables)
    if (tables.has(name) === isThere) return
    if (isThere) {
      await this.#client.send(new CreateTableCommand(tableOf(name)))
      tables.set(name, { items: new Map(), changes: 0 })
    } else {
      await this.#client.send(new DeleteTableCommand({ TableName: name }))
      tables.delete(name)
    }
    this.#content = { ...this.#content, tables }
  }

  async #write(TableName: string, id: string, isPut: boolean): Promise<void> {
    const table = this.#content.tables.get(TableName)
    if (table === undefined) return
    const items = new Map(table.items)
    let { changes } = table
    if (isPut) {
      const v = this.#nextValue()
      await this.#client.send(new PutItemCommand({ TableName, Item: itemOf(id, v) }))
      items.set(id, v)
      changes += 1
    } else {
      await this.#client.send(new DeleteItemCommand({ TableName, Key: { id: { S: id } } }))
      if (items.delete(id)) changes += 1
    }
    this.#show(TableName, { items, changes })
  }

  async #transact(TableName: string, ClientRequestToken: string): Promise<void> {
    const table = this.#content.tables.get(TableName)
    if (table === undefined) return
    const known = this.#content.tokens.get(ClientRequestToken)
    const v = this.#nextValue()
    const TransactItems = ['a', 'b'].map((id) => ({ Put: { TableName, Item: itemOf(id, v) } }))
    const sent = this.#client.send(
      new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }),
    )
    if (known !== undefined) {
      await expect(sent).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' })
      return
    }
    await sent
    const items = new Map([...table.items, ['a', v], ['b', v]])
    this.#show(TableName, { items, changes: table.changes + 2 })
    const tokens = new Map([...this.#content.tokens, [ClientRequestToken, v]])
    this.#content = { ...this.#content, tokens }
  }

  #nextValue(): string {
    this.#values += 1
    return String(this.#values)
  }

  #show(name: string, table: TableContent): void {
    this.#content = { ...this.#content, tables: new Map([...this.#content.tables, [name, table]]) }
  }

  async #check(): Promise<void> {
    const { TableNames } = await this.#client.send(new ListTablesCommand())
    expect(TableNames).toEqual([...this.#content.tables.keys()].sort())
    for (const [TableName, { items, changes }] of this.#content.tables) {
      const expected = [...items].map(([id, v]) => `${id}=${v}`).sort()
      const scanned = await this.#client.send(new ScanCommand({ TableName }))
      expect(textsOf(scanned.Items)).toEqual(expected)
      const queried = await this.#client.send(
        new QueryCommand({
          TableName,
          IndexName: 'ByShop',
          KeyConditionExpression: 'shop = :shop',
          ExpressionAttributeValues: { ':shop': { S: 's' } },
        }),
      )
      expect(textsOf(queried.Items)).toEqual(expected)
      const { Table } = await this.#client.send(new DescribeTableCommand({ TableName }))
      expect(Table).toMatchObject({
        ItemCount: items.size,
        GlobalSecondaryIndexes: [{ ItemCount: items.size, IndexStatus: 'ACTIVE' }],
      })
      expect(await this.#recordCount(Table?.LatestStreamArn)).toBe(changes)
    }
  }

  async #recordCount(StreamArn: string | undefined): Promise<number | undefined> {
    const { StreamDescription } = await this.#streams.send(new DescribeStreamCommand({ StreamArn }))
    const { ShardIterator } = await this.#streams.send(
      new GetShardIteratorCommand({
        StreamArn,
        ShardId: StreamDescription?.Shards?.[0]?.ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    )
    return (await this.#streams.send(new GetRecordsCommand({ ShardIterator }))).Records?.length
  }
}

const itemOf = (id: string, v: string): Record<string, AttributeValue> => ({
  id: { S: id },
  shop: { S: 's' },
  v: { S: v },
})

const textsOf = (items: Record<string, AttributeValue>[] | undefined): string[] =>
  (items ?? []).map(({ id, v }) => `${id?.S}=${v?.S}`).sort()

test('whatever is done and taken back, the database has what it had', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 60 }), async (steps) => {
      const database = await createDatabase({ inMemory: true, lab: true })
      try {
        await new Trial(database).run(steps)
      } finally {
        await database.close()
      }
    }),
    { numRuns: runsOf(40) },
  )
}, 60_000)
