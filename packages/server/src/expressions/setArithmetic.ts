import type { AttributeValue } from '../values/attributeValue.ts'
import { isInSetOrder, sortMembers } from '../values/setOrder.ts'
import type { SetType } from '../values/setOrder.ts'

/*
 * Union and difference of sets. REQUIRES: values are canonical, so that equal members have equal
 * texts and stand in the order of sets.
 */

/** All members of both sets; undefined when they are not sets of one type. */
export function uniteSets(a: AttributeValue, b: AttributeValue): AttributeValue | undefined {
  if ('SS' in a && 'SS' in b) return { SS: union('SS', a.SS, b.SS) }
  if ('NS' in a && 'NS' in b) return { NS: union('NS', a.NS, b.NS) }
  if ('BS' in a && 'BS' in b) return { BS: union('BS', a.BS, b.BS) }
  return undefined
}

/** The members of `a` that `b` has not; undefined when there are none. */
export function subtractSet(
  a: AttributeValue,
  b: AttributeValue,
): AttributeValue | undefined | 'unequalTypes' {
  if ('SS' in a && 'SS' in b) return nonEmpty('SS', difference(a.SS, b.SS))
  if ('NS' in a && 'NS' in b) return nonEmpty('NS', difference(a.NS, b.NS))
  if ('BS' in a && 'BS' in b) return nonEmpty('BS', difference(a.BS, b.BS))
  return 'unequalTypes'
}

function nonEmpty(type: SetType, members: string[]): AttributeValue | undefined {
  if (members.length === 0) return undefined
  return { [type]: members } as unknown as AttributeValue
}

function union(type: SetType, a: readonly string[], b: readonly string[]): string[] {
  const members = [...new Set([...a, ...b])]
  if (!isInSetOrder(type, members)) sortMembers(type, members)
  return members
}

function difference(a: readonly string[], b: readonly string[]): string[] {
  const removed = new Set(b)
  return a.filter((member) => !removed.has(member))
}
