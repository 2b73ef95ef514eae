import {
  validation,
  type ExpectedError,
  type PreparingCall,
  type ValidationText,
} from './validationTextRow.ts'

/*
 * Rows about PartiQL statements. Sources `partiql 1` to `partiql 10` are the parts of section 6.2
 * of the digest; what is of part 10 is not confirmed.
 */

export const notWellFormed: string = "Statement wasn't well formed, can't be processed: "
export const malformed = (detail: string): ExpectedError => validation(notWellFormed + detail)

/** A row about one statement. */
export function statementRow(
  part: number,
  Statement: string,
  expected: ExpectedError,
  more: object = {},
): ValidationText {
  const quote = String(expected['message'])
  const request = { Statement, ...more }
  return { source: `partiql ${part}`, quote, operation: 'ExecuteStatement', request, expected }
}

export const prepared = (
  text: ValidationText,
  ...setup: readonly PreparingCall[]
): ValidationText => ({
  ...text,
  setup,
})

export const where = (condition: string): string => `SELECT * FROM Simple WHERE ${condition}`
export const given = (...Parameters: readonly object[]): object => ({ Parameters })

export const overflow: string =
  'Number overflow. Attempting to store a number with magnitude larger than supported range'
export const notNumeric: string = 'The parameter cannot be converted to a numeric value'
