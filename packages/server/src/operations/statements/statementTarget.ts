import { indexBackfilling } from '../../errors/queryErrors.ts'
import {
  multiAttributeKeys,
  statementIndexNotFound,
  strongReadOnGlobalIndex,
} from '../../errors/statementErrors.ts'
import type { StatementSource } from '../../partiql/statement.ts'
import type { ReadTarget } from '../../reads/readTarget.ts'
import { findIndex } from '../../schema/table.ts'
import type { Services } from '../services.ts'

/**
 * What a SELECT reads. Throws ResourceNotFoundException for the table, ValidationException for an
 * index that is not there, not filled yet, or cannot be read so.
 */
export function statementTarget(
  { catalog }: Services,
  source: StatementSource,
  consistentRead: boolean | undefined,
): ReadTarget {
  const table = catalog.tableForData(source.table)
  if (source.index === undefined) return { table, index: undefined }
  const index = findIndex(table, source.index)
  if (index === undefined) throw statementIndexNotFound()
  if (index.partitionKeys.length > 1 || index.sortKeys.length > 1) throw multiAttributeKeys()
  if (index.kind === 'global' && consistentRead === true) throw strongReadOnGlobalIndex()
  if (index.status === 'CREATING') throw indexBackfilling(index.name)
  return { table, index }
}
