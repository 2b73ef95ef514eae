import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTableBody } from '../model/requests.ts'
import { call, checkedDirectory, perform, type DynatomProcess } from '../server/dynatomProcess.ts'
import { archive, lastingTables } from './crashTables.ts'
import { ExpectedStore, type Settlement } from './expectedStore.ts'
import {
  expectCleanCheck,
  killDuringShutdown,
  killDuringStart,
  startServer,
  within,
} from './killedServer.ts'
import { RequestChooser } from './requestChooser.ts'
import { SeededRandom } from './seededRandom.ts'
import { describeTable, readStore } from './storeContents.ts'
import { batchesOf, errorName, WriteLoad } from './writeLoad.ts'
import type { WriteRequest } from './writeRequest.ts'

const cycles = Number(process.env['DYNATOM_CYCLES'] ?? 100)
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** A token lasts ten minutes after its transaction; older ones are not replayed. */
const tokenLifetimeMs = 8 * 60_000

/** A transaction that was acknowledged and when. */
interface BoundToken {
  readonly request: WriteRequest
  readonly boundAtMs: number
}

/** Counts over all cycles; printed at the end. */
const figures = {
  cycles: 0,
  'killed at once': 0,
  'killed while shutting down': 0,
  'killed while starting': 0,
  'of these before they were ready': 0,
  'checks between kill and restart': 0,
  'acknowledged writes': 0,
  'acknowledged transactions': 0,
  'kills with writes under way': 0,
  'writes never answered': 0,
  'of these there afterwards': 0,
  'of these absent afterwards': 0,
  'cycles with an unanswered write there': 0,
  'cycles with an unanswered write absent': 0,
  'backfills interrupted': 0,
  'tokens replayed': 0,
  'unanswered transactions sent again': 0,
}

/** One store through many lives of its server. */
class Lives {
  readonly #directory = checkedDirectory()
  readonly #random = new SeededRandom(seed)
  readonly #store = new ExpectedStore()
  readonly #tokens: BoundToken[] = []
  #requests = 0
  #round = 0
  #server!: DynatomProcess
  #endpoint = ''
  #chooser!: RequestChooser
  #load!: WriteLoad

