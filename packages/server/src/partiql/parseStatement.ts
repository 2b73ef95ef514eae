import { isValidationException } from '../errors/apiError.ts'
import { notWellFormed, unsupportedOperation } from '../errors/statementErrors.ts'
import {
  atKeyword,
  atSymbol,
  currentToken,
  expectSymbol,
  nextToken,
  startCursor,
  takeKeyword,
  takeSymbol,
  takeToken,
  unexpectedTerm,
  type Cursor,
} from './cursor.ts'
import { parseExpression } from './parseExpression.ts'
import { parseSelect, parseWhere, takeAlias } from './parseSelect.ts'
import { parseSimplePath } from './parseTerm.ts'
import type {
  FromSyntax,
  Returning,
  StatementSyntax,
  UpdateClauseSyntax,
} from './statementSyntax.ts'
import type { PathSyntax } from './syntax.ts'

export interface ParsedText {
  readonly syntax: StatementSyntax
  /** How many parameters it has. */
  readonly parameterCount: number
}

/** Parses a statement. Throws notWellFormed. Runs in time linear in the text. */
export function parseStatement(text: string): ParsedText {
  const cursor = startCursor(text)
  const syntax = parseAny(cursor)
  if (takeSymbol(cursor, ';') && currentToken(cursor).kind !== 'end') {
    throw notWellFormed('Unexpected token after semicolon. (Only one query is allowed.)')
  }
  if (currentToken(cursor).kind !== 'end') throw unexpectedRest()
  return { syntax, parameterCount: cursor.parameterCount }
}

const unexpectedRest = (): Error => notWellFormed('Unexpected token after expression')
const noOperation = (): Error => notWellFormed('Expected data manipulation')

/** statement := select | insert | update | delete | exists */
function parseAny(cursor: Cursor): StatementSyntax {
  const { kind, value } = currentToken(cursor)
  switch (kind === 'keyword' ? value : '') {
    case 'select':
      return parseSelect(cursor)
    case 'insert':
      return parseInsert(cursor)
    case 'update':
      return parseUpdate(cursor)
    case 'delete':
      return parseDelete(cursor)
    case 'from':
      return parseFromFirst(cursor)
    case 'exists':
      return nextToken(cursor).value === '(' ? parseExists(cursor) : parseOther(cursor)
    default:
      return parseOther(cursor)
  }
}

/** An expression is a statement of PartiQL, if not of DynamoDB; anything else is none at all. */
function parseOther(cursor: Cursor): StatementSyntax {
  let expression
  try {
    expression = parseExpression(cursor)
  } catch (error) {
    if (!isValidationException(error)) throw error
    throw noOperation()
  }
  const isWhole = currentToken(cursor).kind === 'end' || atSymbol(cursor, ';')
  if (!isWhole || expression.kind === 'path') throw noOperation()
  return { kind: 'expression', expression }
}

/** exists := EXISTS "(" select ")" */
function parseExists(cursor: Cursor): StatementSyntax {
  takeToken(cursor)
  takeToken(cursor)
  if (!atKeyword(cursor, 'select')) throw unexpectedTerm()
  const select = parseSelect(cursor)
  expectSymbol(cursor, ')')
  return { kind: 'exists', select }
}

function fromOf({ elements, at }: PathSyntax, isAliased: boolean): FromSyntax {
  return { components: elements, isAliased, at }
}

/**
 * insert := INSERT INTO table VALUE expression
 *
 * PartiQL has INSERT INTO table expression too, whose faults are those of the expression.
 */
function parseInsert(cursor: Cursor): StatementSyntax {
  takeToken(cursor)
  if (!takeKeyword(cursor, 'into')) throw notWellFormed('Unexpected keyword')
  const from = fromOf(parseSimplePath(cursor), false)
  if (takeKeyword(cursor, 'value')) return { kind: 'insert', from, value: parseExpression(cursor) }
  if (atKeyword(cursor, 'as')) throw unexpectedRest()
  parseExpression(cursor)
  if (currentToken(cursor).kind !== 'end') throw unexpectedRest()
  throw unsupportedOperation('Insert')
}

/** update := UPDATE table clause {clause} [WHERE condition] [RETURNING …] */
function parseUpdate(cursor: Cursor): StatementSyntax {
  takeToken(cursor)
  const from = fromOf(parseSimplePath(cursor), takeAlias(cursor))
  const clauses = parseClauses(cursor)
  const where = parseWhere(cursor)
  return { kind: 'update', from, clauses, where, returning: parseReturning(cursor) }
}

/** The same, with FROM and WHERE first. */
function parseFromFirst(cursor: Cursor): StatementSyntax {
  takeToken(cursor)
  const from = fromOf(parseSimplePath(cursor), takeAlias(cursor))
  const where = parseWhere(cursor)
  const clauses = parseClauses(cursor)
  return { kind: 'update', from, clauses, where, returning: parseReturning(cursor) }
}

/** clause := SET path "=" expression {"," path "=" expression} | REMOVE path */
function parseClauses(cursor: Cursor): UpdateClauseSyntax[] {
  const clauses: UpdateClauseSyntax[] = []
  for (;;) {
    if (takeKeyword(cursor, 'remove')) {
      clauses.push({ clause: 'REMOVE', path: parseSimplePath(cursor) })
    } else if (takeKeyword(cursor, 'set')) {
      do {
        const path = parseSimplePath(cursor)
        expectSymbol(cursor, '=')
        clauses.push({ clause: 'SET', path, value: parseExpression(cursor) })
      } while (takeSymbol(cursor, ','))
    } else if (clauses.length === 0) throw noOperation()
    else return clauses
  }
}

/** delete := DELETE FROM table [WHERE condition] [RETURNING …] */
function parseDelete(cursor: Cursor): StatementSyntax {
  takeToken(cursor)
  if (!takeKeyword(cursor, 'from')) throw unexpectedTerm()
  const from = fromOf(parseSimplePath(cursor), takeAlias(cursor))
  return { kind: 'delete', from, where: parseWhere(cursor), returning: parseReturning(cursor) }
}

/** returning := RETURNING (ALL | MODIFIED) (OLD | NEW) "*" */
function parseReturning(cursor: Cursor): Returning | undefined {
  if (!takeKeyword(cursor, 'returning')) return undefined
  const which = takeOneOf(cursor, ['all', 'modified'])
  const when = takeOneOf(cursor, ['old', 'new'])
  expectSymbol(cursor, '*')
  return { which: which === 'all' ? 'ALL' : 'MODIFIED', when: when === 'old' ? 'OLD' : 'NEW' }
}

function takeOneOf(cursor: Cursor, words: readonly string[]): string {
  const word = words.find((each) => takeKeyword(cursor, each))
  if (word === undefined) throw unexpectedTerm()
  return word
}
