import { unreachable } from '../invariant.ts'
import type { ConditionNode, FunctionNode, OperandNode, PathNode } from './ast.ts'

/** What the text of a condition mentions, in its order. */
export interface ConditionParts {
  readonly paths: PathNode[]
  /** The placeholders of values, each once. */
  readonly values: Set<string>
  readonly functions: FunctionNode[]
}

/** The parts of a condition that `AND` joins to others, from left to right. */
export function clausesOf(node: ConditionNode): ConditionNode[] {
  return node.kind === 'and' ? [...clausesOf(node.left), ...clausesOf(node.right)] : [node]
}

export function partsOfCondition(node: ConditionNode): ConditionParts {
  const parts: ConditionParts = { paths: [], values: new Set(), functions: [] }
  collectParts(node, parts)
  return parts
}

function collectParts(node: ConditionNode | OperandNode, parts: ConditionParts): void {
  const collect = (inner: ConditionNode | OperandNode): void => collectParts(inner, parts)
  switch (node.kind) {
    case 'path':
      parts.paths.push(node)
      return
    case 'value':
      parts.values.add(node.placeholder)
      return
    case 'function':
      for (const operand of node.operands) collect(operand)
      parts.functions.push(node)
      return
    case 'comparison':
    case 'and':
    case 'or':
      collect(node.left)
      collect(node.right)
      return
    case 'between':
      for (const operand of [node.operand, node.lower, node.upper]) collect(operand)
      return
    case 'in':
      for (const operand of [node.operand, ...node.list]) collect(operand)
      return
    case 'not':
      collect(node.condition)
      return
    default:
      unreachable(node)
  }
}
