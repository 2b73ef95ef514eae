import { unreachable } from '../invariant.ts'
import { attributeValueSize } from '../values/size.ts'
import type { CompiledUpdate, UpdateAction, UpdateValue } from './boundExpression.ts'
import type { DocumentPath } from './documentPath.ts'

/*
 * What an update expression weighs by itself, in bytes: what it writes and AWS's charges for the
 * way it says so (measured in 2026). The item that it changes has no part in it.
 */

const updateBytes = 3
/** Of an assignment or an addition. */
const writingBytes = 19
/** Of an assignment to an element of a list, beside those. */
const listElementBytes = 1
/** Of a removal or a deletion, and of a path that is read. */
const pathBytes = 1
/** Of each element of a path that is written, after the first. */
const laterElementBytes = 4
/** Of each element of a path that is read. */
const readElementBytes = 14
const operatorBytes = { '+': 34, '-': 37, if_not_exists: 39, list_append: 37 } as const

/** The weight of `update`; the limit of an item's size is its limit too. */
export function updateWeight({ actions }: CompiledUpdate): number {
  let bytes = updateBytes
  for (const action of actions) bytes += actionWeight(action)
  return bytes
}

function actionWeight(action: UpdateAction): number {
  const target = targetWeight(action.path)
  switch (action.clause) {
    case 'SET': {
      const isListElement = typeof action.path.at(-1) === 'number'
      const own = writingBytes + (isListElement ? listElementBytes : 0)
      return own + target + operandWeight(action.value)
    }
    case 'ADD':
      return writingBytes + target + attributeValueSize(action.value)
    case 'REMOVE':
    case 'DELETE':
      return pathBytes + target
    default:
      return unreachable(action)
  }
}

function targetWeight(path: DocumentPath): number {
  return (path.length - 1) * laterElementBytes + elementsWeight(path)
}

/** A value counts at every use; what a path reads is free. */
function operandWeight(value: UpdateValue): number {
  switch (value.kind) {
    case 'constant':
      return attributeValueSize(value.value)
    case 'path':
      return readWeight(value.path)
    case 'if_not_exists':
      return operatorBytes.if_not_exists + readWeight(value.path) + operandWeight(value.otherwise)
    case 'list_append':
      return operatorBytes.list_append + operandWeight(value.left) + operandWeight(value.right)
    case 'arithmetic': {
      const operands = operandWeight(value.left) + operandWeight(value.right)
      return operatorBytes[value.operator] + operands
    }
    default:
      return unreachable(value)
  }
}

function readWeight(path: DocumentPath): number {
  return pathBytes + path.length * readElementBytes + elementsWeight(path)
}

/** The bytes of the names and of the digits of the indices. */
function elementsWeight(path: DocumentPath): number {
  let bytes = 0
  for (const element of path) bytes += Buffer.byteLength(String(element))
  return bytes
}
