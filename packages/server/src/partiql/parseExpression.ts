import { notWellFormed, unsupportedOperation } from '../errors/statementErrors.ts'
import {
  ascend,
  atKeyword,
  currentToken,
  descend,
  nextToken,
  takeKeyword,
  takeSymbol,
  takeToken,
  unexpectedTerm,
  type Cursor,
} from './cursor.ts'
import { parseMembers, parseTerm } from './parseTerm.ts'
import type { InfixSyntax, Syntax } from './syntax.ts'
import { parseTypeName } from './parseTypeName.ts'

/*
 * Operators from weak to strong: OR, AND, NOT, (= <> IS IN), (< <= > >= BETWEEN LIKE), (+ - ||),
 * (* / %). Those of one level are joined from the left.
 */

const levels: readonly ReadonlySet<string>[] = [
  new Set(['or']),
  new Set(['and']),
  new Set(['=', '<>', 'is', 'in']),
  new Set(['<', '<=', '>', '>=', 'between', 'like']),
  new Set(['+', '-', '||']),
  new Set(['*', '/', '%']),
]
const equalityLevel = 2
const additionLevel = 4

/** Any expression. Throws for what is none. */
export function parseExpression(cursor: Cursor): Syntax {
  descend(cursor)
  const expression = parseLevel(cursor, 0)
  ascend(cursor)
  return expression
}

/** An expression whose operators are at least as strong as those of `level`. */
function parseLevel(cursor: Cursor, level: number): Syntax {
  if (level === levels.length) return parseTerm(cursor, parseExpression)
  if (level === equalityLevel && atKeyword(cursor, 'not')) return parseNot(cursor)
  let left = parseLevel(cursor, level + 1)
  for (;;) {
    const operator = operatorAt(cursor, levels[level] as ReadonlySet<string>)
    if (operator === undefined) return left
    left = parseInfix(cursor, left, operator, level)
  }
}

/** NOT binds weaker than what compares. */
function parseNot(cursor: Cursor): Syntax {
  const at = takeToken(cursor)
  descend(cursor)
  const operand = parseLevel(cursor, equalityLevel)
  ascend(cursor)
  return { kind: 'not', operand, at }
}

/** The operator at the current token, if it is one of `among`; NOT may stand before a word. */
function operatorAt(cursor: Cursor, among: ReadonlySet<string>): string | undefined {
  const { kind, value } = currentToken(cursor)
  if (kind !== 'symbol' && kind !== 'keyword') return undefined
  if (among.has(value)) return value
  if (kind !== 'keyword' || value !== 'not') return undefined
  const next = nextToken(cursor)
  const isNegated = next.kind === 'keyword' && among.has(next.value)
  return isNegated && ['in', 'between', 'like'].includes(next.value) ? next.value : undefined
}

function parseInfix(cursor: Cursor, left: Syntax, operator: string, level: number): Syntax {
  const at = currentToken(cursor)
  const isNegated = takeKeyword(cursor, 'not')
  takeToken(cursor)
  if (currentToken(cursor).kind === 'end' && operator !== 'is') {
    throw notWellFormed('Missing right-hand side expression of infix operator')
  }
  const joined = parseRight(cursor, left, operator, level)
  return isNegated ? { kind: 'not', operand: joined, at } : joined
}

function parseRight(cursor: Cursor, left: Syntax, operator: string, level: number): Syntax {
  const at = currentToken(cursor)
  switch (operator) {
    case 'is':
      return parseIs(cursor, left)
    case 'in':
      return { kind: 'in', operand: left, members: parseInMembers(cursor), at }
    case 'between': {
      const lower = parseLevel(cursor, additionLevel)
      if (!takeKeyword(cursor, 'and')) throw unexpectedTerm()
      return { kind: 'between', operand: left, lower, upper: parseLevel(cursor, additionLevel), at }
    }
    default: {
      const right = parseLevel(cursor, level + 1)
      return { kind: 'infix', operator: operator as InfixSyntax['operator'], left, right, at }
    }
  }
}

/** The members of "(" … ")" or "[" … "]". */
function parseInMembers(cursor: Cursor): readonly Syntax[] {
  if (takeSymbol(cursor, '(')) return parseMembers(cursor, ')', parseExpression)
  const list = parseLevel(cursor, additionLevel)
  if (list.kind !== 'list' && list.kind !== 'bag') throw unsupportedOperation('InCollection')
  return list.members
}

function parseIs(cursor: Cursor, operand: Syntax): Syntax {
  const at = currentToken(cursor)
  const isNegated = takeKeyword(cursor, 'not')
  const is: Syntax = { kind: 'is', operand, type: parseTypeName(cursor), at }
  return isNegated ? { kind: 'not', operand: is, at } : is
}
