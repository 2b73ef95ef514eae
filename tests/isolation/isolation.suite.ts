import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { builtMain } from '../means/commandProcess.mjs'
import { checkHistory, printFindings } from './checkHistory.ts'
import { failureReport } from './failureReport.ts'
import { runIsolation, type IsolationResult } from './runIsolation.ts'
import { loadHistory } from './savedHistory.ts'

/**
 * `npm run test:isolation`: concurrent AWS clients against the built server; what they saw is checked
 * for strict serializability.
 *
 * --seconds N     how long the clients are at work on disk, and a sixth of it more in memory (30)
 * --seed N        what they choose to do (another one each time)
 * --clients N     how many there are (16)
 * --history PATH  checks a saved history, and nothing else
 */

const setting = (name: string): string | undefined => process.env[`DYNATOM_${name}`]

const seconds = Number(setting('SECONDS') ?? 30)
const seed = Number(setting('SEED') ?? Math.floor(Math.random() * 2 ** 31))
const clients = Number(setting('CLIENTS') ?? 16)
const savedHistory = setting('HISTORY')
/** The configuration without durability has a smaller part of the time. */
const inMemoryPart = 1 / 6

function mustBeClean(result: IsolationResult, dataDirectory?: string): void {
  const report = failureReport(result, { seconds, seed, clients, dataDirectory })
  if (report !== undefined) expect.fail(report)
}

/** A run in which the clients did not meet, or nothing failed, has shown nothing. */
function mustHaveMet(
  { figures }: IsolationResult,
  runSeconds: number,
  meetings: Readonly<Record<string, number>>,
): void {
  const seen = {
    ...meetings,
    'condition of a transaction': figures.countOf(
      'TransactionCanceledException: ConditionalCheckFailed',
    ),
    'condition of a single write': figures.countOf('ConditionalCheckFailedException'),
    'unknown outcome': figures.outcomes.unknown,
  }
  for (const [what, count] of Object.entries(seen)) {
    expect(count, `how often: ${what}`).toBeGreaterThanOrEqual(
      Math.max(1, Math.floor(runSeconds / 10)),
    )
  }
}

/** How often single writes, and transactions, were refused for a transaction that was under way. */
const refusalsOf = ({ figures }: IsolationResult): readonly [number, number] => [
  figures.countOf('TransactionConflictException'),
  figures.countOf('TransactionCanceledException: TransactionConflict'),
]

function checkSaved(path: string): void {
  const findings = checkHistory(loadHistory(path))
  if (findings.length > 0) expect.fail(printFindings(findings))
}

async function runDurable(): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-isolation-'))
  const options = { main: builtMain, seconds, seed, clients, kills: true, dataDirectory }
  const result = await runIsolation(options)
  console.log(`seed ${seed}, durable: ${result.figures.summary()}`)
  mustBeClean(result, dataDirectory)
  rmSync(dataDirectory, { recursive: true, force: true })
  const [singles, transactions] = refusalsOf(result)
  mustHaveMet(result, seconds, {
    'single write met transaction': singles,
    'transaction met transaction': transactions,
  })
  if (seconds >= 20) expect(result.figures.kills, 'kills').toBeGreaterThan(0)
}

async function runInMemory(): Promise<void> {
  const options = { main: builtMain, seed, clients, kills: false, inMemory: true }
  const inMemorySeconds = seconds * inMemoryPart
  const result = await runIsolation({ ...options, seconds: inMemorySeconds })
  console.log(`seed ${seed}, in memory: ${result.figures.summary()}`)
  mustBeClean(result)
  const [singles, transactions] = refusalsOf(result)
  // In so short a time without flushes, single writes meet a transaction so seldom that none may.
  mustHaveMet(result, inMemorySeconds, { 'write met transaction': singles + transactions })
}

if (savedHistory === undefined) {
  test('durable, killed every few seconds', runDurable)
  test('in memory', runInMemory)
} else {
  test('a saved history', () => checkSaved(savedHistory))
}
