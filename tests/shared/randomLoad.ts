import { expect } from 'vitest'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { Server, SharedWorld } from './sharedWorld.ts'
import {
  addRequest,
  amountOf,
  collectionRequest,
  indexRequest,
  keyOf,
  keysIn,
  streamedTableRequest,
  tableRequest,
} from './tables.ts'

const hotItems = ['hot0', 'hot1']
const accounts = ['a0', 'a1', 'a2', 'a3', 'a4']
const openingAmount = 100
const indexNames = ['byGroup', 'second', 'third']
/** Ten milliseconds apart. */
const mostTries = 3000
const tables = ['counters', 'accounts', 'things']

/** What a load has done so far, as its clients were told. */
interface Ledger {
  /** Sums of acknowledged ADDs, by item. */
  readonly added: Map<string, number>
  /** What `things` must hold: each item has one client. */
  readonly things: Map<string, string | undefined>
  transfers: number
  conflicts: number
}

/** Closes the shards of a table's stream and opens others. */
async function rollOver(server: Server, tableName: string): Promise<void> {
  // Who asks no more of a server than this need not be told of the table yet.
  await server.ask('DescribeTable', { TableName: tableName })
  const { catalog } = server
  await catalog.rollOverStream(catalog.tableForControl(tableName))
}

/** Random requests of several clients, each of which asks now one server and now the other. */
export class RandomLoad {
  readonly #world: SharedWorld
  readonly #servers: readonly Server[]
  readonly #ledger: Ledger = { added: new Map(), things: new Map(), transfers: 0, conflicts: 0 }

  constructor(world: SharedWorld, servers: readonly Server[]) {
    this.#world = world
    this.#servers = servers
  }

  get ledger(): Readonly<Ledger> {
    return this.#ledger
  }

  async prepare(): Promise<void> {
    const [first] = this.#servers as [Server]
    await Promise.all(tables.map((name) => first.ask('CreateTable', streamedTableRequest(name))))
    await first.ask('CreateTable', collectionRequest('albums'))
    await Promise.all(
      accounts.map((pk) => first.ask('UpdateItem', addRequest('accounts', pk, openingAmount))),
    )
  }

