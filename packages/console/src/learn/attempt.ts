import type { ToldExplanation, Watched } from '../database/watch.ts'
import { keyOfCourse, type Course, type Step } from './course.ts'
import { explanationOf, lastExplanations, watchNamespace } from './explanation.ts'
import type { Refusal } from './messages.ts'
import { beginRival, endRivals } from './rival.ts'
import { runProgram } from './runProgram.ts'
import { setStage } from './stage.ts'
import { verify, type Verdict } from './verify.ts'

/** A refusal with what the database saw, where that is known. */
export interface Explained extends Pick<Refusal, 'operation' | 'error' | 'message'> {
  readonly explanation?: ToldExplanation
}

/** What came of a step. */
export interface Outcome {
  readonly verdicts: readonly Verdict[]
  readonly refusals: readonly Explained[]
  /** Why the program did not come to its end. */
  readonly failure?: string
}

/** Where a step is done: in the course's namespace, whose the client is too. */
export interface Workplace extends Watched {
  readonly namespace: string
  readonly course: Course
  readonly step: Step
}

/** Refusals that are explained: a program may be refused again and again. */
const mostExplained = 5

export const isPassed = ({ verdicts }: Outcome): boolean =>
  verdicts.every((verdict) => verdict.isPassed)

/** Sets the stage of a step and lets go of what an earlier one, which a reload ended, has held. */
export async function prepare(place: Workplace): Promise<void> {
  const { about, client, course, step } = place
  await watchNamespace(place)
  if (about.lab === 'open' && course.steps.some(({ rival }) => rival !== undefined)) {
    await endRivals(place)
  }
  await setStage(client, step.stage)
}

/**
 * Sets the stage, runs a program on it, and checks what came of it. An item that a rival holds is
 * let go when the program has met that rival, so that its next attempt succeeds.
 */
export async function attempt(
  place: Workplace,
  program: string,
  { onLine, signal }: { readonly onLine: (text: string) => void; readonly signal: AbortSignal },
): Promise<Outcome> {
  const { about, client, course, step } = place
  await prepare(place)
  const isHeld = step.rival !== undefined && about.lab === 'open'
  const endRival = isHeld ? await beginRival(place, step.rival) : undefined
  let isMet = false
  const { lines, refusals, failure } = await runProgram({
    courseName: course.name,
    task: { program, region: about.region, accessKeyId: keyOfCourse(course.name) },
    onLine,
    onRefusal: (refusal) => {
      if (isMet || !isConflict(refusal)) return
      isMet = true
      void endRival?.()
    },
    signal,
  })
  if (!isMet) await endRival?.()
  const verdicts = await verify(client, step.checks, lines)
  const explained = refusals.slice(-mostExplained).map(async (refusal) => ({
    ...refusal,
    explanation: await explanationOf(place, refusal.requestId),
  }))
  const known = (await Promise.all(explained)) as readonly Explained[]
  return { verdicts, refusals: known, ...(failure !== undefined && { failure }) }
}

const isConflict = ({ error, codes = [] }: Refusal): boolean =>
  error === 'TransactionConflictException' || codes.includes('TransactionConflict')

/** Checks what was done elsewhere; the last refusals of the namespace are those of that program. */
export async function check(place: Workplace, printed: readonly string[]): Promise<Outcome> {
  const { client, step } = place
  const verdicts = await verify(client, step.checks, printed)
  if (verdicts.every((verdict) => verdict.isPassed)) return { verdicts, refusals: [] }
  const last = await lastExplanations(place, 3)
  const refusals = last.map((explanation) => {
    const { operation, error = 'no error', message = '' } = explanation
    return { operation, error, message, explanation }
  })
  return { verdicts, refusals }
}
