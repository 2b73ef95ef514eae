import type { BoundCondition } from '../expressions/boundExpression.ts'
import { pathsOfCondition } from '../expressions/conditionPaths.ts'
import { topLevelName } from '../expressions/documentPath.ts'
import type { KeyAttributeCondition } from '../expressions/keyCondition.ts'
import { wrongOperandCount } from '../errors/expressionErrors.ts'
import { overlappingConditions } from '../errors/statementErrors.ts'
import { maxPartitionKeysOfIn } from '../limits.ts'
import type { KeyLookup } from '../reads/keyLookups.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import { allOf, conjunctsOf, disjunctsOf, equalityOf, isAttribute } from './conjuncts.ts'

/** How the items that a condition may hold for are found. */
export interface KeyedRead {
  /** They may overlap. */
  readonly lookups: readonly KeyLookup[]
  /** What is still to be asked of the items that are found. */
  readonly filter: BoundCondition | undefined
  /** Whether there is an OR in the whole condition. */
  readonly hasAlternatives: boolean
}

/** The names of the key attributes that a read goes by. */
export interface LookupKeys {
  readonly partitionKey: string
  readonly sortKey: string | undefined
}

/**
 * How the items that `where` may hold for are found by their keys; undefined when it does not say
 * which partition keys they have. Throws overlappingConditions.
 */
export function keyLookups(
  where: BoundCondition | undefined,
  keys: LookupKeys,
): KeyedRead | undefined {
  const conjuncts = conjunctsOf(where)
  const byValue = conjuncts.find((each) => partitionValues(each, keys) !== undefined)
  if (byValue === undefined) {
    const alternatives = conjuncts.find((each) => haveOwnPartitions(each, keys))
    return alternatives === undefined ? undefined : lookupsOfEach(conjuncts, alternatives, keys)
  }
  const others = conjuncts.filter((each) => each !== byValue)
  for (const other of others) checkAlternatives(other, keys)
  const { sortKey, rest } = sortConditions(others, keys)
  const values = partitionValues(byValue, keys) as readonly AttributeValue[]
  return {
    lookups: values.flatMap((partitionKey) =>
      sortKey.map((conditions) => ({ partitionKey, sortKey: conditions })),
    ),
    filter: allOf(rest),
    hasAlternatives: conjuncts.some(hasAlternatives),
  }
}

/** The partition keys that `condition` names by itself: by equality, IN, or an OR of those. */
function partitionValues(
  condition: BoundCondition,
  keys: LookupKeys,
): readonly AttributeValue[] | undefined {
  const value = equalityOf(condition, keys.partitionKey)
  if (value !== undefined) return [value]
  if (condition.kind !== 'or') {
    const members = membersOf(condition, keys.partitionKey)
    if (members !== undefined && members.length > maxPartitionKeysOfIn) {
      throw wrongOperandCount('Statement', 'IN', members.length)
    }
    return members
  }
  const found = disjunctsOf(condition).map((each) => partitionValues(each, keys))
  return found.every((each) => each !== undefined) ? found.flat() : undefined
}

/** The values that IN gives for attribute `name`. */
function membersOf(condition: BoundCondition, name: string): readonly AttributeValue[] | undefined {
  if (condition.kind !== 'in' || !isAttribute(condition.operand, name)) return undefined
  const values = condition.list.flatMap((each) => (each.kind === 'constant' ? [each.value] : []))
  return values.length === condition.list.length && values.length > 0 ? values : undefined
}

/** Whether `condition` is an OR each of whose members names its partition keys. */
function haveOwnPartitions(condition: BoundCondition, keys: LookupKeys): boolean {
  if (condition.kind !== 'or') return false
  return disjunctsOf(condition).every((each) =>
    conjunctsOf(each).some((part) => partitionValues(part, keys) !== undefined),
  )
}

/** The lookups of the members of an OR. The whole condition is asked of what they find. */
function lookupsOfEach(
  conjuncts: readonly BoundCondition[],
  alternatives: BoundCondition,
  keys: LookupKeys,
): KeyedRead {
  checkAlternatives(alternatives, keys)
  const lookups = disjunctsOf(alternatives).flatMap((each) => {
    const member = keyLookups(each, keys)
    return member === undefined ? [] : member.lookups
  })
  return { lookups, filter: allOf(conjuncts), hasAlternatives: true }
}

/**
 * Throws when one member of an OR is about the sort key and another about neither key: what they
 * find in one partition would overlap.
 */
function checkAlternatives(condition: BoundCondition, { partitionKey, sortKey }: LookupKeys): void {
  if (sortKey === undefined || condition.kind !== 'or') return
  const members = disjunctsOf(condition).map((each) => new Set(namesOf(each)))
  const onSortKey = members.some((names) => names.has(sortKey))
  const onOthers = members.some((names) => {
    const others = [...names].filter((name) => name !== partitionKey)
    return others.length > 0 && !names.has(sortKey)
  })
  if (onSortKey && onOthers) throw overlappingConditions()
}

const namesOf = (condition: BoundCondition): string[] =>
  pathsOfCondition(condition).map(topLevelName)

interface SortConditions {
  /** Each is enough to find some of the items; all of one must hold. */
  readonly sortKey: readonly (readonly KeyAttributeCondition[])[]
  readonly rest: readonly BoundCondition[]
}

/** Takes the conditions on the sort key that a read can go by out of `conjuncts`. */
function sortConditions(
  conjuncts: readonly BoundCondition[],
  { sortKey: name }: LookupKeys,
): SortConditions {
  if (name === undefined) return { sortKey: [[]], rest: conjuncts }
  const taken: KeyAttributeCondition[] = []
  const rest: BoundCondition[] = []
  let members: readonly AttributeValue[] | undefined
  for (const conjunct of conjuncts) {
    const condition = sortCondition(conjunct, name)
    if (condition !== undefined) {
      taken.push(condition)
      continue
    }
    const values = members === undefined ? membersOf(conjunct, name) : undefined
    if (values === undefined) rest.push(conjunct)
    else members = values
  }
  if (members === undefined) return { sortKey: [taken], rest }
  const points = members.map((value) => [
    ...taken,
    { name, operator: '=' as const, values: [value] },
  ])
  return { sortKey: points, rest }
}

const flipped = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

/** `condition` as one on the sort key, if it is of a kind that a read can go by. */
function sortCondition(condition: BoundCondition, name: string): KeyAttributeCondition | undefined {
  if (condition.kind === 'comparison') {
    const { comparator, left, right } = condition
    if (comparator === '<>') return undefined
    if (isAttribute(left, name) && right.kind === 'constant') {
      return { name, operator: comparator, values: [right.value] }
    }
    if (!isAttribute(right, name) || left.kind !== 'constant') return undefined
    return { name, operator: flipped[comparator], values: [left.value] }
  }
  if (condition.kind === 'between') {
    const { operand, lower, upper } = condition
    const isOfKey = isAttribute(operand, name)
    if (!isOfKey || lower.kind !== 'constant' || upper.kind !== 'constant') return undefined
    return { name, operator: 'BETWEEN', values: [lower.value, upper.value] }
  }
  if (condition.kind !== 'begins_with') return undefined
  const { operand, part } = condition
  if (!isAttribute(operand, name) || part.kind !== 'constant') return undefined
  return { name, operator: 'begins_with', values: [part.value] }
}

/** Whether there is an OR anywhere in `condition`. */
function hasAlternatives(condition: BoundCondition): boolean {
  if (condition.kind === 'or') return true
  if (condition.kind === 'and') return condition.conditions.some(hasAlternatives)
  return condition.kind === 'not' && hasAlternatives(condition.condition)
}
