import { describe, expect, test, vi } from 'vitest'
import { setOrderKey } from '../../packages/server/src/layout/storeKeys.ts'
import { sameBytes, type StorageWrite } from '../../packages/server/src/storage/engine.ts'
import { itemsIn, makeStoreOlder } from '../../packages/server/src/testing/olderStore.ts'
import { SharedWorld, type Server } from './sharedWorld.ts'
import { indexRequest, keyOf, tableRequest } from './tables.ts'

const TableName = 'things'
/** With their entries more than the thousand values of one step. */
const itemCount = 525
const tags = (...members: string[]): object => ({ tags: { SS: members } })

const thing = (i: number, more: object = tags('a', 'b')): object => ({
  ...keyOf(`${i}`),
  group: { S: 'g' },
  ...more,
})

/** A store with items and entries whose sets are out of order. */
async function olderWorld(seed: number): Promise<SharedWorld> {
  const world = new SharedWorld({ seed })
  await world.run(
    (async () => {
      const server = await world.open('o')
      await server.ask('CreateTable', tableRequest(TableName))
      await server.ask('UpdateTable', indexRequest(TableName, 'byGroup'))
      for (let i = 0; i < itemCount; i += 25) {
        const puts = Array.from({ length: 25 }, (_, j) => ({ PutRequest: { Item: thing(i + j) } }))
        await server.ask('BatchWriteItem', { RequestItems: { [TableName]: puts } })
      }
      await server.close()
    })(),
  )
  await makeStoreOlder(world.store)
  return world
}

const updates = [
  { UpdateExpression: 'ADD tags :c', ExpressionAttributeValues: { ':c': { SS: ['c'] } } },
  { UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': { N: '1' } } },
]

/** Writes at one server as long as `goesOn`, and reads what it has written. */
async function write(world: SharedWorld, server: Server, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const i = world.random.below(itemCount)
    const Key = keyOf(`${i}`)
    const read = await server.ask('GetItem', { TableName, Key })
    expect(JSON.stringify(read)).toMatch(/"SS":\["a","b"(,"c")?\]/)
    await server.ask('UpdateItem', { TableName, Key, ...world.random.pick(updates) })
  }
}

/** How often the store was told how far its sets are in order. */
function noteCounter(world: SharedWorld): { readonly taken: number; readonly removed: number } {
  const counts = { taken: 0, removed: 0 }
  const commit = world.store.commit.bind(world.store)
  vi.spyOn(world.store, 'commit').mockImplementation((expectations, writes) => {
    for (const { key, value } of writes as readonly StorageWrite[]) {
      if (!sameBytes(key, setOrderKey)) continue
      if (value === undefined) counts.removed += 1
      else counts.taken += 1
    }
    return commit(expectations, writes)
  })
  return counts
}

async function expectOrdered(world: SharedWorld): Promise<void> {
  expect(world.store.get(setOrderKey)).toBeUndefined()
  for (const { value } of await itemsIn(world.store)) {
    expect(Buffer.from(value).toString()).toMatch(/"SS":\["a","b"(,"c")?\]/)
  }
  expect(await world.check()).toEqual([])
  expect(world.events).toEqual([])
  expect(world.faults).toEqual([])
}

describe.each([41, 42, 43])('an older store of two servers, seed %i', (seed) => {
  test('is put in order once, beside reads and writes at both', async () => {
    const world = await olderWorld(seed)
    const notes = noteCounter(world)
    const story = async (): Promise<void> => {
      const servers = await Promise.all([world.open('a'), world.open('b')])
      let isOver = false
      const writing = servers.map((server) => write(world, server, () => !isOver))
      while (world.store.get(setOrderKey) !== undefined) {
        await world.pause(100)
        expect(await world.check()).toEqual([])
      }
      isOver = true
      await Promise.all(writing)
      // Whoever waited for the lease learns that there is nothing left to do.
      await world.pause(20_000)
      await expectOrdered(world)
      await expectReadAsStored(world, servers)
      await Promise.all(servers.map((server) => server.close()))
    }
    await world.run(story())
    // It was raised once, and each stretch was gone through once.
    expect(notes).toEqual({ taken: 2, removed: 1 })
  })

  test('is put in order by the other when one dies over it', async () => {
    const world = await olderWorld(seed)
    const story = async (): Promise<void> => {
      const a = await world.open('a')
      while (world.store.get(setOrderKey)?.length === 1) await world.pause(1)
      world.kill(a)
      const b = await world.open('b')
      expect(world.store.get(setOrderKey)).toBeDefined()
      await world.pause(60_000)
      await expectOrdered(world)
      await b.close()
    }
    await world.run(story())
  })
})

/** Nothing is put in order on its way out any more. */
async function expectReadAsStored(world: SharedWorld, servers: readonly Server[]): Promise<void> {
  await makeStoreOlder(world.store)
  for (const server of servers) {
    const { Item } = await server.ask('GetItem', { TableName, Key: keyOf('1') })
    expect(JSON.stringify(Item)).toMatch(/"SS":\[("c",)?"b","a"\]/)
  }
}
