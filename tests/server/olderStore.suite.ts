import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openEngine } from '../../packages/server/src/cli/openEngine.ts'
import { openIndexedDatabase } from '../../packages/server/src/testing/indexedDatabase.ts'
import { itemsIn } from '../../packages/server/src/testing/olderStore.ts'
import { checkStore } from '../means/commandProcess.mjs'
import { checkedDirectory, DynatomProcess } from '../means/dynatomProcess.ts'
import { httpClient, type Client } from '../means/httpClient.ts'
import { itemsTable } from '../means/itemsTable.ts'
import { hasUnorderedSets, makeDirectoryOlder } from '../means/olderDirectory.ts'

const TableName = 'Items'
const itemCount = 6000
const batch = 25
/** Kills that come as soon as the server has answered; with its entries the store takes 12 steps. */
const kills = 3

const sets = { tags: { SS: ['a', 'b', 'c'] }, sizes: { L: [{ NS: ['-1', '9', '10'] }] } }
const itemOf = (i: number): object => ({ id: { S: `${i}` }, kind: { S: 'k' }, ...sets })

async function fill(dataDirectory: string): Promise<void> {
  const engine = await openEngine({ dataDirectory })
  const { call, work } = await openIndexedDatabase({ engine })
  await call('CreateTable', {
    ...itemsTable,
    AttributeDefinitions: ['id', 'kind'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byKind',
        KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  })
  const numbers = Array.from({ length: itemCount }, (_, i) => i)
  for (let at = 0; at < itemCount; at += batch) {
    const puts = numbers.slice(at, at + batch).map((i) => ({ PutRequest: { Item: itemOf(i) } }))
    expect(await call('BatchWriteItem', { RequestItems: { [TableName]: puts } })).toEqual({
      UnprocessedItems: {},
    })
  }
  await work.close()
  await engine.close()
}

const keyOf = (i: number): object => ({ id: { S: `${i}` } })

async function expectInOrder(client: Client): Promise<void> {
  const last = itemCount - 1
  expect(await client.perform('GetItem', { TableName, Key: keyOf(last) })).toEqual({
    Item: itemOf(last),
  })
  const whole = { TableName, IndexName: 'byKind', Limit: 5, ScanIndexForward: false }
  const { Items } = await client.perform('Query', {
    ...whole,
    KeyConditionExpression: 'kind = :k',
    ExpressionAttributeValues: { ':k': { S: 'k' } },
  })
  expect(Items).toHaveLength(5)
  for (const item of Items as object[]) expect(item).toMatchObject(sets)
}

test('a store of an earlier version is put in order by servers that are killed over it', async () => {
  const directory = checkedDirectory()
  await fill(directory)
  await makeDirectoryOlder(directory)
  let interrupted = 0
  for (let life = 0; life < kills || (await hasUnorderedSets(directory)); life++) {
    const server = new DynatomProcess(['--port', '0', '--data-dir', directory, '--log', 'silent'])
    const client = httpClient(await server.endpoint())
    await expectInOrder(client)
    const Item = { ...keyOf(life), tags: { SS: ['new', 'life'] } }
    await client.perform('PutItem', { TableName, Item })
    if (life >= kills) await pause(100 * life)
    const { stderr } = await server.kill('SIGKILL')
    expect(stderr).toBe('')
    const { code, output } = await checkStore(directory)
    expect([code, output]).toEqual([0, `checked ${itemCount} items in 1 table: no findings\n`])
    if (await hasUnorderedSets(directory)) interrupted += 1
  }
  expect(interrupted).toBeGreaterThan(0)
  const engine = await openEngine({ dataDirectory: directory, readOnly: true })
  const texts = (await itemsIn(engine)).map(({ value }) => Buffer.from(value).toString('utf8', 5))
  await engine.close()
  // Those that were put have no kind, and so no entry.
  const put = texts.filter((text) => text.includes('"tags":{"SS":["life","new"]}'))
  const others = texts.filter((text) => text.includes(JSON.stringify(sets).slice(1, -1)))
  expect(put.length).toBeGreaterThanOrEqual(kills)
  expect([texts.length, others.length]).toEqual([
    2 * itemCount - put.length,
    2 * (itemCount - put.length),
  ])
})
