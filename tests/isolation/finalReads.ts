import { setTimeout as delay } from 'node:timers/promises'
import type { TransactGetItemsCommandOutput } from '@aws-sdk/client-dynamodb'
import { transactGetItems } from './calls.ts'
import type { Call, Client } from './client.ts'
import type { ItemPlace } from './itemChains.ts'

const mostAttempts = 200
const pauseMs = 10
const placesPerRead = 100

/**
 * Performs a call until it succeeds: what clients have given up on may still be under way in the
 * server.
 */
export async function performUntilOk<Output>(client: Client, call: Call<Output>): Promise<Output> {
  for (let i = 0; ; i++) {
    const result = await client.perform(call)
    if (result.outcome === 'ok') return result.output
    if (i === mostAttempts) throw new Error(`${call.description} does not succeed: ${result.name}`)
    await delay(pauseMs)
  }
}

/** Reads all `places` in transactions; the items as they came back, in their order. */
export async function readEverything(
  client: Client,
  places: readonly ItemPlace[],
): Promise<NonNullable<TransactGetItemsCommandOutput['Responses']>> {
  const responses: NonNullable<TransactGetItemsCommandOutput['Responses']> = []
  for (let i = 0; i < places.length; i += placesPerRead) {
    const call = transactGetItems(places.slice(i, i + placesPerRead))
    responses.push(...((await performUntilOk(client, call)).Responses ?? []))
  }
  return responses
}
