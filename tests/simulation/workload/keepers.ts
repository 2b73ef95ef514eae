import { requestOf } from '../../model/requests.ts'
import type { World } from '../world/world.ts'
import type { Client } from './client.ts'
import { changeSchema, describeTable, sendControl } from './controlPlane.ts'
import type { SimulatedServer } from '../world/simulatedServer.ts'
import {
  countName,
  creationOf,
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
 * Enables time to live on the count of the items, which no clock comes near: their order of expiry is
 * filled and kept, and nothing expires. Nobody asks twice, for the answer may be lost.
 */
export async function enableTimeToLive(world: World, client: Client): Promise<void> {
  for (const { name } of permanentTables) {
    await client.pause(world.random.below(4 * pauseMs))
    const answer = await sendControl(world, client, 'UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: { Enabled: true, AttributeName: countName },
    })
    if (answer?.kind === 'response') world.count('enabled: time to live')
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
