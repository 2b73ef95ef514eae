import { notIndexableCondition } from '../errors/legacyParameterErrors.ts'
import {
  keyConditionNotSupported,
  keyConditionTypeMismatch,
  missedKeyElement,
  sortKeyWithoutEquality,
  tooManyKeyConditions,
} from '../errors/expressionErrors.ts'
import { emptyKey } from '../errors/valueErrors.ts'
import { typeOf } from '../values/attributeValue.ts'
import type { AttributeValue, KeyAttributeType } from '../values/attributeValue.ts'
import type { CompiledKeyCondition, KeyAttributeCondition } from './keyCondition.ts'

interface KeyAttribute {
  readonly name: string
  readonly type: KeyAttributeType
}

/** The key attributes of a table (one and at most one) or of an index (up to four and four). */
export interface KeyConditionSchema {
  readonly partitionKeys: readonly KeyAttribute[]
  readonly sortKeys: readonly KeyAttribute[]
}

interface KeyValue {
  readonly name: string
  readonly value: AttributeValue
}

/** A key condition in the order of its schema. */
export interface BoundKeyCondition {
  /** The values of all partition key attributes. */
  readonly partitionKey: readonly KeyValue[]
  /** The values of the sort key attributes before `sortKey`; empty when there is one sort key. */
  readonly sortKeyPrefix: readonly KeyValue[]
  /** The condition on the last sort key attribute that the query uses. */
  readonly sortKey?: KeyAttributeCondition
}

/** The most conditions that a schema of one partition key and one sort key can use. */
const plainConditionCount = 2

/**
 * Fits a key condition to a schema: every partition key has a value, sort keys are used from the
 * left, and only the last one used may have another operator than `=`. Throws ValidationException
 * with the texts of behaviour digest 3.5.
 */
export function bindKeyCondition(
  keyCondition: CompiledKeyCondition,
  schema: KeyConditionSchema,
): BoundKeyCondition {
  const { conditions, isIndexable } = keyCondition
  if (!isIndexable) throw notIndexableCondition()
  const { partitionKeys, sortKeys } = schema
  const mostConditions = Math.max(plainConditionCount, partitionKeys.length + sortKeys.length)
  if (conditions.length > mostConditions) throw tooManyKeyConditions()
  const partitionKey = partitionKeys.map((key) => partitionKeyValue(key, conditions))
  checkSortKeyEqualities(sortKeys, conditions)
  const used = usedSortKeys(sortKeys, conditions)
  if (used.length < conditions.length - partitionKey.length) {
    const unused = sortKeys[used.length]
    throw unused === undefined ? keyConditionNotSupported() : missedKeyElement(unused.name)
  }
  const sortKeyPrefix = used.slice(0, -1).map(keyValue)
  const sortKey = used.at(-1)
  return { partitionKey, sortKeyPrefix, ...(sortKey !== undefined && { sortKey }) }
}

function partitionKeyValue(
  key: KeyAttribute,
  conditions: readonly KeyAttributeCondition[],
): KeyValue {
  const condition = conditions.find(({ name }) => name === key.name)
  if (condition === undefined) throw missedKeyElement(key.name)
  if (condition.operator !== '=') throw keyConditionNotSupported()
  checkValues(key, condition)
  return keyValue(condition)
}

/** Every sort key before the last one that has a condition has one of equality. */
function checkSortKeyEqualities(
  sortKeys: readonly KeyAttribute[],
  conditions: readonly KeyAttributeCondition[],
): void {
  const onSortKeys = sortKeys.map(({ name }) => conditions.find((each) => each.name === name))
  const last = onSortKeys.findLast((condition) => condition !== undefined)
  if (last === undefined) return
  const before = sortKeys.slice(0, onSortKeys.lastIndexOf(last))
  const unequal = before.filter((_, i) => onSortKeys[i]?.operator !== '=')
  if (unequal.length === 0) return
  throw sortKeyWithoutEquality(
    unequal.map(({ name }) => name),
    last.name,
  )
}

/** The conditions on sort keys from the left, up to the first without one. */
function usedSortKeys(
  sortKeys: readonly KeyAttribute[],
  conditions: readonly KeyAttributeCondition[],
): KeyAttributeCondition[] {
  const used: KeyAttributeCondition[] = []
  for (const key of sortKeys) {
    const condition = conditions.find(({ name }) => name === key.name)
    if (condition === undefined) break
    checkValues(key, condition)
    used.push(condition)
  }
  return used
}

function checkValues(key: KeyAttribute, condition: KeyAttributeCondition): void {
  for (const value of condition.values) {
    if (typeOf(value) !== key.type) throw keyConditionTypeMismatch()
    if ('S' in value && value.S === '') throw emptyKey('S', key.name)
    if ('B' in value && value.B === '') throw emptyKey('B', key.name)
  }
}

function keyValue(condition: KeyAttributeCondition): KeyValue {
  return { name: condition.name, value: condition.values[0] as AttributeValue }
}
