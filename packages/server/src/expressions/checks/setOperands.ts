import { wrongOperandType } from '../../errors/expressionErrors.ts'
import { unreachable } from '../../invariant.ts'
import type { AttributeType } from '../../values/attributeValue.ts'
import type { UpdateValue } from '../boundExpression.ts'
import type { UpdateKind } from '../updateKind.ts'

/** Constants are numbers where SET calculates and lists where it appends. */
export function checkSetOperands(value: UpdateValue, kind: UpdateKind): void {
  switch (value.kind) {
    case 'arithmetic':
      checkOperand(value.left, { type: 'N', operator: value.operator }, kind)
      checkOperand(value.right, { type: 'N', operator: value.operator }, kind)
      return
    case 'list_append':
      checkOperand(value.left, { type: 'L', operator: 'list_append' }, kind)
      checkOperand(value.right, { type: 'L', operator: 'list_append' }, kind)
      return
    case 'if_not_exists':
      checkSetOperands(value.otherwise, kind)
      return
    case 'constant':
    case 'path':
      return
    default:
      unreachable(value)
  }
}

/** The type that an operator wants. */
interface Wanted {
  readonly type: AttributeType
  readonly operator: string
}

function checkOperand(operand: UpdateValue, wanted: Wanted, kind: UpdateKind): void {
  checkSetOperands(operand, kind)
  const type = constantType(operand)
  if (type !== undefined && type !== wanted.type) {
    throw wrongOperandType(kind, wanted.operator, type)
  }
}

/** The type that `operand` has when it comes from a constant. */
function constantType(operand: UpdateValue): AttributeType | undefined {
  if (operand.kind === 'constant') return operand.type
  return operand.kind === 'if_not_exists' ? constantType(operand.otherwise) : undefined
}
