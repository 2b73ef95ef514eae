import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { temporaryDirectory, type DynatomProcess } from '../means/dynatomProcess.ts'
import type { Answer, Client } from '../means/httpClient.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { expectCleanCheck, startServer } from './killedServer.ts'

/*
 * Two items that everybody writes, through many kills: transactions that are built on each other
 * before they are on the disk, single writes between them, and conditions that see all of them. What
 * was acknowledged is there, both halves of a transaction or none, and nobody was told of anything
 * that is gone.
 */

const cycles = Math.max(3, Math.floor(Number(process.env['DYNATOM_CYCLES'] ?? 100) / 4))
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const clients = 24
const table = 'Hot'

interface Seen {
  /** Transactions and single writes that were acknowledged, and those that nobody knows of. */
  transactions: number
  singles: number
  unknownTransactions: number
  unknownSingles: number
  /** The largest number that anybody was shown, in an answer or a refusal. */
  shown: number
}

const nothing: Seen = {
  transactions: 0,
  singles: 0,
  unknownTransactions: 0,
  unknownSingles: 0,
  shown: 0,
}

/** Gives no answer where none comes. */
type Send = (operation: string, body: object) => Promise<Answer | undefined>

const keyOf = (id: string): object => ({ id: { S: id } })
const addition = (id: string, name: string, more: object = {}): object => ({
  TableName: table,
  Key: keyOf(id),
  UpdateExpression: `ADD ${name} :one`,
  ExpressionAttributeValues: { ':one': { N: '1' } },
  ...more,
})

/** What a client does next, and notes of it. */
async function step(send: Send, random: SeededRandom, seen: Seen): Promise<void> {
  const kind = random.pick(['transaction', 'transaction', 'single', 'condition'])
  if (kind === 'transaction') {
    const Updates = ['a', 'b'].map((id) => ({ Update: addition(id, 't') }))
    const answer = await send('TransactWriteItems', { TransactItems: Updates })
    if (answer === undefined || answer.status >= 500) seen.unknownTransactions += 1
    else if (answer.status === 200) seen.transactions += 1
  } else if (kind === 'single') {
    const ReturnValues = 'UPDATED_NEW'
    const answer = await send(
      'UpdateItem',
      addition(random.pick(['a', 'b']), 's', { ReturnValues }),
    )
    if (answer === undefined || answer.status >= 500) seen.unknownSingles += 1
    else if (answer.status === 200) seen.singles += 1
  } else {
    // It is refused with the item, which may not be on the disk when that is found out.
    const answer = await send('PutItem', {
      TableName: table,
      Item: { ...keyOf('a') },
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    const { t } = (answer?.body['Item'] ?? {}) as { t?: { N: string } }
    seen.shown = Math.max(seen.shown, Number(t?.N ?? 0))
  }
}

async function numbersOf(client: Client, id: string): Promise<{ t: number; s: number }> {
  const request = { TableName: table, Key: keyOf(id), ConsistentRead: true }
  const { Item } = await client.perform('GetItem', request)
  const { t, s } = Item as Record<'t' | 's', { N: string }>
  return { t: Number(t.N), s: Number(s.N) }
}

async function createItems(client: Client): Promise<void> {
  await client.perform('CreateTable', {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  })
  for (const id of ['a', 'b']) {
    const Item = { ...keyOf(id), t: { N: '0' }, s: { N: '0' } }
    await client.perform('PutItem', { TableName: table, Item })
  }
}

/** Lets clients write for a while and kills the server under them. */
async function writeUntilKilled(
  server: DynatomProcess,
  client: Client,
  work: (send: Send) => Promise<void>,
  forMs: number,
): Promise<void> {
  const life = { isOver: false }
  const send: Send = (operation, body) => client.call(operation, body).catch(() => undefined)
  const working = Array.from({ length: clients }, async () => {
    while (!life.isOver) await work(send)
  })
  await pause(forMs)
  life.isOver = true
  await server.kill('SIGKILL')
  await Promise.all(working)
}

/** Compares what is there with what was told; what was open is known then. */
async function compare(client: Client, seen: Seen, told: string): Promise<void> {
  const [a, b] = [await numbersOf(client, 'a'), await numbersOf(client, 'b')]
  const all = `${told} ${JSON.stringify({ a, b, seen })}`
  expect(a.t, all).toBe(b.t)
  expect(a.t, all).toBeGreaterThanOrEqual(Math.max(seen.transactions, seen.shown))
  expect(a.t, all).toBeLessThanOrEqual(seen.transactions + seen.unknownTransactions)
  expect(a.s + b.s, all).toBeGreaterThanOrEqual(seen.singles)
  expect(a.s + b.s, all).toBeLessThanOrEqual(seen.singles + seen.unknownSingles)
  const known = { transactions: a.t, singles: a.s + b.s }
  Object.assign(seen, { ...known, unknownTransactions: 0, unknownSingles: 0 })
}

async function liveAndDie(mode: 'refuse' | 'queue'): Promise<void> {
  const directory = temporaryDirectory()
  const random = new SeededRandom(seed)
  const seen: Seen = { ...nothing }
  const flags = ['--transaction-conflicts', mode]
  let { server, client } = await startServer(directory, { flags })
  await createItems(client)
  for (let cycle = 1; cycle <= cycles; cycle++) {
    const work = (send: Send): Promise<void> => step(send, random, seen)
    await writeUntilKilled(server, client, work, random.between(80, 400))
    if (cycle % 5 === 0) await expectCleanCheck(directory)
    const next = await startServer(directory, { flags })
    server = next.server
    client = next.client
    await compare(client, seen, `seed ${seed}, ${mode}, cycle ${cycle}`)
  }
  await server.stop()
  await expectCleanCheck(directory)
  const { transactions, singles } = seen
  console.log(
    `seed ${seed}, ${mode}: ${cycles} kills, ${transactions} transactions and ${singles} single ` +
      'writes on two items',
  )
  expect(transactions).toBeGreaterThan(cycles)
}

test.each(['refuse', 'queue'] as const)('hot items through kills, conflicts: %s', liveAndDie)
