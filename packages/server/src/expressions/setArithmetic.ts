import type { AttributeValue } from '../values/attributeValue.ts'

/*
 * Union and difference of sets. REQUIRES: values are canonical, so that equal members have equal
 * texts.
 */

/** All members of both sets, those of `a` first; undefined when they are not sets of one type. */
export function uniteSets(a: AttributeValue, b: AttributeValue): AttributeValue | undefined {
  if ('SS' in a && 'SS' in b) return { SS: union(a.SS, b.SS) }
  if ('NS' in a && 'NS' in b) return { NS: union(a.NS, b.NS) }
  if ('BS' in a && 'BS' in b) return { BS: union(a.BS, b.BS) }
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

function nonEmpty(type: 'SS' | 'NS' | 'BS', members: string[]): AttributeValue | undefined {
  return members.length === 0 ? undefined : ({ [type]: members } as unknown as AttributeValue)
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])]
}

function difference(a: readonly string[], b: readonly string[]): string[] {
  const removed = new Set(b)
  return a.filter((member) => !removed.has(member))
}
