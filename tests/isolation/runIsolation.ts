import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory } from './checkHistory.ts'
import type { Finding } from './checker/finding.ts'
import type { Companion } from './companion.ts'
import { Defects, type Defect } from './defects.ts'
import { Epoch, type Target } from './epoch.ts'
import { killedTarget } from './killedTarget.ts'
import type { History } from './history.ts'
import { RunFigures } from './runFigures.ts'
import { ServerUnderTest } from './serverUnderTest.ts'
import { workloadNames, type WorkloadName } from './workloads.ts'

export interface IsolationOptions {
  /** The path of the server's main.js. */
  readonly main: string
  /** How long the clients are at work; checks and final reads come on top. */
  readonly seconds: number
  readonly seed: number
  readonly clients: number
  /**
   * Whether the server is killed, or stopped, every few seconds; asked before each epoch when a
   * function. REQUIRES: its data are on disk.
   */
  readonly kills: boolean | (() => boolean)
  /** All when absent. */
  readonly workloads?: readonly WorkloadName[]
  /** The server keeps its data in memory. */
  readonly inMemory?: boolean
  /** How long the clients work before everything is read, checked and forgotten. */
  readonly epochSeconds?: number
  /** Asked now and then: true ends the run early, with all checks. */
  readonly stopWhen?: () => boolean
  /** Where the data are, and stay; a temporary directory, removed at the end, when absent. */
  readonly dataDirectory?: string
  /** Told of each epoch when it has been checked. */
  readonly onEpoch?: (figures: RunFigures) => void
  readonly companion?: Companion
  /** More flags for the server. */
  readonly flags?: readonly string[]
}

export interface IsolationResult {
  /** The history of the epoch in which something was found; of the last one when nothing was. */
  readonly history: History
  readonly findings: readonly Finding[]
  /** What the clients, the workloads and `dynatom check` found by themselves. */
  readonly defects: readonly Defect[]
  /** How many there were; only the first are kept. */
  readonly defectCount: number
  readonly figures: RunFigures
}

const defaultEpochSeconds = 20

export interface CheckedHistory {
  readonly history: History
  readonly findings: readonly Finding[]
}

/**
 * Runs clients against a server that is started for it, in epochs: each has tables and a history of its
 * own, which is checked at its end and forgotten, so a run of any length needs bounded memory. Ends
 * after the first epoch in which something was found.
 */
export async function runIsolation(options: IsolationOptions): Promise<IsolationResult> {
  const { main, flags = [], dataDirectory, companion: watcher } = options
  const command = { main, flags, ...(watcher !== undefined && { watcher }) }
  if (options.inMemory === true) return runWith(options, new ServerUnderTest(command))
  if (dataDirectory !== undefined) {
    return runWith(options, new ServerUnderTest({ ...command, dataDirectory }))
  }
  const temporary = mkdtempSync(join(tmpdir(), 'dynatom-isolation-'))
  try {
    return await runWith(options, new ServerUnderTest({ ...command, dataDirectory: temporary }))
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function runWith(
  options: IsolationOptions,
  server: ServerUnderTest,
): Promise<IsolationResult> {
  const { companion } = options
  const reports = { figures: new RunFigures(), defects: new Defects() }
  const { figures, defects } = reports
  try {
    await server.start()
    await companion?.begin(server, defects)
    const checked = await runEpochs(options, killedTarget(server), reports)
    await companion?.end()
    await server.stop().catch((error: unknown) => defects.add('stop', String(error)))
    const complaint = await server.check()
    if (complaint !== undefined) defects.add('dynatom check', complaint)
    return { ...checked, defects: defects.kept, defectCount: defects.count, figures }
  } finally {
    await server.stop().catch(() => {})
  }
}

/** What epochs need to know, whatever it is that clients ask. */
export interface EpochsOptions
  extends Omit<
    IsolationOptions,
    'main' | 'inMemory' | 'dataDirectory' | 'flags' | 'companion' | 'onEpoch'
  > {
  readonly companion?: Pick<Companion, 'answered' | 'rest' | 'resume'>
  readonly onEpoch?: (figures: RunFigures) => void
}

/** Epoch after epoch, until something is found or the time is over. */
export async function runEpochs(
  options: EpochsOptions,
  target: Target,
  reports: { readonly figures: RunFigures; readonly defects: Defects },
): Promise<CheckedHistory> {
  const { seed, clients, kills, seconds, epochSeconds = defaultEpochSeconds } = options
  const { workloads = workloadNames, stopWhen = () => false } = options
  const { figures, defects } = reports
  const { companion } = options
  const answered = companion?.answered.bind(companion)
  const epochs = Math.max(1, Math.ceil(seconds / epochSeconds))
  const workMs = (seconds * 1000) / epochs
  const clientReports = { ...reports, ...(answered !== undefined && { answered }) }
  const common = { target, reports: clientReports, seed, clients, workloads, workMs, stopWhen }
  for (let number = 0; ; number++) {
    const killsNow = typeof kills === 'function' ? kills() : kills
    const history = await Epoch.run({ ...common, number, harms: killsNow })
    await companion?.rest()
    const startedMs = performance.now()
    const findings = checkHistory(history)
    figures.checkMs += performance.now() - startedMs
    companion?.resume()
    figures.epochs += 1
    figures.kills = target.kills
    options.onEpoch?.(figures)
    const isOver = figures.epochs === epochs || stopWhen()
    if (isOver || findings.length > 0 || defects.count > 0) return { history, findings }
  }
}
