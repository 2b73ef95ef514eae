/**
 * What has to happen in a full run, by the names under which a world counts it: a simulation in which
 * some kind of trouble never comes proves nothing about it.
 */
export const expectedKinds: readonly string[] = [
  // Crashes, by what the last commit had reached, with and without a journal.
  'crash: last commit handed over',
  'crash: last commit partly written',
  'crash: last commit durable',
  'crash: last commit visible',
  'crash: last commit acknowledged',
  'crash: last commit store handed over',
  'crash: last commit store durable',
  'crash: last commit store visible',
  'crash: last commit store acknowledged',
  'crash: store broken',
  'crash: in the end',
  'crash while up',
  'crash while starting',
  'crash while closing',
  // What became of the commit that was under way.
  'commit at a crash: lost',
  'commit at a crash: kept',
  'commit at a crash: durable before',
  'commit at a crash: nothing was under way',
  'commit at a crash: machine, store: nothing was under way',
  'commit at a crash: machine, store: lost',
  'commit at a crash: machine, store: kept',
  'commit at a crash: process, store: nothing was under way',
  'commit at a crash: process, store: lost',
  'commit at a crash: process, store: kept',
  'unknown: done',
  'unknown: lost',
  // Faults.
  'fault: commit fails',
  'fault: commit conflicts',
  'fault: read fails',
  'fault: store breaks',
  'fault: disk is full',
  'fault: file: open',
  'fault: file: write',
  'fault: file: flush',
  'fault: file: truncate',
  'fault: file: remove',
  'request lost',
  'answer lost',
  'client gave up early',
  'answer: failed',
  'clock: set forward',
  'clock: time went by',
  // Starts and ends.
  'start failed',
  'start with a backfill',
  'start with a store of an earlier version',
  'start with sets out of order',
  'shutdown',
  // What clients met.
  'token: replayed',
  'token: ended',
  'token: sent twice at once',
  'conflict: SingleWrite',
  'conflict: BatchWriteItem',
  'a transaction is held up',
  'conflict: TransactWriteItems',
  'conflict: TransactGetItems',
  'error: TransactionCanceledException',
  'error: TransactionConflictException',
  'error: TransactionInProgressException',
  'error: IdempotentParameterMismatchException',
  'error: ConditionalCheckFailedException',
  'error: ResourceNotFoundException',
  'created: table',
  'deleted: table',
  'created: index',
  'deleted: index',
  'bulk rows in Lists',
  'enabled: time to live',
  'expired',
  'expiry refused',
  'start with an order to fill',
  'stream: rolled over',
  'stream: disabled',
  'stream: enabled',
  'collection full: SingleWrite',
  'collection full: TransactWriteItems',
  'page followed',
  // What was compared with the model.
  'compared',
  'compared: GetItem',
  'compared: BatchGetItem',
  'compared: TransactGetItems',
  'compared: Query',
  'compared: Scan',
  // What was said by statements.
  'by a statement: SingleWrite',
  'by a statement: GetItem',
  'by a statement: TransactWriteItems',
  'by a statement: TransactGetItems',
]

/** How often everything happened in several runs. */
export class Coverage {
  readonly #counts = new Map<string, number>()

  add(counts: ReadonlyMap<string, number>): void {
    for (const [kind, count] of counts) {
      this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count)
    }
  }

  /** The expected kinds that never happened. */
  missing(): string[] {
    return expectedKinds.filter((kind) => !this.#counts.has(kind))
  }

  /** One line for each kind, for people. */
  toString(): string {
    const kinds = [...new Set([...expectedKinds, ...[...this.#counts.keys()].toSorted()])]
    return kinds
      .map((kind) => `${String(this.#counts.get(kind) ?? 0).padStart(9)}  ${kind}`)
      .join('\n')
  }
}
