import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Ended } from '../means/commandProcess.mjs'
import type { DynatomProcess } from '../means/dynatomProcess.ts'
import type { Client } from '../means/httpClient.ts'
import { keepingEvidence } from './keptEvidence.ts'
import { expectCleanCheck, startServer } from './killedServer.ts'
import { fileSizeQuota, smallDisk, type ScarceSpace } from './scarceSpace.ts'
import { StoreUnderLoad, untilIndexesRest } from './storeUnderLoad.ts'
import type { WriteLoad } from './writeLoad.ts'
import { within } from './within.ts'

const seed = Number(process.env['DYNATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** How many writes have to be refused before we believe that the disk is full. */
const enoughRefusals = 30

const leftBytes = 1024 * 1024

/** How long work that has failed often waits for its next try. */
const longestRetryMs = 30_000

/** What a server may say when it is ready or has no space: lines of its own, and nothing else. */
const ownLines = [
  /^Dynatom \S+ is ready: /,
  /^AWS_ACCESS_KEY_ID=/,
  /^[-0-9]+T[:.0-9]+Z internal error in request [-0-9a-zA-Z]+: \S/,
  /^[-0-9]+T[:.0-9]+Z background work (failed|goes on): \S/,
]

const healthy = /^healthy: dynamodb\.[-a-z0-9]+\.amazonaws\.com $/
const failing = /^healthy: [^\n]+\nbackground work is failing: [0-9]+ jobs?, see the log\n$/

/** No library speaks, and the server does not give a stack away. */
function expectOwnLines({ stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): void {
  expect(stderr).toBe('')
  const lines = stdout.split('\n').slice(0, -1)
  expect(lines.filter((line) => !ownLines.some((own) => own.test(line)))).toEqual([])
}

/** A database whose space comes and goes. */
class CrampedDatabase {
  readonly #space: ScarceSpace
  readonly #maxJournalBytes: number | undefined
  readonly #store = new StoreUnderLoad(seed)
  #server!: DynatomProcess
  #client!: Client
  /** Keys of items that nobody else knows of. */
  readonly #unforgotten: object[] = []

  constructor(space: ScarceSpace, maxJournalBytes: number | undefined) {
    this.#space = space
    this.#maxJournalBytes = maxJournalBytes
  }

  async create(): Promise<void> {
    await this.start()
    await this.#store.populate(this.#client)
    await this.writesFreely()
  }

  /** What the store holds by then is right. */
  async start(): Promise<void> {
    const maxJournalBytes = this.#maxJournalBytes
    const { server, client } = await startServer(this.#space.directory, { maxJournalBytes })
    this.#server = server
    this.#client = client
    for (const pk of this.#unforgotten.splice(0)) {
      await client.perform('DeleteItem', { TableName: 'Ledger', Key: { pk } })
    }
    await this.#store.settle(client)
  }

  takeSpace(): void {
    this.#space.take(this.#server.child.pid as number, leftBytes)
  }

  giveSpaceBack(): void {
    this.#space.giveBack(this.#server.child.pid as number)
  }

  /** Every write succeeds; what the tables then hold is right. */
  async writesFreely(): Promise<void> {
    const load = this.#store.newLoad(this.#client)
    load.start()
    const acknowledgements = async (): Promise<void> => {
      while (load.acknowledged <= 20) await pause(50)
    }
    await within('writing', acknowledgements())
    await this.#stop(load)
    await untilIndexesRest(this.#client)
    await this.#store.settle(this.#client)
  }

  /** Writes until many are refused, and gives the clients, which go on. */
  async fillUp(): Promise<WriteLoad> {
    const load = this.#store.newLoad(this.#client, {
      largeShare: 0.5,
      onInternalError: () => 'refused',
    })
    load.start()
    const refusals = async (): Promise<void> => {
      while (load.refused + load.givenBack < enoughRefusals) await pause(5)
    }
    await within('filling the disk', refusals())
    return load
  }

  /** Clients are answered, nothing of a refused write is there, and everything can be read. */
  async readsAfter(load: WriteLoad): Promise<void> {
    await pause(200)
    await this.#stop(load)
    await this.#store.settle(this.#client)
    expect(this.#server.child.exitCode).toBeNull()
    expectOwnLines(this.#server)
  }

  /**
   * Health is good again, and whatever failed in the background goes on. What the journal has to
   * move when the disk is full depends on which of the two met the end of it first.
   */
  async tellsOfRecovery(): Promise<void> {
    await within('the good health', this.#untilHealthIs(healthy), 2 * longestRetryMs)
    const told = (what: string): number =>
      this.#server.stdout.split(` background work ${what}`).length
    if (told('failed: ') > 1) expect(told('goes on: ')).toBeGreaterThan(1)
  }

  async #untilHealthIs(text: RegExp): Promise<void> {
    const endpoint = await this.#server.endpoint()
    for (;;) {
      const response = await fetch(endpoint)
      expect(response.status).toBe(200)
      const told = await response.text()
      if (text.test(told)) return
      expect(told).toMatch(failing)
      await pause(20)
    }
  }

  async kill(signal: NodeJS.Signals, load: WriteLoad): Promise<number | null> {
    load.expectEnd()
    const ended = await within('the end', this.#server.kill(signal))
    await this.#stop(load)
    expectOwnLines(ended)
    return ended.code
  }

  /** A start without space: it serves reads, and a large write is refused. */
  async startsFull(): Promise<void> {
    const { directory } = this.#space
    const { server, client } = await startServer(directory, this.#space.fullFromTheStart())
    await this.#store.settle(client)
    const item = { pk: { S: 'too much' }, body: { S: 'x'.repeat(390_000) } }
    const statuses = new Set<number>()
    for (let i = 0; i < 40 && !statuses.has(500); i++) {
      const Item = { ...item, pk: { S: `too much ${i}` } }
      const { status } = await client.call('PutItem', { TableName: 'Ledger', Item })
      statuses.add(status)
      if (status === 200) statuses.add(await this.#forget(client, Item.pk))
    }
    expect(statuses).toContain(500)
    expectOwnLines(await server.kill('SIGKILL'))
  }

  /** The status; what is not deleted for want of space is so as soon as there is some. */
  async #forget(client: Client, pk: object): Promise<number> {
    const { status } = await client.call('DeleteItem', { TableName: 'Ledger', Key: { pk } })
    if (status !== 200) this.#unforgotten.push(pk)
    return status
  }

  async #stop(load: WriteLoad): Promise<void> {
    load.stop()
    await within('the load', load.ended())
    load.expectNoFailures()
  }

  async end(): Promise<void> {
    const ended = await within('the end', this.#server.kill('SIGTERM'))
    expect(ended.code).toBe(0)
    expectOwnLines(ended)
    await expectCleanCheck(this.#space.directory)
  }
}

async function liveThroughScarcity(database: CrampedDatabase): Promise<void> {
  await database.create()
  for (let round = 0; round < 2; round++) {
    database.takeSpace()
    const load = await database.fillUp()
    await database.readsAfter(load)
    console.log(`  ${load.acknowledged} writes acknowledged, ${load.refused} refused`)
    database.giveSpaceBack()
    await database.writesFreely()
    await database.tellsOfRecovery()
  }
  database.takeSpace()
  await database.kill('SIGKILL', await database.fillUp())
  await database.startsFull()
  database.giveSpaceBack()
  await database.start()
  await database.writesFreely()
  database.takeSpace()
  expect(await database.kill('SIGTERM', await database.fillUp())).toBe(0)
  database.giveSpaceBack()
  await database.start()
  await database.writesFreely()
  await database.end()
}

interface Kind {
  readonly kind: string
  readonly open: () => ScarceSpace | string
  readonly maxJournalBytes: number | undefined
}

/** With a small journal the store grows while clients write, otherwise the journal. */
const kinds: readonly Kind[] = [
  { kind: 'a file that may not grow', open: fileSizeQuota, maxJournalBytes: undefined },
  { kind: 'a small file system', open: smallDisk, maxJournalBytes: 100_000 },
]

describe.each(kinds)('$kind', ({ kind, open, maxJournalBytes }) => {
  test('refuses writes, loses nothing, and goes on when there is space again', async (context) => {
    const space = open()
    if (typeof space === 'string') {
      console.log(`disk full: not with ${kind}: ${space}`)
      context.skip(space)
    } else {
      console.log(`disk full, ${kind}: npm run test:crash -- --seed ${seed}`)
      const database = new CrampedDatabase(space, maxJournalBytes)
      await keepingEvidence(space.directory, () => liveThroughScarcity(database))
    }
  })
})
