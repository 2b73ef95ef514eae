import { emptyExpression, expressionTooLong, syntaxError } from '../errors/expressionErrors.ts'
import type { ExpressionKind } from '../errors/expressionErrors.ts'
import type { ApiError } from '../errors/apiError.ts'
import { maxExpressionBytes } from '../limits.ts'
import type { FunctionNode, OperandNode, PathNode } from './ast.ts'
import { tokenize } from './lexer.ts'
import type { Token } from './token.ts'

/**
 * A parse in progress: the tokens, and what the checks want to know of the whole text. No parser
 * function recurses, so 4,096 bytes of parentheses cannot exhaust the stack.
 */
export interface Parser {
  readonly kind: ExpressionKind
  readonly text: string
  readonly tokens: readonly Token[]
  position: number
  /** Every path and function of the text, in the order in which they end. */
  readonly paths: PathNode[]
  readonly functions: FunctionNode[]
  /** The functions that stand where a condition is expected. */
  readonly predicates: Set<FunctionNode>
  /** The value placeholders of the text, each once. */
  readonly values: Set<string>
  /** The written form of the first list index that is too large. */
  excessiveIndex: string | undefined
  operatorCount: number
  hasRedundantParentheses: boolean
}

/** The largest list index that a document path can name. */
const maxListIndex = 2 ** 31 - 1

const conditionKeywords: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN'])
const updateKeywords: ReadonlySet<string> = new Set(['SET', 'REMOVE', 'ADD', 'DELETE'])
const noKeywords: ReadonlySet<string> = new Set()

/** Splits `text` into tokens. Throws when it is too long or has none. */
export function startParser(kind: ExpressionKind, text: string): Parser {
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes > maxExpressionBytes) throw expressionTooLong(kind, sizeBytes)
  const tokens = tokenize(text)
  if (tokens.length === 1) throw emptyExpression(kind)
  return {
    kind,
    text,
    tokens,
    position: 0,
    paths: [],
    functions: [],
    predicates: new Set(),
    values: new Set(),
    excessiveIndex: undefined,
    operatorCount: 0,
    hasRedundantParentheses: false,
  }
}

/** The token at the current position. */
export function currentToken(parser: Parser): Token {
  return parser.tokens[parser.position] as Token
}

/** Takes the current token if it is the symbol `text`. */
export function takeSymbol(parser: Parser, text: string): boolean {
  if (!atSymbol(parser, text)) return false
  parser.position++
  return true
}

export function atSymbol(parser: Parser, text: string): boolean {
  const token = currentToken(parser)
  return token.kind === 'symbol' && token.text === text
}

/** Takes the current token if it is `keyword`, in any case. */
export function takeKeyword(parser: Parser, keyword: string): boolean {
  if (keywordAt(parser) !== keyword) return false
  parser.position++
  return true
}

/** The keyword at the current position, in upper case. */
export function keywordAt(parser: Parser): string | undefined {
  const token = currentToken(parser)
  if (token.kind !== 'word') return undefined
  const word = token.text.toUpperCase()
  return keywordsOf(parser.kind).has(word) ? word : undefined
}

function keywordsOf(kind: ExpressionKind): ReadonlySet<string> {
  if (kind === 'UpdateExpression') return updateKeywords
  return kind === 'ProjectionExpression' ? noKeywords : conditionKeywords
}

export function expectSymbol(parser: Parser, text: string): void {
  if (!takeSymbol(parser, text)) throw unexpectedToken(parser)
}

export function expectEnd(parser: Parser): void {
  if (currentToken(parser).kind !== 'end') throw unexpectedToken(parser)
}

/** The syntax error at the current token. */
export function unexpectedToken(parser: Parser): ApiError {
  const { tokens, position, kind, text } = parser
  const token = currentToken(parser)
  const before = tokens[Math.max(position - 1, 0)] as Token
  const after = tokens[Math.min(position + 1, tokens.length - 1)] as Token
  const end = after.kind === 'end' ? lastEnd(tokens) : after.end
  return syntaxError(
    kind,
    token.kind === 'end' ? '<EOF>' : token.text,
    text.slice(before.start, end),
  )
}

