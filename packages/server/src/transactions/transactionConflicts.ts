/**
 * What becomes of a request that needs an item that a transaction holds: it is refused, as by
 * DynamoDB, or waits for its turn.
 */
export type TransactionConflicts = 'refuse' | 'queue'

export const transactionConflicts: readonly TransactionConflicts[] = ['refuse', 'queue']
