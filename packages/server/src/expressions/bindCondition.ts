import { invariant, unreachable } from '../invariant.ts'
import type { ConditionNode, FunctionNode, OperandNode, PathNode } from './ast.ts'
import { bindOperand, bindPath } from './bindOperand.ts'
import type { BoundCondition } from './boundExpression.ts'
import type { ExpressionContext } from './expressionContext.ts'

/**
 * `node` with its substitutions.
 * REQUIRES: the placeholders are defined, and functions have the right number and kind of operands.
 */
export function bindCondition(node: ConditionNode, context: ExpressionContext): BoundCondition {
  switch (node.kind) {
    case 'comparison': {
      const left = bindOperand(node.left, context)
      const right = bindOperand(node.right, context)
      return { kind: 'comparison', comparator: node.comparator, left, right }
    }
    case 'between': {
      const operand = bindOperand(node.operand, context)
      const lower = bindOperand(node.lower, context)
      return { kind: 'between', operand, lower, upper: bindOperand(node.upper, context) }
    }
    case 'in': {
      const operand = bindOperand(node.operand, context)
      return { kind: 'in', operand, list: node.list.map((member) => bindOperand(member, context)) }
    }
    case 'and':
    case 'or': {
      const conditions: BoundCondition[] = []
      collectChain(node, node.kind, context, conditions)
      return { kind: node.kind, conditions }
    }
    case 'not':
      return { kind: 'not', condition: bindCondition(node.condition, context) }
    case 'function':
      return bindFunction(node, context)
    default:
      return unreachable(node)
  }
}

/** Adds the members of a chain of one operator, from left to right. */
function collectChain(
  node: ConditionNode,
  kind: 'and' | 'or',
  context: ExpressionContext,
  conditions: BoundCondition[],
): void {
  if (node.kind === kind) {
    collectChain(node.left, kind, context, conditions)
    collectChain(node.right, kind, context, conditions)
  } else {
    conditions.push(bindCondition(node, context))
  }
}

function bindFunction(node: FunctionNode, context: ExpressionContext): BoundCondition {
  const first = node.operands[0] as OperandNode
  switch (node.name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      return { kind: node.name, path: bindPath(first as PathNode, context) }
    case 'attribute_type': {
      const type = bindOperand(node.operands[1] as OperandNode, context)
      return { kind: 'attribute_type', operand: bindOperand(first, context), type }
    }
    default: {
      invariant(node.name === 'begins_with' || node.name === 'contains', 'a known function')
      const part = bindOperand(node.operands[1] as OperandNode, context)
      return { kind: node.name, operand: bindOperand(first, context), part }
    }
  }
}
