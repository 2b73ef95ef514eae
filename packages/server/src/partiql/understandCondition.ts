import type { Comparator, ConditionNode, OperandNode } from '../expressions/ast.ts'
import { unsupportedOperation } from '../errors/statementErrors.ts'
import type { StatementCondition } from './statement.ts'
import type { StatementValues } from './statementValues.ts'
import { nodeName, type InfixSyntax, type Syntax } from './syntax.ts'
import {
  functionFault,
  functionNode,
  operandNode,
  placeholderNode,
  predicates,
  startUnderstanding,
  type Understanding,
} from './understanding.ts'

const operandFunctions: ReadonlySet<string> = new Set(['size'])

/** The condition that a WHERE clause is. Throws for what DynamoDB has no condition for. */
export function understandCondition(
  text: string,
  values: StatementValues,
  syntax: Syntax,
): StatementCondition {
  const understanding = startUnderstanding(text, values)
  const root = conditionNode(understanding, syntax)
  const { placeholders, functions } = understanding
  return { root, names: [], values: placeholders, functions, pathsMayClash: false }
}

function conditionNode(understanding: Understanding, syntax: Syntax): ConditionNode {
  const operand = (inner: Syntax): OperandNode =>
    operandNode(understanding, inner, operandFunctions)
  if (syntax.kind === 'infix') return infixNode(understanding, syntax)
  if (syntax.kind === 'not') {
    return { kind: 'not', condition: conditionNode(understanding, syntax.operand) }
  }
  if (syntax.kind === 'between') {
    const [between, lower] = [operand(syntax.operand), operand(syntax.lower)]
    return { kind: 'between', operand: between, lower, upper: operand(syntax.upper) }
  }
  if (syntax.kind === 'in') {
    return { kind: 'in', operand: operand(syntax.operand), list: syntax.members.map(operand) }
  }
  if (syntax.kind === 'is') return typeNode(understanding, operand(syntax.operand), syntax.type)
  if (syntax.kind !== 'call') throw unsupportedOperation(nodeName(syntax))
  if (!predicates.has(syntax.name)) throw functionFault(understanding, syntax)
  return functionNode(understanding, syntax.name, syntax.operands.map(operand))
}

function infixNode(understanding: Understanding, syntax: InfixSyntax): ConditionNode {
  const { operator, left, right } = syntax
  if (operator === 'and' || operator === 'or') {
    const first = conditionNode(understanding, left)
    return { kind: operator, left: first, right: conditionNode(understanding, right) }
  }
  if (!isComparator(operator)) throw unsupportedOperation(nodeName(syntax))
  const first = operandNode(understanding, left, operandFunctions)
  const second = operandNode(understanding, right, operandFunctions)
  return { kind: 'comparison', comparator: operator, left: first, right: second }
}

/** Whether `operator` compares two values. */
function isComparator(operator: InfixSyntax['operator']): operator is Comparator {
  return ['=', '<>', '<', '<=', '>', '>='].includes(operator)
}

/** `operand IS type`. */
function typeNode(understanding: Understanding, operand: OperandNode, type: string): ConditionNode {
  const isOf = (name: string): ConditionNode => {
    const constant = understanding.values.addConstant({ S: name })
    const named = placeholderNode(understanding, constant)
    return functionNode(understanding, 'attribute_type', [operand, named])
  }
  switch (type) {
    case 'MISSING':
      return functionNode(understanding, 'attribute_not_exists', [operand])
    case 'SET': {
      const ofTexts: ConditionNode = { kind: 'or', left: isOf('SS'), right: isOf('NS') }
      return { kind: 'or', left: ofTexts, right: isOf('BS') }
    }
    case '':
      throw unsupportedOperation('IsType')
    default:
      return isOf(type)
  }
}
