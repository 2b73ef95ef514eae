import { expect } from 'vitest'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { Server, SharedWorld } from './sharedWorld.ts'
import { indexRequest, keyOf, keysIn, tableRequest } from './tables.ts'

const itemCount = 450
/** Ten milliseconds apart. */
const mostTries = 3000

export const thing = (i: number, group: string | undefined): object => ({
  ...keyOf(`${i}`),
  ...(group !== undefined && { group: { S: group } }),
})

/** Fills a table with things, each third of them without a group. */
export async function fill(servers: readonly Server[]): Promise<void> {
  const [first] = servers as [Server]
  await first.ask('CreateTable', tableRequest('things'))
  const numbers = Array.from({ length: itemCount }, (_, i) => i)
  const put = (i: number): object => ({
    PutRequest: { Item: thing(i, i % 3 === 0 ? undefined : 'early') },
  })
  for (let at = 0; at < itemCount; at += 25) {
    const server = servers[(at / 25) % servers.length] as Server
    const things = numbers.slice(at, at + 25).map(put)
    await server.ask('BatchWriteItem', { RequestItems: { things } })
  }
}

/** Writes things that are there, that are new, and that go, as long as `goesOn`. */
async function disturb(
  servers: readonly Server[],
  random: SeededRandom,
  goesOn: () => boolean,
): Promise<void> {
  while (goesOn()) {
    const server = random.pick(servers)
    const number = random.below(itemCount * 2)
    const groups = ['late', 'early', undefined]
    if (random.chance(0.3)) {
      await server.ask('DeleteItem', { TableName: 'things', Key: keyOf(`${number}`) })
    } else {
      const Item = thing(number, random.pick(groups))
      await server.ask('PutItem', { TableName: 'things', Item })
    }
  }
}

async function indexStatus(server: Server): Promise<unknown> {
  const { Table } = await server.ask('DescribeTable', { TableName: 'things' })
  const { GlobalSecondaryIndexes } = Table as { GlobalSecondaryIndexes?: { IndexStatus: string }[] }
  return GlobalSecondaryIndexes?.[0]?.IndexStatus
}

export async function untilActive(world: SharedWorld, server: Server): Promise<void> {
  for (let tries = 0; (await indexStatus(server)) !== 'ACTIVE'; tries++) {
    expect(tries, 'times that the index was not there').toBeLessThan(mostTries)
    await world.pause(10)
  }
}

/** Adds the index at one server while both are written to, until the other says that it is there. */
export async function buildBesideWrites(
  world: SharedWorld,
  servers: readonly [Server, Server],
): Promise<void> {
  let isBuilt = false
  const writes = [1, 2, 3, 4].map((stream) =>
    disturb(servers, new SeededRandom(world.random.below(2 ** 31), stream), () => !isBuilt),
  )
  await servers[0].ask('UpdateTable', indexRequest('things', 'byGroup'))
  await world.pause(world.random.below(60))
  expect(await world.check()).toEqual([])
  await untilActive(world, servers[1])
  isBuilt = true
  await Promise.all(writes)
}

/** Entries and counts of the index are those of the items, for every server. */
export async function expectIndexed(world: SharedWorld, servers: readonly Server[]): Promise<void> {
  await world.pause(30_000)
  expect(await world.check()).toEqual([])
  for (const server of servers) {
    const index = { TableName: 'things', IndexName: 'byGroup' }
    const indexed = await keysIn(server, index)
    const filter = { FilterExpression: 'attribute_exists(#g)' }
    const names = { ExpressionAttributeNames: { '#g': 'group' } }
    expect(indexed).toEqual(await keysIn(server, { TableName: 'things', ...filter, ...names }))
    expect((await server.ask('DescribeTable', { TableName: 'things' }))['Table']).toMatchObject({
      ItemCount: (await keysIn(server, { TableName: 'things' })).length,
      GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE', ItemCount: indexed.length }],
    })
  }
}
