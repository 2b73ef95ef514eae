import { Throttled } from '../../errors/throttlingErrors.ts'
import { LostAnswer } from '../../operations/lostAnswer.ts'
import type { Answer } from '../../operations/operation.ts'
import type { PermittedRequest } from '../../operations/performer.ts'
import { requestedKeys } from '../../operations/requestedKeys.ts'
import type { Services } from '../../operations/services.ts'
import { BrokenAnswer } from '../../wire/brokenAnswer.ts'
import { errorOfFault } from './errorOfFault.ts'
import type { ActingFault } from './faults.ts'
import { allUnprocessed, chosenEntries, refusingServices } from './refusedEntries.ts'

/** What a request to which rules do something is performed with. */
export interface FaultyPerforming {
  /** Waits for a delay, or until nobody waits any more. */
  readonly pause: (delayMs: number) => Promise<void>
  /** Told that the rule with an id has taken the place of an answer. */
  readonly onEffect: (id: string) => void
  /** Performs the request as it is. */
  readonly perform: (services: Services) => Answer | Promise<Answer>
}

/** Performs a request to which rules do something. What happens after it is done leaves it done. */
export async function performFaulty(
  asked: PermittedRequest,
  acting: readonly ActingFault[],
  performing: FaultyPerforming,
): Promise<Answer> {
  const isAfter = ({ rule }: ActingFault): boolean =>
    rule.when === 'after' || rule.connection === 'cut'
  const before = acting.filter((each) => !isAfter(each))
  const after = acting.filter(isAfter)
  await pauseFor(before, performing)
  throwEffect(before, asked, performing)
  const entries = before.find(({ rule }) => rule.unprocessed !== undefined)
  let answer: Answer
  try {
    answer = await performWithout(entries, asked, performing)
  } catch (error) {
    await pauseFor(after, performing)
    // Nothing was done: what is lost is the refusal.
    const lost = after.find(({ rule }) => rule.connection !== undefined)
    if (lost !== undefined) {
      performing.onEffect(lost.id)
      throw reset()
    }
    throw error
  }
  await pauseFor(after, performing)
  throwEffect(after, asked, performing, answer)
  return answer
}

const reset = (): BrokenAnswer => new BrokenAnswer('reset')

async function pauseFor(
  acting: readonly ActingFault[],
  { pause }: FaultyPerforming,
): Promise<void> {
  const delayMs = acting.reduce((sum, { rule }) => sum + (rule.delayMs ?? 0), 0)
  if (delayMs > 0) await pause(delayMs)
}

function throwEffect(
  acting: readonly ActingFault[],
  asked: PermittedRequest,
  { onEffect }: FaultyPerforming,
  answer?: Answer,
): void {
  for (const fault of acting) {
    const { error, connection } = fault.rule
    if ((error ?? connection) !== undefined) onEffect(fault.id)
    if (connection !== undefined) throw answer ? new LostAnswer(answer, connection) : reset()
    if (error !== undefined) throw errorOfFault(error, fault, asked)
  }
}

async function performWithout(
  fault: ActingFault | undefined,
  asked: PermittedRequest,
  { perform }: FaultyPerforming,
): Promise<Answer> {
  const { services } = asked
  if (fault === undefined) return perform(services)
  const chosen = chosenEntries(fault, asked)
  try {
    return await perform(refusingServices(services, asked, chosen))
  } catch (error) {
    const isWhole = chosen.length === requestedKeys(asked).length
    const unprocessed = isWhole && error instanceof Throttled ? allUnprocessed(asked) : undefined
    if (unprocessed === undefined) throw error
    return unprocessed
  }
}
