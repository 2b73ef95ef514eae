import type { OperandNode, SetValueNode, UpdateActionNode } from '../expressions/ast.ts'
import { equalPaths } from '../expressions/documentPath.ts'
import {
  setFunctionArguments,
  setFunctionOfOtherPath,
  setFunctionWithoutSet,
  type SetFunction,
} from '../errors/statementErrors.ts'
import type { ExpectedSet, UpdateStatement } from './statement.ts'
import type { UpdateClauseSyntax } from './statementSyntax.ts'
import type { StatementValues } from './statementValues.ts'
import type { CallSyntax, PathSyntax, Syntax } from './syntax.ts'
import {
  operandNode,
  pathNode,
  place,
  startUnderstanding,
  type Understanding,
} from './understanding.ts'

const valueFunctions: ReadonlySet<string> = new Set(['list_append'])

/** The functions of sets, and the clauses of update expressions that do the same. */
const setFunctions: ReadonlyMap<string, { name: SetFunction; clause: 'ADD' | 'DELETE' }> = new Map([
  ['set_add', { name: 'SET_ADD', clause: 'ADD' }],
  ['set_delete', { name: 'SET_DELETE', clause: 'DELETE' }],
])

/** The update that SET and REMOVE clauses are. Throws for what DynamoDB has no update for. */
export function understandUpdate(
  text: string,
  values: StatementValues,
  clauses: readonly UpdateClauseSyntax[],
): Pick<UpdateStatement, 'update' | 'expectedSets'> {
  const understanding = startUnderstanding(text, values)
  const expectedSets: ExpectedSet[] = []
  const actions = clauses.map((clause) => actionNode(understanding, clause, expectedSets))
  const { placeholders, functions } = understanding
  const root = { actions, repeatedClause: undefined }
  const pathsMayClash = actions.length > 1
  return {
    update: { root, names: [], values: placeholders, functions, pathsMayClash },
    expectedSets,
  }
}

function actionNode(
  understanding: Understanding,
  clause: UpdateClauseSyntax,
  expectedSets: ExpectedSet[],
): UpdateActionNode {
  const path = pathNode(clause.path)
  if (clause.clause === 'REMOVE') return { clause: 'REMOVE', path }
  const { value } = clause
  const setFunction = value.kind === 'call' ? setFunctions.get(value.name) : undefined
  if (setFunction === undefined || value.kind !== 'call') {
    return { clause: 'SET', path, value: setValueNode(understanding, value) }
  }
  const set = setOf(understanding, value, { name: setFunction.name, path: clause.path })
  expectedSets.push(set)
  understanding.placeholders.push(set.placeholder)
  const { placeholder } = set
  return { clause: setFunction.clause, path, value: { kind: 'value', placeholder } }
}

/** What `set_add` or `set_delete` adds or takes away, if it is called as it must be. */
function setOf(
  understanding: Understanding,
  { operands, at }: CallSyntax,
  assigned: { readonly name: SetFunction; readonly path: PathSyntax },
): ExpectedSet {
  const { name, path } = assigned
  const [first, second] = operands
  if (first === undefined || second === undefined || operands.length > 2) {
    throw setFunctionArguments(name, place(understanding, at))
  }
  if (first.kind !== 'path' || !equalPaths(first.elements, path.elements)) {
    throw setFunctionOfOtherPath(name, place(understanding, at))
  }
  const firstAt = (): string => place(understanding, first.at)
  if (second.kind !== 'bag' && second.kind !== 'parameter') {
    throw setFunctionWithoutSet(name, firstAt())
  }
  return { placeholder: understanding.values.add(second), name, at: firstAt }
}

function setValueNode(understanding: Understanding, syntax: Syntax): SetValueNode {
  const operand = (inner: Syntax): OperandNode => operandNode(understanding, inner, valueFunctions)
  if (syntax.kind !== 'infix') return operand(syntax)
  const { operator, left, right } = syntax
  if (operator !== '+' && operator !== '-') return operand(syntax)
  return { kind: 'arithmetic', operator, left: operand(left), right: operand(right) }
}
