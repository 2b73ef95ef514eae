import type { UpdateClause } from '../errors/expressionErrors.ts'
import { unreachable } from '../invariant.ts'
import type { PathNode, SetValueNode, UpdateActionNode, UpdateNode, ValueNode } from './ast.ts'
import {
  currentToken,
  expectSymbol,
  keywordAt,
  parseOperand,
  parsePath,
  takeSymbol,
  unexpectedToken,
} from './parser.ts'
import type { Parser } from './parser.ts'

/**
 * update := clause { clause }
 * clause := ( SET | REMOVE | ADD | DELETE ) action { "," action }
 */
export function parseUpdate(parser: Parser): UpdateNode {
  const actions: UpdateActionNode[] = []
  const seen = new Set<UpdateClause>()
  let repeatedClause: UpdateClause | undefined
  do {
    const clause = keywordAt(parser) as UpdateClause | undefined
    if (clause === undefined) throw unexpectedToken(parser)
    parser.position++
    if (seen.has(clause)) repeatedClause ??= clause
    seen.add(clause)
    do actions.push(parseAction(parser, clause))
    while (takeSymbol(parser, ','))
  } while (currentToken(parser).kind !== 'end')
  return { actions, repeatedClause }
}

/** action := path "=" setValue | path | path ":value", as the clause has it */
function parseAction(parser: Parser, clause: UpdateClause): UpdateActionNode {
  const path: PathNode = parsePath(parser)
  switch (clause) {
    case 'REMOVE':
      return { clause, path }
    case 'SET':
      expectSymbol(parser, '=')
      return { clause, path, value: parseSetValue(parser) }
    case 'ADD':
    case 'DELETE':
      return { clause, path, value: parseValue(parser) }
    default:
      return unreachable(clause)
  }
}

function parseValue(parser: Parser): ValueNode {
  const token = currentToken(parser)
  if (token.kind !== 'value') throw unexpectedToken(parser)
  parser.position++
  parser.values.add(token.text)
  return { kind: 'value', placeholder: token.text }
}

/** setValue := operand | operand "+" operand | operand "-" operand | "(" setValue ")" */
function parseSetValue(parser: Parser): SetValueNode {
  let openCount = 0
  while (takeSymbol(parser, '(')) openCount++
  let value: SetValueNode = parseOperand(parser)
  let wrapped: SetValueNode | undefined
  for (;;) {
    if (openCount > 0 && takeSymbol(parser, ')')) {
      openCount--
      if (value === wrapped) parser.hasRedundantParentheses = true
      wrapped = value
      continue
    }
    if (value.kind === 'arithmetic') break
    const operator: '+' | '-' | undefined = takeArithmeticOperator(parser)
    if (operator === undefined) break
    value = { kind: 'arithmetic', operator, left: value, right: parseOperand(parser) }
  }
  if (openCount > 0) throw unexpectedToken(parser)
  return value
}

function takeArithmeticOperator(parser: Parser): '+' | '-' | undefined {
  for (const operator of ['+', '-'] as const) {
    if (takeSymbol(parser, operator)) {
      parser.operatorCount++
      return operator
    }
  }
  return undefined
}
