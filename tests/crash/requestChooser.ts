import type { Item, Value } from '../model/attributes.ts'
import { archive, counters, ledger, orders, type KeySpace } from './crashTables.ts'
import type { ExpectedStore } from './expectedStore.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { ItemChange, WriteRequest } from './writeRequest.ts'

/** Members of a request or of an action of a transaction that speak of one item. */
type Action = Readonly<Record<string, unknown>>

interface Chosen {
  readonly kind: 'Put' | 'Update' | 'Delete'
  readonly change: ItemChange
  readonly action: Action
}

type Condition = 'none' | 'true' | 'false'

const states = ['open', 'paid', 'packed', 'sent', 'closed']
const conflicts = ['TransactionConflictException', 'TransactionCanceledException']
const conditionFailed = 'ConditionalCheckFailedException'
const cancelled = 'TransactionCanceledException'
const hotCounters = 4

export interface RequestChooserOptions {
  readonly random: SeededRandom
  readonly nextId: () => string
  readonly round: number
  /** How many of the items that are put have up to 32 KB: one in fifty when absent. */
  readonly largeShare?: number
  /** How many items a request may write: 80, or 25 in a batch, when absent. */
  readonly mostWrites?: number
  /** Where items are written; one that is named twice is written twice as often. */
  readonly spaces?: readonly KeySpace[]
}

/**
 * Makes write requests whose outcome is known beforehand. Of the items of a request none is in
 * another one under way, except for the counters of the round.
 */
export class RequestChooser {
  readonly #random: SeededRandom
  readonly #store: ExpectedStore
  readonly #nextId: () => string
  /** Counters are fresh in each round, so that their sets stay small. */
  readonly #round: number
  readonly #largeShare: number
  readonly #spaces: readonly KeySpace[]
  readonly #mostWrites: number

  constructor(store: ExpectedStore, options: RequestChooserOptions) {
    this.#store = store
    this.#random = options.random
    this.#nextId = options.nextId
    this.#round = options.round
    this.#largeShare = options.largeShare ?? 0.02
    this.#mostWrites = options.mostWrites ?? 80
    this.#spaces = options.spaces ?? [orders, orders, ledger, ledger, archive]
  }

  /** Any request, for items of the lasting tables. */
  next(): WriteRequest {
    const share = this.#random.next()
    if (share < 0.4) return this.#single()
    if (share < 0.55) return this.#batch()
    if (share < 0.65) return this.#hotUpdate()
    return this.#transaction()
  }

  /** A put into `space`, which fails with ResourceNotFoundException when the table is gone. */
  passingPut(space: KeySpace): WriteRequest | undefined {
    const key = this.#freeKey(space, new Set())
    if (key === undefined) return undefined
    const id = this.#nextId()
    const put = this.#put(space.definition.name, key, 'none', id)
    return { ...singleRequest(id, put), mayFailWith: [notFound] }
  }

  /** Puts of all of `keys`, at most 25. */
  batchOf(space: KeySpace, keys: readonly Item[]): WriteRequest {
    const id = this.#nextId()
    const puts = keys.map((key) => this.#put(space.definition.name, key, 'none', id))
    return batchRequest(id, puts)
  }

  /** Deletes the counters of an earlier round; undefined when there are none. */
  forgetOldCounters(): WriteRequest | undefined {
    const id = this.#nextId()
    const deletes = hotKeys(this.#round - 3)
      .map((key) => this.#delete(counters.name, key, 'none'))
      .filter(({ change }) => change.before !== undefined)
    return deletes.length === 0 ? undefined : batchRequest(id, deletes)
  }

  #single(): WriteRequest {
    const id = this.#nextId()
    const [{ definition }, key] = this.#freeKeys(1)[0] as [KeySpace, Item]
    const share = this.#random.next()
    const condition = share < 0.5 ? 'none' : share < 0.85 ? 'true' : 'false'
    const request = singleRequest(id, this.#chosen(definition.name, key, condition, id))
    if (condition !== 'false') return request
    return { ...request, mayFailWith: [conditionFailed], impossible: true }
  }

  #batch(): WriteRequest {
    const id = this.#nextId()
    const writes = this.#freeKeys(this.#random.between(2, Math.min(25, this.#mostWrites))).map(
      ([{ definition }, key]) =>
        this.#random.chance(0.75)
          ? this.#put(definition.name, key, 'none', id)
          : this.#delete(definition.name, key, 'none'),
    )
    return batchRequest(id, writes)
  }

  #hotUpdate(): WriteRequest {
    const id = this.#nextId()
    const key = this.#random.pick(hotKeys(this.#round))
    return {
      ...emptyRequest(id, 'UpdateItem'),
      body: markOf(key, id),
      atomic: true,
      marks: [key],
      mayFailWith: conflicts,
    }
  }