function lastEnd(tokens: readonly Token[]): number {
  return tokens.at(-2)?.end ?? 0
}

/** path := name { "." name | "[" int "]" } */
export function parsePath(parser: Parser): PathNode {
  if (keywordAt(parser) !== undefined) throw unexpectedToken(parser)
  const elements: (string | number)[] = [parseName(parser)]
  for (;;) {
    if (takeSymbol(parser, '.')) elements.push(parseName(parser))
    else if (takeSymbol(parser, '[')) elements.push(parseIndex(parser))
    else break
  }
  const path: PathNode = {
    kind: 'path',
    elements,
    hasPlaceholders: elements.some((element) => isPlaceholder(element)),
  }
  parser.paths.push(path)
  return path
}

/** Whether a path's element stands for a name of ExpressionAttributeNames. */
export function isPlaceholder(element: string | number): element is string {
  return typeof element === 'string' && element.startsWith('#')
}

/** name := word | "#placeholder" */
function parseName(parser: Parser): string {
  const token = currentToken(parser)
  if (token.kind !== 'word' && token.kind !== 'name') throw unexpectedToken(parser)
  parser.position++
  return token.text
}

/** The rest of "[" int "]" after its bracket. */
function parseIndex(parser: Parser): number {
  const token = currentToken(parser)
  if (token.kind !== 'number') throw unexpectedToken(parser)
  parser.position++
  expectSymbol(parser, ']')
  const index = Number(token.text)
  if (index > maxListIndex) parser.excessiveIndex ??= token.text
  return index
}

/** A parenthesis or a function call whose end has not been reached yet. */
type OpenOperand = { readonly kind: 'parenthesis' } | OpenCall
type OpenCall = { readonly kind: 'call'; readonly name: string; readonly operands: OperandNode[] }

/**
 * operand := path | ":value" | function | "(" operand ")"
 * function := word "(" operand { "," operand } ")"
 */
export function parseOperand(parser: Parser): OperandNode {
  const open: OpenOperand[] = []
  for (;;) {
    while (openOperand(parser, open));
    const operand = closeOperands(parser, open, parseAtom(parser))
    if (operand !== undefined) return operand
  }
}

/** Takes an opening parenthesis or the head of a function call. */
function openOperand(parser: Parser, open: OpenOperand[]): boolean {
  if (takeSymbol(parser, '(')) {
    open.push({ kind: 'parenthesis' })
    return true
  }
  const token = currentToken(parser)
  const next = parser.tokens[parser.position + 1]
  if (token.kind !== 'word' || next?.kind !== 'symbol' || next.text !== '(') return false
  if (keywordAt(parser) !== undefined) throw unexpectedToken(parser)
  parser.position += 2
  open.push({ kind: 'call', name: token.text, operands: [] })
  return true
}

function parseAtom(parser: Parser): OperandNode {
  const token = currentToken(parser)
  if (token.kind !== 'value') return parsePath(parser)
  parser.position++
  parser.values.add(token.text)
  return { kind: 'value', placeholder: token.text }
}

/**
 * Ends what ends behind `operand`. The finished outermost operand, or undefined when a comma asks
 * for the next operand of the innermost call.
 */
function closeOperands(
  parser: Parser,
  open: OpenOperand[],
  operand: OperandNode,
): OperandNode | undefined {
  let inner = operand
  let isWrapped = false
  for (;;) {
    const top = open.at(-1)
    if (top === undefined) return inner
    if (top.kind === 'call') {
      top.operands.push(inner)
      if (takeSymbol(parser, ',')) return undefined
    }
    expectSymbol(parser, ')')
    open.pop()
    if (top.kind === 'call') {
      inner = { kind: 'function', name: top.name, operands: top.operands }
      parser.functions.push(inner)
      isWrapped = false
    } else {
      if (isWrapped) parser.hasRedundantParentheses = true
      isWrapped = true
    }
  }
}
