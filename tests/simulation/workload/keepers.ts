import { canonicalNumber } from '../../model/decimals.ts'
import { requestOf } from '../../model/requests.ts'
import type { World } from '../world/world.ts'
import type { Client } from './client.ts'
import { changeSchema, describeTable, sendControl } from './controlPlane.ts'
import type { SimulatedServer } from '../world/simulatedServer.ts'
import {
  countName,
  creationOf,
  endsName,
  lateIndex,
  lists,
  permanentTables,
  sorted,
  temporaryTables,
  wholeStream,
} from './tables.ts'

const pauseMs = 400

/** Creates and deletes tables, one after another, while others write to them. */
export async function keepTables(world: World, client: Client, rounds: number): Promise<void> {
  const { random } = world
  for (let i = 0; i < rounds; i++) {
    const definition = random.pick(temporaryTables)
    const { name } = definition
    const described = await describeTable(world, client, name)
    if (described === undefined) {
      const body = creationOf(definition, world.profile)
      await changeSchema(world, client, { name: 'CreateTable', body, subject: name, isThere: true })
    } else if (described.TableStatus === 'ACTIVE') {
      const body = { TableName: name }
      await changeSchema(world, client, {
        name: 'DeleteTable',
        body,
        subject: name,
        isThere: false,
      })
    }
    await client.pause(pauseMs)
  }
}

/** Creates and deletes an index of a table that others write to. */
export async function keepIndex(world: World, client: Client, rounds: number): Promise<void> {
  const subject = `${lists.name}.${lateIndex.name}`
  for (let i = 0; i < rounds; i++) {
    const described = await describeTable(world, client, lists.name)
    const index = described?.GlobalSecondaryIndexes?.find(
      ({ IndexName }) => IndexName === lateIndex.name,
    )
    const isThere = index === undefined
    if (described?.TableStatus === 'ACTIVE' && (isThere || index.IndexStatus === 'ACTIVE')) {
      const kind = isThere ? 'CreateIndex' : 'DeleteIndex'
      const { name, body } = requestOf({ kind, table: lists.name, index: lateIndex })
      await changeSchema(world, client, { name, body, subject, isThere })
    }
    await client.pause(pauseMs)
  }
}

/**
 * Enables time to live, under load: in one table on the count of the items, which no clock comes near,
 * so that an order of expiry is kept and nothing expires; in the other on what {@link keepFading}
 * writes. Nobody asks twice, for the answer may be lost.
 */
export async function enableTimeToLive(world: World, client: Client): Promise<void> {
  for (const { name } of permanentTables) {
    await client.pause(world.random.below(4 * pauseMs))
    const AttributeName = name === lists.name ? endsName : countName
    const answer = await sendControl(world, client, 'UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: { Enabled: true, AttributeName },
    })
    if (answer?.kind === 'response') world.count('enabled: time to live')
  }
}

/** Writes items of its own that have expired, expire soon or do not, and changes when they do. */
export async function keepFading(world: World, client: Client, rounds: number): Promise<void> {
  const { random, scheduler } = world
  for (let i = 0; i < rounds; i++) {
    const key = { pk: { S: `fading${random.below(8)}` } }
    const inSeconds = random.pick([-100, -3, -1, 0.5, 2, 100_000])
    const ends = { N: canonicalNumber(String(scheduler.nowMs / 1000 + inSeconds)) }
    const isPut = random.chance(0.7)
    const update = [
      { clause: 'SET', path: [endsName], value: { kind: 'value', value: ends } },
    ] as const
    const written = { table: lists.name, showOld: false } as const
    await client.perform({
      operation: {
        kind: 'SingleWrite',
        action: isPut
          ? { ...written, kind: 'Put', item: { ...key, [endsName]: ends } }
          : { ...written, kind: 'Update', key, update },
        returnValues: 'NONE',
        capacity: 'NONE',
        metrics: false,
      },
      parts: [],
    })
    await client.pause(random.below(pauseMs))
  }
}

/**
 * Lets shards roll over, and gives a table another stream, while others write. Nobody waits for
 * what is asked for: it may be refused, or die with its server.
 */
export async function keepStreams(world: World, client: Client, rounds: number): Promise<void> {
  const { random, host, count } = world
  for (let i = 0; i < rounds; i++) {
    await client.pause(pauseMs)
    const server = host.accepting?.server as SimulatedServer | undefined
    if (server === undefined) continue
    const noted = (kind: string) => (): void => count(`stream: ${kind}`)
    const ignored = (): void => undefined
    if (random.chance(0.6)) {
      const { name } = random.pick(permanentTables)
      server.rollOverStream(name).then(noted('rolled over'), ignored)
      continue
    }
    const isEnabled = server.catalog.find(sorted.name)?.stream !== undefined
    const StreamSpecification = isEnabled ? { StreamEnabled: false } : wholeStream
    const body = { TableName: sorted.name, StreamSpecification }
    const kind = isEnabled ? 'disabled' : 'enabled'
    server.call('UpdateTable', body).then((answer) => {
      if (answer.kind === 'response') noted(kind)()
    }, ignored)
  }
}
