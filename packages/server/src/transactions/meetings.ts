import type { ReadAction, TransactionPlan, WriteAction } from './writePlan.ts'

/** Two that cannot be at one item at once, of which one is refused. */
export interface Meeting {
  /** Which action of its request was refused, and its position among them. */
  readonly wanted: WriteAction | ReadAction
  readonly position: number
  /**
   * Whose the item was: a transaction that held it, or a single-item write; undefined where that is
   * not known, as of another server of the same store.
   */
  readonly holder: TransactionPlan | WriteAction | undefined
}

const meetings: unique symbol = Symbol('meetings')

interface WithMeetings {
  [meetings]?: readonly Meeting[]
}

/** The refusal, which goes with whom it met, for whoever wants to know. No client is told. */
export function withMeetings<Refusal extends Error>(
  refusal: Refusal & WithMeetings,
  met: readonly Meeting[],
): Refusal {
  refusal[meetings] = met
  return refusal
}

/** Whom a refused request met; undefined of one that was refused for another reason. */
export const meetingsOf = (error: Error & WithMeetings): readonly Meeting[] | undefined =>
  error[meetings]
