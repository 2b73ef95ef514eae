import type { FunctionNode, OperandNode, PathNode, ValueNode } from '../expressions/ast.ts'
import { unrecognizedFunction, unsupportedOperation } from '../errors/statementErrors.ts'
import { emptyAttributeName } from '../errors/valueErrors.ts'
import type { StatementValues } from './statementValues.ts'
import { isValue, nodeName, type CallSyntax, type PathSyntax, type Syntax } from './syntax.ts'
import { positionOf, type Span } from './token.ts'

/** A condition or an update of a statement while it is understood. */
export interface Understanding {
  readonly text: string
  readonly values: StatementValues
  /** The placeholders and functions of what is understood. */
  readonly placeholders: string[]
  readonly functions: FunctionNode[]
}

export function startUnderstanding(text: string, values: StatementValues): Understanding {
  return { text, values, placeholders: [], functions: [] }
}

export function place({ text }: Understanding, at: Span): string {
  return positionOf(text, at)
}

/** Throws emptyAttributeName: no attribute can be called so. */
export function pathNode({ elements }: PathSyntax): PathNode {
  if (elements.includes('')) throw emptyAttributeName()
  return { kind: 'path', elements, hasPlaceholders: false }
}

/** A value where an expression has one. Throws for what is no value. */
export function valueNode(understanding: Understanding, syntax: Syntax): ValueNode {
  return placeholderNode(understanding, understanding.values.add(syntax))
}

export function placeholderNode({ placeholders }: Understanding, placeholder: string): ValueNode {
  placeholders.push(placeholder)
  return { kind: 'value', placeholder }
}

export function functionNode(
  { functions }: Understanding,
  name: string,
  operands: readonly OperandNode[],
): FunctionNode {
  const node: FunctionNode = { kind: 'function', name, operands }
  functions.push(node)
  return node
}

/** A path, a value, or a call of one of `functions`, whose operands are of the same kind. */
export function operandNode(
  understanding: Understanding,
  syntax: Syntax,
  functions: ReadonlySet<string>,
): OperandNode {
  if (syntax.kind === 'path') return pathNode(syntax)
  if (syntax.kind === 'call') {
    if (!functions.has(syntax.name)) throw functionFault(understanding, syntax)
    const operands = syntax.operands.map((each) => operandNode(understanding, each, functions))
    return functionNode(understanding, syntax.name, operands)
  }
  if (!isValue(syntax)) throw unsupportedOperation(nodeName(syntax))
  return valueNode(understanding, syntax)
}

/** The functions that are a condition by themselves. */
export const predicates: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'begins_with',
  'contains',
])

/** A call of a function that is not known, or where there is no such function. */
export function functionFault(understanding: Understanding, { name, at }: CallSyntax): Error {
  if (predicates.has(name) || name === 'size') return unsupportedOperation('Call')
  return unrecognizedFunction(name, place(understanding, at))
}
