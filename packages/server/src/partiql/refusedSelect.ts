import { isValidationException } from '../errors/apiError.ts'
import { parseStatement, type ParsedText } from './parseStatement.ts'
import type { StatementSource } from './statement.ts'
import { StatementValues, type LiteralFault } from './statementValues.ts'
import type { SelectSyntax } from './statementSyntax.ts'
import { understandCondition } from './understandCondition.ts'
import { sourceOf } from './understandStatement.ts'

/** A SELECT that is sound but for what it asks for. */
export interface RefusedSelect {
  readonly source: StatementSource
  readonly parameterCount: number
  /** What is wrong with one of its literals. */
  readonly fault: LiteralFault | undefined
}

/**
 * The SELECT that readStatement has refused; undefined for other statements, and for one that is
 * refused for its syntax or for what stands in the place of a value.
 */
export function refusedSelect(text: string): RefusedSelect | undefined {
  const parsed = parsedOf(text)
  if (parsed === undefined || parsed.syntax.kind !== 'select') return undefined
  const { syntax, parameterCount } = parsed
  const values = valuesOf(text, syntax)
  if (values.isRefused) return undefined
  return { source: sourceOf(text, syntax.from), parameterCount, fault: values.fault }
}

function parsedOf(text: string): ParsedText | undefined {
  try {
    return parseStatement(text)
  } catch (error) {
    if (!isValidationException(error)) throw error
    return undefined
  }
}

/** The values of a SELECT, up to the place where it cannot be understood. */
function valuesOf(text: string, { where }: SelectSyntax): StatementValues {
  const values = new StatementValues(text)
  try {
    if (where !== undefined) understandCondition(text, values, where)
  } catch (error) {
    if (!isValidationException(error)) throw error
  }
  return values
}
