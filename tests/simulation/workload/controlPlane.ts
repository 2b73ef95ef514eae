import { newCall } from '../checks/serverCall.ts'
import type { ServerAnswer } from '../world/simulatedServer.ts'
import type { World } from '../world/world.ts'
import type { Client } from './client.ts'

/** Sends a request of the control plane; undefined when no answer came. */
export async function sendControl(
  world: World,
  client: Client,
  name: string,
  body: object,
): Promise<ServerAnswer | undefined> {
  const { TableName: table } = body as { readonly TableName?: string }
  const call = newCall(`${name}(${table ?? ''})`, undefined)
  for (;;) {
    const delivery = await world.network.send(client.owner, call, { name, body }, true)
    if (delivery.kind === 'answer') return delivery.answer
    if (delivery.kind === 'lost') return undefined
    await client.pause(20)
  }
}

/**
 * Changes a table or an index, and notes what its client knows then: nothing, unless an answer came.
 */
export async function changeSchema(
  world: World,
  client: Client,
  change: {
    readonly name: string
    readonly body: object
    /** How {@link KnownSchema} calls what is changed. */
    readonly subject: string
    /** Whether it is there when the change is done. */
    readonly isThere: boolean
  },
): Promise<void> {
  const { name, body, subject, isThere } = change
  const { schema, count, witness } = world
  const end = witness.disturb()
  schema.set(subject, 'open')
  const answer = await sendControl(world, client, name, body)
  end()
  if (answer?.kind !== 'response') return
  schema.set(subject, isThere ? 'there' : 'gone')
  count(`${isThere ? 'created' : 'deleted'}: ${subject.includes('.') ? 'index' : 'table'}`)
}

type Description = {
  readonly TableStatus: string
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string
    readonly IndexStatus: string
  }[]
}

/** What DescribeTable says; undefined when there is no such table, or no answer. */
export async function describeTable(
  world: World,
  client: Client,
  name: string,
): Promise<Description | undefined> {
  const answer = await sendControl(world, client, 'DescribeTable', { TableName: name })
  return answer?.kind === 'response' ? (answer.body['Table'] as Description) : undefined
}
