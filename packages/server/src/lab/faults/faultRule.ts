import { cancellationCodes } from '../../errors/faultErrors.ts'
import type { AttributeMap } from '../../values/attributeValue.ts'
import { anyObject, choice, listOf, objectOf, text, whole, type Schema } from '../schema.ts'

/** Which requests a rule is about: those that are all that is said here. */
export interface RequestMatch {
  /** As in the API: `PutItem`, or several. Any when absent. */
  readonly operations?: readonly string[]
  /** Name or ARN of a table that the request names. */
  readonly table?: string
  /** Key attributes, as DynamoDB JSON, of an item that the request names: all of a key, or some. */
  readonly key?: AttributeMap
  /** The access key id that signed, or the ARN of whom it belongs to. */
  readonly caller?: string
}

/** An error that is answered in the place of an answer. */
export interface FaultError {
  /** As SDKs name it: `ProvisionedThroughputExceededException`. */
  readonly name: string
  /** What it says instead of DynamoDB's own words. */
  readonly message?: string
  /**
   * Of errors about throttling: ThrottlingReasons, such as `TableWriteKeyRangeThroughputExceeded`.
   * What fits operation and table when absent.
   */
  readonly reasons?: readonly string[]
  /** Of errors about throttling: the index that is meant, in place of the table. */
  readonly index?: string
  /** Of TransactionCanceledException: why. TransactionConflict when absent. */
  readonly code?: string
  /**
   * Of TransactionCanceledException: at which actions, from 0. Those of `key` when absent, the
   * first without one.
   */
  readonly positions?: readonly number[]
}

/** What is done to requests, and to which; one of its effects, or a delay alone. */
export interface FaultRule extends RequestMatch {
  /** How many requests it is done to; all until the rule is removed when absent. */
  readonly next?: number
  /** How many requests go unharmed first. */
  readonly skip?: number
  /** The share of requests that it is done to, by chance. All when absent. */
  readonly probability?: number
  /** What chance begins with: the same seed, the same requests. 1 when absent. */
  readonly seed?: number
  /**
   * `before` the operation is performed, so that nothing is done; or `after`, so that all is done,
   * and is durable. `before` when absent.
   */
  readonly when?: 'before' | 'after'
  readonly delayMs?: number
  readonly error?: FaultError
  /** `reset`: no answer comes. `cut`: half of one comes, and it is done. */
  readonly connection?: 'reset' | 'cut'
  /**
   * Entries of a batch come back unprocessed, or throttled as statements do: those of `key`, so
   * many of them from the last on; all when absent.
   */
  readonly unprocessed?: { readonly count?: number }
}

/** A rule that is in force. */
export interface Fault {
  readonly id: string
  readonly rule: FaultRule
  /** To how many requests it was done. */
  readonly done: number
}

const maxRequests = 1_000_000_000

export const matchProperties: Readonly<Record<keyof RequestMatch, Schema>> = {
  operations: { ...listOf(text('such as PutItem')), minItems: 1 },
  table: text('name or ARN of a table that the request names'),
  key: {
    ...anyObject('key attributes, as DynamoDB JSON, of an item that the request names'),
    minProperties: 1,
  },
  caller: text('the access key id that signed, or the ARN of whom it belongs to'),
}

const errorSchema: Schema = objectOf<keyof FaultError>(
  {
    name: text('such as ProvisionedThroughputExceededException'),
    message: text("what it says instead of DynamoDB's own words"),
    reasons: { ...listOf(text('such as TableWriteKeyRangeThroughputExceeded')), minItems: 1 },
    index: text('of throttling: the index that is meant'),
    code: choice(cancellationCodes, 'of TransactionCanceledException: why'),
    positions: { ...listOf(whole(0, 99, 'an action')), minItems: 1 },
  },
  ['name'],
)

export const ruleSchema: Schema = objectOf<keyof FaultRule>({
  ...matchProperties,
  next: whole(1, maxRequests, 'how many requests it is done to'),
  skip: whole(0, maxRequests, 'how many requests go unharmed first'),
  probability: { type: 'number', minimum: 0, maximum: 1, description: 'the share of requests' },
  seed: whole(0, 2 ** 32 - 1, 'what chance begins with'),
  when: choice(['before', 'after'], 'whether nothing is done of the request, or all'),
  delayMs: whole(0, 600_000, 'how long the request waits'),
  error: errorSchema,
  connection: choice(['reset', 'cut'], 'whether no answer comes, or half of one'),
  unprocessed: objectOf({ count: whole(1, 100, 'how many entries, from the last on') }),
})

export const faultSchema: Schema = objectOf<keyof Fault>(
  { id: text('what it is removed by'), rule: ruleSchema, done: whole(0, maxRequests, 'so often') },
  ['id', 'rule', 'done'],
)
