import { checkExpressionParameters } from '../../expressions/checkExpressionParameters.ts'
import { compileCondition, type CompiledCondition } from '../../expressions/evaluateCondition.ts'
import {
  checkAllUsed,
  createExpressionContext,
  type ExpressionContext,
  type ExpressionRequest,
} from '../../expressions/expressionContext.ts'
import { checkConditionalOperator, compileExpected } from '../../expressions/legacyConditions.ts'
import type { Services } from '../services.ts'

/** The members that say under which condition a write of an item is done. */
export interface ConditionParameters extends ExpressionRequest {
  readonly ConditionExpression?: string
  readonly Expected?: Parameters<typeof compileExpected>[0]
  readonly ConditionalOperator?: 'AND' | 'OR'
}

const conditionMembers = {
  expressions: ['ConditionExpression'],
  legacy: ['Expected', 'ConditionalOperator'],
} as const

/**
 * Checks which members come together: first of all, before the values of the item or key. Throws
 * for a mix of both forms and for placeholders without an expression.
 */
export function checkConditionMembers(request: ConditionParameters): void {
  checkExpressionParameters(request, conditionMembers)
}

/**
 * The condition of PutItem and DeleteItem, from its expression or its legacy members. Throws for
 * all faults of either form and for placeholders that are not used. REQUIRES: the members have
 * passed {@link checkConditionMembers}.
 */
export function compileConditionParameter(
  services: Services,
  request: ConditionParameters,
): CompiledCondition | undefined {
  if (request.ConditionExpression === undefined) return compileLegacyCondition(request)
  const context = createExpressionContext(request, services)
  const condition = compileConditionExpression(request, context)
  checkAllUsed(context)
  return condition
}

/** The condition of the legacy members, or undefined. */
export function compileLegacyCondition(
  request: ConditionParameters,
): CompiledCondition | undefined {
  const { Expected, ConditionalOperator } = request
  if (Expected !== undefined) return compileExpected(Expected, ConditionalOperator)
  checkConditionalOperator(undefined, ConditionalOperator)
  return undefined
}

/** The condition of ConditionExpression, or undefined when there is none. */
export function compileConditionExpression(
  request: { readonly ConditionExpression?: string },
  context: ExpressionContext,
): CompiledCondition | undefined {
  const text = request.ConditionExpression
  return text === undefined ? undefined : compileCondition('ConditionExpression', text, context)
}
