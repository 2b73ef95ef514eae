import type { CompiledUpdate } from '../../expressions/applyUpdate.ts'
import { checkPathsOutsideKeys } from '../../expressions/conditionPaths.ts'
import type { DocumentPath } from '../../expressions/documentPath.ts'
import { pathsOfUpdate } from '../../expressions/updatePaths.ts'
import type { Table } from '../../schema/table.ts'

/** Throws pathIntoKey for a path that goes on inside a key attribute of the table. */
function checkPathsOutsideTableKeys(table: Table, paths: readonly DocumentPath[]): void {
  if (!paths.some((path) => path.length > 1)) return
  const { partitionKey, sortKey } = table.primaryKey
  const names = sortKey === undefined ? [partitionKey.name] : [partitionKey.name, sortKey.name]
  checkPathsOutsideKeys(paths, names, 'Key')
}

/** The same for the paths of an update, and for key attributes of indexes too. */
export function checkUpdateOutsideKeys(table: Table, update: CompiledUpdate | undefined): void {
  if (update !== undefined) checkPathsOutsideAllKeys(table, pathsOfUpdate(update))
}

/** Throws pathIntoKey for a path that goes on inside a key attribute of the table or an index. */
export function checkPathsOutsideAllKeys(table: Table, paths: readonly DocumentPath[]): void {
  if (!paths.some((path) => path.length > 1)) return
  checkPathsOutsideTableKeys(table, paths)
  checkPathsOutsideKeys(
    paths,
    table.indexKeys.map(({ name }) => name),
    'IndexKey',
  )
}
