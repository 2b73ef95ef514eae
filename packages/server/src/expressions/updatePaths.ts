import { unreachable } from '../invariant.ts'
import type { CompiledUpdate, UpdateValue } from './boundExpression.ts'
import type { DocumentPath } from './documentPath.ts'

/** All paths of `update`, those that it reads and those that it writes, from left to right. */
export function pathsOfUpdate(update: CompiledUpdate): DocumentPath[] {
  const paths: DocumentPath[] = []
  for (const action of update.actions) {
    paths.push(action.path)
    if (action.clause === 'SET') collectPaths(action.value, paths)
  }
  return paths
}

function collectPaths(value: UpdateValue, paths: DocumentPath[]): void {
  switch (value.kind) {
    case 'constant':
      return
    case 'path':
      paths.push(value.path)
      return
    case 'if_not_exists':
      paths.push(value.path)
      collectPaths(value.otherwise, paths)
      return
    case 'arithmetic':
    case 'list_append':
      collectPaths(value.left, paths)
      collectPaths(value.right, paths)
      return
    default:
      unreachable(value)
  }
}
