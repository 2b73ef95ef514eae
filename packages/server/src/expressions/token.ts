/**
 * - `word`: a letter, then letters, digits and underscores: a keyword, function or attribute name.
 * - `name`, `value`: the placeholders `#n` and `:v`, with their first character.
 * - `symbol`: an operator or punctuation; `text` says which.
 * - `invalid`: what no grammar accepts anywhere; the parser reports it when it gets there.
 */
export type TokenKind = 'word' | 'number' | 'name' | 'value' | 'symbol' | 'invalid' | 'end'

/** A piece of an expression: `text` stands at [start, end) of it. The end token has no text. */
export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly start: number
  readonly end: number
}
