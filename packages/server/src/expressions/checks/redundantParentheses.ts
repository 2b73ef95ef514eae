import { redundantParentheses } from '../../errors/expressionErrors.ts'
import type { Parser } from '../parser.ts'

/** Parentheses directly round parentheses are refused. */
export function checkRedundantParentheses(parser: Parser): void {
  if (parser.hasRedundantParentheses) throw redundantParentheses(parser.kind)
}
