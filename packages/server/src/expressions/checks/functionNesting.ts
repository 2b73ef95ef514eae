import { misusedFunction } from '../../errors/expressionErrors.ts'
import type { OperandNode, SetValueNode, UpdateNode } from '../ast.ts'

/**
 * `list_append` is the whole value of an assignment; `if_not_exists` can also be an operand. The
 * source has the error for a refused nesting but not where nesting is refused (behaviour digest
 * 3.3).
 */
export function checkFunctionNesting(update: UpdateNode): void {
  for (const action of update.actions) {
    if (action.clause === 'SET') checkOperands(action.value)
  }
}

function checkOperands(value: SetValueNode): void {
  if (value.kind === 'arithmetic') {
    checkOperand(value.left)
    checkOperand(value.right)
  } else if (value.kind === 'function') {
    for (const operand of value.operands) checkOperand(operand)
  }
}

function checkOperand(operand: OperandNode): void {
  if (operand.kind !== 'function') return
  if (operand.name === 'list_append') throw misusedFunction('UpdateExpression', operand.name)
  checkOperands(operand)
}
