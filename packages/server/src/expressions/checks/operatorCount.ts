import { tooManyOperators } from '../../errors/expressionErrors.ts'
import { maxExpressionOperators } from '../../limits.ts'
import type { Parser } from '../parser.ts'

/**
 * At most 300 comparators (BETWEEN and IN among them), ANDs, ORs, NOTs, pluses and minuses. It also
 * bounds the depth of the tree for whoever walks it by recursion.
 */
export function checkOperatorCount(parser: Parser): void {
  if (parser.operatorCount > maxExpressionOperators) {
    throw tooManyOperators(parser.kind, parser.operatorCount)
  }
}
