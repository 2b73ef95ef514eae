import { bindCondition } from './bindCondition.ts'
import type { BoundCondition, CompiledCondition } from './boundExpression.ts'
import { checkAttributeTypeName } from './checks/attributeTypeName.ts'
import { checkBetweenBounds } from './checks/betweenBounds.ts'
import { checkDistinctOperands } from './checks/distinctOperands.ts'
import { checkDocumentPathRequired } from './checks/documentPathRequired.ts'
import { checkInListLength } from './checks/inListLength.ts'
import { checkOperandCount } from './checks/operandCount.ts'
import { checkOperandTypes } from './checks/operandTypes.ts'
import type { ConditionKind } from './conditionRule.ts'
import { visitCondition } from './conditionRule.ts'
import { claimPlaceholders } from './expressionContext.ts'
import type { ExpressionContext } from './expressionContext.ts'
import type { ConditionNode } from './ast.ts'
import { readParsedCondition } from './parsedExpression.ts'
import type { ParsedExpression } from './parsedExpression.ts'

/**
 * Compiles a condition or filter. Throws ValidationException with the texts and the precedence of
 * behaviour digest 3.5.
 */
export function compileCondition(
  kind: 'ConditionExpression' | 'FilterExpression',
  text: string,
  context: ExpressionContext,
): CompiledCondition {
  return bindParsedCondition(kind, readParsedCondition(kind, text, context.reservedWords), context)
}

/**
 * A condition, or a clause of a key condition, with its substitutions. Throws for all faults but
 * those of its text alone, in AWS's order (behaviour digest 3.5).
 */
export function bindParsedCondition(
  kind: ConditionKind,
  parsed: ParsedExpression<ConditionNode>,
  context: ExpressionContext,
): BoundCondition {
  claimPlaceholders(kind, parsed, context)
  checkOperandCount(kind, parsed.functions)
  checkDocumentPathRequired(kind, parsed.functions)
  const condition = bindCondition(parsed.root, context)
  visitCondition(condition, kind, checkInListLength)
  visitCondition(condition, kind, checkOperandTypes)
  visitCondition(condition, kind, checkAttributeTypeName)
  visitCondition(condition, kind, checkDistinctOperands)
  visitCondition(condition, kind, checkBetweenBounds)
  return condition
}
