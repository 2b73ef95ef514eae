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
 * Changes the schema until it is known whether it was changed: an answer that is lost is looked for by
 * asking again. `isThere` is what is to come of it, `refusals` are the errors that say it is so
 * already.
 */
export async function changeSchema(
  world: World,
  client: Client,
  change: {
    readonly name: string
    readonly body: object
    /** How {@link KnownSchema} calls what is changed. */
    readonly subject: string
    readonly isThere: boolean
  },
): Promise<boolean> {
  const { name, body, subject, isThere } = change
  const { schema, count } = world
  const end = world.witness.disturb()
  schema.set(subject, 'open')
  const answer = await sendControl(world, client, name, body)
  end()
  if (answer?.kind === 'response') {
    schema.set(subject, isThere ? 'there' : 'gone')
    count(`${isThere ? 'created' : 'deleted'}: ${subject.includes('.') ? 'index' : 'table'}`)
    return true
  }
  return false
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
