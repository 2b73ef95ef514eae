import { ExpectedStore } from '../crash/expectedStore.ts'
import { type Answer, Client, HttpCaller } from '../means/httpClient.ts'
import { readTable } from '../crash/storeContents.ts'
import type { WriteRequest } from '../crash/writeRequest.ts'
import type { Defects } from '../isolation/defects.ts'
import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import type { ServerUnderTest } from '../isolation/serverUnderTest.ts'
import { isDeepStrictEqual } from 'node:util'
import { createTableBody } from '../model/requests.ts'
import { Gate } from './gate.ts'
import { queryPage, ScanWalk, type PageRequest } from './standingReads.ts'
import { defaultKeyCount, keyAt, standingTable } from './standingTable.ts'
import { StandingWrites } from './standingWrites.ts'

export interface StandingLoadOptions {
  readonly server: Pick<ServerUnderTest, 'ready' | 'endpoint' | 'life'>
  readonly defects: Defects
  readonly random: SeededRandom
  readonly writers: number
  readonly readers: number
  /** {@link defaultKeyCount} when absent. */
  readonly keyCount?: number
  readonly answered: (operation: string, milliseconds: number) => void
}

export interface StandingFigures {
  writes: number
  /** Writes that a kill left without an answer. */
  unanswered: number
  pages: number
  /** Single items that were read and had to be what was acknowledged. */
  comparedReads: number
  verifications: number
  /** Items and index entries that verifications compared. */
  verified: number
}

const { name: table } = standingTable
const defect = 'standing data'
const mostProblems = 10

/** Clients of the table that lives through all epochs, and what it has to hold. */
export class StandingLoad {
  readonly #options: StandingLoadOptions
  readonly #expected = new ExpectedStore()
  readonly #writes: StandingWrites
  readonly #keyCount: number
  readonly #caller = new HttpCaller()
  readonly #gate = new Gate()
  #clients: Promise<void>[] = []
  #isOver = false
  readonly figures: StandingFigures = {
    writes: 0,
    unanswered: 0,
    pages: 0,
    comparedReads: 0,
    verifications: 0,
    verified: 0,
  }

  constructor(options: StandingLoadOptions) {
    this.#options = options
    this.#keyCount = options.keyCount ?? defaultKeyCount
    this.#writes = new StandingWrites(this.#expected, options.random, this.#keyCount)
  }

  /** Fills the table and starts the clients. */
  async begin(): Promise<void> {
    const created = await this.#call('CreateTable', createTableBody(standingTable))
    if (created?.status !== 200) throw new Error(`no standing table: ${JSON.stringify(created)}`)
    this.#expected.acknowledgeTableChange({ kind: 'CreateTable', definition: standingTable })
    const { writers, readers } = this.#options
    await this.#fill(writers)
    for (let i = 0; i < writers; i++) this.#run(() => this.#write(this.#writes.next()))
    for (let i = 0; i < readers; i++) {
      const walk = new ScanWalk()
      this.#run(() => this.#read(walk))
    }
  }

