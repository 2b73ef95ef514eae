import { misusedFunction } from '../../errors/expressionErrors.ts'
import type { Parser } from '../parser.ts'

/** Of a condition's functions `size` alone is an operand, and all others alone are conditions. */
export function checkMisusedFunctions(parser: Parser): void {
  for (const node of parser.functions) {
    const isCondition = parser.predicates.has(node)
    if (isCondition === (node.name === 'size')) throw misusedFunction(parser.kind, node.name)
  }
}
