import type { Value } from './attributes.ts'
import { order } from './comparisons.ts'
import type { KeyCondition } from './queries.ts'
import { unreachable } from './unreachable.ts'

interface Bound {
  readonly value: Value
  readonly isInside: boolean
}

/** The lower and the upper bound of what meets a condition. */
function boundsOf({ operator, values }: KeyCondition): [Bound | undefined, Bound | undefined] {
  const [first, last] = values as readonly [Value, Value]
  const bound = (value: Value, isInside: boolean): Bound => ({ value, isInside })
  switch (operator) {
    case '=':
      return [bound(first, true), bound(first, true)]
    case '<':
    case '<=':
      return [undefined, bound(first, operator === '<=')]
    case '>':
    case '>=':
      return [bound(first, operator === '>='), undefined]
    case 'BETWEEN':
      return [bound(first, true), bound(last, true)]
    case 'begins_with':
      // Of two conditions that a statement has none is about a prefix.
      return [undefined, undefined]
    default:
      return unreachable(operator)
  }
}

/** Whether no value can meet all of `conditions`, which are on one attribute. */
export function contradict(conditions: readonly KeyCondition[]): boolean {
  const bounds = conditions.map(boundsOf)
  return bounds.some(([lower]) =>
    bounds.some(([, upper]) => {
      if (lower === undefined || upper === undefined) return false
      const rank = order(lower.value, upper.value) as number
      return rank > 0 || (rank === 0 && !(lower.isInside && upper.isInside))
    }),
  )
}
