import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { temporaryDirectory, type DynatomProcess } from '../means/dynatomProcess.ts'
import { errorName, operationsUnderWay, type Client } from '../means/httpClient.ts'
import { hasUnorderedSets, makeDirectoryOlder } from '../means/olderDirectory.ts'
import { keepingEvidence } from './keptEvidence.ts'
import {
  expectCleanCheck,
  killDuringShutdown,
  killDuringStart,
  startServer,
} from './killedServer.ts'
import { leastAfterReady, StartKills } from './startKills.ts'
import { StoreUnderLoad, untilIndexesRest } from './storeUnderLoad.ts'
import { hasUnfinishedBackfill } from './unfinishedBackfill.ts'
import type { WriteLoad } from './writeLoad.ts'
import type { WriteRequest } from './writeRequest.ts'
import { within } from './within.ts'

const isWrite = (operation: string): boolean =>
  /^(PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems)$/.test(operation)

const cycles = Number(process.env['DYNATOM_CYCLES'] ?? 100)
const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** A token lasts ten minutes after its transaction; older ones are not replayed. */
const tokenLifetimeMs = 8 * 60_000

/** Every so many cycles starts are killed too. */
const startKillInterval = 4

/** Every so many cycles the kill comes as soon as the backfill of an index lies ahead. */
const backfillKillInterval = 5

/** Every so many cycles the store is made what an earlier version would have left. */
const olderStoreInterval = 3

/** Every so many cycles there is one client alone, whose writes the server itself waits for. */
const soleClientInterval = 6

/** Shards roll over while the load runs. */
const flags = ['--stream-shards', '2', '--stream-shard-hours', '0.001']

/** A transaction that was acknowledged and when. */
interface BoundToken {
  readonly request: WriteRequest
  readonly boundAtMs: number
}

/** Counts over all cycles; printed at the end. */
const figures = {
  cycles: 0,
  'with one client alone': 0,
  'killed at once': 0,
  'killed when a backfill began': 0,
  'killed while shutting down': 0,
  'killed while starting': 0,
  'of these before they were ready': 0,
  'of these after they were ready': 0,
  'checks between kill and restart': 0,
  'acknowledged writes': 0,
  'acknowledged transactions': 0,
  'kills with writes under way': 0,
  'backfills interrupted': 0,
  'stores of an earlier version': 0,
  'of these interrupted while sets were put in order': 0,
  'writes never answered': 0,
  'of these there afterwards': 0,
  'of these absent afterwards': 0,
  'cycles with an unanswered write there': 0,
  'cycles with an unanswered write absent': 0,
  'tokens replayed': 0,
  'unanswered transactions sent again': 0,
  'records of streams followed': 0,
}

/** One store through many lives of its server. */
class Lives {
  readonly directory: string = temporaryDirectory()
  readonly #store = new StoreUnderLoad(seed)
  readonly #random = this.#store.random
  readonly #startKills = new StartKills(this.#random)
  readonly #tokens: BoundToken[] = []
  #server!: DynatomProcess
  #client!: Client
  #load!: WriteLoad

  async create(): Promise<void> {
    await this.#start()
    await this.#store.populate(this.#client)
  }

