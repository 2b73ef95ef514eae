import { repeatedClause } from '../../errors/expressionErrors.ts'
import type { UpdateNode } from '../ast.ts'
import type { Parser } from '../parser.ts'

/** Each clause stands at most once in an update. */
export function checkRepeatedClause(parser: Parser, update: UpdateNode): void {
  if (update.repeatedClause !== undefined) throw repeatedClause(parser.kind, update.repeatedClause)
}
