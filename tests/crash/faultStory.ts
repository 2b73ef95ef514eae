import { composeDatabase, type Database } from '../../packages/server/src/cli/createDatabase.ts'
import { defaultServerLimits } from '../../packages/server/src/http/serverLimits.ts'
import type { Entry } from '../../packages/server/src/storage/engine.ts'
import { MemoryEngine } from '../../packages/server/src/storage/memory/memoryEngine.ts'
import { checkStore } from '../../packages/server/src/check/checkStore.ts'
import { droppedTableRange } from '../../packages/server/src/layout/storeKeys.ts'
import { FaultyEngine } from '../../packages/server/src/testing/faultyEngine.ts'
import { ManualClock } from '../../packages/server/src/testing/manualClock.ts'
import type { Item } from '../model/attributes.ts'
import { requestOf } from '../model/requests.ts'
import { type Answer, Client, errorName } from '../means/httpClient.ts'
import { requestHeaders } from '../../packages/server/src/testing/rawExchange.ts'
import {
  creationOf,
  archive,
  lateIndex,
  ledger,
  orders,
  passingTables,
  type KeySpace,
} from './crashTables.ts'
import type { Faults } from './faults.ts'
import { describeTable } from './storeContents.ts'
import { batchesOf, type WriteLoad } from './writeLoad.ts'
import { StoreUnderLoad } from './storeUnderLoad.ts'
import { within } from './within.ts'

const fewOrders: KeySpace = { ...orders, size: 16 }
const fewEntries: KeySpace = { ...ledger, size: 12 }
/** More than one step of a backfill. */
const manyFiles: KeySpace = { ...archive, size: 225 }
const passing: KeySpace = { ...(passingTables[0] as KeySpace), size: 30 }
const spaces = [fewOrders, fewOrders, fewEntries, manyFiles]
const seed = 7
/** A promise that takes longer is left pending. */
const waitMs = 5000

/** The entries of a store with the lasting tables and their first items. */
export async function firstEntries(): Promise<readonly Entry[]> {
  const store = new MemoryEngine()
  const database = await composeDatabase(store, {}, defaultServerLimits)
  await new StoreUnderLoad(seed).populate(clientOf(database), manyFiles)
  const snapshot = store.snapshot()
  const entries = [...snapshot.range({ start: Buffer.from([0]), end: Buffer.from([255]) })]
  await database.close()
  return entries
}

export interface FaultVariant {
  /** Whether the engine gives values or promises. */
  readonly answers: 'at once' | 'later'
  /** What comes half-way: a new start, or time for what is done in the background. */
  readonly middle: 'reopen' | 'rest'
}

/** What a story tells. */
export interface Told {
  /** Requests that got InternalServerError. */
  readonly refused: number
  /** Batches of which something came back as UnprocessedItems. */
  readonly givenBack: number
  readonly failedStarts: number
  /** Failures of work in the background that the database told of. */
  readonly toldFailures: number
  /**
   * Transactions that were found done by their tokens, beside which something failed: where the
   * store answers later, their items are looked at before it is known that nobody needs them.
   */
  readonly needless: number
  /** What must not be. */
  readonly problems: readonly string[]
}

/**
 * The same mixed requests on a database whose engine fails at some of its calls: the requests that
 * met a failure get InternalServerError, and everything else is as if nothing had happened.
 */
export class FaultStory {
  readonly #memory = new MemoryEngine()
  readonly #faults: Faults
  readonly #answers: FaultVariant['answers']
  readonly #middle: FaultVariant['middle']
  readonly #clock = new ManualClock()
  readonly #store = new StoreUnderLoad(seed)
  readonly #problems: string[] = []
  readonly #engines: FaultyEngine[] = []
  readonly #loads: WriteLoad[] = []
  #refused = 0
  #toldFailures = 0
  #needless = 0
  #database!: Database
  #client!: Client
  #load!: WriteLoad

  constructor(faults: Faults, { answers, middle }: FaultVariant) {
    this.#faults = faults
    this.#answers = answers
    this.#middle = middle
  }

