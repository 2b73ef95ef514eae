import { compileCondition, type CompiledCondition } from '../../expressions/evaluateCondition.ts'
import type { ExpressionContext } from '../../expressions/expressionContext.ts'
import {
  checkConditionalOperator,
  compileFilterConditions,
  type FilterCondition,
} from '../../expressions/legacyConditions.ts'

export type FilterConditions = Readonly<Record<string, FilterCondition>>

/** The filter of QueryFilter or ScanFilter, undefined when it lets everything pass. */
export function compileLegacyFilter(
  conditions: FilterConditions | undefined,
  conditionalOperator: 'AND' | 'OR' | undefined,
): CompiledCondition | undefined {
  if (conditions === undefined) {
    checkConditionalOperator(undefined, conditionalOperator)
    return undefined
  }
  const filter = compileFilterConditions(conditions, conditionalOperator)
  return Object.keys(conditions).length === 0 ? undefined : filter
}

/** The filter of FilterExpression, undefined when there is none. */
export function compileFilterExpression(
  text: string | undefined,
  context: ExpressionContext,
): CompiledCondition | undefined {
  return text === undefined ? undefined : compileCondition('FilterExpression', text, context)
}
