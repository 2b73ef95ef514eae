import type { ApiError } from '../errors/apiError.ts'
import { notWellFormed } from '../errors/statementErrors.ts'
import { unreachable } from '../invariant.ts'
import {
  ascend,
  atSymbol,
  currentToken,
  descend,
  expectSymbol,
  nextToken,
  takeSymbol,
  takeToken,
  unexpectedTerm,
  type Cursor,
} from './cursor.ts'
import { operatorWords } from './keywords.ts'
import type { CallSyntax, PathSyntax, Syntax } from './syntax.ts'
import type { Token } from './token.ts'

/** How what is inside of something is parsed, which is any expression. */
export type ParseInner = (cursor: Cursor) => Syntax

/**
 * term := literal | "?" | path | call | "(" expression ")" | ("+" | "-") term
 *       | "[" list "]" | "<<" list ">>" | "{" string ":" expression {","…} "}"
 */
export function parseTerm(cursor: Cursor, parseInner: ParseInner): Syntax {
  const token = currentToken(cursor)
  switch (token.kind) {
    case 'string':
      return { kind: 'string', value: takeToken(cursor).value, at: token }
    case 'number':
      takeToken(cursor)
      return numberOf(cursor, token, token.value)
    case 'parameter':
      takeToken(cursor)
      return { kind: 'parameter', position: cursor.parameterCount++, at: token }
    case 'name':
    case 'quoted':
      if (isCall(cursor)) return parseCall(cursor, parseInner)
      return parsePath(cursor)
    case 'keyword':
      return parseKeyword(cursor, parseInner)
    case 'symbol':
      return parseSymbol(cursor, parseInner)
    case 'end':
      throw unexpectedTerm()
    default:
      return unreachable(token.kind)
  }
}

function numberOf({ parameterCount }: Cursor, at: Token, text: string): Syntax {
  return { kind: 'number', text, parametersBefore: parameterCount, at }
}

function isCall(cursor: Cursor): boolean {
  const { kind } = currentToken(cursor)
  const next = nextToken(cursor)
  return kind !== 'quoted' && next.kind === 'symbol' && next.value === '('
}

function parseKeyword(cursor: Cursor, parseInner: ParseInner): Syntax {
  const at = currentToken(cursor)
  switch (at.value) {
    case 'true':
    case 'false':
      takeToken(cursor)
      return { kind: 'boolean', value: at.value === 'true', at }
    case 'null':
      takeToken(cursor)
      return { kind: 'null', at }
    case 'missing':
      takeToken(cursor)
      return { kind: 'missing', at }
    default:
      if (operatorWords.has(at.value)) throw unexpectedOperator()
      if (isCall(cursor)) return parseCall(cursor, parseInner)
      throw notWellFormed('Unexpected keyword')
  }
}

const unexpectedOperator = (): ApiError => notWellFormed('Unexpected operator')

const operators: ReadonlySet<string> = new Set('= <> < <= > >= * / % ||'.split(' '))

function parseSymbol(cursor: Cursor, parseInner: ParseInner): Syntax {
  const at = currentToken(cursor)
  const { parameterCount: parametersBefore } = cursor
  switch (at.value) {
    case '(':
      return parseParenthesis(cursor, parseInner)
    case '[':
      takeToken(cursor)
      return { kind: 'list', members: parseMembers(cursor, ']', parseInner), parametersBefore, at }
    case '<<':
      takeToken(cursor)
      return { kind: 'bag', members: parseMembers(cursor, '>>', parseInner), parametersBefore, at }
    case '{':
      takeToken(cursor)
      return { kind: 'struct', members: parseStruct(cursor, parseInner), parametersBefore, at }
    case '+':
    case '-':
      return parseSigned(cursor, parseInner)
    default:
      throw operators.has(at.value) ? unexpectedOperator() : unexpectedTerm()
  }
}

function parseParenthesis(cursor: Cursor, parseInner: ParseInner): Syntax {
  takeToken(cursor)
  const inner = parseInner(cursor)
  expectSymbol(cursor, ')')
  return inner
}

/** The sign of a number is part of it. */
function parseSigned(cursor: Cursor, parseInner: ParseInner): Syntax {
  const at = takeToken(cursor)
  const token = currentToken(cursor)
  if (token.kind === 'number') {
    takeToken(cursor)
    return numberOf(cursor, token, at.value === '-' ? `-${token.value}` : token.value)
  }
  descend(cursor)
  const operand = parseTerm(cursor, parseInner)
  ascend(cursor)
  return { kind: 'negative', operand, at }
}

/** Expressions with commas between them, and `end` behind them. */
export function parseMembers(cursor: Cursor, end: string, parseInner: ParseInner): Syntax[] {
  const members: Syntax[] = []
  if (takeSymbol(cursor, end)) return members
  for (;;) {
    members.push(parseInner(cursor))
    if (takeSymbol(cursor, end)) return members
    expectSymbol(cursor, ',')
  }
}

function parseStruct(cursor: Cursor, parseInner: ParseInner): [name: string, value: Syntax][] {
  const members: [name: string, value: Syntax][] = []
  if (takeSymbol(cursor, '}')) return members
  for (;;) {
    const name = takeToken(cursor)
    if (name.kind !== 'string') throw unexpectedTerm()
    expectSymbol(cursor, ':')
    members.push([name.value, parseInner(cursor)])
    if (takeSymbol(cursor, '}')) return members
    expectSymbol(cursor, ',')
  }
}

/** call := name "(" [expression {"," expression}] ")"; "*" may stand for what is counted. */
function parseCall(cursor: Cursor, parseInner: ParseInner): CallSyntax {
  const at = takeToken(cursor)
  takeToken(cursor)
  const operands = parseMembers(cursor, ')', (inner) => {
    const token = currentToken(inner)
    const isStar = atSymbol(inner, '*') && nextToken(inner).value === ')'
    if (!isStar) return parseInner(inner)
    takeToken(inner)
    return { kind: 'star', at: token }
  })
  return { kind: 'call', name: at.value.toLowerCase(), operands, at }
}

/** path := name { "." name | "[" int "]" }. REQUIRES: the current token is a name. */
export function parsePath(cursor: Cursor): PathSyntax {
  const at = takeToken(cursor)
  const elements: (string | number)[] = [at.value]
  for (;;) {
    if (takeSymbol(cursor, '.')) elements.push(parseDotComponent(cursor))
    else if (takeSymbol(cursor, '[')) elements.push(parseIndex(cursor))
    else return { kind: 'path', elements, at }
  }
}

function parseDotComponent(cursor: Cursor): string {
  const token = takeToken(cursor)
  if (token.kind !== 'name' && token.kind !== 'quoted') {
    throw notWellFormed('Invalid path dot component')
  }
  return token.value
}

/** The rest of "[" int "]" after its bracket. */
function parseIndex(cursor: Cursor): number {
  const token = takeToken(cursor)
  if (token.kind !== 'number' || !/^\d+$/.test(token.value)) throw unexpectedTerm()
  expectSymbol(cursor, ']')
  return Number(token.value)
}

/** path, where nothing else may stand: what an update changes. */
export function parseSimplePath(cursor: Cursor): PathSyntax {
  const { kind } = currentToken(cursor)
  if (kind !== 'name' && kind !== 'quoted') {
    throw notWellFormed('Expected identifier for simple path')
  }
  return parsePath(cursor)
}
