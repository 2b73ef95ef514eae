import {
  keyNotFirstOperand,
  nestedKeyAttribute,
  nestedKeyOperand,
  noNameInKeyCondition,
  operatorNotForKeys,
  severalConditionsOfKey,
  severalNamesInKeyCondition,
} from '../errors/expressionErrors.ts'
import { unreachable } from '../invariant.ts'
import type { AttributeValue } from '../values/attributeValue.ts'
import type { Comparator } from './ast.ts'
import type { BoundCondition, BoundOperand } from './boundExpression.ts'
import { bindParsedCondition } from './compileCondition.ts'
import type { ExpressionContext } from './expressionContext.ts'
import { readParsedKeyClauses } from './parsedExpression.ts'

export type KeyOperator = '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'begins_with'

/**
 * What a query asks of one attribute. BETWEEN has two values, lower bound first; the others have
 * one.
 */
export interface KeyAttributeCondition {
  readonly name: string
  readonly operator: KeyOperator
  readonly values: readonly AttributeValue[]
}

/** The conditions of a query, all of which must hold; each attribute has one. */
export interface CompiledKeyCondition {
  readonly conditions: readonly KeyAttributeCondition[]
  /** False when KeyConditions has an operator that no key can answer, which is left out here. */
  readonly isIndexable: boolean
}

/**
 * Reads a key condition as the conditions that it joins by AND. They are gone through in the order
 * of the text, and the first fault counts. Throws ValidationException with the texts of behaviour
 * digest 3.5.
 */
export function readKeyClauses(text: string, context: ExpressionContext): BoundCondition[] {
  const kind = 'KeyConditionExpression'
  const parsed = readParsedKeyClauses(kind, text, context.reservedWords)
  return parsed.root.map((clause) => bindParsedCondition(kind, clause, context))
}

/**
 * The key condition of such clauses, as far as that needs no key schema. Throws ValidationException
 * for what no key condition can ask.
 */
export function compileKeyClauses(clauses: readonly BoundCondition[]): CompiledKeyCondition {
  const conditions: KeyAttributeCondition[] = []
  for (const clause of clauses) {
    const keyAttribute = keyAttributeCondition(clause)
    if (conditions.some((other) => other.name === keyAttribute.name)) {
      throw severalConditionsOfKey()
    }
    conditions.push(keyAttribute)
  }
  return { conditions, isIndexable: true }
}

function keyAttributeCondition(condition: BoundCondition): KeyAttributeCondition {
  switch (condition.kind) {
    case 'comparison':
      return keyComparison(condition)
    case 'between': {
      const { operand, lower, upper } = condition
      return keyFirst('BETWEEN', operand, [lower, upper])
    }
    case 'begins_with':
      return keyFirst('begins_with', condition.operand, [condition.part])
    case 'and':
    case 'or':
    case 'not':
    case 'in':
      throw operatorNotForKeys(condition.kind.toUpperCase())
    case 'attribute_exists':
    case 'attribute_not_exists':
    case 'attribute_type':
    case 'contains':
      throw operatorNotForKeys(condition.kind)
    default:
      return unreachable(condition)
  }
}

const flipped: Readonly<Record<Exclude<Comparator, '<>'>, KeyOperator>> = {
  '=': '=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

function keyComparison(
  condition: Extract<BoundCondition, { kind: 'comparison' }>,
): KeyAttributeCondition {
  const { comparator, left, right } = condition
  if (comparator === '<>') throw operatorNotForKeys(comparator)
  checkOperands([left, right])
  if (left.kind === 'path') return keyFirst(comparator, left, [right])
  return keyFirst(flipped[comparator], right, [left])
}

function keyFirst(
  operator: KeyOperator,
  key: BoundOperand,
  others: readonly BoundOperand[],
): KeyAttributeCondition {
  checkOperands([key, ...others])
  if (key.kind !== 'path') throw keyNotFirstOperand(operator)
  const values: AttributeValue[] = []
  for (const other of others) if (other.kind === 'constant') values.push(other.value)
  return { name: key.path[0] as string, operator, values }
}

/** One of the operands is a top-level attribute, and the others are constants. */
function checkOperands(operands: readonly BoundOperand[]): void {
  let pathCount = 0
  for (const operand of operands) {
    if (operand.kind === 'size') throw nestedKeyOperand()
    if (operand.kind === 'path') pathCount++
  }
  if (pathCount === 0) throw noNameInKeyCondition()
  if (pathCount > 1) throw severalNamesInKeyCondition()
  for (const operand of operands) {
    if (operand.kind === 'path' && operand.path.length > 1) {
      throw nestedKeyAttribute()
    }
  }
}
