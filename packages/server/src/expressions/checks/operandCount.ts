import { wrongOperandCount } from '../../errors/expressionErrors.ts'
import type { ExpressionKind } from '../../errors/expressionErrors.ts'
import { invariant } from '../../invariant.ts'
import type { FunctionNode } from '../ast.ts'

const operandCounts: ReadonlyMap<string, number> = new Map([
  ['attribute_exists', 1],
  ['attribute_not_exists', 1],
  ['attribute_type', 2],
  ['begins_with', 2],
  ['contains', 2],
  ['size', 1],
  ['if_not_exists', 2],
  ['list_append', 2],
])

/** Every function has the number of operands that it takes. REQUIRES: all names are known. */
export function checkOperandCount(kind: ExpressionKind, functions: readonly FunctionNode[]): void {
  for (const { name, operands } of functions) {
    const expected = operandCounts.get(name)
    invariant(expected !== undefined, 'function names have been checked')
    if (operands.length !== expected) throw wrongOperandCount(kind, name, operands.length)
  }
}
