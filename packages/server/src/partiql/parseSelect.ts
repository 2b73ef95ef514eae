import { notWellFormed } from '../errors/statementErrors.ts'
import {
  atSymbol,
  currentToken,
  takeKeyword,
  takeSymbol,
  takeToken,
  unexpectedTerm,
  type Cursor,
} from './cursor.ts'
import { parseExpression } from './parseExpression.ts'
import { parseTerm } from './parseTerm.ts'
import type { FromSyntax, SelectSyntax } from './statementSyntax.ts'
import type { Syntax } from './syntax.ts'

/**
 * select := SELECT ("*" | expression {"," expression}) FROM table [WHERE condition]
 *           [ORDER BY expression [ASC | DESC] {"," …}] [LIMIT expression]
 *
 * REQUIRES: the current token is SELECT.
 */
export function parseSelect(cursor: Cursor): SelectSyntax {
  takeToken(cursor)
  const { columns, hasAliases } = parseColumns(cursor)
  if (!takeKeyword(cursor, 'from')) throw notWellFormed('Expected FROM after SELECT list')
  const from = parseFrom(cursor)
  const where = parseWhere(cursor)
  const orderBy = parseOrderBy(cursor)
  const limit = takeKeyword(cursor, 'limit') ? parseExpression(cursor) : undefined
  return { kind: 'select', columns, hasAliases, from, where, orderBy, limit }
}

function parseColumns(cursor: Cursor): Pick<SelectSyntax, 'columns' | 'hasAliases'> {
  if (atSymbol(cursor, '*')) {
    takeToken(cursor)
    return { columns: 'all', hasAliases: false }
  }
  const columns: Syntax[] = []
  let hasAliases = false
  do {
    columns.push(parseExpression(cursor))
    if (takeAlias(cursor)) hasAliases = true
  } while (takeSymbol(cursor, ','))
  return { columns, hasAliases }
}

function parseFrom(cursor: Cursor): FromSyntax {
  const at = currentToken(cursor)
  const path = parseTerm(cursor, parseExpression)
  if (path.kind !== 'path') throw unexpectedTerm()
  return { components: path.elements, isAliased: takeAlias(cursor), at }
}

/** Takes another name for what stands before it, and tells whether there is one. */
export function takeAlias(cursor: Cursor): boolean {
  const hasWord = takeKeyword(cursor, 'as')
  const { kind } = currentToken(cursor)
  if (kind === 'name' || kind === 'quoted') takeToken(cursor)
  else if (hasWord) throw unexpectedTerm()
  else return false
  return true
}

/** The condition of WHERE, if there is one. */
export function parseWhere(cursor: Cursor): Syntax | undefined {
  return takeKeyword(cursor, 'where') ? parseExpression(cursor) : undefined
}

function parseOrderBy(cursor: Cursor): SelectSyntax['orderBy'] {
  if (!takeKeyword(cursor, 'order')) return []
  if (!takeKeyword(cursor, 'by')) throw unexpectedTerm()
  const keys: { key: Syntax; descending: boolean }[] = []
  do {
    const key = parseExpression(cursor)
    const descending = takeKeyword(cursor, 'desc')
    if (!descending) takeKeyword(cursor, 'asc')
    keys.push({ key, descending })
  } while (takeSymbol(cursor, ','))
  return keys
}
