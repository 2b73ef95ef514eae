import type { Comparator, ConditionNode, OperandNode } from './ast.ts'
import {
  atSymbol,
  currentToken,
  expectEnd,
  expectSymbol,
  keywordAt,
  parseOperand,
  takeKeyword,
  takeSymbol,
  unexpectedToken,
} from './parser.ts'
import type { Parser } from './parser.ts'

/** What waits for the condition to its right. */
type Pending =
  | { readonly kind: 'parenthesis' }
  | { readonly kind: 'not' }
  | { readonly kind: 'and' | 'or'; readonly left: ConditionNode }

/** `parentheses` counts the entries of that kind. */
interface PendingStack {
  readonly entries: Pending[]
  parentheses: number
}

/** An operand may turn out to be the left side of a comparison behind a closing parenthesis. */
type Draft = ConditionNode | OperandNode

/**
 * condition := conjunction { OR conjunction }
 * conjunction := negation { AND negation }
 * negation := { NOT } ( "(" condition ")" | predicate )
 *
 * Operator precedence with a stack of pending operators instead of recursion.
 */
export function parseCondition(parser: Parser): ConditionNode {
  const pending: PendingStack = { entries: [], parentheses: 0 }
  for (;;) {
    parsePrefixes(parser, pending)
    const draft = closeParentheses(parser, pending, parsePredicate(parser, parseOperand(parser)))
    const right = asCondition(parser, draft)
    const operator = takeLogicalOperator(parser)
    if (operator === undefined) {
      const condition = reduce(pending, right, 'or')
      if (pending.entries.length > 0) throw unexpectedToken(parser)
      expectEnd(parser)
      return condition
    }
    pending.entries.push({ kind: operator, left: reduce(pending, right, operator) })
  }
}

/** { NOT | "(" } */
function parsePrefixes(parser: Parser, pending: PendingStack): void {
  for (;;) {
    if (takeSymbol(parser, '(')) {
      pending.parentheses++
      pending.entries.push({ kind: 'parenthesis' })
    } else if (takeKeyword(parser, 'NOT')) {
      parser.operatorCount++
      pending.entries.push({ kind: 'not' })
    } else {
      return
    }
  }
}

/** Ends the parentheses that end behind `draft`. */
function closeParentheses(parser: Parser, pending: PendingStack, draft: Draft): Draft {
  let inner = draft
  let wrapped: Draft | undefined
  while (pending.parentheses > 0 && atSymbol(parser, ')')) {
    if (pending.entries.at(-1)?.kind !== 'parenthesis') {
      inner = reduce(pending, asCondition(parser, inner), 'or')
    }
    parser.position++
    pending.entries.pop()
    pending.parentheses--
    if (inner === wrapped) parser.hasRedundantParentheses = true
    wrapped = inner
    if (isOperand(inner)) inner = parsePredicate(parser, inner)
  }
  return inner
}

/** Completes the pending operators that bind at least as tightly as `operator`. */
function reduce(
  pending: PendingStack,
  condition: ConditionNode,
  operator: 'and' | 'or',
): ConditionNode {
  let right = condition
  for (;;) {
    const top = pending.entries.at(-1)
    if (top === undefined || top.kind === 'parenthesis') return right
    if (top.kind === 'or' && operator === 'and') return right
    pending.entries.pop()
    if (top.kind === 'not') right = { kind: 'not', condition: right }
    else right = { kind: top.kind, left: top.left, right }
  }
}

function takeLogicalOperator(parser: Parser): 'and' | 'or' | undefined {
  const keyword = keywordAt(parser)
  if (keyword !== 'AND' && keyword !== 'OR') return undefined
  parser.position++
  parser.operatorCount++
  return keyword === 'AND' ? 'and' : 'or'
}

function isOperand(draft: Draft): draft is OperandNode {
  return draft.kind === 'path' || draft.kind === 'value' || draft.kind === 'function'
}

/** `draft` where a condition has to stand: of the operands only a function can. */
function asCondition(parser: Parser, draft: Draft): ConditionNode {
  if (draft.kind === 'path' || draft.kind === 'value') throw unexpectedToken(parser)
  if (draft.kind === 'function') parser.predicates.add(draft)
  return draft
}

/**
 * predicate := operand comparator operand | operand BETWEEN operand AND operand
 *            | operand IN "(" operand { "," operand } ")" | function
 * `operand` is the part that has been read; it is the result if nothing follows.
 */
function parsePredicate(parser: Parser, operand: OperandNode): Draft {
  const comparator = takeComparator(parser)
  if (comparator !== undefined) {
    parser.operatorCount++
    return { kind: 'comparison', comparator, left: operand, right: parseOperand(parser) }
  }
  if (takeKeyword(parser, 'BETWEEN')) {
    parser.operatorCount++
    const lower = parseOperand(parser)
    if (!takeKeyword(parser, 'AND')) throw unexpectedToken(parser)
    return { kind: 'between', operand, lower, upper: parseOperand(parser) }
  }
  if (takeKeyword(parser, 'IN')) {
    parser.operatorCount++
    return { kind: 'in', operand, list: parseList(parser) }
  }
  return operand
}

/** "(" operand { "," operand } ")" */
function parseList(parser: Parser): OperandNode[] {
  expectSymbol(parser, '(')
  const list = [parseOperand(parser)]
  while (takeSymbol(parser, ',')) list.push(parseOperand(parser))
  expectSymbol(parser, ')')
  return list
}

/** comparator := "=" | "<>" | "<" | "<=" | ">" | ">=" */
function takeComparator(parser: Parser): Comparator | undefined {
  const token = currentToken(parser)
  if (token.kind !== 'symbol') return undefined
  switch (token.text) {
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      parser.position++
      return token.text
    default:
      return undefined
  }
}
