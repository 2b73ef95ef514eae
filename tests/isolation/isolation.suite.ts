import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { builtMain } from '../means/commandProcess.mjs'
import { checkHistory, printFindings } from './checkHistory.ts'
import { failureReport } from './failureReport.ts'
import { runIsolation, type IsolationOptions, type IsolationResult } from './runIsolation.ts'
import { loadHistory } from './savedHistory.ts'

/**
 * `npm run test:isolation`: concurrent AWS clients against the built server; what they saw is checked
 * for strict serializability.
 *
 * --seconds N     how long the clients are at work on disk (30); a third of it more where transactions
 *                 are held up, once where conflicts are refused and once where they wait, and a sixth
 *                 in memory
 * --seed N        what they choose to do (another one each time)
 * --clients N     how many there are (16)
 * --history PATH  checks a saved history, and nothing else
 */

const setting = (name: string): string | undefined => process.env[`DYNATOM_${name}`]

const seconds = Number(setting('SECONDS') ?? 30)
const seed = Number(setting('SEED') ?? Math.floor(Math.random() * 2 ** 31))
const clients = Number(setting('CLIENTS') ?? 16)
const savedHistory = setting('HISTORY')
/** The other configurations have a smaller part of the time. */
const heldUpPart = 1 / 3
const inMemoryPart = 1 / 6

const heldUpMain = fileURLToPath(new URL('../means/heldUpServer.mjs', import.meta.url))

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

async function onDisk(
  name: string,
  options: Pick<IsolationOptions, 'main' | 'seconds' | 'flags'>,
): Promise<IsolationResult> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'dynatom-isolation-'))
  const result = await runIsolation({ ...options, seed, clients, kills: true, dataDirectory })
  console.log(`seed ${seed}, ${name}: ${result.figures.summary()}`)
  mustBeClean(result, dataDirectory)
  rmSync(dataDirectory, { recursive: true, force: true })
  return result
}

async function runDurable(): Promise<void> {
  const result = await onDisk('durable', { main: builtMain, seconds })
  mustHaveMet(result, seconds, {})
  if (seconds >= 20) expect(result.figures.kills, 'kills').toBeGreaterThan(0)
}

/** Small transactions are done before anybody can meet them, unless they are held up. */
async function runHeldUp(mode: 'refuse' | 'queue'): Promise<void> {
  const flags = ['--transaction-conflicts', mode]
  const heldUpSeconds = seconds * heldUpPart
  const result = await onDisk(`held up, ${mode}`, {
    main: heldUpMain,
    seconds: heldUpSeconds,
    flags,
  })
  const [singles, transactions] = refusalsOf(result)
  if (mode === 'queue') {
    expect([singles, transactions]).toEqual([0, 0])
    mustHaveMet(result, heldUpSeconds, {})
  } else {
    mustHaveMet(result, heldUpSeconds, {
      'single write met transaction': singles,
      'transaction met transaction': transactions,
    })
  }
}

async function runInMemory(): Promise<void> {
  const options = { main: builtMain, seed, clients, kills: false, inMemory: true }
  const inMemorySeconds = seconds * inMemoryPart
  const result = await runIsolation({ ...options, seconds: inMemorySeconds })
  console.log(`seed ${seed}, in memory: ${result.figures.summary()}`)
  mustBeClean(result)
  mustHaveMet(result, inMemorySeconds, {})
}

if (savedHistory === undefined) {
  test('durable, killed every few seconds', runDurable)
  test.each(['refuse', 'queue'] as const)('transactions are held up, conflicts: %s', runHeldUp)
  test('in memory', runInMemory)
} else {
  test('a saved history', () => checkSaved(savedHistory))
}
