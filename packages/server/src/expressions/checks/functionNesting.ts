import { misusedFunction } from '../../errors/expressionErrors.ts'
import type { OperandNode, SetValueNode, UpdateNode } from '../ast.ts'
import type { UpdateKind } from '../updateKind.ts'

/**
 * `list_append` is the whole value of an assignment; `if_not_exists` can also be an operand. The
 * source has the error for a refused nesting but not where nesting is refused (behaviour digest
 * 3.3).
 */
export function checkFunctionNesting(update: UpdateNode, kind: UpdateKind): void {
  for (const action of update.actions) {
    if (action.clause === 'SET') checkOperands(action.value, kind)
  }
}

function checkOperands(value: SetValueNode, kind: UpdateKind): void {
  if (value.kind === 'arithmetic') {
    checkOperand(value.left, kind)
    checkOperand(value.right, kind)
  } else if (value.kind === 'function') {
    for (const operand of value.operands) checkOperand(operand, kind)
  }
}

function checkOperand(operand: OperandNode, kind: UpdateKind): void {
  if (operand.kind !== 'function') return
  if (operand.name === 'list_append') throw misusedFunction(kind, operand.name)
  checkOperands(operand, kind)
}
