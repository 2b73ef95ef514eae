import { listIndexOutOfRange, pathTooDeep } from '../../errors/expressionErrors.ts'
import { maxPathLevels } from '../../limits.ts'
import type { Parser } from '../parser.ts'

/** Paths have at most 32 elements, and list indices fit. */
export function checkPathLimits(parser: Parser): void {
  if (parser.excessiveIndex !== undefined) {
    throw listIndexOutOfRange(parser.kind, parser.excessiveIndex)
  }
  for (const { elements } of parser.paths) {
    if (elements.length > maxPathLevels) throw pathTooDeep(parser.kind, elements.length)
  }
}
