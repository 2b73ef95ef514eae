/**
 * - `keyword`: a word of PartiQL, in any case; `value` has it in lower case.
 * - `name`, `quoted`: an identifier, bare or in double quotes; `value` is the name.
 * - `string`, `number`: a literal; `value` is its content, or the number as it is written.
 * - `parameter`: `?`.
 * - `symbol`: an operator or punctuation; `value` says which.
 */
export type TokenKind =
  | 'keyword'
  | 'name'
  | 'quoted'
  | 'string'
  | 'number'
  | 'parameter'
  | 'symbol'
  | 'end'

/** Where something stands in a statement: at [start, end) of the text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A piece of a statement. The end token is empty. */
export interface Token extends Span {
  readonly kind: TokenKind
  readonly value: string
}

/** Where `span` is, as error texts show it: `line:column:length`, from 1. Linear in the text. */
export function positionOf(text: string, { start, end }: Span): string {
  let line = 1
  let lineStart = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < start; at = text.indexOf('\n', at + 1)) {
    line++
    lineStart = at + 1
  }
  return `${line}:${start - lineStart + 1}:${end - start}`
}