  async create(): Promise<void> {
    await this.#start()
    for (const definition of lastingTables) {
      const change = { kind: 'CreateTable', definition } as const
      this.#store.beginTableChange(change)
      await perform(this.#endpoint, 'CreateTable', createTableBody(definition))
      this.#store.acknowledgeTableChange(change)
    }
    for (const keys of batchesOf(archive)) {
      await this.#load.send(this.#chooser.batchOf(archive, keys))
    }
    expect(this.#load.failures).toEqual([])
  }

  /** Writes for a while, kills the server and has a new one prove what it kept. */
  async cycle(): Promise<void> {
    figures.cycles += 1
    this.#load.start()
    const forgotten = this.#chooser.forgetCounters(this.#round - 3)
    if (forgotten !== undefined) void this.#load.send(forgotten)
    await pause(this.#random.between(60, 350))
    await this.#kill()
    if (this.#random.chance(0.25)) await this.#killStarts()
    if (this.#random.chance(0.25)) {
      figures['checks between kill and restart'] += 1
      await expectCleanCheck(this.#directory)
    }
    this.#round += 1
    await this.#start()
    await this.#verify()
  }

  /** Lets everything in the background end and looks once more. */
  async end(): Promise<void> {
    await within('the work in the background', this.#settled())
    this.#expectNoProblems(this.#store.settle(await readStore(this.#endpoint)))
    const { code, stderr } = await within('the end', this.#server.kill('SIGTERM'))
    expect([code, stderr]).toEqual([0, ''])
  }

  async #start(): Promise<void> {
    const { server, endpoint } = await startServer(this.#directory)
    this.#server = server
    this.#endpoint = endpoint
    this.#load = this.#newLoad()
  }

  #newLoad(): WriteLoad {
    const [store, random, endpoint] = [this.#store, this.#random, this.#endpoint]
    const nextId = (): string => `w${(this.#requests += 1)}`
    this.#chooser = new RequestChooser(store, { random, nextId, round: this.#round })
    return new WriteLoad({ endpoint, store, chooser: this.#chooser, random })
  }

  async #kill(): Promise<void> {
    if (this.#random.chance(0.2)) {
      figures['killed while shutting down'] += 1
      this.#load.expectEnd()
      await killDuringShutdown(this.#server, this.#random)
    } else {
      figures['killed at once'] += 1
      this.#load.stop()
      if (this.#store.outstanding.size > 0) figures['kills with writes under way'] += 1
      const { stderr } = await this.#server.kill('SIGKILL')
      expect(stderr).toBe('')
    }
    await within('the load', this.#load.ended())
    expect(this.#load.failures).toEqual([])
    figures['acknowledged writes'] += this.#load.acknowledged
    figures['acknowledged transactions'] += this.#load.acknowledgedTransactions
    figures['writes never answered'] += this.#store.outstanding.size
    const boundAtMs = Date.now()
    this.#tokens.push(...this.#load.replayable.map((request) => ({ request, boundAtMs })))
  }

  /** Once or several times: what a start has begun, the next one has to go on with. */
  async #killStarts(): Promise<void> {
    do {
      figures['killed while starting'] += 1
      const wasReady = await killDuringStart(this.#directory, this.#random.between(20, 220))
      if (!wasReady) figures['of these before they were ready'] += 1
    } while (this.#random.chance(0.4))
  }

  async #verify(): Promise<void> {
    const table = archive.definition.name
    const { GlobalSecondaryIndexes = [] } = await describeTable(this.#endpoint, table)
    const status = GlobalSecondaryIndexes[0]?.IndexStatus
    if (status === 'CREATING') figures['backfills interrupted'] += 1
    // Otherwise the interrupted work goes on under the next load.
    if (this.#random.chance(0.5)) await within('a backfill', this.#settled())
    await this.#replayTokens()
    const unanswered = [...this.#store.outstanding].filter(({ token }) => token !== undefined)
    const settlement = this.#store.settle(await within('reading', readStore(this.#endpoint)))
    this.#expectNoProblems(settlement)
    const { present, absent } = settlement
    figures['of these there afterwards'] += present.length
    figures['of these absent afterwards'] += absent.length
    if (present.length > 0) figures['cycles with an unanswered write there'] += 1
    if (absent.length > 0) figures['cycles with an unanswered write absent'] += 1
    for (const request of unanswered) await this.#sendAgain(request, present.includes(request))
  }

  async #settled(): Promise<void> {
    for (;;) {
      const description = await describeTable(this.#endpoint, archive.definition.name)
      if (description.TableStatus === 'ACTIVE') return
      await pause(5)
    }
  }

  #expectNoProblems({ problems }: Settlement): void {
    if (problems.length === 0) return
    const shown = problems.slice(0, 20).join('\n')
    throw new Error(`cycle ${this.#round}: ${problems.length} problems\n${shown}`)
  }

  /** Everything is compared afterwards, and would show a transaction that was applied again. */
  async #replayTokens(): Promise<void> {
    const valid = this.#tokens.filter(({ boundAtMs }) => Date.now() - boundAtMs < tokenLifetimeMs)
    this.#tokens.splice(0, this.#tokens.length, ...valid)
    const chosen = new Set(valid.slice(-3))
    for (let i = 0; i < 3 && valid.length > 0; i++) chosen.add(this.#random.pick(valid))
    for (const { request } of chosen) {
      figures['tokens replayed'] += 1
      await this.#expectReplay(request)
      await this.#expectMismatch(request)
    }
  }

  async #expectReplay({ id, body }: WriteRequest): Promise<void> {
    const request = { ...body, ReturnConsumedCapacity: 'TOTAL' }
    const answer = await call(this.#endpoint, 'TransactWriteItems', request)
    const capacity = JSON.stringify(answer.body['ConsumedCapacity'])
    // A replay is charged as reads.
    const isReplay = /"ReadCapacityUnits"/.test(capacity) && !/"WriteCapacityUnits"/.test(capacity)
    expect([id, answer.status, isReplay]).toEqual([id, 200, true])
  }

  async #expectMismatch({ id, body }: WriteRequest): Promise<void> {
    const { TransactItems: items } = body as { readonly TransactItems: readonly object[] }
    const key = { pk: { S: `never ${id}` } }
    const another = { Put: { TableName: 'Ledger', Item: key } }
    const request = { ...body, TransactItems: [...items, another] }
    const answer = await call(this.#endpoint, 'TransactWriteItems', request)
    expect([id, errorName(answer)]).toEqual([id, 'IdempotentParameterMismatchException'])
  }

  /** A client that got no answer sends its transaction again: in the end it is applied once. */
  async #sendAgain(request: WriteRequest, wasApplied: boolean): Promise<void> {
    figures['unanswered transactions sent again'] += 1
    if (wasApplied) {
      await this.#expectReplay(request)
      this.#tokens.push({ request, boundAtMs: Date.now() })
      return
    }
    await this.#load.send(request)
    expect(this.#load.failures).toEqual([])
  }
}

test(`every acknowledged write survives ${cycles} kills, and transactions stay whole`, async () => {
  console.log(`kill cycles: --cycles ${cycles} --seed ${seed}`)
  const started = performance.now()
  const lives = new Lives()
  await lives.create()
  for (let i = 0; i < cycles; i++) await lives.cycle()
  await lives.end()
  for (const [name, count] of Object.entries(figures)) console.log(`  ${name}: ${count}`)
  console.log(`  seconds: ${((performance.now() - started) / 1000).toFixed(1)}`)
  // Otherwise the kills did not meet what they are for.
  expectAtLeast(0.9 * figures['killed at once'], 'kills with writes under way')
  expectAtLeast(0.05 * cycles, 'cycles with an unanswered write there')
  expectAtLeast(0.5 * cycles, 'cycles with an unanswered write absent')
  expectAtLeast(0.05 * cycles, 'backfills interrupted')
  expectAtLeast(0.05 * cycles, 'of these before they were ready')
})

function expectAtLeast(least: number, name: keyof typeof figures): void {
  expect([name, figures[name]]).toEqual([name, Math.max(figures[name], Math.floor(least))])
}
