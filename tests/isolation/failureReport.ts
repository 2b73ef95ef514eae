import { printFindings } from './checkHistory.ts'
import type { IsolationResult } from './runIsolation.ts'
import { saveHistory } from './savedHistory.ts'

const mostFindingsTold = 5

/** What the run was told, and where the data are that it left. */
export interface RunDescription {
  readonly seconds: number
  readonly seed: number
  readonly clients: number
  readonly dataDirectory?: string | undefined
}

/**
 * What was found and how to go on from there; undefined when nothing was. Saves the history of the epoch.
 */
export function failureReport(result: IsolationResult, run: RunDescription): string | undefined {
  const { findings, defects, defectCount, history } = result
  if (findings.length === 0 && defectCount === 0) return undefined
  const { seconds, seed, clients, dataDirectory } = run
  const again = `npm run test:isolation -- --seconds ${seconds} --seed ${seed} --clients ${clients}`
  const parts = [
    `${findings.length} findings in the history, ${defectCount} defects beside it`,
    printFindings(findings.slice(0, mostFindingsTold)),
    ...defects.map(({ name, text }) => `${name}: ${text}`),
    `A run with the same choices: ${again}`,
    `The same history again: npm run test:isolation -- --history ${saveHistory(history)}`,
    ...(dataDirectory === undefined ? [] : [`The data: ${dataDirectory}`]),
  ]
  return parts.filter((part) => part !== '').join('\n')
}