  /** REQUIRES: `entries` are those of {@link firstEntries}. */
  async tell(entries: readonly Entry[]): Promise<Told> {
    await this.#memory.commit([], entries)
    const yes = new Client(async () => ({ status: 200, body: {} }))
    await this.#store.populate(yes, manyFiles)
    await this.#open()
    await this.#writeAndRead()
    await this.#changeTables('CreateTable', 'CreateIndex')
    await this.#writeAndRead()
    await (this.#middle === 'reopen' ? this.#reopen() : this.#rest())
    await this.#changeTables('DeleteTable', 'DeleteIndex')
    await this.#writeAndRead()
    await this.#replayTokens()
    await this.#rest()
    await this.#settle()
    await this.#faults.suspend(() => this.#expectNothingHeld())
    await this.#close()
    await this.#expectSound()
    return {
      refused: this.#refused,
      givenBack: this.#loads.reduce((sum, { givenBack }) => sum + givenBack, 0),
      failedStarts: this.#engines.length - this.#loads.length,
      toldFailures: this.#toldFailures,
      needless: this.#needless,
      problems: this.#problems,
    }
  }

  async #open(): Promise<void> {
    const engine = new FaultyEngine({
      store: this.#memory,
      answers: this.#answers,
      commitsLater: true,
      meet: (call) => this.#faults.meet(call),
    })
    this.#engines.push(engine)
    try {
      const onBackgroundWork = ({ kind }: { kind: string }): void => {
        if (kind === 'failed') this.#toldFailures += 1
      }
      const options = { clock: this.#clock, onBackgroundWork }
      this.#database = await composeDatabase(engine, options, defaultServerLimits)
    } catch (error) {
      await engine.close().catch(() => undefined)
      if (this.#faults.failed.length === 0) throw error
      return this.#open()
    }
    this.#client = this.#countingClient()
    this.#load = this.#store.newLoad(this.#client, {
      spaces,
      mostWrites: 6,
      // Of a request whose commit failed nothing may be there. When something was read after the
      // commit, and that failed, it may.
      onInternalError: () =>
        this.#faults.failed.every((call) => call === 'commit') ? 'refused' : 'unknown',
    })
    this.#loads.push(this.#load)
    return undefined
  }

  /** Notes answers that no request may get, and requests that get none. */
  #countingClient(): Client {
    const client = clientOf(this.#database)
    return new Client(async (operation, request) => {
      const answer = await within(operation, client.call(operation, request), waitMs)
      if (answer.status !== 500) return answer
      this.#refused += 1
      const isFault = this.#faults.failed.length > 0 && errorName(answer) === 'InternalServerError'
      if (!isFault) this.#problems.push(`${operation}: ${JSON.stringify(answer)}`)
      return answer
    })
  }

