import type { Path } from './documentPaths.ts'
import { sum, valueSize } from './sizes.ts'
import { unreachable } from './unreachable.ts'
import type { SetValue, Update, UpdateAction } from './updates.ts'

/*
 * What the statement of an UpdateItem weighs (validation-2026, B1): everything that it writes, at
 * every use, and a charge for every part of it.
 */

const ofUpdate = 3
const ofWriting = 19
const ofRemoval = 1
const ofReading = 1
const ofReadStep = 14
const ofLaterStep = 4
const ofListPosition = 1
const ofOperator = { '+': 34, '-': 37, if_not_exists: 39, list_append: 37 }

export const weightOf = (update: Update): number => ofUpdate + sum(update.map(weightOfAction))

function weightOfAction(action: UpdateAction): number {
  const { path } = action
  const target = stepBytes(path) + ofLaterStep * (path.length - 1)
  switch (action.clause) {
    case 'SET': {
      const position = typeof path.at(-1) === 'number' ? ofListPosition : 0
      return ofWriting + position + target + weightOfValue(action.value)
    }
    case 'ADD':
      return ofWriting + target + valueSize(action.value)
    case 'REMOVE':
    case 'DELETE':
      return ofRemoval + target
    default:
      return unreachable(action)
  }
}

function weightOfValue(value: SetValue): number {
  switch (value.kind) {
    case 'value':
      return valueSize(value.value)
    case 'path':
      return weightOfRead(value.path)
    case 'if_not_exists':
      return ofOperator.if_not_exists + weightOfRead(value.path) + weightOfValue(value.otherwise)
    case 'list_append':
    case '+':
    case '-':
      return ofOperator[value.kind] + weightOfValue(value.left) + weightOfValue(value.right)
    default:
      return unreachable(value)
  }
}

const weightOfRead = (path: Path): number => ofReading + ofReadStep * path.length + stepBytes(path)

const stepBytes = (path: Path): number =>
  sum(path.map((step) => Buffer.byteLength(String(step), 'utf8')))
