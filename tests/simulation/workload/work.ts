import { clientRequestTokenLifetimeMs } from '../../../packages/server/src/limits.ts'
import type { Item } from '../../model/attributes.ts'
import type { Condition } from '../../model/conditions.ts'
import type { Query, Scan } from '../../model/queries.ts'
import type { TransactWriteItems } from '../../model/transactions.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'
import { workKinds, type Profile, type WorkKind } from '../world/profile.ts'
import type { World } from '../world/world.ts'
import * as actions from './actions.ts'
import { isAbsent, isThere, type LoggedAction } from './actions.ts'
import type { Client } from './client.ts'
import type { Intent } from './intent.ts'
import {
  batchGet,
  batchWrite,
  getItem,
  transactGet,
  transaction,
  type BatchedWrite,
} from './intents.ts'
import { listPages } from './listing.ts'
import {
  chainOf,
  lateIndex,
  listItem,
  lists,
  logValue,
  sorted,
  sortedItem,
  temporaryTables,
  type SharedItem,
} from './tables.ts'

const pairCount = 3
const partitions = ['p', 'q']
const bank = 'bank'

export const accounts: readonly SharedItem[] = [0, 1, 2].map((i) => sortedItem(bank, i))
export const openingBalance = 100

/**
 * The items that clients of a run share. Where item collections are limited, all that can be in one are
 * with the accounts, so that it fills up.
 */
function sharedItems({ items, maxItemCollectionBytes }: Profile): SharedItem[] {
  const partitionOf = (i: number): string =>
    maxItemCollectionBytes === undefined ? (partitions[(i >> 1) % 2] as string) : bank
  return Array.from({ length: items }, (_, i) =>
    i % 2 === 0
      ? listItem(String.fromCharCode(97 + i))
      : sortedItem(partitionOf(i), accounts.length + i),
  )
}

export const pairs: readonly (readonly [SharedItem, SharedItem])[] = Array.from(
  { length: pairCount },
  (_, i) => [listItem(`user${i}`), listItem(`mail${i}`)],
)

/** Everything that may be in a history beside what batches put. */
export const allSharedItems = (profile: Profile): SharedItem[] => [
  ...sharedItems(profile),
  ...accounts,
  ...pairs.flat(),
]

const nothing = Object.fromEntries(workKinds.map((kind) => [kind, 0])) as Record<WorkKind, number>
const weightsOfReaders = { ...nothing, get: 6, transactGet: 2, batchGet: 1, scan: 1 }

/** What one client does, one request after another. */
export class Work {
  readonly #world: World
  readonly #client: Client
  readonly #random: SeededRandom
  readonly #items: readonly SharedItem[]
  readonly #isReader: boolean
  /** Transactions with tokens that were answered, to be sent again. */
  readonly #answered: { readonly intent: Intent; readonly atMs: number }[] = []
  #puts = 0

  constructor(world: World, client: Client) {
    this.#world = world
    this.#client = client
    this.#random = world.random
    this.#items = sharedItems(world.profile)
    this.#isReader = client.number > 1 && world.random.chance(world.profile.readers)
  }