  /** Writes for a while, kills the server and has a new one prove what it kept. */
  async cycle(): Promise<void> {
    figures.cycles += 1
    const isBackfillKilled = figures.cycles % backfillKillInterval === 0
    if (!isBackfillKilled && figures.cycles % soleClientInterval === 0) {
      figures['with one client alone'] += 1
      this.#load.startAlone()
    } else this.#load.start()
    if (isBackfillKilled) await this.#killBackfill()
    else {
      await pause(this.#random.between(60, 350))
      if (this.#random.chance(0.2)) await this.#killShutdown()
      else await this.#killAtOnce()
    }
    if (figures.cycles % startKillInterval === 0) await this.#killStarts()
    if (figures.cycles % olderStoreInterval === 0) await this.#makeOlder()
    if (this.#random.chance(0.25)) {
      figures['checks between kill and restart'] += 1
      await expectCleanCheck(this.directory)
    }
    await this.#start()
    await this.#verify()
  }

  /** Lets everything in the background end and looks once more. */
  async end(): Promise<void> {
    await untilIndexesRest(this.#client)
    await this.#store.settle(this.#client)
    const { code, stderr } = await within('the end', this.#server.kill('SIGTERM'))
    expect([code, stderr]).toEqual([0, ''])
    await expectCleanCheck(this.directory)
  }

  async #start(): Promise<void> {
    // With a small journal a kill also meets what moves into the store.
    const maxJournalBytes = this.#random.pick([undefined, 20_000, 100_000])
    const beganMs = performance.now()
    const { server, client } = await startServer(this.directory, { maxJournalBytes, flags })
    this.#startKills.remember(performance.now() - beganMs)
    this.#server = server
    this.#client = client
    this.#load = this.#store.newLoad(client)
  }

  async #killShutdown(): Promise<void> {
    figures['killed while shutting down'] += 1
    this.#load.expectEnd()
    await killDuringShutdown(this.#server, this.#random)
    await this.#endLoad()
  }

  async #killAtOnce(): Promise<void> {
    figures['killed at once'] += 1
    this.#load.stop()
    if (operationsUnderWay().some(isWrite)) figures['kills with writes under way'] += 1
    const { stderr } = await this.#server.kill('SIGKILL')
    expect(stderr).toBe('')
    // What a killed server left is proved before it is used again.
    expect(existsSync(join(this.directory, 'clean-stop'))).toBe(false)
    await this.#endLoad()
  }

  async #killBackfill(): Promise<void> {
    await within('the creation of an index', this.#load.indexCreated)
    figures['killed when a backfill began'] += 1
    await this.#killAtOnce()
    if (await hasUnfinishedBackfill(this.directory)) figures['backfills interrupted'] += 1
  }

  async #endLoad(): Promise<void> {
    await within('the load', this.#load.ended())
    this.#load.expectNoFailures()
    figures['acknowledged writes'] += this.#load.acknowledged
    figures['acknowledged transactions'] += this.#load.acknowledgedTransactions
    figures['writes never answered'] += this.#store.expected.outstanding.size
    const boundAtMs = Date.now()
    this.#tokens.push(...this.#load.replayable.map((request) => ({ request, boundAtMs })))
  }

  /** Once or several times: what a start has begun, the next one has to go on with. */
  async #killStarts(): Promise<void> {
    do {
      figures['killed while starting'] += 1
      const wasReady = await killDuringStart(this.directory, this.#startKills.next())
      figures[`of these ${wasReady ? 'after' : 'before'} they were ready`] += 1
    } while (this.#random.chance(0.4))
  }

  /** The next start has sets to put in order, and the one after it, if it is killed over it. */
  async #makeOlder(): Promise<void> {
    figures['stores of an earlier version'] += 1
    await makeDirectoryOlder(this.directory)
    await killDuringStart(this.directory, { delayAfterReadyMs: this.#random.below(30) })
    if (await hasUnorderedSets(this.directory)) {
      figures['of these interrupted while sets were put in order'] += 1
    }
  }

  async #verify(): Promise<void> {
    // Otherwise the interrupted work goes on under the next load.
    if (this.#random.chance(0.5)) await untilIndexesRest(this.#client)
    await this.#replayTokens()
    const { outstanding } = this.#store.expected
    const unanswered = [...outstanding].filter(({ token }) => token !== undefined)
    const { present, absent } = await this.#store.settle(this.#client)
    figures['records of streams followed'] = this.#store.recordsFollowed
    figures['of these there afterwards'] += present.length
    figures['of these absent afterwards'] += absent.length
    if (present.length > 0) figures['cycles with an unanswered write there'] += 1
    if (absent.length > 0) figures['cycles with an unanswered write absent'] += 1
    for (const request of unanswered) await this.#sendAgain(request, present.includes(request))
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
    const answer = await this.#client.call('TransactWriteItems', request)
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
    const answer = await this.#client.call('TransactWriteItems', request)
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
    this.#load.expectNoFailures()
  }
}

test(`every acknowledged write survives ${cycles} kills, and transactions stay whole`, async () => {
  console.log(`kill cycles: npm run test:crash -- --cycles ${cycles} --seed ${seed}`)
  const started = performance.now()
  const lives = new Lives()
  await keepingEvidence(lives.directory, async () => {
    await lives.create()
    for (let i = 0; i < cycles; i++) await lives.cycle()
    await lives.end()
  })
  for (const [name, count] of Object.entries(figures)) console.log(`  ${name}: ${count}`)
  console.log(`  seconds: ${((performance.now() - started) / 1000).toFixed(1)}`)
  // Otherwise the kills did not meet what they are for.
  expectAtLeast(0.9 * figures['killed at once'], 'kills with writes under way')
  expectAtLeast(0.05 * cycles, 'cycles with an unanswered write there')
  expectAtLeast(0.5 * cycles, 'cycles with an unanswered write absent')
  expectAtLeast(0.5 * figures['killed when a backfill began'], 'backfills interrupted')
  const older = figures['stores of an earlier version']
  expectAtLeast(0.2 * older, 'of these interrupted while sets were put in order')
  // Half of these kills come within the first 0.6 of a usual start, a sixth waits until it is over.
  expectAtLeast(0.05 * cycles, 'of these before they were ready')
  expectAtLeast(leastAfterReady(cycles / startKillInterval), 'of these after they were ready')
})

function expectAtLeast(least: number, name: keyof typeof figures): void {
  expect([name, figures[name]]).toEqual([name, Math.max(figures[name], Math.floor(least))])
}
