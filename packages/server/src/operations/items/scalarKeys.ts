import type { CompiledUpdate } from '../../expressions/applyUpdate.ts'
import { checkPathsOutsideKeys } from '../../expressions/conditionPaths.ts'
import type { DocumentPath } from '../../expressions/documentPath.ts'
import { pathsOfUpdate } from '../../expressions/updatePaths.ts'
import { keyNamesOf, type Table } from '../../schema/table.ts'

/** Throws pathIntoKey for a path that goes on inside a key attribute of the table or an index. */
export function checkPathsOutsideAllKeys(table: Table, paths: readonly DocumentPath[]): void {
  if (!paths.some((path) => path.length > 1)) return
  checkPathsOutsideKeys(paths, keyNamesOf(table), 'Key')
  checkPathsOutsideKeys(
    paths,
    table.indexKeys.map(({ name }) => name),
    'IndexKey',
  )
}

/** The same for the paths of an update. */
export function checkUpdateOutsideKeys(table: Table, update: CompiledUpdate | undefined): void {
  if (update !== undefined) checkPathsOutsideAllKeys(table, pathsOfUpdate(update))
}
