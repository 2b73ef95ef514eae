import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'
import { batchGetItem, getItem, transactGetItems, transactWriteItems, updateItem } from './calls.ts'
import { chainTable } from './chainTable.ts'
import type { Client } from './client.ts'
import { readEverything } from './finalReads.ts'
import type { ItemAction } from './itemAction.ts'
import type { Item, ItemPlace } from './itemChains.ts'
import { Reservations } from './reservations.ts'
import { RotatingGroup } from './rotatingGroup.ts'
import type { Workload, WorkloadOptions } from './workload.ts'

const usersPerGroup = 4
const addressesPerGroup = 4
const writesPerUser = 60
const tokenChance = 0.6

/**
 * Users with email addresses that nobody else has: a user and the reservation of its address, in two
 * tables, come and go in one transaction. Two users with one address, a user without its reservation and
 * a reservation without its user are defects.
 */
export class UniquePairs implements Workload {
  readonly tables: readonly CreateTableCommandInput[]
  readonly #users: RotatingGroup
  readonly #addressTable: string
  readonly #reservations: Reservations
  /** What a read last told of the address of each user in the generation in use. */
  readonly #lastSeen = new Map<string, string>()

  constructor({ epoch, defects }: WorkloadOptions) {
    const names = [`users${epoch}`, `addresses${epoch}`] as const
    this.tables = names.map(chainTable)
    this.#users = new RotatingGroup(names[0], 'group', usersPerGroup, writesPerUser)
    this.#addressTable = names[1]
    this.#reservations = new Reservations(defects)
  }

  async step(client: Client): Promise<void> {
    await client.random.weighted<() => Promise<unknown>>([
      [25, () => this.#signUp(client)],
      [15, () => this.#leave(client)],
      [15, () => this.#move(client)],
      [35, () => this.#readAll(client)],
      [8, () => this.#touch(client)],
      [4, () => this.#readOne(client)],
      [4, () => this.#readBatch(client)],
    ])()
  }

  #addresses(generation: number = this.#users.generation): ItemPlace[] {
    const partition = this.#users.partition(generation)
    const ids = Array.from({ length: addressesPerGroup }, (_, i) => `address${i}`)
    return ids.map((id) => ({ table: this.#addressTable, partition, id }))
  }

  /** Users and addresses of a generation. */
  #everybody(generation: number = this.#users.generation): ItemPlace[] {
    return [...this.#users.places(generation), ...this.#addresses(generation)]
  }

  #pickPair({ random }: Client): { user: ItemPlace; address: ItemPlace } {
    return { user: random.pick(this.#users.places()), address: random.pick(this.#addresses()) }
  }

  async #transact(client: Client, actions: readonly ItemAction[]): Promise<void> {
    const { generation } = this.#users
    this.#users.addWrites(1)
    if (this.#users.generation !== generation) this.#lastSeen.clear()
    const inOrder = client.random.chance(0.5) ? actions : actions.toReversed()
    await client.perform(transactWriteItems(inOrder, client.maybeToken(tokenChance)))
  }

  /** A user who is not there takes an address that is free. */
  async #signUp(client: Client): Promise<void> {
    const { user, address } = this.#pickPair(client)
    const put = (place: ItemPlace, attributes: Item): ItemAction => {
      return { kind: 'put', place, added: [client.recorder.version()], expected: [], attributes }
    }
    await this.#transact(client, [
      put(user, { email: { S: address.id } }),
      put(address, { holder: { S: user.id } }),
    ])
  }

  /** The address that the user is thought to have: true, most of the time. */
  #knownAddress(client: Client, user: ItemPlace): ItemPlace {
    const id = this.#lastSeen.get(user.id)
    return (
      this.#addresses().find((address) => address.id === id) ??
      client.random.pick(this.#addresses())
    )
  }

  #free(client: Client, address: ItemPlace, user: ItemPlace): ItemAction {
    return {
      kind: 'delete',
      place: address,
      added: [client.recorder.version()],
      condition: 'holder = :holder',
      values: { ':holder': { S: user.id } },
    }
  }

  async #leave(client: Client): Promise<void> {
    const user = client.random.pick(this.#users.places())
    const address = this.#knownAddress(client, user)
    const leaving: ItemAction = {
      kind: 'delete',
      place: user,
      added: [client.recorder.version()],
      condition: 'email = :email',
      values: { ':email': { S: address.id } },
    }
    await this.#transact(client, [leaving, this.#free(client, address, user)])
  }

  /** A user exchanges its address for a free one. */
  async #move(client: Client): Promise<void> {
    const { user, address } = this.#pickPair(client)
    const old = this.#knownAddress(client, user)
    if (old.id === address.id) return
    const moving: ItemAction = {
      kind: 'append',
      place: user,
      added: [client.recorder.version()],
      condition: 'email = :old',
      set: 'email = :new',
      values: { ':old': { S: old.id }, ':new': { S: address.id } },
    }
    const taking: ItemAction = {
      kind: 'put',
      place: address,
      added: [client.recorder.version()],
      expected: [],
      attributes: { holder: { S: user.id } },
    }
    await this.#transact(client, [moving, this.#free(client, old, user), taking])
  }

  async #readAll(client: Client): Promise<void> {
    const { generation } = this.#users
    const result = await client.perform(transactGetItems(this.#everybody()))
    if (result.outcome !== 'ok') return
    this.#examine((result.output.Responses ?? []).map(({ Item: item }) => item))
    if (generation !== this.#users.generation) return
    for (const { Item: item } of result.output.Responses?.slice(0, usersPerGroup) ?? []) {
      const email = item?.['email']?.S
      if (email !== undefined) this.#lastSeen.set(item?.['sk']?.S as string, email)
    }
  }

  /** `items` are those of {@link #everybody}, in their order. */
  #examine(items: readonly (Item | undefined)[]): void {
    this.#reservations.examine(items.slice(0, usersPerGroup), items.slice(usersPerGroup))
  }

  /** A single write of a user who is there, in the way of the transactions. */
  async #touch(client: Client): Promise<void> {
    const action: ItemAction = {
      kind: 'append',
      place: client.random.pick(this.#users.places()),
      added: [client.recorder.version()],
      condition: 'attribute_exists(pk)',
    }
    await client.perform(updateItem(action, 'ALL_OLD'))
  }

  async #readOne(client: Client): Promise<void> {
    const place = client.random.pick(this.#everybody())
    await client.perform(getItem(place, client.random.chance(0.5)))
  }

  async #readBatch(client: Client): Promise<void> {
    await client.perform(batchGetItem(this.#everybody(), client.random.chance(0.5)))
  }

  async finish(client: Client): Promise<void> {
    for (let generation = 0; generation <= this.#users.generation; generation++) {
      const responses = await readEverything(client, this.#everybody(generation))
      this.#examine(responses.map(({ Item: item }) => item))
    }
  }
}
