import { wrongOperandType } from '../../errors/expressionErrors.ts'
import { unreachable } from '../../invariant.ts'
import type { AttributeType } from '../../values/attributeValue.ts'
import type { UpdateValue } from '../boundExpression.ts'

/** Constants are numbers where SET calculates and lists where it appends. */
export function checkSetOperands(value: UpdateValue): void {
  switch (value.kind) {
    case 'arithmetic':
      checkOperand(value.left, 'N', value.operator)
      checkOperand(value.right, 'N', value.operator)
      return
    case 'list_append':
      checkOperand(value.left, 'L', 'list_append')
      checkOperand(value.right, 'L', 'list_append')
      return
    case 'if_not_exists':
      checkSetOperands(value.otherwise)
      return
    case 'constant':
    case 'path':
      return
    default:
      unreachable(value)
  }
}

function checkOperand(operand: UpdateValue, expected: AttributeType, operator: string): void {
  checkSetOperands(operand)
  const type = constantType(operand)
  if (type !== undefined && type !== expected) {
    throw wrongOperandType('UpdateExpression', operator, type)
  }
}

/** The type that `operand` has when it comes from a constant. */
function constantType(operand: UpdateValue): AttributeType | undefined {
  if (operand.kind === 'constant') return operand.type
  return operand.kind === 'if_not_exists' ? constantType(operand.otherwise) : undefined
}
