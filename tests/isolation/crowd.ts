import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { chainTable } from './chainTable.ts'
import { checkHistory, type Finding } from './checkHistory.ts'
import { Client, type Server } from './client.ts'
import { CrowdedItems, type Mix } from './crowdedItems.ts'
import { Defects, type Defect } from './defects.ts'
import { HistoryRecorder } from './historyRecorder.ts'
import { RunFigures } from './runFigures.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { ServerUnderTest } from './serverUnderTest.ts'

/** What a crowd needs to know, whatever it is that its clients ask. */
export interface RoundsOptions {
  readonly seed: number
  readonly mix: Mix
  readonly rounds: number
  /** Asked after each round with all that was found by then: true ends the run. */
  readonly isEnough: (findings: readonly Finding[]) => boolean
}

export interface CrowdOptions extends RoundsOptions {
  /** The path of the server's main.js. */
  readonly main: string
  /** More flags for the server. */
  readonly flags?: readonly string[]
  /** Kills the server in the middle of each round. */
  readonly kills: boolean
  /** Has `dynatom check` look at the data at the end. */
  readonly checksStore?: boolean
}

/** What the clients of a crowd ask. */
export interface CrowdTarget {
  serverOf(client: number): Server
  /** Done in the middle of each round, where something is. */
  restart?(): Promise<void>
  /** Done after the last round, where something is to be looked at. */
  examine?(defects: Defects): Promise<void>
}

export interface CrowdResult {
  readonly findings: readonly Finding[]
  readonly defects: readonly Defect[]
  readonly rounds: number
  readonly operations: number
}

const clientCount = 16
const stepsInARound = 12
const undisturbed = { timeOut: 0, reset: 0, withinMs: 0 }

/**
 * Many clients at very few items, in rounds: each has items of its own, and its history is checked when
 * everything has been read at its end. What the clients do is a number of requests and no time, so that
 * a busy machine finds as much as an idle one.
 */
export async function runCrowd(options: CrowdOptions): Promise<CrowdResult> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-crowd-'))
  const { main, flags = [], kills, checksStore = false } = options
  const server = new ServerUnderTest({ main, flags, dataDirectory })
  try {
    await server.start()
    return await runRounds(options, {
      serverOf: () => server,
      ...(kills && { restart: () => server.restart('SIGKILL') }),
      ...(checksStore && { examine: (defects: Defects) => stopAndCheck(server, defects) }),
    })
  } finally {
    await server.stop().catch(() => {})
    rmSync(dataDirectory, { recursive: true, force: true })
  }
}

/** Rounds of many clients, until enough was found. */
export async function runRounds(options: RoundsOptions, target: CrowdTarget): Promise<CrowdResult> {
  const { seed, mix, rounds, isEnough } = options
  const recorder = new HistoryRecorder(seed, 0)
  const reports = { figures: new RunFigures(), defects: new Defects() }
  const common = { recorder, reports, disturbances: undisturbed }
  const clients = Array.from({ length: clientCount + 1 }, (_, number) => {
    const random = new SeededRandom(seed, number)
    return new Client({ ...common, server: target.serverOf(number), number, random })
  })
  const reader = clients.pop() as Client
  const table = chainTable('crowd')
  try {
    await (await reader.sdk()).send(new CreateTableCommand(table))
    for (let round = 1; ; round++) {
      const items = new CrowdedItems('crowd', `${round}`, mix)
      await runRound(items, clients, target)
      await items.readAll(reader)
      const findings = checkHistory(recorder.history())
      if (round < rounds && !isEnough(findings)) continue
      await target.examine?.(reports.defects)
      const { kept: defects } = reports.defects
      return { findings, defects, rounds: round, operations: recorder.size }
    }
  } finally {
    for (const client of [...clients, reader]) client.close()
  }
}

/** All clients do their steps; when half of them are begun the target is restarted. */
async function runRound(
  items: CrowdedItems,
  clients: readonly Client[],
  target: CrowdTarget,
): Promise<void> {
  let begun = 0
  let restarted: Promise<void> | undefined
  const half = (clients.length * stepsInARound) / 2
  const work = clients.map(async (client) => {
    for (let step = 0; step < stepsInARound; step++) {
      begun += 1
      if (begun >= half) restarted ??= target.restart?.()
      await items.step(client)
    }
  })
  await Promise.all(work)
  await restarted
}

async function stopAndCheck(server: ServerUnderTest, defects: Defects): Promise<void> {
  await server.stop().catch((error: unknown) => defects.add('stop', String(error)))
  const complaint = await server.check()
  if (complaint !== undefined) defects.add('dynatom check', complaint)
}