  /** One client: `count` requests, one after the other. */
  async client(number: number, count: number): Promise<void> {
    const random = new SeededRandom(this.#world.random.between(0, 2 ** 31), number)
    const work = [
      [4, (server: Server) => this.#count(server, random)],
      [4, (server: Server) => this.#transfer(server, random)],
      [4, (server: Server) => this.#writeThing(server, random, number)],
      [2, (server: Server) => this.#readThing(server, random, number)],
      [2, (server: Server) => this.#addSong(server, random)],
      [1, (server: Server) => this.#audit(server)],
      [1, (server: Server) => this.#makeAndDropTable(server, random)],
    ] as const
    for (let i = 0; i < count; i++) await random.weighted(work)(random.pick(this.#servers))
  }

  /** Adds indexes while the clients are at work, one after the other, and removes one. */
  async changeIndexes(): Promise<void> {
    for (const [i, indexName] of indexNames.entries()) {
      await this.#world.pause(20)
      const server = this.#servers[i % this.#servers.length] as Server
      await rollOver(server, 'accounts')
      await this.#updateWhenPossible(server, indexRequest('things', indexName))
      await rollOver(server, 'things')
    }
    const [first, second] = this.#servers as [Server, Server]
    await first.ask('UpdateTable', indexRequest('counters', 'passing'))
    const GlobalSecondaryIndexUpdates = [{ Delete: { IndexName: 'passing' } }]
    const removal = { TableName: 'counters', GlobalSecondaryIndexUpdates }
    await this.#updateWhenPossible(second, removal)
  }

  /** One index is made at a time. One that is never done is a fault. */
  async #updateWhenPossible(server: Server, request: object): Promise<void> {
    for (let tries = 0; ; tries++) {
      expect(tries, 'times that the table was busy').toBeLessThan(mostTries)
      const answer = await server.call('UpdateTable', request)
      if (answer.kind === 'failed') throw answer.error
      if (answer.kind === 'response') return
      expect(['ResourceInUseException', 'LimitExceededException']).toContain(answer.type)
      await this.#world.pause(10)
    }
  }

  /** What must hold when all clients have ended, and the servers have had a pause. */
  async verify(): Promise<void> {
    const { added, things } = this.#ledger
    for (const server of this.#servers) {
      for (const pk of hotItems) {
        expect(await amountOf(server, 'counters', pk), pk).toBe(added.get(pk) ?? 0)
      }
      await this.#audit(server)
      const expected = [...things].filter(([, group]) => group !== undefined)
      const names = expected.map(([pk]) => pk).sort()
      expect(await keysIn(server, { TableName: 'things' })).toEqual(names)
      for (const IndexName of indexNames) {
        expect(await keysIn(server, { TableName: 'things', IndexName })).toEqual(names)
      }
      await this.#verifyTables(server, names.length)
    }
  }

  async #verifyTables(server: Server, thingCount: number): Promise<void> {
    const { TableNames } = await server.ask('ListTables', {})
    expect(TableNames).toEqual([...tables, 'albums'].sort())
    const described = await server.ask('DescribeTable', { TableName: 'things' })
    expect(described['Table']).toMatchObject({
      ItemCount: thingCount,
      GlobalSecondaryIndexes: indexNames.map(() => ({
        IndexStatus: 'ACTIVE',
        ItemCount: thingCount,
      })),
    })
  }

  async #count(server: Server, random: SeededRandom): Promise<void> {
    const { added } = this.#ledger
    const pk = random.pick(hotItems)
    const amount = random.between(1, 5)
    const before = added.get(pk) ?? 0
    await server.ask('UpdateItem', addRequest('counters', pk, amount))
    added.set(pk, (added.get(pk) ?? 0) + amount)
    const found = await amountOf(random.pick(this.#servers), 'counters', pk)
    expect(found, 'nothing that was acknowledged is lost').toBeGreaterThanOrEqual(before + amount)
  }

  async #transfer(server: Server, random: SeededRandom): Promise<void> {
    const [from, to] = random.pickSome(accounts, 2) as [string, string]
    const amount = random.between(1, 30)
    const answer = await server.call('TransactWriteItems', {
      TransactItems: [
        {
          Update: {
            ...addRequest('accounts', from, -amount),
            ConditionExpression: 'amount >= :least',
            ExpressionAttributeValues: {
              ':a': { N: String(-amount) },
              ':least': { N: String(amount) },
            },
          },
        },
        { Update: addRequest('accounts', to, amount) },
      ],
    })
    if (answer.kind === 'failed') throw answer.error
    if (answer.kind === 'response') this.#ledger.transfers += 1
    else {
      expect(answer.body).toMatchObject({ __type: 'TransactionCanceledException' })
      this.#ledger.conflicts += 1
    }
  }

  /** All accounts together have what they began with, in every committed state. */
  async #audit(server: Server): Promise<void> {
    const TransactItems = accounts.map((pk) => ({
      Get: { TableName: 'accounts', Key: keyOf(pk) },
    }))
    const answer = await server.call('TransactGetItems', { TransactItems })
    if (answer.kind === 'error') {
      expect(answer.body).toMatchObject({ __type: 'TransactionCanceledException' })
      return
    }
    if (answer.kind === 'failed') throw answer.error
    const items = answer.body['Responses'] as { Item: { amount: { N: string } } }[]
    const total = items.reduce((sum, { Item }) => sum + Number(Item.amount.N), 0)
    expect(total, 'the total of all accounts').toBe(accounts.length * openingAmount)
  }

  /** Things are written by one client each, which knows what they must be. */
  async #writeThing(server: Server, random: SeededRandom, client: number): Promise<void> {
    const pk = `${client}-${random.below(6)}`
    if (random.chance(0.3)) {
      await server.ask('DeleteItem', { TableName: 'things', Key: keyOf(pk) })
      this.#ledger.things.set(pk, undefined)
      return
    }
    const group = `group ${random.below(3)}`
    const Item = { ...keyOf(pk), group: { S: group } }
    await server.ask('PutItem', { TableName: 'things', Item })
    this.#ledger.things.set(pk, group)
  }

  async #readThing(server: Server, random: SeededRandom, client: number): Promise<void> {
    const pk = `${client}-${random.below(6)}`
    const { Item } = await server.ask('GetItem', { TableName: 'things', Key: keyOf(pk) })
    const found = (Item as { group: { S: string } } | undefined)?.group.S
    expect(found, pk).toBe(this.#ledger.things.get(pk))
  }

  /** All of them are in two item collections. */
  async #addSong(server: Server, random: SeededRandom): Promise<void> {
    const album = { S: `album ${random.below(2)}` }
    const song = { S: `song ${random.below(40)}` }
    const Item = { pk: album, sk: song, group: { S: `g${random.below(3)}` } }
    await server.ask('PutItem', { TableName: 'albums', Item })
  }

  /** Requests that come too late are refused; a read sees all that was there, or nothing. */
  async #dropUnderRequests(server: Server, writer: Server, TableName: string): Promise<void> {
    const writes = [1, 2, 3, 4, 5, 6].map(async (i) => {
      await this.#world.pause(this.#world.random.below(12))
      const answer = await writer.call('PutItem', { TableName, Item: keyOf(`${i}`) })
      if (answer.kind === 'failed') throw answer.error
      if (answer.kind === 'response') return
      expect(answer.body).toMatchObject({ __type: 'ResourceNotFoundException' })
    })
    const reads = [1, 2, 3, 4].map(async () => {
      await this.#world.pause(this.#world.random.below(60))
      const answer = await writer.call('Scan', { TableName })
      if (answer.kind === 'failed') throw answer.error
      if (answer.kind === 'response') expect(answer.body['Items']).toContainEqual(keyOf(TableName))
      else expect(answer.type).toBe('ResourceNotFoundException')
    })
    await Promise.all([server.ask('DeleteTable', { TableName }), ...writes, ...reads])
  }

  async #makeAndDropTable(server: Server, random: SeededRandom): Promise<void> {
    const TableName = `passing-${random.below(1_000_000_000)}`
    await server.ask('CreateTable', tableRequest(TableName))
    const other = random.pick(this.#servers)
    expect(await keysIn(other, { TableName })).toEqual([])
    await other.ask('PutItem', { TableName, Item: keyOf(TableName) })
    expect(await keysIn(server, { TableName })).toEqual([TableName])
    await this.#dropUnderRequests(random.pick(this.#servers), other, TableName)
    const notThere = await other.refused('GetItem', { TableName, Key: keyOf(TableName) })
    expect(notThere).toMatchObject({ __type: 'ResourceNotFoundException' })
  }
}
