import type { ItemGate } from '../../operations/throughput/throttle.ts'
import type { DryRun } from '../../transactions/itemTransactions.ts'
import type { TransactionPlan } from '../../transactions/writePlan.ts'

/** What a transaction that is only looked at ends with. */
export class DryRunEnd extends Error {
  readonly plan: TransactionPlan
  readonly found: DryRun

  constructor(plan: TransactionPlan, found: DryRun) {
    super('a dry run has ended')
    this.name = 'DryRunEnd'
    this.plan = plan
    this.found = found
  }
}

/** Stands where transactions reach their items, and looks at them. Nothing else comes to it. */
export const dryRunGate: ItemGate = {
  async transact(coordinator, plan) {
    throw new DryRunEnd(plan, await coordinator.dryRun(plan.actions))
  },
  readTransaction: (coordinator, actions) => coordinator.readTransaction(actions),
  read: (_, perform) => perform(),
  readItem: (coordinator, { rowKey }) => coordinator.read(rowKey),
  warmedRecord: ({ record }) => record,
  readFound: () => undefined,
  write: (_, action, perform) => perform(action),
}
