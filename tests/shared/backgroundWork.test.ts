import { describe, expect, test } from 'vitest'
import { SharedWorld, withTwoServers } from './sharedWorld.ts'
import { indexRequest, keyOf, tableRequest } from './tables.ts'
import { buildBesideWrites, expectIndexed, fill, thing, untilActive } from './things.ts'

const seeds = [21, 22, 23]
describe.each(seeds)('background work of two servers, seed %i', (seed) => {
  test('an index is built beside writes at both servers', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      await fill([a, b])
      await buildBesideWrites(world, [a, b])
      await expectIndexed(world, [a, b])
      expect(world.events).toEqual([])
      expect(world.faults).toEqual([])
    })
  })

  test('what a server that died has begun another one ends', async () => {
    const world = new SharedWorld({ seed })
    const story = async (): Promise<void> => {
      const a = await world.open('a')
      const b = await world.open('b')
      await fill([a, b])
      await a.ask('CreateTable', tableRequest('passing'))
      await a.ask('PutItem', { TableName: 'passing', Item: keyOf('x') })
      await a.ask('UpdateTable', indexRequest('things', 'byGroup'))
      await a.ask('DeleteTable', { TableName: 'passing' })
      await world.pause(world.random.below(12))
      world.kill(a)
      await b.ask('PutItem', { TableName: 'things', Item: thing(0, 'late') })
      await world.pause(60_000)
      await untilActive(world, b)
      await expectIndexed(world, [b])
      expect(world.events).toEqual([])
      await b.close()
    }
    await world.run(story())
  })

  test('statuses that last are ended once, and seen by both', async () => {
    await withTwoServers({ seed, delayTransientStatuses: true }, async (world, a, b) => {
      await a.ask('CreateTable', tableRequest('things'))
      expect(await b.refused('GetItem', { TableName: 'things', Key: keyOf('x') })).toMatchObject({
        __type: 'ResourceNotFoundException',
      })
      await world.pause(20_000)
      await b.ask('PutItem', { TableName: 'things', Item: keyOf('x') })
      expect(
        (await b.ask('DeleteTable', { TableName: 'things' }))['TableDescription'],
      ).toMatchObject({ TableStatus: 'DELETING' })
      expect(await a.refused('DeleteTable', { TableName: 'things' })).toMatchObject({
        __type: 'ResourceInUseException',
      })
      expect(await a.refused('PutItem', { TableName: 'things', Item: keyOf('y') })).toMatchObject({
        __type: 'ResourceNotFoundException',
      })
      await world.pause(60_000)
      for (const server of [a, b]) {
        expect(await server.ask('ListTables', {})).toEqual({ TableNames: [] })
      }
      expect(await world.check()).toEqual([])
      expect(world.events).toEqual([])
    })
  })
})
