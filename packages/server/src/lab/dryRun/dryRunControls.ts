import type { ControlsOf } from '../control.ts'
import { anyObject, choice, listOf, named, objectOf, type Schema } from '../schema.ts'
import { dryRun, type DryRunResult, type TransactionInput } from './dryRun.ts'

/** Transactions that are not done. */
export interface TransactionControls {
  /**
   * What a request of TransactWriteItems, or of ExecuteTransaction with writes, would come to:
   * conditions are evaluated, nothing is written or claimed.
   */
  dryRun(transaction: TransactionInput): Promise<DryRunResult>
}

const entries = (description: string): Schema => ({ ...listOf(anyObject('an entry')), description })

const transactionSchema: Schema = {
  ...objectOf({
    TransactItems: entries('as TransactWriteItems has them'),
    TransactStatements: entries('as ExecuteTransaction has them'),
  }),
  additionalProperties: {},
}

export const transactionControls: ControlsOf<{
  transactions: TransactionControls
}>['transactions'] = {
  dryRun: {
    method: 'POST',
    path: '/dry-run',
    summary: 'Tell what a transaction would come to, without doing it.',
    input: transactionSchema,
    answer: objectOf(
      {
        outcome: choice(['commits', 'cancelled'], 'what it would come to'),
        positions: listOf(named('Position')),
      },
      ['outcome', 'positions'],
    ),
    perform: (session, transaction) => dryRun(transaction, () => session.store, session.watch),
  },
}
