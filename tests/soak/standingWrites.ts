import type { Item } from '../model/attributes.ts'
import type { ExpectedStore } from '../crash/expectedStore.ts'
import type { ItemChange, WriteRequest } from '../crash/writeRequest.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { keyAt, standingTable, states, weightLimit } from './standingTable.ts'

interface Write {
  readonly kind: 'Put' | 'Update' | 'Delete'
  readonly change: ItemChange
  /** The members of a request, or of an action of a transaction. */
  readonly action: object
}

const { name: table } = standingTable
const filledShare = 0.8
const itemsOfBatch = 25

/** Makes the requests of the standing table. No two that are under way touch the same item. */
export class StandingWrites {
  readonly #expected: ExpectedStore
  readonly #random: SeededRandom
  readonly #keyCount: number
  #requests = 0

  constructor(expected: ExpectedStore, random: SeededRandom, keyCount: number) {
    this.#expected = expected
    this.#random = random
    this.#keyCount = keyCount
  }

  /** The batches that fill the empty table. */
  *filling(): Generator<WriteRequest> {
    let keys: Item[] = []
    for (let position = 0; position < this.#keyCount; position++) {
      if (this.#random.chance(filledShare)) keys.push(keyAt(position))
      if (keys.length < itemsOfBatch) continue
      yield this.#putsOf(keys)
      keys = []
    }
    if (keys.length > 0) yield this.#putsOf(keys)
  }

  #putsOf(keys: readonly Item[]): WriteRequest {
    const id = this.#nextId()
    return batch(
      id,
      keys.map((key) => this.#put(id, key)),
    )
  }

  next(): WriteRequest {
    const id = this.#nextId()
    const make = this.#random.weighted<() => WriteRequest>([
      [80, () => single(id, this.#write(id, this.#freeKeys(1)[0] as Item))],
      [8, () => batch(id, this.#freeKeys(this.#random.between(2, 10)).map(this.#batchable(id)))],
      [12, () => this.#transaction(id)],
    ])
    return make()
  }

  #nextId(): string {
    this.#requests += 1
    return this.#requests.toString(36)
  }

  #transaction(id: string): WriteRequest {
    const writes = this.#freeKeys(this.#random.between(2, 5)).map((key) => this.#write(id, key))
    const items = writes.map(({ kind, action }) => ({ [kind]: action }))
    return request(id, 'TransactWriteItems', { TransactItems: items }, writes)
  }

  /** Present items are deleted so seldom that the table keeps its size. */
  #write(id: string, key: Item): Write {
    const before = this.#expected.item(table, key)
    if (before === undefined) return this.#put(id, key)
    const write = this.#random.weighted<() => Write>([
      [35, () => this.#put(id, key)],
      [40, () => this.#update(id, key, before)],
      [25, () => deletion(key, before)],
    ])
    return write()
  }

  #batchable(id: string): (key: Item) => Write {
    return (key) => {
      const before = this.#expected.item(table, key)
      const deletes = before !== undefined && this.#random.chance(0.25)
      return deletes ? deletion(key, before) : this.#put(id, key)
    }
  }

  #put(id: string, key: Item): Write {
    const random = this.#random
    const after: Item = {
      ...key,
      w: { S: id },
      n: { N: String(random.below(1000)) },
      body: { S: 'abcdefgh'.repeat(random.between(5, 50)) },
      ...(random.chance(0.8) && { state: { S: random.pick(states) } }),
      ...(random.chance(0.8) && { weight: { N: String(random.below(weightLimit)) } }),
    }
    const before = this.#expected.item(table, key)
    return {
      kind: 'Put',
      change: { table, key, before, after },
      action: { TableName: table, Item: after },
    }
  }

  #update(id: string, key: Item, before: Item): Write {
    const state = { S: this.#random.pick(states) }
    const weight = { N: String(this.#random.below(weightLimit)) }
    const removes = this.#random.chance(0.2)
    const { weight: _old, ...kept } = before
    const n = { N: String(Number((before['n'] as { readonly N: string }).N) + 1) }
    const after: Item = { ...kept, w: { S: id }, n, state, ...(!removes && { weight }) }
    const action = {
      TableName: table,
      Key: key,
      UpdateExpression: `SET w = :w, #s = :s${removes ? ' REMOVE weight' : ', weight = :g'} ADD n :one`,
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: {
        ':w': { S: id },
        ':s': state,
        ':one': { N: '1' },
        ...(!removes && { ':g': weight }),
      },
    }
    return { kind: 'Update', change: { table, key, before, after }, action }
  }

  /** Different keys that no request under way touches. */
  #freeKeys(count: number): Item[] {
    const keys = new Map<number, Item>()
    while (keys.size < count) {
      const position = this.#random.below(this.#keyCount)
      const key = keyAt(position)
      if (!this.#expected.isBusy(table, key)) keys.set(position, key)
    }
    return [...keys.values()]
  }
}

const deletion = (key: Item, before: Item): Write => ({
  kind: 'Delete',
  change: { table, key, before, after: undefined },
  action: { TableName: table, Key: key },
})

const single = (id: string, write: Write): WriteRequest =>
  request(id, `${write.kind}Item`, write.action, [write])

function batch(id: string, writes: readonly Write[]): WriteRequest {
  const requests = writes.map(({ kind, change, action }) =>
    kind === 'Delete' ? { DeleteRequest: { Key: change.key } } : { PutRequest: itemOf(action) },
  )
  const body = { RequestItems: { [table]: requests } }
  return { ...request(id, 'BatchWriteItem', body, writes), atomic: false }
}

const itemOf = (action: object): object => ({ Item: (action as { readonly Item: Item }).Item })

function request(
  id: string,
  operation: string,
  body: object,
  writes: readonly Write[],
): WriteRequest {
  return {
    id,
    operation,
    body,
    atomic: true,
    changes: writes.map(({ change }) => change),
    marks: [],
    checks: [],
    mayFailWith: [],
    impossible: false,
    token: undefined,
  }
}
