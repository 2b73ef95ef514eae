import { describe, expect, test } from 'vitest'
import { SharedWorld, withTwoServers, type Server } from './sharedWorld.ts'
import { keyOf, keysIn, tableRequest } from './tables.ts'

const TableName = 'sessions'
const itemCount = 300
const longAfterMs = 10_000_000

const enable = {
  TableName,
  TimeToLiveSpecification: { Enabled: true, AttributeName: 'ends' },
}

const session = (world: SharedWorld, pk: string, inMs: number): object => ({
  ...keyOf(pk),
  ends: { N: String((world.scheduler.nowMs + inMs) / 1000) },
})

/** Sessions, every other of which ends after `inMs`. */
async function fill(world: SharedWorld, servers: readonly Server[], inMs: number): Promise<void> {
  const [first] = servers as [Server]
  await first.ask('CreateTable', tableRequest(TableName))
  for (let at = 0; at < itemCount; at += 25) {
    const server = servers[(at / 25) % servers.length] as Server
    const puts = Array.from({ length: 25 }, (_, i) => ({
      PutRequest: { Item: session(world, `${at + i}`, i % 2 === 0 ? inMs : longAfterMs) },
    }))
    await server.ask('BatchWriteItem', { RequestItems: { [TableName]: puts } })
  }
}

/** The keys of the items that `fill` lets live. */
const lasting = (): string[] =>
  Array.from({ length: itemCount }, (_, i) => i)
    .filter((i) => (i % 25) % 2 === 1)
    .map(String)

/** Puts sessions of its own from both servers, half of which end at once, as long as `goesOn`. */
async function disturb(
  world: SharedWorld,
  servers: readonly Server[],
  goesOn: () => boolean,
): Promise<string[]> {
  const kept: string[] = []
  for (let i = 0; goesOn(); i++) {
    const [one, other] = i % 2 === 0 ? servers : servers.toReversed()
    const pk = `new${i}`
    await one?.ask('PutItem', { TableName, Item: session(world, pk, i % 3 === 0 ? -5000 : 500) })
    if (i % 3 !== 1) continue
    const Item = session(world, pk, longAfterMs)
    const ConditionExpression = 'attribute_exists(pk)'
    const answer = await other?.call('PutItem', { TableName, Item, ConditionExpression })
    if (answer?.kind === 'response') kept.push(pk)
  }
  return kept
}

async function expectLeft(world: SharedWorld, servers: readonly Server[], keys: string[]) {
  expect(await world.check()).toEqual([])
  for (const server of servers) {
    expect(await keysIn(server, { TableName })).toEqual(keys.toSorted())
    const { Table } = await server.ask('DescribeTable', { TableName })
    expect(Table).toMatchObject({ ItemCount: keys.length })
  }
}

describe.each([31, 32, 33])('time to live at two servers, seed %i', (seed) => {
  test('removes what has expired beside writes at both, and nothing else', async () => {
    await withTwoServers({ seed }, async (world, a, b) => {
      await fill(world, [a, b], 8000)
      let isOver = false
      const writes = disturb(world, [a, b], () => !isOver)
      await a.ask('UpdateTimeToLive', enable)
      expect(await b.ask('DescribeTimeToLive', { TableName })).toEqual({
        TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ends' },
      })
      await world.pause(world.random.below(100))
      expect(await world.check()).toEqual([])
      await world.pause(20_000)
      isOver = true
      const kept = await writes
      expect(kept.length).toBeGreaterThan(10)
      await world.pause(60_000)
      await expectLeft(world, [a, b], [...lasting(), ...kept])
      expect(world.events).toEqual([])
      expect(world.faults).toEqual([])
    })
  })

  test('is carried on by the one when the other dies', async () => {
    const world = new SharedWorld({ seed })
    const story = async (): Promise<void> => {
      const a = await world.open('a')
      const b = await world.open('b')
      await fill(world, [a, b], -5000)
      await a.ask('UpdateTimeToLive', enable)
      await world.pause(world.random.below(4000))
      world.kill(a)
      await world.pause(90_000)
      await expectLeft(world, [b], lasting())
      expect(world.events).toEqual([])
      await b.close()
    }
    await world.run(story())
  })
})
