import { ClientError } from './clientError.ts'
import type { StoredItemError } from './storedItemError.ts'

/**
 * DynamoDB's codes of cancellation; it may have further ones. `None` says that an action was in
 * order.
 */
export type ReasonCode =
  | 'None'
  | 'ConditionalCheckFailed'
  | 'TransactionConflict'
  | 'ThrottlingError'
  | 'ProvisionedThroughputExceeded'
  | 'ItemCollectionSizeLimitExceeded'
  | 'ValidationError'
  | 'DuplicateItem'
  | 'AccessDenied'
  | (string & {})

/** What a transaction says of one of its actions. */
export interface Reason<Item = unknown> {
  readonly code: ReasonCode
  /** DynamoDB's sentence; `undefined` for an action that was in order. */
  readonly message: string | undefined
  /** With ConditionalCheckFailed the item that is there; `undefined` if there is none. */
  readonly item: Item | undefined
  /** Why the item is not shown, where it is not what its entity declares. */
  readonly itemError?: StoredItemError
}

/** Reasons by the labels of their actions. */
export type Reasons = Readonly<Record<string, Reason>>

/** A transaction that was cancelled: none of its actions has done anything. */
export class TransactionCanceledError<
  R extends Reasons = Reasons,
  Label extends string = string,
> extends ClientError {
  override readonly name = 'TransactionCanceledError'
  /** What DynamoDB says of each action, by label. */
  readonly reasons: R
  /** The labels of the actions with a reason other than `None`, in the order of the transaction. */
  readonly failed: readonly Label[]
  /** How often the transaction was sent. */
  readonly attempts: number

  /** @param cause the error of the SDK */
  constructor(reasons: R, attempts: number, cause: unknown) {
    const labels = Object.keys(reasons) as Label[]
    const failed = labels.filter((label) => reasons[label]?.code !== 'None')
    super(sentence(reasons, failed, attempts), { cause })
    this.reasons = reasons
    this.failed = failed
    this.attempts = attempts
  }

  /** Whether any action has this reason. */
  has(code: ReasonCode): boolean {
    return this.failed.some((label) => this.reasons[label]?.code === code)
  }
}

/** The error of a transaction with these reasons. */
export type Canceled<R extends Reasons> = TransactionCanceledError<R, keyof R & string>

function sentence(reasons: Reasons, failed: readonly string[], attempts: number): string {
  const told = failed.map((label) => `${label} (${reasons[label]?.code})`)
  const last = told.pop() ?? 'no action'
  const names = told.length === 0 ? last : `${told.join(', ')} and ${last}`
  const times = attempts === 1 ? '' : `, at the last of ${attempts} attempts`
  return `The transaction was cancelled because of ${names}${times}.`
}
