import { ExactNumber } from '../values/exactJson.ts'
import type { FaultRule } from './labState.ts'
import {
  anyRequest,
  bodyOf,
  listGiven,
  matchOf,
  textGiven,
  type MatchDraft,
  type Members,
} from './matchFields.tsx'

export const effects = [
  ['error', 'Error'],
  ['delay', 'Delay alone'],
  ['reset', 'Connection reset, no answer'],
  ['cut', 'Connection cut in the answer'],
  ['unprocessed', 'Entries of a batch unprocessed'],
] as const
export type Effect = (typeof effects)[number][0]

export const moments = [
  ['before', 'Before it is performed'],
  ['after', 'After it is durable'],
] as const

/** A rule as it is typed in; what is empty is left out. */
export interface FaultDraft {
  readonly match: MatchDraft
  readonly effect: Effect
  readonly errorName: string
  readonly message: string
  /** Of TransactionCanceledException. */
  readonly code: string
  /** Numbers with commas between them. */
  readonly positions: string
  /** Of throttling: names with commas between them. */
  readonly reasons: string
  readonly count: string
  readonly delayMs: string
  readonly next: string
  readonly skip: string
  readonly probability: string
  readonly seed: string
  readonly when: (typeof moments)[number][0]
}

export const newFault: FaultDraft = {
  match: anyRequest,
  effect: 'error',
  errorName: 'ProvisionedThroughputExceededException',
  message: '',
  code: '',
  positions: '',
  reasons: '',
  count: '',
  delayMs: '',
  next: '1',
  skip: '',
  probability: '',
  seed: '',
  when: 'before',
}

/** Errors that production has now and then. */
export const commonErrors: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TransactionCanceledException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ConditionalCheckFailedException',
  'ItemCollectionSizeLimitExceededException',
  'InternalServerError',
  'ServiceUnavailable',
]

const number = (text: string): ExactNumber | undefined =>
  textGiven(text) === undefined ? undefined : new ExactNumber(String(Number(text)))

/** The body of the request that puts it in force. Throws JsonFault for a key that is none. */
export const bodyOfFault = (draft: FaultDraft): string =>
  bodyOf({
    ...matchOf(draft.match),
    ...effectOf(draft),
    delayMs: number(draft.delayMs),
    next: number(draft.next),
    skip: number(draft.skip),
    probability: number(draft.probability),
    seed: number(draft.seed),
    when: draft.when,
  })

function effectOf(draft: FaultDraft): Members {
  const { effect } = draft
  if (effect === 'error') return { error: errorOf(draft) }
  if (effect === 'reset' || effect === 'cut') return { connection: effect }
  if (effect === 'delay') return {}
  const count = number(draft.count)
  return { unprocessed: count === undefined ? {} : { count } }
}

function errorOf({ errorName, message, code, positions, reasons }: FaultDraft) {
  const isCancellation = errorName === 'TransactionCanceledException'
  const given = {
    name: errorName,
    message: textGiven(message),
    code: isCancellation ? textGiven(code) : undefined,
    positions: isCancellation
      ? listGiven(positions)?.map((each) => new ExactNumber(String(Number(each))))
      : undefined,
    reasons: isCancellation ? undefined : listGiven(reasons),
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

/** What a rule does, in a line. */
export function effectText({ error, connection, unprocessed, delayMs, when }: FaultRule): string {
  const parts = [
    ...(delayMs === undefined ? [] : [`waits ${delayMs} ms`]),
    ...(error === undefined
      ? []
      : [error.code === undefined ? error.name : `${error.name} (${error.code})`]),
    ...(connection === undefined ? [] : [`connection ${connection}`]),
    ...(unprocessed === undefined ? [] : [`${unprocessed.count ?? 'all'} entries unprocessed`]),
  ]
  return `${parts.join(', ')}${when === 'after' ? ', after it is durable' : ''}`
}

/** To how many requests a rule is done, in a line. */
export function boundsText({ next, skip, probability }: FaultRule): string {
  const parts = [
    next === undefined ? 'all' : `the next ${next}`,
    ...(skip === undefined ? [] : [`after ${skip}`]),
    ...(probability === undefined ? [] : [`with probability ${probability}`]),
  ]
  return parts.join(', ')
}
