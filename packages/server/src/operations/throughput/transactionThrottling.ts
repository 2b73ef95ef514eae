import { readUnitsOfSize } from '../../capacity/capacityUnits.ts'
import type { TableCharge, ThroughputLimits } from '../../capacity/throughputLimits.ts'
import { unitsOfTable, type Units } from '../../capacity/usage.ts'
import { differenceOf } from '../../capacity/writeCharges.ts'
import { ApiError } from '../../errors/apiError.ts'
import { transactionThrottled } from '../../errors/transactionErrors.ts'
import { partitionHashOf } from '../../items/itemCollection.ts'
import type { ItemImage } from '../../items/itemImage.ts'
import type { Table } from '../../schema/table.ts'
import type { Coordinator } from '../../transactions/coordinator.ts'
import type {
  ActionResult,
  InvalidAction,
  ReadAction,
  TransactionPlan,
  TransactionResult,
  WriteAction,
} from '../../transactions/writePlan.ts'
import { expectedCharge } from './writeThrottling.ts'

/** A transaction takes everything twice: to prepare it and to commit it. */
const tableFactor = 2

/**
 * Does a transaction that writes. With one action that is throttled it is cancelled whole, takes
 * nothing, and has a reason at each action that is. Cancelled for another reason it has taken of
 * the tables what it would have cost.
 */
export async function writeTransactionThrottled(
  limits: ThroughputLimits,
  coordinator: Coordinator,
  plan: TransactionPlan,
): Promise<TransactionResult> {
  // Nothing is done of a transaction with an action that cannot be.
  if (plan.actions.some((action) => 'invalid' in action)) return coordinator.transact(plan)
  const actions = plan.actions as readonly WriteAction[]
  // What has been done, or is being done, under the same token is not to be said to be cancelled.
  const isRepeated = plan.token !== undefined && (await coordinator.knowsToken(plan.token))
  const charges: TableCharge[] = []
  for (const action of actions) {
    charges.push(
      isRepeated
        ? { table: action.table, kind: 'write', charges: [] }
        : await expectedCharge(coordinator, action, tableFactor),
    )
  }
  takeTogether(limits, charges)
  const settle = (unitsOf: (position: number) => Units): void =>
    actions.forEach(({ rowKey }, i) => {
      limits.take(differenceOf(charges[i] as TableCharge, unitsOf(i), rowKey))
    })
  try {
    const result = await coordinator.transact(plan)
    if (result.kind === 'committed') settle((i) => (result.results[i] as ActionResult).units)
    else {
      // A replay has written nothing: it reads.
      settle(() => nothing)
      actions.forEach(({ table, rowKey }, i) => {
        limits.take(chargeOfRead(table, rowKey, result.readUnits[i] as number))
      })
    }
    return result
  } catch (error) {
    settle((i) => (isCancellation(error) ? ofTableAlone(charges[i] as TableCharge) : nothing))
    throw error
  }
}

const nothing = unitsOfTable(0)
const ofTableAlone = ({ charges }: TableCharge): Units => unitsOfTable(charges[0]?.units ?? 0)

const isCancellation = (error: unknown): boolean =>
  error instanceof ApiError && error.kind.name === 'TransactionCanceledException'

/** Does a transaction that reads, as {@link writeTransactionThrottled} does one that writes. */
export async function readTransactionThrottled(
  limits: ThroughputLimits,
  coordinator: Coordinator,
  actions: readonly (ReadAction | InvalidAction)[],
): Promise<(ItemImage | undefined)[]> {
  if (actions.some((action) => 'invalid' in action)) return coordinator.readTransaction(actions)
  const reads = actions as readonly ReadAction[]
  const least = tableFactor * readUnitsOfSize(0)
  takeTogether(
    limits,
    reads.map(({ table, rowKey }) => chargeOfRead(table, rowKey, least)),
  )
  const images = await coordinator.readTransaction(actions)
  reads.forEach(({ table, rowKey }, i) => {
    const units = tableFactor * readUnitsOfSize(images[i]?.sizeBytes ?? 0)
    limits.take(chargeOfRead(table, rowKey, units - least))
  })
  return images
}

/** Takes all charges or none. Throws the cancellation when one of them is refused. */
function takeTogether(limits: ThroughputLimits, charges: readonly TableCharge[]): void {
  const refusals = charges.map((charge) => limits.refusalOf(charge))
  if (refusals.some((refusal) => refusal !== undefined)) throw transactionThrottled(refusals)
  for (const charge of charges) limits.take(charge)
}

function chargeOfRead(table: Table, rowKey: Buffer, units: number): TableCharge {
  const charges = [{ indexName: undefined, units, hash: partitionHashOf(rowKey) }]
  return { table, kind: 'read', charges }
}
