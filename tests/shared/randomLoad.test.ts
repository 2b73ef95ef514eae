import { expect, test } from 'vitest'
import { RandomLoad } from './randomLoad.ts'
import { SharedWorld, withTwoServers } from './sharedWorld.ts'
import { addRequest, amountOf, keyOf, tableRequest } from './tables.ts'

const clients = [0, 1, 2, 3, 4, 5]

test.each([11, 12, 13, 14])('random requests at both servers, seed %i', async (seed) => {
  await withTwoServers({ seed }, async (world, a, b) => {
    const servers = [a, b]
    const load = new RandomLoad(world, servers)
    await load.prepare()
    const joining = async (): Promise<void> => {
      await world.pause(150)
      servers.push(await world.open('c'))
    }
    await Promise.all([
      ...clients.map((number) => load.client(number, 25)),
      load.changeIndexes(),
      joining(),
    ])
    expect(await world.check()).toEqual([])
    await world.pause(90_000)
    await load.verify()
    expect(await world.check()).toEqual([])
    expect(load.ledger.transfers).toBeGreaterThan(5)
    expect(world.faults).toEqual([])
    expect(world.events).toEqual([])
    await servers[2]?.close()
  })
})

test.each([17, 18, 19, 20])('a server dies among its requests, seed %i', async (seed) => {
  const world = new SharedWorld({ seed })
  const story = async (): Promise<void> => {
    const [dying, other] = [await world.open('a'), await world.open('b')]
    await dying.ask('CreateTable', tableRequest('counters'))
    const asked = [0, 0, 0]
    const answered = [0, 0, 0]
    const add = async (i: number): Promise<void> => {
      for (;;) {
        asked[i] = (asked[i] as number) + 1
        const TransactItems = ['x', 'y'].map((name) => ({
          Update: addRequest('counters', `${name}${i}`, 1),
        }))
        const Item = keyOf(`${i} ${asked[i]}`)
        await dying.ask('PutItem', { TableName: 'counters', Item })
        await dying.ask('TransactWriteItems', { TransactItems })
        answered[i] = (answered[i] as number) + 1
      }
    }
    // None of them ends.
    for (const i of asked.keys()) void add(i)
    await world.pause(300 + world.random.below(60))
    // A store outside of this world may be slower than its time.
    while (answered.includes(0)) await world.pause(20)
    world.kill(dying)
    for (const i of asked.keys()) {
      const amount = await amountOf(other, 'counters', `x${i}`)
      expect(await amountOf(other, 'counters', `y${i}`)).toBe(amount)
      expect(amount).toBeGreaterThanOrEqual(answered[i] as number)
      expect(amount).toBeLessThanOrEqual(asked[i] as number)
      expect(amount).toBeGreaterThan(0)
    }
    expect(await world.check()).toEqual([])
    await world.pause(90_000)
    const { Count } = await other.ask('Scan', { TableName: 'counters', Select: 'COUNT' })
    expect(await other.ask('DescribeTable', { TableName: 'counters' })).toMatchObject({
      Table: { ItemCount: Count },
    })
    await other.close()
  }
  await world.run(story())
})
