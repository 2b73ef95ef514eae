import { documentPathRequired } from '../../errors/expressionErrors.ts'
import type { ExpressionKind } from '../../errors/expressionErrors.ts'
import type { FunctionNode } from '../ast.ts'

const functionsOfPaths: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'attribute_type',
  'if_not_exists',
])

/** The functions that ask about an attribute itself have a path as their first operand. */
export function checkDocumentPathRequired(
  kind: ExpressionKind,
  functions: readonly FunctionNode[],
): void {
  for (const { name, operands } of functions) {
    if (operands[0]?.kind !== 'path' && functionsOfPaths.has(name)) {
      throw documentPathRequired(kind, name)
    }
  }
}
