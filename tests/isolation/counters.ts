import {
  GetItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type CreateTableCommandInput,
  type GetItemCommandOutput,
  type TransactGetItemsCommandOutput,
  type TransactWriteItem,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb'
import { chainTable } from './chainTable.ts'
import type { Call, Client } from './client.ts'
import { CounterWatch } from './counterWatch.ts'
import type { Defects } from './defects.ts'
import { performUntilOk } from './finalReads.ts'
import { primaryKeyOf, type Item, type ItemPlace } from './itemChains.ts'
import type { Workload, WorkloadOptions } from './workload.ts'

const increments = ['ADD hits :one', 'SET hits = if_not_exists(hits, :zero) + :one'] as const
const valuesOf = (expression: string): Item => ({
  ':one': { N: '1' },
  ...(expression.includes(':zero') && { ':zero': { N: '0' } }),
})

interface Counter {
  readonly place: ItemPlace
  /** Incremented by single writes and transactions. */
  readonly hits: CounterWatch
  /** Incremented by transactions alone, which do so in both items. */
  readonly pairs: CounterWatch
}

/**
 * Two items that everybody increments. An update that is lost or made twice, a value that two clients
 * were given, and a value from before what the client knew are defects; so are items that do not have
 * the same share of a transaction.
 */
export class Counters implements Workload {
  readonly tables: readonly CreateTableCommandInput[]
  readonly #counters: readonly [Counter, Counter]
  readonly #defects: Defects

  constructor({ epoch, defects }: WorkloadOptions) {
    const table = `counters${epoch}`
    this.tables = [chainTable(table)]
    this.#defects = defects
    const counter = (id: string): Counter => ({
      place: { table, partition: 'hot', id },
      hits: new CounterWatch(`${table}/${id} hits`, defects),
      pairs: new CounterWatch(`${table}/${id} pairs`, defects),
    })
    this.#counters = [counter('a'), counter('b')]
  }

  async step(client: Client): Promise<void> {
    await client.random.weighted<() => Promise<void>>([
      [50, () => this.#increment(client)],
      [20, () => this.#incrementBoth(client)],
      [15, () => this.#read(client)],
      [15, () => this.#readBoth(client)],
    ])()
  }

  /** One of the items; one is hotter than the other. */
  #pick(client: Client): Counter {
    return this.#counters[client.random.chance(0.8) ? 0 : 1]
  }

  async #increment(client: Client): Promise<void> {
    const { random } = client
    const { place, hits } = this.#pick(client)
    const expression = random.pick(increments)
    const returnValues = random.pick(['UPDATED_NEW', 'ALL_NEW', 'UPDATED_OLD', 'NONE'] as const)
    const input = {
      TableName: place.table,
      Key: primaryKeyOf(place),
      UpdateExpression: expression,
      ExpressionAttributeValues: valuesOf(expression),
      ReturnValues: returnValues,
    }
    const call: Call<UpdateItemCommandOutput> = {
      description: `UpdateItem(${place.id}: ${expression})`,
      send: (sdk, options) => sdk.send(new UpdateItemCommand(input), options),
    }
    const floor = hits.send()
    const result = await client.perform(call)
    if (result.outcome === 'refused') hits.refuse()
    if (result.outcome !== 'ok') return
    if (returnValues === 'NONE') return hits.acknowledge()
    const told = numberOf(result.output.Attributes, 'hits')
    hits.acknowledgeValue(returnValues === 'UPDATED_OLD' ? told + 1 : told, floor)
  }

  /** One transaction, which gives both items the same share. */
  async #incrementBoth(client: Client): Promise<void> {
    const items = this.#counters.map(({ place }): TransactWriteItem => {
      const update = 'ADD pairs :one, hits :one'
      const request = { TableName: place.table, Key: primaryKeyOf(place), UpdateExpression: update }
      return { Update: { ...request, ExpressionAttributeValues: { ':one': { N: '1' } } } }
    })
    const token = client.maybeToken(0.6)
    const input = {
      TransactItems: items,
      ...(token !== undefined && { ClientRequestToken: token }),
    }
    const watches = this.#counters.flatMap(({ hits, pairs }) => [hits, pairs])
    for (const watch of watches) watch.send()
    const result = await client.perform({
      description: 'TransactWriteItems(a, b: ADD pairs, hits)',
      hasToken: token !== undefined,
      send: (sdk, options) => sdk.send(new TransactWriteItemsCommand(input), options),
    })
    if (result.outcome === 'refused') for (const watch of watches) watch.refuse()
    if (result.outcome === 'ok') for (const watch of watches) watch.acknowledge()
  }

  async #read(client: Client): Promise<void> {
    const { place, hits } = this.#pick(client)
    const consistent = client.random.chance(0.6)
    const input = { TableName: place.table, Key: primaryKeyOf(place), ConsistentRead: consistent }
    const call: Call<GetItemCommandOutput> = {
      description: `GetItem(${place.id})`,
      send: (sdk, options) => sdk.send(new GetItemCommand(input), options),
    }
    const floor = hits.floor()
    const result = await client.perform(call)
    if (result.outcome !== 'ok') return
    const value = numberOf(result.output.Item, 'hits')
    if (consistent) hits.see(value, floor)
    else hits.seeCommitted(value)
  }

  #readBothCall(): Call<TransactGetItemsCommandOutput> {
    const gets = this.#counters.map(({ place }) => ({
      Get: { TableName: place.table, Key: primaryKeyOf(place) },
    }))
    return {
      description: 'TransactGetItems(a, b)',
      send: (sdk, options) =>
        sdk.send(new TransactGetItemsCommand({ TransactItems: gets }), options),
    }
  }

  async #readBoth(client: Client): Promise<void> {
    const floors = this.#counters.map(({ hits, pairs }) => [hits.floor(), pairs.floor()] as const)
    const result = await client.perform(this.#readBothCall())
    if (result.outcome !== 'ok') return
    const items = (result.output.Responses ?? []).map(({ Item: item }) => item)
    this.#counters.forEach(({ hits, pairs }, i) => {
      const [hitsFloor, pairsFloor] = floors[i] as readonly [number, number]
      hits.see(numberOf(items[i], 'hits'), hitsFloor)
      pairs.see(numberOf(items[i], 'pairs'), pairsFloor)
    })
    this.#mustBeEqual(items)
  }

  #mustBeEqual(items: readonly (Item | undefined)[]): void {
    const [a, b] = items.map((item) => numberOf(item, 'pairs'))
    if (a !== b) this.#defects.add('counter', `one transaction read pairs ${a} and ${b}`)
  }

  async finish(client: Client): Promise<void> {
    const { Responses: responses = [] } = await performUntilOk(client, this.#readBothCall())
    const items = responses.map(({ Item: item }) => item)
    this.#counters.forEach(({ hits, pairs }, i) => {
      hits.seeAtTheEnd(numberOf(items[i], 'hits'))
      pairs.seeAtTheEnd(numberOf(items[i], 'pairs'))
    })
    this.#mustBeEqual(items)
  }
}

function numberOf(item: Item | undefined, attribute: string): number {
  return Number(item?.[attribute]?.N ?? 0)
}