  /** Asks again when a fault was met. */
  readonly #patient = new Client(async (operation, request) => {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#client.call(operation, request)
      if (answer.status !== 500 || attempt === 20) return answer
    }
  })

  async #writeAndRead(): Promise<void> {
    const { chooser } = this.#load
    for (let group = 0; group < 4; group++) {
      const writes = Array.from({ length: 5 }, () => this.#load.send(chooser.next()))
      await Promise.all([...writes, this.#read(group)])
    }
    this.#problems.push(...this.#load.failures.splice(0))
  }

  /** Reads while writes are under way. */
  async #read(turn: number): Promise<void> {
    const reads = readRequests(turn)
    for (const [operation, request] of reads) {
      const answer = await this.#client.call(operation, request)
      const isExpected =
        answer.status === 200 || answer.status === 500 || isConflict(answer, operation)
      if (!isExpected) this.#problems.push(`${operation}: ${JSON.stringify(answer)}`)
    }
  }

  async #changeTables(
    table: 'CreateTable' | 'DeleteTable',
    index: 'CreateIndex' | 'DeleteIndex',
  ): Promise<void> {
    const load = this.#load
    const { definition } = passing
    const { name } = definition
    if (table === 'CreateTable') {
      await load.changeTable({ kind: table, definition }, table, creationOf(definition))
    } else if (this.#store.expected.has(name)) {
      await load.changeTable({ kind: table, table: name }, table, { TableName: name })
    }
    const change = { kind: index, table: archive.definition.name, index: lateIndex } as const
    if (index === 'CreateIndex' || this.#store.expected.hasIndex(change.table, lateIndex.name)) {
      await load.changeTable(change, 'UpdateTable', requestOf(change).body)
    }
    if (!this.#store.expected.has(name)) return
    await Promise.all(
      batchesOf(passing).map((keys) => load.send(load.chooser.batchOf(passing, keys))),
    )
  }

  async #settle(): Promise<void> {
    await this.#faults.suspend(() => this.#store.settle(this.#client))
  }

  async #reopen(): Promise<void> {
    await this.#close()
    await this.#open()
    await this.#settle()
  }

  /** Closing ends, whatever happens. */
  async #close(): Promise<void> {
    const failures = this.#faults.failed.length
    await within('close', this.#database.close(), waitMs).catch((error: unknown) => {
      if (this.#faults.failed.length === failures) throw error
    })
  }

  /** Tokens of acknowledged transactions are bound. */
  async #replayTokens(): Promise<void> {
    for (const { body } of this.#load.replayable) {
      const [refused, failed] = [this.#refused, this.#faults.failed.length]
      const { status, body: told } = await this.#patient.call('TransactWriteItems', body)
      if (this.#faults.failed.length > failed && this.#refused === refused) this.#needless += 1
      if (status !== 200) this.#problems.push(`a token was forgotten: ${JSON.stringify(told)}`)
    }
  }

  /** Waits until nothing is left to be done in the background. */
  async #rest(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      // Work that met a failure is tried again after a while.
      this.#clock.advance(1000)
      for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
      const { TableStatus } = await describeTable(this.#patient, archive.definition.name)
      if (TableStatus === 'ACTIVE' && !this.#isRemoving()) return
    }
    this.#problems.push('the work in the background does not end')
  }

  #isRemoving(): boolean {
    return [...this.#memory.snapshot().range(droppedTableRange)].length > 0
  }

  /** Every item can be written and read by a transaction. */
  async #expectNothingHeld(): Promise<void> {
    for (const { definition, size, keyAt } of [fewOrders, fewEntries, manyFiles]) {
      for (let from = 0; from < size; from += 100) {
        const count = Math.min(100, size - from)
        const keys = Array.from({ length: count }, (_, i) => keyAt(from + i))
        const at = keys.map((Key) => ({ TableName: definition.name, Key }))
        const gets = { TransactItems: at.map((Get) => ({ Get })) }
        const test = { ConditionExpression: 'attribute_not_exists(nothing)' }
        const checks = { TransactItems: at.map((key) => ({ ConditionCheck: { ...key, ...test } })) }
        await this.#expectDone('TransactGetItems', gets)
        await this.#expectDone('TransactWriteItems', checks)
      }
    }
  }

  async #expectDone(operation: string, request: object): Promise<void> {
    const answer = await this.#patient.call(operation, request)
    if (answer.status !== 200) this.#problems.push(`held: ${JSON.stringify(answer)}`)
  }

  async #expectSound(): Promise<void> {
    const findings = await checkStore(this.#memory)
    this.#problems.push(...findings.map(({ kind, key, detail }) => `${kind} ${key}: ${detail}`))
    const open = this.#engines.reduce((sum, { openSnapshots }) => sum + openSnapshots, 0)
    if (open > 0) this.#problems.push(`${open} snapshots were left open`)
  }
}

function clientOf(database: Database): Client {
  const { requestHandler } = database.clientConfig()
  return new Client(async (operation, request): Promise<Answer> => {
    const headers = requestHeaders(operation)
    const body = JSON.stringify(request)
    const { response } = await requestHandler.handle({ method: 'POST', path: '/', headers, body })
    const text = Buffer.from(response.body).toString('utf8')
    return { status: response.statusCode, body: JSON.parse(text) as Answer['body'] }
  })
}

/** A read of items that are being written may be cancelled. */
const isConflict = (answer: Answer, operation: string): boolean =>
  operation === 'TransactGetItems' && errorName(answer) === 'TransactionCanceledException'

function readRequests(turn: number): (readonly [string, object])[] {
  const name = orders.definition.name
  const key = (position: number): Item => fewOrders.keyAt((turn * 4 + position) % fewOrders.size)
  const keys = [key(0), key(1), key(2)]
  const pk = { ':pk': (key(0) as { pk: object }).pk }
  const query = { TableName: name, KeyConditionExpression: 'pk = :pk' }
  const values = { ExpressionAttributeValues: pk }
  const rest: (readonly (readonly [string, object])[])[] = [
    [
      ['GetItem', { TableName: name, Key: key(0) }],
      ['BatchGetItem', { RequestItems: { [name]: { Keys: keys } } }],
    ],
    [
      ['Query', { ...query, ...values, ScanIndexForward: false }],
      ['Query', { ...query, ...values, IndexName: 'byState', Limit: 2 }],
    ],
    [
      [
        'TransactGetItems',
        { TransactItems: keys.map((Key) => ({ Get: { TableName: name, Key } })) },
      ],
      ['DescribeTable', { TableName: name }],
    ],
    [
      ['Scan', { TableName: name, IndexName: 'states' }],
      ['Scan', { TableName: name, Segment: 1, TotalSegments: 3 }],
    ],
  ]
  return [...(rest[turn] ?? [])]
}
