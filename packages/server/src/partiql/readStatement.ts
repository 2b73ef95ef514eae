import { createRememberedTexts } from '../expressions/rememberedTexts.ts'
import { pointEqualities, type PointEquality } from './pointSelect.ts'
import { parseStatement } from './parseStatement.ts'
import type { Statement } from './statement.ts'
import { StatementValues, type LiteralFault, type ValueTemplate } from './statementValues.ts'
import type { BoundStatement } from './boundStatement.ts'
import { understandStatement } from './understandStatement.ts'

/** A statement that is right as far as its text alone can tell; the same for every request. */
export interface ParsedStatement {
  readonly text: string
  readonly statement: Statement
  /** The values that its placeholders stand for, in their order. */
  readonly templates: readonly ValueTemplate[]
  readonly parameterCount: number
  /** What is wrong with one of its literals. */
  readonly fault: LiteralFault | undefined
  /** What a SELECT that may be of one item asks of its key. */
  readonly point: readonly PointEquality[] | undefined
  /** What it is with its values, once that is known, for a statement without parameters. */
  bound: BoundStatement | undefined
}

const remembered = createRememberedTexts<ParsedStatement>()

/**
 * The parsed form of a statement, from memory if it was seen lately. Throws ValidationException
 * with the texts of behaviour digest 6.2; errors are not remembered.
 */
export function readStatement(text: string): ParsedStatement {
  const known = remembered.recall(text)
  if (known !== undefined) return known
  const { syntax, parameterCount } = parseStatement(text)
  const values = new StatementValues(text)
  const statement = understandStatement(text, syntax, values)
  const { templates, fault } = values
  const point = pointEqualities(statement, templates)
  const parsed = { text, statement, templates, parameterCount, fault, point, bound: undefined }
  remembered.remember(text, parsed)
  return parsed
}
