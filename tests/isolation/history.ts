/**
 * What concurrent clients did and what they saw: the input of the checker, whether a real server or
 * a simulated one was asked. Every write leaves ids of its own in the item (`versions`); items keep
 * the ids of all writes that made them, oldest first, so that one read tells the order of all
 * versions up to the one that it saw. Every item is absent when a history begins; what sets the
 * items up belongs to the history.
 */

/** What one read of an item saw. */
export interface ItemRead {
  readonly key: string
  /** The chain of versions that made the item, oldest first; empty when it was absent. */
  readonly versions: readonly string[]
}

/** What one write of an item did, or would have done. */
export interface ItemWrite {
  readonly key: string
  /**
   * The ids that the write added to the item, in order, and in the whole history nobody else. The
   * last is the final one; to see an earlier one without it is to see the write half done.
   */
  readonly versions: readonly string[]
  /**
   * The item is gone after this write, and its chain begins anew with the next one; `versions` then
   * only name the deletion and are never seen. With an empty `before` it removed nothing.
   */
  readonly deletes?: boolean
  /** The item's chain just before, when the write itself saw it (ReturnValues, a condition). */
  readonly before?: readonly string[]
}

/**
 * - 'ok': the client was told of success.
 * - 'refused': the client was told of an error after which nothing may have happened.
 * - 'unknown': no answer, or one that leaves it open: a time-out, a reset, a kill, a 5xx.
 */
export type Outcome = 'ok' | 'refused' | 'unknown'

/**
 * 'serializable' operations belong into one order that respects real time; a 'readCommitted' one
 * (Query, Scan, BatchGetItem as a whole, eventually consistent reads) only sees committed values. They
 * may be old; but what they show has happened, so whoever asks afterwards must find it. The items that
 * a cancelled TransactWriteItems returns are 'readCommitted' too: each was read at a moment of its own.
 * The item of a single write's failed condition is 'serializable'. Writes that are promised nothing
 * together (BatchWriteItem) are one operation each.
 */
export type IsolationLevel = 'serializable' | 'readCommitted'

/** One request and its answer. A request that is sent again with its token is the same operation. */
export interface Operation {
  readonly id: number
  readonly client: number
  /** For people: the request in one line, such as `TransactWriteItems(list#1 += 17a, list#4 += 17b)`. */
  readonly description: string
  readonly level: IsolationLevel
  /**
   * Positions in the one order of all invocations and completions, as their client's process saw
   * them. `completed` is absent when no answer came; that of an 'unknown' operation tells nothing,
   * for what it did may take effect later.
   */
  readonly invoked: number
  readonly completed?: number
  readonly outcome: Outcome
  /**
   * What it saw, before its own writes or after them; a refused operation may have seen something too
   * (the item of a failed condition).
   */
  readonly reads: readonly ItemRead[]
  /** What it did; what it would have done when it was refused. At most one for each item. */
  readonly writes: readonly ItemWrite[]
}

export interface History {
  readonly seed: number
  readonly operations: readonly Operation[]
}
