import { notIndexableCondition } from '../errors/legacyParameterErrors.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import type { CompiledKeyCondition, KeyAttributeCondition, KeyOperator } from './keyCondition.ts'
import { compileComparison } from './legacyConditions.ts'
import type { FilterCondition, LegacyOperator } from './legacyConditions.ts'

const keyOperators: ReadonlyMap<LegacyOperator, KeyOperator> = new Map([
  ['EQ', '='],
  ['LT', '<'],
  ['LE', '<='],
  ['GT', '>'],
  ['GE', '>='],
  ['BETWEEN', 'BETWEEN'],
  ['BEGINS_WITH', 'begins_with'],
])

/**
 * Compiles KeyConditions. Brings its values into canonical form in place. Throws
 * ValidationException with the texts of legacyParameterErrors.ts.
 */
export function compileKeyConditions(
  keyConditions: Readonly<Record<string, FilterCondition>>,
): CompiledKeyCondition {
  const conditions = Object.keys(keyConditions).map((name) =>
    compileKeyAttribute(name, keyConditions[name] as FilterCondition),
  )
  return { conditions }
}

function compileKeyAttribute(name: string, condition: FilterCondition): KeyAttributeCondition {
  const values: readonly AttributeValue[] = condition.AttributeValueList ?? []
  compileComparison(name, condition.ComparisonOperator, values)
  const operator = keyOperators.get(condition.ComparisonOperator)
  if (operator === undefined) throw notIndexableCondition()
  return { name, operator, values }
}