  #transaction(): WriteRequest {
    const random = this.#random
    const id = this.#nextId()
    const usual = Math.min(10, this.#mostWrites)
    const count = random.between(2, random.chance(0.1) ? this.#mostWrites : usual)
    const keys = this.#freeKeys(count)
    const impossible = random.chance(0.1)
    const falseOne = impossible ? random.below(keys.length) : -1
    const checkCount = random.chance(0.4) ? Math.min(random.between(1, 3), keys.length - 1) : 0
    const items: object[] = []
    const changes: ItemChange[] = []
    keys.forEach(
      (
        [
          {
            definition: { name },
          },
          key,
        ],
        i,
      ) => {
        const condition = i === falseOne ? 'false' : random.chance(0.3) ? 'true' : 'none'
        if (i < checkCount) items.push({ ConditionCheck: this.#check(name, key, i !== falseOne) })
        else {
          // The last one writes an item, so that the transaction leaves a trace.
          const isLast = i === keys.length - 1
          const { kind, change, action } = isLast
            ? this.#put(name, key, condition, id)
            : this.#chosen(name, key, condition, id)
          changes.push(change)
          items.push({ [kind]: action })
        }
      },
    )
    const marks = random.chance(0.25) ? [random.pick(hotKeys(this.#round))] : []
    for (const key of marks) items.push({ Update: markOf(key, id) })
    const token = random.chance(0.5) ? `token ${id}` : undefined
    return {
      ...emptyRequest(id, 'TransactWriteItems'),
      body: { TransactItems: items, ...(token !== undefined && { ClientRequestToken: token }) },
      atomic: true,
      changes,
      marks,
      checks: keys
        .slice(0, checkCount)
        .map(([{ definition }, key]) => ({ table: definition.name, key })),
      mayFailWith: impossible || marks.length > 0 ? [cancelled] : [],
      impossible,
      token,
    }
  }

  #chosen(table: string, key: Item, condition: Condition, id: string): Chosen {
    const share = this.#random.next()
    if (share < 0.45) return this.#put(table, key, condition, id)
    if (share < 0.8) return this.#update(table, key, condition, id)
    return this.#delete(table, key, condition)
  }

  #put(table: string, key: Item, condition: Condition, id: string): Chosen {
    const before = this.#store.item(table, key)
    const random = this.#random
    const isLarge = random.chance(this.#largeShare)
    const after: Item = {
      ...key,
      w: { S: id },
      n: { N: String(random.below(1000)) },
      body: { S: 'abcdefgh'.repeat(isLarge ? random.between(200, 4000) : random.below(30)) },
      ...(random.chance(0.7) && { state: { S: random.pick(states) } }),
      ...(random.chance(0.6) && { weight: { N: String(random.below(50)) } }),
    }
    const action = { TableName: table, Item: after, ...conditionOf(condition, before) }
    return { kind: 'Put', change: { table, key, before, after }, action }
  }

  #update(table: string, key: Item, condition: Condition, id: string): Chosen {
    const before = this.#store.item(table, key)
    const state = this.#random.pick(states)
    const { weight: _removed, ...kept } = before ?? key
    const count = before?.['n'] === undefined ? 0 : Number((before['n'] as { N: string }).N)
    const after: Item = { ...kept, w: { S: id }, state: { S: state }, n: { N: String(count + 1) } }
    const action = {
      TableName: table,
      Key: key,
      UpdateExpression: 'SET w = :w, #state = :state REMOVE weight ADD n :one',
      ...conditionOf(condition, before),
    }
    return {
      kind: 'Update',
      change: { table, key, before, after },
      action: withPlaceholders(action, {
        names: { '#state': 'state' },
        values: { ':w': { S: id }, ':state': { S: state }, ':one': { N: '1' } },
      }),
    }
  }

  #delete(table: string, key: Item, condition: Condition): Chosen {
    const before = this.#store.item(table, key)
    const action = { TableName: table, Key: key, ...conditionOf(condition, before) }
    return { kind: 'Delete', change: { table, key, before, after: undefined }, action }
  }

  #check(table: string, key: Item, holds: boolean): Action {
    const condition = conditionOf(holds ? 'true' : 'false', this.#store.item(table, key))
    return { TableName: table, Key: key, ...condition }
  }

  /** Distinct keys that nothing under way touches. */
  #freeKeys(count: number): [KeySpace, Item][] {
    const taken = new Set<string>()
    const keys: [KeySpace, Item][] = []
    for (let i = 0; i < count; i++) {
      const space = this.#random.pick(this.#spaces)
      const key = this.#freeKey(space, taken)
      if (key !== undefined) keys.push([space, key])
    }
    return keys.length > 0 ? keys : [this.#anyFreeKey()]
  }

  #anyFreeKey(): [KeySpace, Item] {
    for (const space of this.#spaces) {
      for (let position = 0; position < space.size; position++) {
        const key = space.keyAt(position)
        if (!this.#store.isBusy(space.definition.name, key)) return [space, key]
      }
    }
    throw new Error('every item is being written')
  }

  #freeKey(space: KeySpace, taken: Set<string>): Item | undefined {
    const { name } = space.definition
    for (let attempt = 0; attempt < 50; attempt++) {
      const position = this.#random.below(space.size)
      const key = space.keyAt(position)
      if (taken.has(`${name} ${position}`) || this.#store.isBusy(name, key)) continue
      taken.add(`${name} ${position}`)
      return key
    }
    return undefined
  }
}

const notFound = 'ResourceNotFoundException'

const hotKeys = (round: number): Item[] =>
  Array.from({ length: hotCounters }, (_, i) => ({ pk: { S: `round ${round} counter ${i}` } }))

function markOf(key: Item, id: string): Action {
  return {
    TableName: counters.name,
    Key: key,
    UpdateExpression: 'ADD n :one, ids :ids',
    ExpressionAttributeValues: { ':one': { N: '1' }, ':ids': { SS: [id] } },
  }
}

/** A condition on the item as it is known to be. */
function conditionOf(condition: Condition, before: Item | undefined): Action {
  if (condition === 'none') return {}
  if (before === undefined) {
    const test = condition === 'true' ? 'attribute_not_exists' : 'attribute_exists'
    return { ConditionExpression: `${test}(pk)` }
  }
  return {
    ConditionExpression: condition === 'true' ? 'w = :known' : 'w <> :known',
    ExpressionAttributeValues: { ':known': before['w'] as Value },
  }
}

/** Adds placeholders to those that a condition brought along. */
function withPlaceholders(
  action: Action,
  { names, values }: { readonly names: object; readonly values: object },
): Action {
  const own = action['ExpressionAttributeValues'] as object | undefined
  return {
    ...action,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: { ...own, ...values },
  }
}

const emptyRequest = (id: string, operation: string): WriteRequest => ({
  id,
  operation,
  body: {},
  atomic: false,
  changes: [],
  marks: [],
  checks: [],
  mayFailWith: [],
  impossible: false,
  token: undefined,
})

function singleRequest(id: string, { kind, change, action }: Chosen): WriteRequest {
  const request = emptyRequest(id, `${kind}Item`)
  return { ...request, body: action, atomic: true, changes: [change] }
}

function batchRequest(id: string, writes: readonly Chosen[]): WriteRequest {
  const tables = new Map<string, object[]>()
  for (const { kind, change, action } of writes) {
    const list = tables.get(change.table) ?? []
    tables.set(change.table, list)
    list.push(
      kind === 'Put'
        ? { PutRequest: { Item: action['Item'] } }
        : { DeleteRequest: { Key: action['Key'] } },
    )
  }
  return {
    ...emptyRequest(id, 'BatchWriteItem'),
    body: { RequestItems: Object.fromEntries(tables) as object },
    changes: writes.map(({ change }) => change),
  }
}
