import type { ApiError } from '../errors/apiError.ts'
import { notWellFormed } from '../errors/statementErrors.ts'
import { tokenize } from './lexer.ts'
import type { Token } from './token.ts'

/** Most expressions round one another; a value may have 32 levels (ours). */
const maxDepth = 200

/** A parse in progress. */
export interface Cursor {
  readonly text: string
  readonly tokens: readonly Token[]
  position: number
  /** How many parameters have been met. */
  parameterCount: number
  depth: number
}

export function startCursor(text: string): Cursor {
  return { text, tokens: tokenize(text), position: 0, parameterCount: 0, depth: 0 }
}

export function currentToken({ tokens, position }: Cursor): Token {
  return tokens[position] as Token
}

/** The token behind the current one; the end token when there is none. */
export function nextToken({ tokens, position }: Cursor): Token {
  return tokens[Math.min(position + 1, tokens.length - 1)] as Token
}

/** Takes the current token, whatever it is but the end. */
export function takeToken(cursor: Cursor): Token {
  const token = currentToken(cursor)
  cursor.position++
  return token
}

export function atSymbol(cursor: Cursor, symbol: string): boolean {
  const { kind, value } = currentToken(cursor)
  return kind === 'symbol' && value === symbol
}

export function takeSymbol(cursor: Cursor, symbol: string): boolean {
  if (!atSymbol(cursor, symbol)) return false
  cursor.position++
  return true
}

export function atKeyword(cursor: Cursor, keyword: string): boolean {
  const { kind, value } = currentToken(cursor)
  return kind === 'keyword' && value === keyword
}

export function takeKeyword(cursor: Cursor, keyword: string): boolean {
  if (!atKeyword(cursor, keyword)) return false
  cursor.position++
  return true
}

/** Throws for another token than `symbol`. */
export function expectSymbol(cursor: Cursor, symbol: string): void {
  if (!takeSymbol(cursor, symbol)) throw unexpectedTerm()
}

export function unexpectedTerm(): ApiError {
  return notWellFormed('Unexpected term')
}

/** Goes one level into an expression. REQUIRES: {@link ascend} follows. */
export function descend(cursor: Cursor): void {
  cursor.depth++
  if (cursor.depth > maxDepth) throw notWellFormed('')
}

export function ascend(cursor: Cursor): void {
  cursor.depth--
}
