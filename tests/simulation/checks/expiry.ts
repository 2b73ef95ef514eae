import type { BoundCondition } from '../../../packages/server/src/expressions/boundExpression.ts'
import type { WriteAction } from '../../../packages/server/src/transactions/writePlan.ts'
import type { Item } from '../../model/attributes.ts'
import type { Condition, Operand } from '../../model/conditions.ts'
import type { SingleWrite } from '../../model/writes.ts'
import { endsName } from '../workload/tables.ts'

/*
 * Items that expire are in a table whose only key attribute is a string, pk.
 */

/** The deletion of an expired item, as the model knows it. */
export function expiryOf({ table, rowKey, condition }: WriteAction): SingleWrite {
  const key = { pk: { S: rowKey.toString('utf8', 11, 11 + rowKey.readUInt16BE(9)) } }
  return {
    kind: 'SingleWrite',
    action: {
      kind: 'Delete',
      table: table.name,
      key,
      condition: modelled(condition as BoundCondition),
      showOld: false,
    },
    returnValues: 'NONE',
    capacity: 'NONE',
    metrics: false,
  }
}

function modelled(condition: BoundCondition): Condition {
  if (condition.kind === 'and') {
    const [left, right] = condition.conditions as [BoundCondition, BoundCondition]
    return { kind: 'and', left: modelled(left), right: modelled(right) }
  }
  if (condition.kind !== 'comparison') throw new Error(`expiry has no ${condition.kind}`)
  const { comparator, left, right } = condition
  return { kind: 'compare', comparator, left: operand(left), right: operand(right) }
}

function operand(bound: Extract<BoundCondition, { kind: 'comparison' }>['left']): Operand {
  if (bound.kind === 'path') return { kind: 'path', path: bound.path }
  if (bound.kind !== 'constant') throw new Error('expiry has no sizes')
  return { kind: 'value', value: bound.value }
}

/** Whether an item may be removed at any moment, or have been. */
export function mayExpire(item: Item, nowMs: number): boolean {
  const ends = item[endsName]
  return ends !== undefined && 'N' in ends && Number(ends.N) * 1000 < nowMs
}
