import { isValidationException } from '../errors/apiError.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import { checkStatementValues } from './bindStatement.ts'
import { parseStatement, type ParsedText } from './parseStatement.ts'
import type { StatementSource } from './statement.ts'
import { StatementValues } from './statementValues.ts'
import type { SelectSyntax } from './statementSyntax.ts'
import { understandCondition } from './understandCondition.ts'
import { sourceOf } from './understandStatement.ts'

/**
 * What a SELECT reads that readStatement has refused for what it asks for; undefined for other
 * statements, and for those that are refused for their syntax or for one of their literals. Throws
 * ValidationException for literals out of bounds and for the parameters.
 */
export function refusedSource(
  text: string,
  parameters: readonly AttributeValue[],
): StatementSource | undefined {
  const parsed = parsedOf(text)
  if (parsed === undefined || parsed.syntax.kind !== 'select') return undefined
  const { syntax, parameterCount } = parsed
  const values = valuesOf(text, syntax)
  if (values.isRefused) return undefined
  checkStatementValues({ fault: values.fault, parameterCount }, parameters)
  return sourceOf(text, syntax.from)
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
