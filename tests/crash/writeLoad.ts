import { expect } from 'vitest'
import type { Item } from '../model/attributes.ts'
import { requestOf } from '../model/requests.ts'
import { type Answer, type Client, errorName } from '../means/httpClient.ts'
import {
  archive,
  creationOf,
  lastingTables,
  lateIndex,
  passingTables,
  type KeySpace,
} from './crashTables.ts'
import type { ExpectedStore } from './expectedStore.ts'
import type { RequestChooser } from './requestChooser.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { describeTable } from './storeContents.ts'
import type { ItemChange, TableChange, WriteRequest } from './writeRequest.ts'

const writers = 24
const readers = 2

export interface WriteLoadOptions {
  readonly client: Client
  readonly store: ExpectedStore
  readonly chooser: RequestChooser
  readonly random: SeededRandom
  /**
   * What InternalServerError says of a write: nothing of it has happened, or it may have. Absent when
   * no request may get it.
   */
  readonly onInternalError?: () => 'refused' | 'unknown'
}

/**
 * Clients that write to a server until it is gone, or until they are told to stop. What is
 * acknowledged and what is not goes into the expected store.
 */
export class WriteLoad {
  readonly #options: WriteLoadOptions
  readonly #clients: Promise<void>[] = []
  #stopped = false
  /** The server is expected to go away, and may say so with HTTP 5xx. */
  #ending = false
  /** Answers that no request should have got. */
  readonly failures: string[] = []
  /** Transactions with a token that were acknowledged, in this order. */
  readonly replayable: WriteRequest[] = []
  /** Resolves as soon as the creation of an index has been acknowledged: its backfill lies ahead. */
  readonly indexCreated: Promise<void>
  #noteIndexCreated: () => void = () => {}
  acknowledged = 0
  acknowledgedTransactions = 0
  /** Requests that got InternalServerError. */
  refused = 0
  /** Batches of which something came back as UnprocessedItems. */
  givenBack = 0

