import { conflictingPaths, overlappingPaths } from '../../errors/expressionErrors.ts'
import type { ExpressionKind } from '../../errors/expressionErrors.ts'
import type { DocumentPath } from '../documentPath.ts'
import { formatPath } from '../documentPath.ts'
import { findPathClash } from '../pathTree.ts'

/** No path is a part of another, and none treats as a list what another treats as a map. */
export function checkDisjointPaths(kind: ExpressionKind, paths: readonly DocumentPath[]): void {
  const clash = findPathClash(paths)
  if (clash === undefined) return
  const one = formatPath(clash.one)
  const two = formatPath(clash.two)
  if (clash.kind === 'overlap') throw overlappingPaths(kind, one, two)
  throw conflictingPaths(kind, one, two)
}
