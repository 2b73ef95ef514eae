import { bindKeyCondition } from '../expressions/bindKeyCondition.ts'
import type { KeyAttributeCondition } from '../expressions/keyCondition.ts'
import type { KeyRange } from '../storage/engine.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import { intersectionOf, queryRange, unionOf } from './queryRange.ts'
import { keySchemaOf, type ReadTarget } from './readTarget.ts'

/** Items of one partition key; with conditions, those whose sort key meets all of them. */
export interface KeyLookup {
  readonly partitionKey: AttributeValue
  readonly sortKey: readonly KeyAttributeCondition[]
}

/**
 * The keys of what lookups of one partition find, each once, in the direction of reading. Throws
 * what a query by one of their conditions throws. REQUIRES: `target` has one partition key
 * attribute and at most one sort key attribute.
 */
export function rangesOfLookups(
  target: ReadTarget,
  lookups: readonly KeyLookup[],
  reverse: boolean,
): KeyRange[] {
  const union = unionOf(lookups.flatMap((lookup) => rangeOfLookup(target, lookup) ?? []))
  return reverse ? union.toReversed() : union
}

/** The keys of what a lookup finds; undefined when its conditions leave none. */
function rangeOfLookup(
  target: ReadTarget,
  { partitionKey, sortKey }: KeyLookup,
): KeyRange | undefined {
  const schema = keySchemaOf(target)
  const name = schema.partitionKeys[0]?.name as string
  const partition: KeyAttributeCondition = { name, operator: '=', values: [partitionKey] }
  const rangeOf = (conditions: readonly KeyAttributeCondition[]): KeyRange => {
    const keyCondition = { conditions: [partition, ...conditions], isIndexable: true }
    return queryRange(target, bindKeyCondition(keyCondition, schema))
  }
  let range: KeyRange | undefined = rangeOf(sortKey.slice(0, 1))
  for (const condition of sortKey.slice(1)) {
    const next = rangeOf([condition])
    range = range === undefined ? undefined : intersectionOf(range, next)
  }
  return range
}

/** Whether a lookup is by the whole primary key of a table. */
export function isOfOneRow({ table, index }: ReadTarget, { sortKey }: KeyLookup): boolean {
  if (index !== undefined) return false
  return table.primaryKey.sortKey === undefined || sortKey.some(({ operator }) => operator === '=')
}
