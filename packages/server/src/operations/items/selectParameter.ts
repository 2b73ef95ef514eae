import {
  allAttributesNotProjected,
  attributesNotProjected,
  projectedAttributesOfTable,
  projectionWithSelect,
  specificAttributesRequired,
  type ProjectionMember,
  type Select,
} from '../../errors/queryErrors.ts'
import { checkPathsOutsideKeys, pathsOfCondition } from '../../expressions/conditionPaths.ts'
import type { DocumentPath } from '../../expressions/documentPath.ts'
import { topLevelName } from '../../expressions/documentPath.ts'
import type { CompiledCondition } from '../../expressions/evaluateCondition.ts'
import { projectionPaths, type Projection, type Selection } from '../../reads/projection.ts'
import { keyAttributesOf, type ReadTarget } from '../../reads/readTarget.ts'
import { keyNamesOf } from '../../schema/table.ts'
import type { ProjectionParameters } from './projectionParameter.ts'
import { checkPathsOutsideAllKeys } from './scalarKeys.ts'

export interface SelectParameters extends ProjectionParameters {
  readonly Select?: Select
  readonly IndexName?: string
}

/** Checks Select against the other members of the request, as far as that needs no table. */
export function checkSelect(request: SelectParameters): void {
  const { Select } = request
  const member = projectionMember(request)
  if (Select === undefined) return
  if (Select === 'SPECIFIC_ATTRIBUTES') {
    if (member === undefined) throw specificAttributesRequired()
    return
  }
  if (member !== undefined) throw projectionWithSelect(member, Select)
  if (Select === 'ALL_PROJECTED_ATTRIBUTES' && request.IndexName === undefined) {
    throw projectedAttributesOfTable()
  }
}

function projectionMember(request: SelectParameters): ProjectionMember | undefined {
  if (request.ProjectionExpression !== undefined) return 'ProjectionExpression'
  return request.AttributesToGet === undefined ? undefined : 'AttributesToGet'
}

/**
 * Fits what is asked for to the attributes that `target` has: what a local index lacks is read from
 * the table, what a global index lacks cannot be had. Throws ValidationException.
 */
export function bindSelection(
  target: ReadTarget,
  select: Select | undefined,
  filter: CompiledCondition | undefined,
  projection: Projection,
): Selection {
  const projectedPaths = projectionPaths(projection)
  const filterPaths = filter === undefined ? [] : pathsOfCondition(filter)
  checkKeyPaths(target, [...projectedPaths, ...filterPaths])
  checkPathsOutsideAllKeys(target.table, projectedPaths)
  const countOnly = select === 'COUNT'
  const plain = { filter, projection, countOnly, filtersEntries: false }
  const { index } = target
  if (index === undefined || index.projectedAttributes === 'all') {
    return { ...plain, fetches: false, wholeItems: false }
  }
  const wholeItems = select === 'ALL_ATTRIBUTES'
  const missing = missingNames(projectedPaths, index.projectedAttributes)
  if (index.kind === 'global') {
    if (wholeItems) throw allAttributesNotProjected(index.name)
    if (missing.length > 0) throw attributesNotProjected(index.name, missing)
    return { ...plain, fetches: false, wholeItems }
  }
  const filterLacks = missingNames(filterPaths, index.projectedAttributes).length > 0
  return { ...plain, fetches: wholeItems || missing.length > 0 || filterLacks, wholeItems }
}

/** The top-level attributes of `paths` that an index has not. */
export function missingNames(
  paths: readonly DocumentPath[],
  projected: ReadonlySet<string>,
): string[] {
  const names = new Set(paths.map(topLevelName))
  return [...names].filter((name) => !projected.has(name))
}

/** Throws for a path that goes on inside a key attribute, which has no inside. */
export function checkKeyPaths(target: ReadTarget, paths: readonly DocumentPath[]): void {
  if (!paths.some((path) => path.length > 1)) return
  checkPathsOutsideKeys(paths, keyNamesOf(target.table), 'Key')
  if (target.index === undefined) return
  const keyNames = keyAttributesOf(target).map(({ name }) => name)
  checkPathsOutsideKeys(paths, keyNames, 'IndexKey')
}
