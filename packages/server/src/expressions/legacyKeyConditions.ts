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
  const conditions: KeyAttributeCondition[] = []
  let isIndexable = true
  for (const name of Object.keys(keyConditions)) {
    const condition = keyConditions[name] as FilterCondition
    const values: readonly AttributeValue[] = condition.AttributeValueList ?? []
    compileComparison(name, condition.ComparisonOperator, values)
    const operator = keyOperators.get(condition.ComparisonOperator)
    if (operator === undefined) isIndexable = false
    else conditions.push({ name, operator, values })
  }
  return { conditions, isIndexable }
}
