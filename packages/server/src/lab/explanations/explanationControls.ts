import type { ControlsOf } from '../control.ts'
import { listOf, named, objectOf, text, whole } from '../schema.ts'
import { maxExplanations } from '../../limits.ts'
import type { Explanation } from './explanation.ts'

/** Why requests were refused. */
export interface ExplanationControls {
  /** Why a request was refused, by the id that its error has. */
  get(refused: { readonly requestId: string }): Promise<Explanation>
  /** The last refusals, from the last on: 100 when no limit is given. */
  list(limit?: {
    readonly limit?: number
  }): Promise<{ readonly explanations: readonly Explanation[] }>
}

const usualLimit = 100

export const explanationControls: ControlsOf<{
  explanations: ExplanationControls
}>['explanations'] = {
  get: {
    method: 'GET',
    path: '/explanations/{requestId}',
    summary: 'Tell why a request was refused.',
    input: objectOf({ requestId: text('x-amzn-requestid of the refusal') }, ['requestId']),
    answer: named('Explanation'),
    perform: ({ explanations }, { requestId }) => explanations.find(requestId),
  },
  list: {
    method: 'GET',
    path: '/explanations',
    summary: 'Tell why the last requests that were refused were refused.',
    input: objectOf({ limit: whole(1, maxExplanations, 'how many, from the last on') }),
    answer: objectOf({ explanations: listOf(named('Explanation')) }, ['explanations']),
    perform: ({ explanations }, { limit = usualLimit }) => ({
      explanations: explanations.list(limit),
    }),
  },
}
