import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openEngine } from '../../packages/server/src/cli/openEngine.ts'
import { tableRecordKey } from '../../packages/server/src/layout/storeKeys.ts'
import { decodeStoredTable } from '../../packages/server/src/schema/tableRecord.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import {
  numbersOf,
  randomItem,
  randomVector,
  searched,
  searchedItems,
  tableName as TableName,
  vectorIndexes,
  vectorTable,
  type DistanceName,
} from '../../packages/server/src/testing/vectorTables.ts'
import { soon } from '../../packages/server/src/testing/soon.ts'
import type { Item } from '../../packages/server/src/values/attributeValue.ts'
import { temporaryDirectory } from '../means/dynatomProcess.ts'
import { errorName, type Client } from '../means/httpClient.ts'
import { keepingEvidence } from './keptEvidence.ts'
import { expectCleanCheck, startServer } from './killedServer.ts'
import { within } from './within.ts'

const cycles = Math.ceil(Number(process.env['DYNATOM_CYCLES'] ?? 100) / 4)
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

const dimensions = 5
const writers = 6
const idCount = 1200

/** By tenant, always there; the others come and go. */
const [ofAll, lasting, byShade] = vectorIndexes(dimensions) as readonly { IndexName: string }[]
const passing = [ofAll, byShade] as readonly { IndexName: string }[]

async function writeOn(client: Client, random: SeededRandom): Promise<void> {
  for (;;) {
    const id = `item ${random.below(idCount)}`
    const item = (): Item => randomItem(random, id, dimensions)
    const chosen = random.below(6)
    if (chosen === 0) await client.call('DeleteItem', { TableName, Key: { id: { S: id } } })
    else if (chosen === 1) {
      const puts = [1, 2, 3].map((i) => ({
        ...item(),
        id: { S: `item ${random.below(400) * 3 + i}` },
      }))
      const TransactItems = puts.map((put) => ({ Put: { TableName, Item: put } }))
      const answer = await client.call('TransactWriteItems', { TransactItems })
      if (answer.status !== 200) expect(errorName(answer)).toMatch(/^Transaction|^Validation/)
    } else {
      const answer = await client.call('PutItem', { TableName, Item: item() })
      if (answer.status !== 200) expect(errorName(answer)).toBe('TransactionConflictException')
    }
  }
}

/** Creates indexes and deletes them again, whatever state they are in. */
async function changeIndexesOn(client: Client, random: SeededRandom): Promise<void> {
  for (;;) {
    const Create = random.pick(passing)
    const change = random.chance(0.6) ? { Create } : { Delete: { IndexName: Create.IndexName } }
    await client.call('UpdateTable', {
      TableName,
      AttributeDefinitions: searched,
      VectorIndexUpdates: [change],
    })
    await pause(random.below(120))
  }
}

async function searchOn(client: Client, random: SeededRandom): Promise<void> {
  for (;;) {
    await client.call('SearchVectors', searchOf(random, ofAll as { IndexName: string }, {}))
    await pause(random.below(10))
  }
}

const searchOf = (
  random: SeededRandom,
  { IndexName }: { readonly IndexName: string },
  asked: Item,
  query: readonly number[] = randomVector(random, dimensions),
): object => ({
  TableName,
  IndexName,
  SearchVector: numbersOf(query),
  TopK: 100,
  ...(Object.keys(asked).length > 0 && {
    SearchConditionExpression: 'tenant = :t',
    ExpressionAttributeValues: { ':t': asked['tenant'] },
  }),
})

async function hasUnfinishedBackfill(directory: string): Promise<boolean> {
  const engine = await openEngine({ dataDirectory: directory, readOnly: true })
  try {
    const { record } = decodeStoredTable(
      (await engine.get(tableRecordKey(TableName))) as Uint8Array,
    )
    return (record.vectorIndexes ?? []).some(({ status }) => status === 'CREATING')
  } finally {
    await engine.close()
  }
}

interface Described {
  readonly VectorIndexes: readonly { readonly IndexName: string; readonly IndexStatus: string }[]
}

/** The indexes, once none of them is being built or removed. */
async function restingIndexes(client: Client): Promise<Described['VectorIndexes']> {
  return soon(
    async () => {
      const { Table } = await client.perform('DescribeTable', { TableName })
      const { VectorIndexes } = Table as Described
      expect(VectorIndexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE')).toBe(true)
      return VectorIndexes
    },
    { timeout: 60_000, interval: 20 },
  )
}

async function allItems(client: Client): Promise<Item[]> {
  const items: Item[] = []
  let from: object = {}
  for (;;) {
    const page = await client.perform('Scan', { TableName, ...from })
    items.push(...(page['Items'] as Item[]))
    if (page['LastEvaluatedKey'] === undefined) return items
    from = { ExclusiveStartKey: page['LastEvaluatedKey'] }
  }
}

/** Each index gives what a look at each item gives. */
async function expectSoundSearches(client: Client, random: SeededRandom): Promise<number> {
  const indexes = await restingIndexes(client)
  const items = await allItems(client)
  for (const { IndexName } of indexes) {
    const query = randomVector(random, dimensions)
    const distance = IndexName.slice(2) as DistanceName
    const asked: Item = distance === 'COSINE' ? {} : { tenant: { S: `tenant ${random.below(3)}` } }
    const answer = await client.perform(
      'SearchVectors',
      searchOf(random, { IndexName }, asked, query),
    )
    const results = answer['SearchResults'] as { Item: { id: { S: string } }; Score: number }[]
    const found = results.map(({ Item: { id }, Score }) => [id.S, Score])
    expect(found).toEqual(searchedItems(items, query, { distance, topK: 100, asked }))
  }
  return indexes.length
}

test('searches are right after a kill, whatever was being written, built or removed', async () => {
  const random = new SeededRandom(seed)
  const directory = temporaryDirectory()
  const figures = { seed, cycles: 0, 'backfills interrupted': 0, 'indexes searched': 0 }
  await keepingEvidence(directory, async () => {
    for (let cycle = 0; cycle < cycles; cycle++) {
      const { server, client } = await startServer(directory)
      if (cycle === 0) {
        await client.perform('CreateTable', vectorTable({ VectorIndexes: [lasting as object] }))
      }
      figures['indexes searched'] += await expectSoundSearches(client, random)
      const load = [
        ...Array.from({ length: writers }, () => writeOn(client, random)),
        changeIndexesOn(client, random),
        searchOn(client, random),
      ]
      const ended = Promise.allSettled(load)
      await pause(100 + random.below(700))
      await server.kill('SIGKILL')
      for (const outcome of await within('end of the load', ended)) {
        expect(outcome).toMatchObject({ reason: { code: expect.stringMatching(/^(ECONN|EPIPE)/) } })
      }
      if (await hasUnfinishedBackfill(directory)) figures['backfills interrupted'] += 1
      await expectCleanCheck(directory)
      figures.cycles += 1
    }
    const { client } = await startServer(directory)
    await expectSoundSearches(client, random)
  })
  console.log(figures)
  if (cycles >= 10) expect(figures['backfills interrupted']).toBeGreaterThan(0)
})
