import type { RunFigures } from '../isolation/runFigures.ts'
import type { SoakCompanion } from './soakCompanion.ts'

export interface SoakOptions {
  /** The path of the server's main.js. */
  readonly main: string
  readonly minutes: number
  readonly seed: number
  /** Of the isolation workloads and the standing data together. */
  readonly clients: number
  /** Where the report goes; the data are in a directory of their own in there. */
  readonly output: string
  /** Told a line a minute. */
  readonly print: (line: string) => void
}

/** How far a run has come. */
export interface SoakState {
  readonly options: SoakOptions
  /** Lines on the machine and the versions. */
  readonly machine: readonly string[]
  readonly companion: SoakCompanion
  /** Absent before the end of the first epoch. */
  readonly figures: RunFigures | undefined
  /** What was wrong; known when the run is over. */
  readonly problems: readonly string[]
  readonly isOver: boolean
  readonly seconds: number
  readonly dataDirectory: string
}

/** With so short a journal its moves into the store happen all the time, and meet kills. */
export const serverFlags: readonly string[] = ['--max-journal-bytes', String(2 ** 20)]

/** The part of the time in which the server is killed; afterwards its memory can be watched. */
export const killingPart = 0.6

export function verdictOf({ isOver, problems, companion }: SoakState): string {
  if (!isOver) {
    const { defectCount } = companion
    return defectCount === 0
      ? 'not over, nothing found yet'
      : `not over, ${defectCount} defects so far`
  }
  if (problems.length === 0) return 'no findings'
  return problems.length === 1 ? '1 problem' : `${problems.length} problems`
}
