import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { updateReturns } from './beforeUpdate.ts'
import {
  batchDelete,
  batchGetItem,
  deleteItem,
  getItem,
  putItem,
  query,
  scan,
  transactGetItems,
  transactWriteItems,
  updateItem,
} from './calls.ts'
import { chainTable, tagIndex } from './chainTable.ts'
import type { Call, Client } from './client.ts'
import { readEverything } from './finalReads.ts'
import type { ItemAction } from './itemAction.ts'
import { keyNameOf, type ItemPlace } from './itemChains.ts'
import { RotatingGroup } from './rotatingGroup.ts'
import type { Workload, WorkloadOptions } from './workload.ts'

const writesPerItem = 24
const hotChance = 0.6
const hotInDuelChance = 0.2
const tokenChance = 0.5
const previousGenerationChance = 0.05
const tagsPerPartition = 3
const scanSegments = 16
const scanLimit = 40

/**
 * Every write adds ids to the lists of items, every read gives whole lists: the order of all versions
 * shows in what is read. All operations of the data plane, on a few items that everybody wants and many
 * that are seldom met, in two tables.
 */
export class ListAppend implements Workload {
  readonly tables: readonly CreateTableCommandInput[]
  readonly #hot: readonly RotatingGroup[]
  readonly #cold: readonly RotatingGroup[]
  /** What was last seen of an item: what conditional writes expect. */
  readonly #seen = new Map<string, readonly string[]>()

