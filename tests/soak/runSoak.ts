import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { printFindings } from '../isolation/checkHistory.ts'
import { runIsolation, type IsolationResult } from '../isolation/runIsolation.ts'
import type { RunFigures } from '../isolation/runFigures.ts'
import { saveHistory } from '../isolation/savedHistory.ts'
import { describeMachine } from './describeMachine.ts'
import { memoryVerdict } from './memoryGrowth.ts'
import { progressLine } from './progressLine.ts'
import { SoakCompanion } from './soakCompanion.ts'
import { writeReport } from './soakReport.ts'
import { killingPart, serverFlags, type SoakOptions, type SoakState } from './soakState.ts'

const minuteMs = 60_000
const standingPart = 3 / 8
const checkEveryKills = 10

/**
 * Runs the load for some minutes, writes the report every minute and at the end, and gives the end's
 * state: what was wrong is in its `problems`. The data are removed when there were none.
 */
export async function runSoak(options: SoakOptions): Promise<SoakState> {
  const { output, minutes } = options
  mkdirSync(output, { recursive: true })
  const dataDirectory = mkdtempSync(join(output, 'data-'))
  const machine = await describeMachine(output)
  const startedMs = performance.now()
  const elapsedMs = (): number => performance.now() - startedMs
  let figures: RunFigures | undefined
  let minute = 0
  const state = (problems: readonly string[], isOver: boolean): SoakState => {
    const seconds = elapsedMs() / 1000
    return { options, machine, companion, figures, problems, isOver, seconds, dataDirectory }
  }
  const onSample = (): void => {
    if (elapsedMs() < (minute + 1) * minuteMs) return
    minute = Math.floor(elapsedMs() / minuteMs)
    options.print(progressLine(minute, companion))
    writeReport(state([], false))
  }
  const { standing, isolation } = shareClients(options.clients)
  const companion = new SoakCompanion({
    seed: options.seed,
    dataDirectory,
    ...standing,
    verifyEveryMs: minuteMs,
    checkEveryKills,
    onSample,
  })
  const problems = await isolationProblems(companion, () =>
    runIsolation({
      main: options.main,
      seconds: minutes * 60,
      seed: options.seed,
      clients: isolation,
      kills: () => elapsedMs() < killingPart * minutes * minuteMs,
      stopWhen: () => elapsedMs() >= minutes * minuteMs,
      dataDirectory,
      flags: serverFlags,
      onEpoch: (latest) => (figures = latest),
      companion,
    }),
  )
  const { problem, remark } = memoryVerdict(companion.longestLife, minutes)
  if (problem !== undefined) problems.push(problem)
  if (remark !== undefined) options.print(remark)
  const end = state(problems, true)
  writeReport(end)
  if (problems.length === 0) rmSync(dataDirectory, { recursive: true, force: true })
  return end
}

/** What the checker and the verifications found, a text each. */
async function isolationProblems(
  companion: SoakCompanion,
  run: () => Promise<IsolationResult>,
): Promise<string[]> {
  try {
    const { findings, defects, history } = await run()
    const problems = [...new Set(defects.map(({ name, text }) => `${name}: ${text}`))]
    if (findings.length === 0) return problems
    const path = saveHistory(history)
    return [
      printFindings(findings.slice(0, 5)),
      `${findings.length} findings; the history again: npm run test:isolation -- --history ${path}`,
      ...problems,
    ]
  } catch (error) {
    return [`The run broke down: ${error instanceof Error ? error.stack : String(error)}`]
  } finally {
    companion.stopSampling()
  }
}

function shareClients(clients: number): {
  readonly standing: { readonly writers: number; readonly readers: number }
  readonly isolation: number
} {
  const standing = Math.max(2, Math.round(clients * standingPart))
  const readers = Math.max(1, Math.floor(standing / 3))
  const isolation = Math.max(2, clients - standing)
  return { standing: { writers: standing - readers, readers }, isolation }
}