  async run(requests: number): Promise<void> {
    for (let i = 0; i < requests; i++) {
      const kind = this.#pickKind()
      this.#world.count(`work: ${kind}`)
      await this.#does[kind]()
      // Those who only read are answered soon; they wait, so as to be there when others are at work.
      if (this.#isReader) await this.#client.pause(2 * this.#world.profile.engine.stageMs)
      else if (this.#random.chance(0.1)) await this.#client.pause(50)
    }
  }

  #pickKind(): WorkKind {
    const weights = this.#isReader ? weightsOfReaders : this.#world.profile.weights
    const total = workKinds.reduce((sum, kind) => sum + weights[kind], 0)
    let rest = this.#random.below(total)
    for (const kind of workKinds) {
      rest -= weights[kind]
      if (rest < 0) return kind
    }
    return 'append'
  }

  readonly #does: Readonly<Record<WorkKind, () => Promise<unknown>>> = {
    append: () => this.#single(this.#append(this.#item())),
    rewrite: () => this.#rewrite(),
    delete: () =>
      this.#single(actions.remove(this.#item(), this.#id(), this.#random, this.#maybe())),
    transact: () => this.#transact(),
    transfer: () => this.#transfer(),
    pair: () => this.#pair(),
    get: () => this.#client.perform(getItem(this.#item(), this.#random.chance(0.7))),
    batchGet: () => this.#client.perform(batchGet(this.#several(), this.#random)),
    transactGet: () => this.#transactGet(),
    query: () => listPages(this.#world, this.#client, this.#query()),
    scan: () => listPages(this.#world, this.#client, this.#scan()),
    batchWrite: () => this.#batchWrite(),
    replay: () => this.#replay(),
    tempWrite: () => this.#tempWrite(),
  }

  #item(): SharedItem {
    return this.#random.pick(this.#items)
  }

  #several(): SharedItem[] {
    return this.#random.pickSome(this.#items, this.#random.between(1, 4))
  }

