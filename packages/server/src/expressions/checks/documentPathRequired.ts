import { documentPathRequired } from '../../errors/expressionErrors.ts'
import type { ExpressionKind } from '../../errors/expressionErrors.ts'
import type { FunctionNode } from '../ast.ts'

const functionsOfPaths: ReadonlySet<string> = new Set([
  'attribute_exists',
  'attribute_not_exists',
  'if_not_exists',
])

/**
 * The functions that ask whether an attribute is there have a path as their first operand;
 * `attribute_type` can ask for the type of a value too (measured), but not for that of a function.
 */
export function checkDocumentPathRequired(
  kind: ExpressionKind,
  functions: readonly FunctionNode[],
): void {
  for (const { name, operands } of functions) {
    const first = operands[0]?.kind
    if (
      (first !== 'path' && functionsOfPaths.has(name)) ||
      (first === 'function' && name === 'attribute_type')
    ) {
      throw documentPathRequired(kind, name)
    }
  }
}
