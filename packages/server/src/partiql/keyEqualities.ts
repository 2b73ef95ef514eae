import type { BoundCondition } from '../expressions/boundExpression.ts'
import { newAttributeMap, type AttributeMap } from '../values/attributeValue.ts'
import { allOf, conjunctsOf, equalityOf } from './conjuncts.ts'

/** A condition that names one item. */
export interface KeyEqualities {
  readonly key: AttributeMap
  /** What it asks besides. */
  readonly rest: BoundCondition | undefined
}

/**
 * Takes the equalities on all of `keyNames` out of a condition; undefined unless it has one for
 * each, which all items that it holds for must meet. The first of several for one name is taken.
 */
export function keyEqualities(
  condition: BoundCondition | undefined,
  keyNames: readonly string[],
): KeyEqualities | undefined {
  const key = newAttributeMap()
  const rest: BoundCondition[] = []
  let found = 0
  for (const conjunct of conjunctsOf(condition)) {
    const name = keyNames.find((each) => equalityOf(conjunct, each) !== undefined)
    const value = name === undefined ? undefined : equalityOf(conjunct, name)
    if (name === undefined || value === undefined || Object.hasOwn(key, name)) rest.push(conjunct)
    else {
      key[name] = value
      found++
    }
  }
  return found === keyNames.length ? { key, rest: allOf(rest) } : undefined
}