  #id(): string {
    return this.#client.newId()
  }

  /** One id, sometimes two: a write of two must never be seen half. */
  #ids(): string[] {
    return this.#random.chance(0.85) ? [this.#id()] : [this.#id(), this.#id()]
  }

  #maybe(): Condition | undefined {
    return this.#random.pick([undefined, undefined, isThere, isAbsent])
  }

  #append(item: SharedItem): LoggedAction {
    return actions.append(item, this.#ids(), this.#random, this.#maybe())
  }

  #single(logged: LoggedAction): Promise<unknown> {
    return this.#client.perform(actions.single(logged, this.#random))
  }

  /** Replaces an item by what it was when it was read, and more. */
  async #rewrite(): Promise<void> {
    const item = this.#item()
    const { body } = await this.#client.perform(getItem(item, this.#random.chance(0.5)))
    if (body === undefined) return
    const seen = chainOf(body['Item'] as Item | undefined)
    await this.#single(actions.rewrite(item, this.#ids(), seen, this.#random))
  }

  #transact(): Promise<unknown> {
    const chosen = this.#several().map((item): LoggedAction => {
      const kind = this.#random.below(8)
      if (kind === 0) return actions.remove(item, this.#id(), this.#random, this.#maybe())
      if (kind === 1) return actions.insert(item, this.#ids(), this.#random)
      if (kind === 2) {
        return actions.check(item, this.#random.pick([isThere, isAbsent]), this.#random)
      }
      return this.#append(item)
    })
    return this.#commit(chosen)
  }

  async #commit(chosen: readonly LoggedAction[]): Promise<void> {
    const token = this.#random.chance(0.5) ? `t${this.#id()}` : undefined
    const intent = transaction(chosen, token)
    const twice = token !== undefined && this.#random.chance(0.2)
    if (twice) this.#world.count('token: sent twice at once')
    const { outcome } = await this.#client.perform(intent, twice)
    const atMs = this.#world.scheduler.nowMs
    if (outcome === 'ok' && token !== undefined) this.#answered.push({ intent, atMs })
  }

  /** Sends an answered transaction again, or another one with its token. */
  async #replay(): Promise<void> {
    if (this.#answered.length === 0) return
    const { intent, atMs } = this.#random.pick(this.#answered)
    const { token } = intent.operation as TransactWriteItems
    const ageMs = this.#world.scheduler.nowMs - atMs
    const isSafe = ageMs < clientRequestTokenLifetimeMs - 60_000
    if (isSafe && this.#random.chance(0.7)) return this.#client.replay(intent)
    await this.#client.perform(transaction([this.#append(this.#item())], token))
  }

  #transfer(): Promise<unknown> {
    const [from, to] = this.#random.pickSome(accounts, 2) as [SharedItem, SharedItem]
    const amount = this.#random.between(1, 60)
    const random = this.#random
    return this.#commit([
      actions.transferTo(from, this.#ids(), { amount: -amount, atLeast: amount, random }),
      actions.transferTo(to, this.#ids(), { amount, atLeast: 0, random }),
    ])
  }

  /** Both items of a pair are there, or none. */
  #pair(): Promise<unknown> {
    const pair = this.#random.pick(pairs)
    if (this.#random.chance(0.6)) {
      return this.#commit(pair.map((item) => actions.insert(item, this.#ids(), this.#random)))
    }
    return this.#commit(pair.map((item) => actions.remove(item, this.#id(), this.#random, isThere)))
  }

  #transactGet(): Promise<unknown> {
    const items = this.#random.pick([this.#several(), accounts, this.#random.pick(pairs)])
    return this.#client.perform(transactGet(items))
  }

  #query(): Query {
    const { random } = this.#world
    const common = { kind: 'Query', capacity: 'NONE', forward: random.chance(0.5) } as const
    const limit = random.pick([undefined, undefined, 1, 2, 3])
    const limited = { ...common, ...(limit !== undefined && { limit }) }
    const isPartition = {
      name: 'pk',
      operator: '=',
      values: [{ S: random.pick([...partitions, bank]) }],
    } as const
    const isGroup = { name: 'g', operator: '=', values: [{ S: `g${random.below(3)}` }] } as const
    const consistent = random.chance(0.5)
    switch (random.below(4)) {
      case 0:
        return { ...limited, table: sorted.name, conditions: [isPartition], consistent }
      case 1:
        return {
          ...limited,
          table: sorted.name,
          index: 'localH',
          conditions: [isPartition],
          consistent,
        }
      case 2:
        return {
          ...limited,
          table: sorted.name,
          index: 'globalG',
          conditions: [isGroup],
          consistent: false,
        }
      default:
        return {
          ...limited,
          table: lists.name,
          index: lateIndex.name,
          conditions: [isGroup],
          consistent: false,
        }
    }
  }

  #scan(): Scan {
    const { random } = this.#world
    const limit = random.pick([undefined, undefined, 2, 5])
    const index = random.pick([undefined, 'localH', 'globalG'])
    return {
      kind: 'Scan',
      capacity: 'NONE',
      consistent: false,
      table: index === undefined ? random.pick([lists.name, sorted.name]) : sorted.name,
      ...(limit !== undefined && { limit }),
      ...(index !== undefined && { index }),
    }
  }

  #batchWrite(): Promise<unknown> {
    const deletions = this.#several().map(
      (item): BatchedWrite => ({ item, id: this.#id(), put: undefined }),
    )
    const puts = Array.from({ length: this.#random.below(3) }, (): BatchedWrite => {
      this.#puts += 1
      const id = this.#id()
      const item = this.#world.track(listItem(`once${this.#client.number}.${this.#puts}`))
      return { item, id, put: { ...item.key, log: logValue([id]), g: { S: 'g0' } } }
    })
    const writes = this.#random.chance(0.5) ? [...deletions, ...puts] : puts
    return this.#client.perform(batchWrite(writes.length === 0 ? deletions : writes))
  }

  /** A write of a table that may be deleted at that moment. */
  #tempWrite(): Promise<unknown> {
    const { name } = this.#random.pick(temporaryTables)
    const key = { pk: { S: `k${this.#random.below(6)}` } }
    const item = { ...key, log: logValue([this.#id()]), g: { S: `g${this.#random.below(2)}` } }
    const condition = this.#random.chance(0.3) ? { condition: isAbsent } : {}
    const action = { kind: 'Put', table: name, item, showOld: false, ...condition } as const
    const rest = { returnValues: 'ALL_OLD', capacity: 'NONE', metrics: false } as const
    return this.#client.perform({
      operation: { kind: 'SingleWrite', action, ...rest },
      parts: [{ description: `PutItem(${name} ${key.pk.S})`, level: 'serializable', writes: [] }],
    })
  }
}
