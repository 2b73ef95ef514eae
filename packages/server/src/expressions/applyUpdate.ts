import { missingOperandAttribute, wrongStoredOperandType } from '../errors/expressionErrors.ts'
import { updatedTypeMismatch } from '../errors/legacyParameterErrors.ts'
import type { ApiError } from '../errors/apiError.ts'
import { unreachable } from '../invariant.ts'
import type { AttributeMap, AttributeValue, Item } from '../values/attributeValue.ts'
import { addNumbers, subtractNumbers } from '../values/number.ts'
import type { CompiledUpdate, UpdateAction, UpdateValue } from './boundExpression.ts'
import { removes } from './compileUpdate.ts'
import { readPath } from './documentPath.ts'
import { assignPath, finishDraft, removePath, startDraft } from './itemDraft.ts'
import type { ItemDraft } from './itemDraft.ts'
import { subtractSet, uniteSets } from './setArithmetic.ts'

export type { CompiledUpdate } from './boundExpression.ts'
export { compileUpdate } from './compileUpdate.ts'
export { updatedFragments } from './updatedFragments.ts'

export interface UpdateResult {
  /** The whole item after the update; undefined when there was none and the update creates none. */
  readonly item: Item | undefined
}

/**
 * `item` as `update` leaves it. All values are read from `item` as it was; neither `item` nor
 * `key` is changed, but the result shares unchanged values with them. A missing item starts as
 * `key`, which its update reads too, unless the update only removes. Throws the
 * ValidationExceptions that depend on the item (behaviour digest 3.5, "execution-time"). The size
 * and the nesting of the result are for the caller to check.
 */
export function applyUpdate(
  update: CompiledUpdate,
  item: Item | undefined,
  key: AttributeMap,
): UpdateResult {
  if (item === undefined && update.removesOnly) return { item: undefined }
  const before = item ?? key
  const draft = startDraft(before)
  for (const action of update.actions) {
    if (item === undefined && removes(action)) continue
    applyAction(draft, action, before, update)
  }
  return { item: finishDraft(draft) }
}

function applyAction(
  draft: ItemDraft,
  action: UpdateAction,
  before: Item,
  update: CompiledUpdate,
): void {
  switch (action.clause) {
    case 'SET':
      assignPath(draft, action.path, evaluate(action.value, before))
      return
    case 'REMOVE':
      removePath(draft, action.path)
      return
    case 'ADD': {
      const stored = readPath(before, action.path)
      assignPath(draft, action.path, sum(stored, action.value, update))
      return
    }
    case 'DELETE': {
      const stored = readPath(before, action.path)
      const rest = stored === undefined ? undefined : difference(stored, action.value, update)
      if (rest === undefined) removePath(draft, action.path)
      else assignPath(draft, action.path, rest)
    }
  }
}

function evaluate(value: UpdateValue, item: Item): AttributeValue {
  switch (value.kind) {
    case 'constant':
      return value.value
    case 'path': {
      const stored = readPath(item, value.path)
      if (stored === undefined) throw missingOperandAttribute()
      return stored
    }
    case 'if_not_exists':
      return readPath(item, value.path) ?? evaluate(value.otherwise, item)
    case 'list_append':
      return { L: [...evaluateList(value.left, item), ...evaluateList(value.right, item)] }
    case 'arithmetic': {
      const left = evaluateNumber(value.left, item)
      const right = evaluateNumber(value.right, item)
      return { N: value.operator === '+' ? addNumbers(left, right) : subtractNumbers(left, right) }
    }
    default:
      return unreachable(value)
  }
}

function evaluateNumber(value: UpdateValue, item: Item): string {
  const operand = evaluate(value, item)
  if (!('N' in operand)) throw wrongStoredOperandType()
  return operand.N
}

function evaluateList(value: UpdateValue, item: Item): readonly AttributeValue[] {
  const operand = evaluate(value, item)
  if (!('L' in operand)) throw wrongStoredOperandType()
  return operand.L
}

/** What ADD leaves: the sum of numbers, the union of sets, or, in the legacy API, joined lists. */
function sum(
  stored: AttributeValue | undefined,
  value: AttributeValue,
  update: CompiledUpdate,
): AttributeValue {
  if (stored === undefined) return value
  if ('N' in stored && 'N' in value) return { N: addNumbers(stored.N, value.N) }
  if ('L' in stored && 'L' in value) return { L: [...stored.L, ...value.L] }
  const union = uniteSets(stored, value)
  if (union === undefined) throw wrongStoredType(update)
  return union
}

/** What DELETE leaves of a set; undefined when that is nothing. */
function difference(
  stored: AttributeValue,
  value: AttributeValue,
  update: CompiledUpdate,
): AttributeValue | undefined {
  const rest = subtractSet(stored, value)
  if (rest === 'unequalTypes') throw wrongStoredType(update)
  return rest
}

function wrongStoredType(update: CompiledUpdate): ApiError {
  return update.origin === 'AttributeUpdates' ? updatedTypeMismatch() : wrongStoredOperandType()
}
