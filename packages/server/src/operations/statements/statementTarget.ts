import { indexBackfilling } from '../../errors/queryErrors.ts'
import {
  multiAttributeKeys,
  statementIndexNotFound,
  strongReadOnGlobalIndex,
} from '../../errors/statementErrors.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import { ApiError, isValidationException } from '../../errors/apiError.ts'
import { scanOfVectorIndex } from '../../errors/searchErrors.ts'
import { checkStatementValues } from '../../partiql/bindStatement.ts'
import { refusedSelect } from '../../partiql/refusedSelect.ts'
import type { StatementSource } from '../../partiql/statement.ts'
import type { ReadTarget } from '../../reads/readTarget.ts'
import { findIndex, type SecondaryIndex } from '../../schema/table.ts'
import type { Services } from '../services.ts'
import { noParameters, type StatementParameters } from './statementParameters.ts'

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
  if (index.kind === 'vector') throw scanOfVectorIndex()
  if (hasSeveralKeys(index)) throw multiAttributeKeys()
  if (index.kind === 'global' && consistentRead === true) throw strongReadOnGlobalIndex()
  if (index.status === 'CREATING') throw indexBackfilling(index.name)
  return { table, index }
}

const hasSeveralKeys = ({ partitionKeys, sortKeys }: SecondaryIndex): boolean =>
  partitionKeys.length > 1 || sortKeys.length > 1

/**
 * What a SELECT of an index with several partition or sort keys is told instead of `refusal`, which
 * is about what it asks for (behaviour digest 6.2). Throws what is wrong with its literals and
 * parameters, which comes before.
 */
export function refusalOfRead(
  { catalog }: Services,
  { Statement, Parameters }: StatementParameters,
  refusal: unknown,
): unknown {
  if (!isValidationException(refusal)) return refusal
  const select = refusedSelect(Statement)
  if (select === undefined || !isOfSeveralKeys(catalog, select.source)) return refusal
  checkStatementValues(select, Parameters ?? noParameters)
  return multiAttributeKeys()
}

/** Whether there is an index of several keys at `source`, which may be anything. */
function isOfSeveralKeys(
  catalog: Catalog,
  { table: name, index: indexName, componentCount }: StatementSource,
): boolean {
  if (indexName === undefined || componentCount > 2) return false
  try {
    const index = findIndex(catalog.tableForData(name), indexName)
    return index !== undefined && hasSeveralKeys(index)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return false
  }
}
