import { wrongOperandType } from '../../errors/expressionErrors.ts'
import { unreachable } from '../../invariant.ts'
import type { AttributeType } from '../../values/attributeValue.ts'
import type { BoundCondition, BoundOperand } from '../boundExpression.ts'
import type { ConditionKind } from '../conditionRule.ts'

const orderedTypes: ReadonlySet<AttributeType> = new Set(['S', 'N', 'B'])
const textTypes: ReadonlySet<AttributeType> = new Set(['S', 'B'])
const containerTypes: ReadonlySet<AttributeType> = new Set(['S', 'B', 'SS', 'NS', 'BS', 'L'])
const sizedTypes: ReadonlySet<AttributeType> = new Set(['S', 'B', 'SS', 'NS', 'BS', 'L', 'M'])
const typeNameTypes: ReadonlySet<AttributeType> = new Set(['S'])

/** The types that a path can have, as AWS lists them where only a constant may stand. */
const typesOfPath = '{NS,SS,L,BS,N,M,B,NULL,BOOL,S}'

/** Operands whose type the expression alone decides have a type that their operator takes. */
export function checkOperandTypes(condition: BoundCondition, kind: ConditionKind): void {
  switch (condition.kind) {
    case 'comparison':
      checkComparison(condition, kind)
      return
    case 'between':
      checkSizes(condition.operand, kind)
      checkOperand(condition.operand, orderedTypes, 'BETWEEN', kind)
      checkOperand(condition.lower, orderedTypes, 'BETWEEN', kind)
      checkOperand(condition.upper, orderedTypes, 'BETWEEN', kind)
      return
    case 'in':
      checkSizes(condition.operand, kind)
      for (const member of condition.list) checkSizes(member, kind)
      return
    case 'begins_with':
      checkOperand(condition.operand, textTypes, 'begins_with', kind)
      checkOperand(condition.part, textTypes, 'begins_with', kind)
      return
    case 'contains':
      checkOperand(condition.operand, containerTypes, 'contains', kind)
      checkSizes(condition.part, kind)
      return
    case 'attribute_type':
      if (condition.type.kind === 'path')
        throw wrongOperandType(kind, 'attribute_type', typesOfPath)
      checkOperand(condition.type, typeNameTypes, 'attribute_type', kind)
      return
    case 'and':
    case 'or':
    case 'not':
    case 'attribute_exists':
    case 'attribute_not_exists':
      return
    default:
      unreachable(condition)
  }
}

function checkComparison(
  condition: Extract<BoundCondition, { kind: 'comparison' }>,
  kind: ConditionKind,
): void {
  const { comparator, left, right } = condition
  if (comparator === '=' || comparator === '<>') {
    checkSizes(left, kind)
    checkSizes(right, kind)
  } else {
    checkOperand(left, orderedTypes, comparator, kind)
    checkOperand(right, orderedTypes, comparator, kind)
  }
}

function checkOperand(
  operand: BoundOperand,
  allowed: ReadonlySet<AttributeType>,
  operator: string,
  kind: ConditionKind,
): void {
  checkSizes(operand, kind)
  const type = typeOfOperand(operand)
  if (type !== undefined && !allowed.has(type)) throw wrongOperandType(kind, operator, type)
}

/** The operands of `size`, at any depth, have one. */
function checkSizes(operand: BoundOperand, kind: ConditionKind): void {
  if (operand.kind === 'size') checkOperand(operand.of, sizedTypes, 'size', kind)
}

function typeOfOperand(operand: BoundOperand): AttributeType | undefined {
  if (operand.kind === 'constant') return operand.type
  return operand.kind === 'size' ? 'N' : undefined
}
