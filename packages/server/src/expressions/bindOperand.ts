import { unreachable } from '../invariant.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import { typeOf } from '../values/attributeValue.ts'
import type { OperandNode, PathNode, ValueNode } from './ast.ts'
import type { BoundOperand, ConstantOperand } from './boundExpression.ts'
import type { DocumentPath } from './documentPath.ts'
import type { ExpressionContext } from './expressionContext.ts'
import { isPlaceholder } from './parser.ts'

/*
 * Substitution of names and values.
 * REQUIRES: claimPlaceholders has found all placeholders of the expression in the context.
 */

export function bindPath(node: PathNode, context: ExpressionContext): DocumentPath {
  if (!node.hasPlaceholders) return node.elements
  const names = context.names as Readonly<Record<string, string>>
  return node.elements.map((element) =>
    isPlaceholder(element) ? (names[element] as string) : element,
  )
}

/** The value behind a placeholder. */
export function bindValue(node: ValueNode, context: ExpressionContext): AttributeValue {
  const values = context.values as Readonly<Record<string, AttributeValue>>
  return values[node.placeholder] as AttributeValue
}

export function constantOperand(value: AttributeValue): ConstantOperand {
  return { kind: 'constant', value, type: typeOf(value) }
}

/** REQUIRES: functions are calls of `size` with one operand. */
export function bindOperand(node: OperandNode, context: ExpressionContext): BoundOperand {
  switch (node.kind) {
    case 'path':
      return { kind: 'path', path: bindPath(node, context) }
    case 'value':
      return constantOperand(bindValue(node, context))
    case 'function':
      return { kind: 'size', of: bindOperand(node.operands[0] as OperandNode, context) }
    default:
      return unreachable(node)
  }
}
