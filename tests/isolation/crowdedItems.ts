import { UpdateItemCommand, type UpdateItemCommandOutput } from '@aws-sdk/client-dynamodb'
import { getItem, query, transactGetItems, transactWriteItems } from './calls.ts'
import type { Call, Client } from './client.ts'
import { readEverything } from './finalReads.ts'
import type { ItemAction } from './itemAction.ts'
import {
  appendExpression,
  appendValues,
  keyNameOf,
  primaryKeyOf,
  type ItemPlace,
} from './itemChains.ts'

/**
 * - add: a single write that ADDs to a number and to the chain.
 * - pair: a transaction that changes two items.
 * - refused: one that would change an item if another one were what it never is.
 * - skew: one that changes an item if the others are as they were just read.
 * - gets: two items, one after the other. getAll: all in one transaction. query: all, read committed.
 */
export type StepName = 'add' | 'pair' | 'refused' | 'skew' | 'gets' | 'getAll' | 'query'

/** How often each step is done, as weights; by the clients that write and by those that read. */
export interface Mix {
  readonly writers: Partial<Record<StepName, number>>
  /** As the writers when absent. */
  readonly readers?: Partial<Record<StepName, number>>
  /** One client of so many writes; all when absent. */
  readonly writerOf?: number
  /** How many items there are; 3 when absent. */
  readonly itemCount?: number
}

/** A few items that all clients are at, and what these do there. */
export class CrowdedItems {
  readonly #table: string
  readonly #mix: Mix
  readonly #places: readonly ItemPlace[]

  constructor(table: string, partition: string, mix: Mix) {
    this.#table = table
    this.#mix = mix
    this.#places = Array.from({ length: mix.itemCount ?? 3 }, (_, i) => ({
      table,
      partition,
      id: `${i}`,
    }))
  }

  async step(client: Client): Promise<void> {
    const { writers, readers = writers, writerOf = 1 } = this.#mix
    const weights = client.number % writerOf === 0 ? writers : readers
    const name = client.random.weighted(
      Object.entries(weights).map(([step, weight]) => [weight, step as StepName] as const),
    )
    await this.#steps[name](client)
  }

  readonly #steps: Record<StepName, (client: Client) => Promise<unknown>> = {
    add: (client) => client.perform(addTo(this.#pick(client, 1)[0] as ItemPlace, client)),
    pair: (client) => this.#transact(client, appends(client, this.#pick(client, 2))),
    refused: async (client) => {
      const [changed, checked] = this.#pick(client, 2) as [ItemPlace, ItemPlace]
      const never: ItemAction = { kind: 'check', place: checked, added: [], expected: ['never'] }
      await this.#transact(client, [...appends(client, [changed]), never])
    },
    skew: async (client) => {
      const read = await client.perform(transactGetItems(this.#places))
      if (read.outcome !== 'ok') return
      const own = client.random.below(this.#places.length)
      const seen = transactGetItems(this.#places).seen?.(read.output).reads ?? []
      const actions = this.#places.map((place, i): ItemAction => {
        return i === own
          ? { kind: 'append', place, added: [client.recorder.version()] }
          : { kind: 'check', place, added: [], expected: seen[i]?.versions ?? [] }
      })
      await this.#transact(client, actions)
    },
    gets: async (client) => {
      for (const place of this.#pick(client, 2)) await client.perform(getItem(place, true))
    },
    getAll: (client) => client.perform(transactGetItems(this.#places)),
    query: (client) => {
      const [{ partition }] = this.#places as [ItemPlace]
      return client.perform(
        query({
          TableName: this.#table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: partition } },
        }),
      )
    },
  }

  async readAll(client: Client): Promise<void> {
    await readEverything(client, this.#places)
  }

  #pick({ random }: Client, count: number): ItemPlace[] {
    return random.pickSome(this.#places, count)
  }

  async #transact(client: Client, actions: readonly ItemAction[]): Promise<void> {
    await client.perform(transactWriteItems(actions, client.maybeToken(0.8)))
  }
}

function appends({ recorder }: Client, places: readonly ItemPlace[]): ItemAction[] {
  return places.map((place) => ({ kind: 'append', place, added: [recorder.version()] }))
}

function addTo(place: ItemPlace, { recorder }: Client): Call<UpdateItemCommandOutput> {
  const added = [recorder.version()]
  const key = keyNameOf(place)
  return {
    description: `UpdateItem(${key} += ${added[0]}, ADD hits 1)`,
    writes: [{ key, versions: added }],
    send: (sdk, options) =>
      sdk.send(
        new UpdateItemCommand({
          TableName: place.table,
          Key: primaryKeyOf(place),
          UpdateExpression: `SET ${appendExpression} ADD hits :one`,
          ExpressionAttributeValues: { ...appendValues(added), ':one': { N: '1' } },
        }),
        options,
      ),
    seen: () => ({ writes: [{ key, versions: added }] }),
  }
}