  async #fill(writers: number): Promise<void> {
    const batches = this.#writes.filling()
    const fill = async (): Promise<void> => {
      for (const batch of batches) await this.#write(batch)
    }
    await Promise.all(Array.from({ length: writers }, fill))
  }

  /** Resolves when nothing is under way. */
  rest(): Promise<void> {
    return this.#gate.close()
  }

  resume(): void {
    this.#gate.open()
  }

  /** Compares everything with what was acknowledged. REQUIRES: at rest, and no kill is near. */
  async verify(): Promise<void> {
    try {
      await this.#compareAll()
    } catch (error) {
      this.#options.defects.add(defect, `cannot be read: ${String(error)}`)
    }
  }

  async #compareAll(): Promise<void> {
    const { server, defects } = this.#options
    await server.ready()
    const { endpoint } = server
    const client = new Client((name, body) => this.#caller.call(endpoint, name, body))
    const contents = await readTable(client, table)
    const { problems } = this.#expected.settle(new Map([[table, contents]]))
    for (const problem of problems.slice(0, mostProblems)) defects.add(defect, problem)
    if (problems.length > 0) defects.add(defect, `${problems.length} problems altogether`)
    this.figures.verifications += 1
    this.figures.verified += contents.items.size
    for (const { entries } of contents.indexes.values()) this.figures.verified += entries?.size ?? 0
  }

  /** Ends the clients. REQUIRES: at rest. */
  async end(): Promise<void> {
    this.#isOver = true
    this.#gate.open()
    await Promise.all(this.#clients)
    this.#caller.close()
  }

  #run(step: () => Promise<void>): void {
    const client = async (): Promise<void> => {
      while (!this.#isOver)
        await this.#gate.through(async () => (this.#isOver ? undefined : step()))
    }
    const guarded = client().catch((error: unknown) => {
      this.#options.defects.add(
        defect,
        error instanceof Error ? String(error.stack) : String(error),
      )
    })
    this.#clients.push(guarded)
  }

  async #write(request: WriteRequest): Promise<void> {
    this.#expected.begin(request)
    const { operation, id, body } = request
    const answer = await this.#call(operation, body)
    if (answer === undefined) {
      this.figures.unanswered += 1
      return
    }
    const left = Object.keys((answer.body['UnprocessedItems'] as object | undefined) ?? {})
    if (answer.status !== 200 || left.length > 0) {
      // Nobody else writes these items.
      this.#options.defects.add(defect, `${operation} ${id}: ${JSON.stringify(answer)}`)
      return
    }
    this.figures.writes += 1
    this.#expected.acknowledge(request)
  }

  async #read(walk: ScanWalk): Promise<void> {
    const { random } = this.#options
    const read = random.weighted<() => Promise<void>>([
      [40, () => this.#readItem()],
      [40, async () => void (await this.#readPage(queryPage(random)))],
      [20, () => this.#scanOn(walk)],
    ])
    await read()
  }

  /** A consistent read of an item that nobody is writing has to give what was acknowledged. */
  async #readItem(): Promise<void> {
    const key = keyAt(this.#options.random.below(this.#keyCount))
    const before = this.#expected.item(table, key)
    if (before === undefined) return
    const wasBusy = this.#expected.isBusy(table, key)
    const body = { TableName: table, Key: key, ConsistentRead: true }
    const answer = await this.#call('GetItem', body)
    if (answer === undefined) return
    // Every write makes another object.
    const isSame = this.#expected.item(table, key) === before
    if (wasBusy || !isSame || this.#expected.isBusy(table, key)) return
    this.figures.comparedReads += 1
    if (isDeepStrictEqual(answer.body['Item'], before)) return
    const wanted = JSON.stringify(before)
    this.#options.defects.add(defect, `GetItem gave ${JSON.stringify(answer)} instead of ${wanted}`)
  }

  async #scanOn(walk: ScanWalk): Promise<void> {
    const answer = await this.#readPage(walk.next())
    if (answer?.status === 200) walk.advance(answer.body['LastEvaluatedKey'] as object)
  }

  async #readPage({ operation, body, fault }: PageRequest): Promise<Answer | undefined> {
    const answer = await this.#call(operation, body)
    if (answer === undefined) return undefined
    this.figures.pages += 1
    const { status, body: page } = answer
    const found = status === 200 ? fault(page['Items'] as []) : JSON.stringify(page)
    const { defects } = this.#options
    if (found !== undefined) defects.add(defect, `${operation} ${JSON.stringify(body)}: ${found}`)
    return answer
  }

  /** Undefined when the server was killed before it answered. Throws when it ended by itself. */
  async #call(operation: string, body: object): Promise<Answer | undefined> {
    const { server, answered, defects } = this.#options
    await server.ready()
    const { life, endpoint } = server
    const sentMs = performance.now()
    try {
      const answer = await this.#caller.call(endpoint, operation, body)
      if (operation !== 'CreateTable') answered(operation, performance.now() - sentMs)
      return answer
    } catch (error) {
      await server.ready()
      if (server.life === life)
        defects.add(defect, `${operation} was not answered: ${String(error)}`)
      return undefined
    }
  }
}