  constructor({ epoch }: WorkloadOptions) {
    const names = [`lists-a${epoch}`, `lists-b${epoch}`] as const
    this.tables = names.map(chainTable)
    this.#hot = names.map((name) => new RotatingGroup(name, 'hot', 4, writesPerItem))
    this.#cold = Array.from(
      { length: 8 },
      (_, i) => new RotatingGroup(names[i % 2] as string, `cold${i}`, 25, writesPerItem),
    )
  }

  async step(client: Client): Promise<void> {
    const { random } = client
    await random.weighted<() => Promise<unknown>>([
      [20, () => this.#writeTransaction(client)],
      [8, () => this.#readThenWrite(client)],
      [6, () => this.#duel(client)],
      [3, () => this.#observedTransaction(client)],
      [3, () => this.#writeThenRead(client)],
      [14, () => this.#read(client, transactGetItems(this.#pick(client, random.between(2, 6))))],
      [14, () => this.#update(client, undefined)],
      [6, () => this.#update(client, 'expecting')],
      [6, () => this.#put(client)],
      [3, () => this.#delete(client)],
      [1, () => this.#deleteSome(client)],
      [10, () => this.#read(client, getItem(this.#pickOne(client), true))],
      [5, () => this.#read(client, getItem(this.#pickOne(client), false))],
      [5, () => this.#read(client, batchGetItem(this.#pick(client, 5), random.chance(0.7)))],
      [4, () => this.#read(client, this.#query(client))],
      [3, () => this.#read(client, this.#indexQuery(client))],
      [2, () => this.#read(client, this.#scan(client))],
    ])()
  }

  /** Different items, hot ones with the probability, otherwise cold ones. */
  #pick({ random }: Client, count: number, chance: number = hotChance): ItemPlace[] {
    const groups = Array.from({ length: count }, () =>
      random.pick(random.chance(chance) ? this.#hot : this.#cold),
    )
    const places = groups.map((group) => {
      const isPrevious = group.generation > 0 && random.chance(previousGenerationChance)
      return random.pick(group.places(group.generation - (isPrevious ? 1 : 0)))
    })
    return [...new Map(places.map((place) => [keyNameOf(place), place])).values()]
  }

  #pickOne(client: Client): ItemPlace {
    return this.#pick(client, 1)[0] as ItemPlace
  }

  async #read<Output>(client: Client, call: Call<Output>): Promise<void> {
    const result = await client.perform(call)
    const seen = result.outcome === 'ok' ? call.seen?.(result.output).reads : undefined
    for (const { key, versions } of seen ?? []) this.#seen.set(key, versions)
  }

  /** Sends a write; what a refusal shows is what the next one expects. */
  async #write<Output>(client: Client, call: Call<Output>, actions: ItemAction[]): Promise<void> {
    for (const { place, kind } of actions) {
      const groups = [...this.#hot, ...this.#cold]
      const group = groups.find(
        (each) => each.table === place.table && each.partition() === place.partition,
      )
      if (kind !== 'check') group?.addWrites(1)
    }
    const result = await client.perform(call)
    if (result.outcome !== 'refused') return
    for (const { key, versions } of call.seenOnRefusal?.(result.error) ?? []) {
      this.#seen.set(key, versions)
    }
  }

  #action(client: Client, kind: ItemAction['kind'], place: ItemPlace): ItemAction {
    const { random, recorder } = client
    const count = kind === 'check' ? 0 : kind === 'append' && random.chance(0.2) ? 2 : 1
    const added = Array.from({ length: count }, () => recorder.version())
    const tag = { S: `${place.partition}#${random.below(tagsPerPartition)}` }
    const isTagged = random.chance(0.9)
    if (kind === 'put') return { kind, place, added, ...(isTagged && { attributes: { tag } }) }
    if (kind !== 'append') return { kind, place, added }
    return isTagged
      ? { kind, place, added, set: 'tag = :tag', values: { ':tag': tag } }
      : { kind, place, added, remove: 'tag' }
  }

  #expecting(action: ItemAction): ItemAction {
    return { ...action, expected: this.#seen.get(keyNameOf(action.place)) ?? [] }
  }

  async #writeTransaction(client: Client, places?: ItemPlace[]): Promise<void> {
    const { random } = client
    const expectChance = places === undefined ? 0.12 : 0.6
    const chosen = places ?? this.#pick(client, random.between(1, 5))
    const actions = chosen.map((place): ItemAction => {
      const kind = random.weighted<ItemAction['kind']>([
        [75, 'append'],
        [5, 'put'],
        [5, 'delete'],
        [15, 'check'],
      ])
      const action = this.#action(client, kind, place)
      const needsExpected = kind === 'put' || kind === 'check' || random.chance(expectChance)
      return needsExpected ? this.#expecting(action) : action
    })
    await this.#write(client, transactWriteItems(actions, client.maybeToken(tokenChance)), actions)
  }

  /** A transaction that depends on what another one has read. */
  async #readThenWrite(client: Client): Promise<void> {
    const places = this.#pick(client, client.random.between(2, 4))
    await this.#read(client, transactGetItems(places))
    await this.#writeTransaction(client, places)
  }

  /**
   * Write skew, if the server allows it: transactions that are sent at once, each of which changes one
   * item and depends on the others as they were. Only one can succeed.
   */
  async #duel(client: Client): Promise<void> {
    const places = this.#pick(client, client.random.between(2, 3), hotInDuelChance)
    await this.#read(client, transactGetItems(places))
    const duellists = places.map((own) => {
      const actions = places.map((place) =>
        place === own
          ? this.#action(client, 'append', place)
          : this.#expecting(this.#action(client, 'check', place)),
      )
      const call = transactWriteItems(actions, client.maybeToken(tokenChance))
      return this.#write(client, call, actions)
    })
    await Promise.all(duellists)
  }

  /** A transaction that would be seen half done, if it ever were, by reads that come after each other. */
  async #observedTransaction(client: Client): Promise<void> {
    const places = this.#pick(client, client.random.between(2, 3), hotInDuelChance)
    const actions = places.map((place) => this.#action(client, 'append', place))
    const call = transactWriteItems(actions, client.maybeToken(tokenChance))
    const observe = async (): Promise<void> => {
      for (const place of [...client.random.pickSome(places, 2), ...places]) {
        await this.#read(client, getItem(place, true))
      }
    }
    await Promise.all([this.#write(client, call, actions), observe(), observe()])
  }

  /** A write that was answered is seen by what comes after it. */
  async #writeThenRead(client: Client): Promise<void> {
    const place = this.#pickOne(client)
    const action = this.#action(client, 'append', place)
    await this.#read(client, getItem(place, true))
    await this.#write(client, updateItem(action, 'NONE'), [action])
    await this.#read(client, getItem(place, true))
  }

  async #update(client: Client, mode: 'expecting' | undefined): Promise<void> {
    const action = this.#action(client, 'append', this.#pickOne(client))
    const sent = mode === 'expecting' ? this.#expecting(action) : action
    await this.#write(client, updateItem(sent, client.random.pick(updateReturns)), [sent])
  }

  async #put(client: Client): Promise<void> {
    const place = this.#pickOne(client)
    if (client.random.chance(0.5)) await this.#read(client, getItem(place, true))
    const action = this.#expecting(this.#action(client, 'put', place))
    await this.#write(client, putItem(action, client.random.chance(0.5)), [action])
  }

  async #delete(client: Client): Promise<void> {
    const action = this.#action(client, 'delete', this.#pickOne(client))
    const sent = client.random.chance(0.4) ? this.#expecting(action) : action
    await this.#write(client, deleteItem(sent, client.random.chance(0.8)), [sent])
  }

  async #deleteSome(client: Client): Promise<void> {
    const places = this.#pick(client, client.random.between(2, 4))
    const actions = places.map((place) => this.#action(client, 'delete', place))
    await this.#write(client, batchDelete(actions), actions)
  }

  #query({ random }: Client): ReturnType<typeof query> {
    const group = random.pick(random.chance(hotChance) ? this.#hot : this.#cold)
    return query({
      TableName: group.table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: group.partition() } },
      ConsistentRead: random.chance(0.5),
      ScanIndexForward: random.chance(0.5),
    })
  }

  #indexQuery({ random }: Client): ReturnType<typeof query> {
    const group = random.pick(random.chance(hotChance) ? this.#hot : this.#cold)
    return query({
      TableName: group.table,
      IndexName: tagIndex,
      KeyConditionExpression: 'tag = :tag',
      ExpressionAttributeValues: {
        ':tag': { S: `${group.partition()}#${random.below(tagsPerPartition)}` },
      },
    })
  }

  #scan({ random }: Client): ReturnType<typeof scan> {
    return scan({
      TableName: random.pick(this.#hot).table,
      Segment: random.below(scanSegments),
      TotalSegments: scanSegments,
      Limit: scanLimit,
      ConsistentRead: random.chance(0.5),
    })
  }

  async finish(client: Client): Promise<void> {
    await readEverything(
      client,
      [...this.#hot, ...this.#cold].flatMap((group) => group.allPlaces()),
    )
  }
}
