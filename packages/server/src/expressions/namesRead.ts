import { unreachable } from '../invariant.ts'
import type {
  BoundCondition,
  BoundOperand,
  CompiledCondition,
  CompiledUpdate,
  UpdateValue,
} from './boundExpression.ts'
import { topLevelName, type DocumentPath } from './documentPath.ts'

/** The top-level attributes that a condition looks at, on whatever item. */
export function namesReadByCondition(condition: CompiledCondition): ReadonlySet<string> {
  const names = new Set<string>()
  addOfCondition(condition, names)
  return names
}

/** The top-level attributes that an update reads or touches, on whatever item. */
export function namesReadByUpdate(update: CompiledUpdate): ReadonlySet<string> {
  const names = new Set(update.attributeNames)
  for (const action of update.actions) {
    if (action.clause === 'SET') addOfUpdateValue(action.value, names)
  }
  return names
}

function addOfCondition(condition: BoundCondition, names: Set<string>): void {
  switch (condition.kind) {
    case 'comparison':
      addOfOperands([condition.left, condition.right], names)
      return
    case 'between':
      addOfOperands([condition.operand, condition.lower, condition.upper], names)
      return
    case 'in':
      addOfOperands([condition.operand, ...condition.list], names)
      return
    case 'and':
    case 'or':
      for (const member of condition.conditions) addOfCondition(member, names)
      return
    case 'not':
      addOfCondition(condition.condition, names)
      return
    case 'attribute_exists':
    case 'attribute_not_exists':
      addOfPath(condition.path, names)
      return
    case 'attribute_type':
      addOfOperands([condition.operand, condition.type], names)
      return
    case 'begins_with':
    case 'contains':
      addOfOperands([condition.operand, condition.part], names)
      return
    default:
      unreachable(condition)
  }
}

function addOfOperands(operands: readonly BoundOperand[], names: Set<string>): void {
  for (const operand of operands) {
    if (operand.kind === 'size') addOfOperands([operand.of], names)
    else if (operand.kind === 'path') addOfPath(operand.path, names)
  }
}

function addOfUpdateValue(value: UpdateValue, names: Set<string>): void {
  switch (value.kind) {
    case 'constant':
      return
    case 'path':
      addOfPath(value.path, names)
      return
    case 'if_not_exists':
      addOfPath(value.path, names)
      addOfUpdateValue(value.otherwise, names)
      return
    case 'arithmetic':
    case 'list_append':
      addOfUpdateValue(value.left, names)
      addOfUpdateValue(value.right, names)
      return
    default:
      unreachable(value)
  }
}

function addOfPath(path: DocumentPath, names: Set<string>): void {
  names.add(topLevelName(path))
}
