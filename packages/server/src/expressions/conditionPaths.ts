import { filterOnKey, pathIntoKey } from '../errors/expressionErrors.ts'
import { unreachable } from '../invariant.ts'
import type { BoundCondition, BoundOperand, CompiledCondition } from './boundExpression.ts'
import type { DocumentPath } from './documentPath.ts'
import { topLevelName } from './documentPath.ts'

/** All paths of `condition`, from left to right. */
export function pathsOfCondition(condition: CompiledCondition): DocumentPath[] {
  const paths: DocumentPath[] = []
  collectPaths(condition, paths)
  return paths
}

/**
 * Throws filterOnKey when a filter of Query names one of the key attributes that the query reads
 * by.
 */
export function checkFilterAvoidsKeys(filter: CompiledCondition, keyNames: Iterable<string>): void {
  const keys = new Set(keyNames)
  for (const path of pathsOfCondition(filter)) {
    const name = topLevelName(path)
    if (keys.has(name)) throw filterOnKey(name)
  }
}

/** Throws pathIntoKey when one of `paths` goes on inside a key attribute. */
export function checkPathsOutsideKeys(
  paths: Iterable<DocumentPath>,
  keyNames: Iterable<string>,
  of: 'Key' | 'IndexKey',
): void {
  const keys = new Set(keyNames)
  for (const path of paths) {
    const name = topLevelName(path)
    if (path.length > 1 && keys.has(name)) throw pathIntoKey(name, of)
  }
}

function collectPaths(condition: BoundCondition, paths: DocumentPath[]): void {
  switch (condition.kind) {
    case 'and':
    case 'or':
      for (const member of condition.conditions) collectPaths(member, paths)
      return
    case 'not':
      collectPaths(condition.condition, paths)
      return
    case 'attribute_exists':
    case 'attribute_not_exists':
      paths.push(condition.path)
      return
    case 'attribute_type':
      collectOperands([condition.operand], paths)
      return
    case 'comparison':
      collectOperands([condition.left, condition.right], paths)
      return
    case 'between':
      collectOperands([condition.operand, condition.lower, condition.upper], paths)
      return
    case 'in':
      collectOperands([condition.operand, ...condition.list], paths)
      return
    case 'begins_with':
    case 'contains':
      collectOperands([condition.operand, condition.part], paths)
      return
    default:
      unreachable(condition)
  }
}

function collectOperands(operands: readonly BoundOperand[], paths: DocumentPath[]): void {
  for (const operand of operands) {
    if (operand.kind === 'path') paths.push(operand.path)
    else if (operand.kind === 'size') collectOperands([operand.of], paths)
  }
}