  constructor(options: WriteLoadOptions) {
    this.#options = options
    this.indexCreated = new Promise((resolve) => (this.#noteIndexCreated = resolve))
  }

  /** Makes the requests that {@link start} sends. */
  get chooser(): RequestChooser {
    return this.#options.chooser
  }

  start(): void {
    const forgotten = this.chooser.forgetOldCounters()
    if (forgotten !== undefined) void this.send(forgotten)
    for (let i = 0; i < writers; i++) this.#run(() => this.#writeNext())
    for (let i = 0; i < readers; i++) this.#run(() => this.#peek())
    this.#run(() => this.#createAndDeleteTable())
    this.#run(() => this.#createAndDeleteIndex())
  }

  /** One client alone, whose writes follow one another. */
  startAlone(): void {
    this.#run(() => this.#writeNext())
  }

  /** Begins nothing more. */
  stop(): void {
    this.#stopped = true
  }

  /** From now on the server may be shutting down. */
  expectEnd(): void {
    this.#ending = true
  }

  /** Resolves when every client has stopped, or has noticed that the server is gone. */
  async ended(): Promise<void> {
    await Promise.all(this.#clients)
  }

  expectNoFailures(): void {
    expect(this.failures).toEqual([])
  }

  #run(step: () => Promise<void>): void {
    const client = async (): Promise<void> => {
      while (!this.#stopped) await step()
    }
    this.#clients.push(client())
  }

  async #writeNext(): Promise<void> {
    await this.send(this.#options.chooser.next())
  }

  /** Sends one request and notes what came of it. */
  async send(request: WriteRequest): Promise<void> {
    const { store } = this.#options
    store.begin(request)
    const answer = await this.#call(request.operation, request.body)
    if (answer === undefined) return
    if (answer.status === 200) {
      if (request.impossible) this.failures.push(`${request.operation} ${request.id} succeeded`)
      store.acknowledge(request, this.#processed(request, answer))
      this.acknowledged += 1
      if (request.operation === 'TransactWriteItems') this.acknowledgedTransactions += 1
      if (request.token !== undefined) this.replayable.push(request)
      return
    }
    const meaning = this.#internalError(answer)
    if (meaning !== 'unknown') store.refuse(request)
    if (meaning !== undefined || request.mayFailWith.includes(errorName(answer))) return
    this.failures.push(`${request.operation} ${request.id}: ${JSON.stringify(answer)}`)
  }

  #internalError(answer: Answer): 'refused' | 'unknown' | undefined {
    if (answer.status !== 500 || errorName(answer) !== 'InternalServerError') return undefined
    const meaning = this.#options.onInternalError?.()
    if (meaning !== undefined) this.refused += 1
    return meaning
  }

  /** The changes of a successful request but for those that a batch gave back. */
  #processed({ operation, id, changes }: WriteRequest, { body }: Answer): readonly ItemChange[] {
    const unprocessed = (body['UnprocessedItems'] ?? {}) as Record<string, readonly WrittenPart[]>
    const left = Object.entries(unprocessed)
    if (left.length === 0) return changes
    if (this.#options.onInternalError !== undefined) this.givenBack += 1
    else this.failures.push(`${operation} ${id} left ${JSON.stringify(unprocessed)}`)
    const places = new Set(
      left.flatMap(([table, list]) => list.map((each) => placeOf(table, each))),
    )
    return changes.filter(({ table, key }) => !places.has(placeOf(table, { Key: key })))
  }

  /** Undefined when there was no answer; then the clients stop. */
  async #call(operation: string, body: object): Promise<Answer | undefined> {
    const answer = await this.#options.client.call(operation, body).catch(() => undefined)
    if (answer === undefined || (this.#ending && answer.status >= 500)) {
      this.#stopped = true
      return undefined
    }
    return answer
  }

  /** Looks at an item that is just being written. */
  async #peek(): Promise<void> {
    const { store, random } = this.#options
    const request = random.pick([...store.outstanding])
    const change = random.pick(request?.changes ?? [])
    const body = change === undefined ? {} : { TableName: change.table, Key: change.key }
    const isLasting = lastingTables.some(({ name }) => name === change?.table)
    if (request === undefined || change?.after === undefined || !isLasting) return this.#pause(3)
    const answer = await this.#call('GetItem', { ...body, ConsistentRead: true })
    if (answer === undefined) return
    if (answer.status !== 200) this.failures.push(`GetItem: ${JSON.stringify(answer)}`)
    const item = answer.body['Item'] as Item | undefined
    const isShown = JSON.stringify(item?.['w']) === JSON.stringify({ S: request.id })
    if (isShown) store.showed(request, change)
  }

  /** Sends one change of the tables and notes what came of it. */
  async changeTable(change: TableChange, operation: string, body: object): Promise<void> {
    const { store } = this.#options
    store.beginTableChange(change)
    const answer = await this.#call(operation, body)
    if (answer === undefined) return
    if (answer.status === 200) store.acknowledgeTableChange(change)
    else {
      const meaning = this.#internalError(answer)
      if (meaning !== 'unknown') store.refuseTableChange(change)
      if (meaning !== undefined) return
      this.failures.push(`${operation} ${JSON.stringify(body)}: ${JSON.stringify(answer)}`)
    }
  }

  /** A table that was there before the last crash is deleted first. */
  async #createAndDeleteTable(): Promise<void> {
    const { store, random, chooser } = this.#options
    const space = random.pick(passingTables)
    const { definition } = space
    const { name } = definition
    if (!store.has(name)) {
      await this.changeTable(
        { kind: 'CreateTable', definition },
        'CreateTable',
        creationOf(definition),
      )
      if (this.#stopped || !store.has(name)) return
      await Promise.all(batchesOf(space).map((keys) => this.send(chooser.batchOf(space, keys))))
    }
    await this.#pause(30)
    // It may stay until another turn, or until after the next crash.
    if (this.#stopped || random.chance(0.2)) return
    // Writes of a table that is going away are refused, or are gone with it.
    const puts = Array.from({ length: 3 }, () => this.#putInto(space))
    await this.changeTable({ kind: 'DeleteTable', table: name }, 'DeleteTable', {
      TableName: name,
    })
    await Promise.all(puts)
  }

  async #putInto(space: KeySpace): Promise<void> {
    const put = this.#options.chooser.passingPut(space)
    if (put !== undefined) await this.send(put)
  }

  async #createAndDeleteIndex(): Promise<void> {
    const { store, random } = this.#options
    const table = archive.definition.name
    const kind = store.hasIndex(table, lateIndex.name) ? 'DeleteIndex' : 'CreateIndex'
    if (kind === 'CreateIndex' && !(await this.#indexIsGone())) return
    if (this.#stopped) return
    const change = { kind, table, index: lateIndex } as const
    await this.changeTable(change, 'UpdateTable', requestOf(change).body)
    if (kind === 'CreateIndex' && store.hasIndex(table, lateIndex.name)) this.#noteIndexCreated()
    // Now and then it is deleted before its backfill has ended.
    await this.#pause(random.chance(0.5) ? 20 : 200)
  }

  async #indexIsGone(): Promise<boolean> {
    const { client } = this.#options
    const description = await describeTable(client, archive.definition.name).catch(() => undefined)
    if (description === undefined) this.#stopped = true
    const isGone = (description?.GlobalSecondaryIndexes ?? []).length === 0
    if (!isGone) await this.#pause(10)
    return isGone
  }

  /** For up to `longestMs`. */
  async #pause(longestMs: number): Promise<void> {
    const ms = this.#options.random.below(longestMs)
    await new Promise((resolve) => setTimeout(resolve, ms))
  }
}

/** The place in the store that a write of a batch is about. */
function placeOf(table: string, write: WrittenPart): string {
  const { pk, sk } = write.PutRequest?.Item ?? write.DeleteRequest?.Key ?? write.Key ?? {}
  return JSON.stringify([table, pk, sk])
}

interface WrittenPart {
  readonly PutRequest?: { readonly Item: Item }
  readonly DeleteRequest?: { readonly Key: Item }
  readonly Key?: Item
}

const batchSize = 25

/** All keys of a space, in as many parts as there are batches. */
export function batchesOf(space: KeySpace): Item[][] {
  const keys = Array.from({ length: space.size }, (_, position) => space.keyAt(position))
  const count = Math.ceil(keys.length / batchSize)
  return Array.from({ length: count }, (_, i) => keys.slice(i * batchSize, (i + 1) * batchSize))
}
