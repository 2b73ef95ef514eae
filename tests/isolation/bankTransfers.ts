import {
  TransactionCanceledException,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb'
import { BankLedger, openingBalance } from './bankLedger.ts'
import { getItem, query, transactGetItems, transactWriteItems, updateItem } from './calls.ts'
import { chainTable } from './chainTable.ts'
import type { Client } from './client.ts'
import { readEverything } from './finalReads.ts'
import type { ItemAction } from './itemAction.ts'
import type { Item, ItemPlace } from './itemChains.ts'
import { RotatingGroup } from './rotatingGroup.ts'
import type { Workload, WorkloadOptions } from './workload.ts'

/** A divisor of 100, so that the final reads do not tear a bank apart. */
const accountsPerBank = 5
const writesPerAccount = 24
const mostAmount = 60
const tokenChance = 0.6

/**
 * Transfers between the accounts of a bank, which is replaced by a new one now and then. Money that is
 * seen twice or not at all, an account that is overdrawn, and a balance that does not follow from the
 * transfers that the account shows are defects.
 */
export class BankTransfers implements Workload {
  readonly tables: readonly CreateTableCommandInput[]
  readonly #bank: RotatingGroup
  readonly #ledger: BankLedger
  /** The last generation that is known to be open. */
  #opened = -1

  constructor({ epoch, defects }: WorkloadOptions) {
    const table = `bank${epoch}`
    this.tables = [chainTable(table)]
    this.#bank = new RotatingGroup(table, 'bank', accountsPerBank, writesPerAccount)
    this.#ledger = new BankLedger(defects)
  }

  async step(client: Client): Promise<void> {
    if (this.#bank.generation > this.#opened) return this.#open(client)
    await client.random.weighted([
      [50, () => this.#transfer(client)],
      [25, () => this.#readAll(client)],
      [15, () => this.#touch(client)],
      [5, () => this.#readOne(client)],
      [5, () => this.#query(client)],
    ])()
  }

  /** A new version, entered in the ledger as a change of the balance. */
  #version({ recorder }: Client, change: number): string {
    const version = recorder.version()
    this.#ledger.enter(version, change)
    return version
  }

  /** Opens all accounts at once; many clients may try, and one succeeds. */
  async #open(client: Client): Promise<void> {
    const { generation } = this.#bank
    const actions = this.#bank.places(generation).map(
      (place): ItemAction => ({
        kind: 'put',
        place,
        added: [this.#version(client, openingBalance)],
        expected: [],
        attributes: { balance: { N: `${openingBalance}` } },
      }),
    )
    const result = await client.perform(transactWriteItems(actions, client.maybeToken(tokenChance)))
    const { error } = result.outcome === 'refused' ? result : {}
    const isThere =
      error instanceof TransactionCanceledException &&
      error.CancellationReasons?.some(({ Code }) => Code === 'ConditionalCheckFailed') === true
    if (result.outcome === 'ok' || isThere) this.#opened = Math.max(this.#opened, generation)
  }

  /** From one account to one or two others. */
  async #transfer(client: Client): Promise<void> {
    const { random } = client
    const places = random.pickSome(this.#bank.places(), random.chance(0.2) ? 3 : 2)
    const [from, ...to] = places as [ItemPlace, ...ItemPlace[]]
    const amount = random.between(1, mostAmount)
    const actions = [
      {
        ...this.#change(client, from, -amount * to.length),
        condition: 'balance >= :least',
        values: {
          ':change': { N: `${-amount * to.length}` },
          ':least': { N: `${amount * to.length}` },
        },
      },
      ...to.map((place) => this.#change(client, place, amount)),
    ]
    this.#bank.addWrites(actions.length)
    const sent = random.chance(0.5) ? actions : actions.toReversed()
    const result = await client.perform(transactWriteItems(sent, client.maybeToken(tokenChance)))
    if (result.outcome !== 'refused') return
    if (!(result.error instanceof TransactionCanceledException)) return
    for (const { Item: item } of result.error.CancellationReasons ?? []) {
      if (item !== undefined) this.#ledger.examineRefusal(item, amount * to.length)
    }
  }

  #change(client: Client, place: ItemPlace, change: number): ItemAction {
    return {
      kind: 'append',
      place,
      added: [this.#version(client, change)],
      set: 'balance = balance + :change',
      values: { ':change': { N: `${change}` } },
    }
  }

  async #readAll(client: Client): Promise<void> {
    const result = await client.perform(transactGetItems(this.#bank.places()))
    if (result.outcome !== 'ok') return
    this.#ledger.examineAll((result.output.Responses ?? []).map(({ Item: item }) => item))
  }

  #examine(items: readonly (Item | undefined)[] = []): void {
    for (const item of items) if (item !== undefined) this.#ledger.examine(item)
  }

  /** A single write in the way of the transfers, which moves no money. */
  async #touch(client: Client): Promise<void> {
    const action = this.#change(client, client.random.pick(this.#bank.places()), 0)
    this.#bank.addWrites(1)
    const result = await client.perform(updateItem(action, 'ALL_NEW'))
    if (result.outcome === 'ok') this.#examine([result.output.Attributes])
  }

  async #readOne(client: Client): Promise<void> {
    const place = client.random.pick(this.#bank.places())
    const result = await client.perform(getItem(place, client.random.chance(0.5)))
    if (result.outcome === 'ok') this.#examine([result.output.Item])
  }

  async #query(client: Client): Promise<void> {
    const call = query({
      TableName: this.#bank.table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: this.#bank.partition() } },
      ConsistentRead: client.random.chance(0.5),
    })
    const result = await client.perform(call)
    if (result.outcome === 'ok') this.#examine(result.output.Items)
  }

  async finish(client: Client): Promise<void> {
    const responses = await readEverything(client, this.#bank.allPlaces())
    for (let i = 0; i < responses.length; i += accountsPerBank) {
      const bank = responses.slice(i, i + accountsPerBank)
      this.#ledger.examineAll(bank.map(({ Item: item }) => item))
    }
  }
}
