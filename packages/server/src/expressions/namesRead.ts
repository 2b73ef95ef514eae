import type { CompiledCondition, CompiledUpdate } from './boundExpression.ts'
import { pathsOfCondition } from './conditionPaths.ts'
import { topLevelName, type DocumentPath } from './documentPath.ts'
import { pathsOfUpdate } from './updatePaths.ts'

/** The top-level attributes that a condition looks at, on whatever item. */
export const namesReadByCondition = (condition: CompiledCondition): ReadonlySet<string> =>
  namesOf(pathsOfCondition(condition))

/** The top-level attributes that an update reads or touches, on whatever item. */
export const namesReadByUpdate = (update: CompiledUpdate): ReadonlySet<string> =>
  namesOf(pathsOfUpdate(update))

const namesOf = (paths: readonly DocumentPath[]): ReadonlySet<string> =>
  new Set(paths.map(topLevelName))
