import {
  consistentReadOnGlobalIndex,
  indexBackfilling,
  indexNotFound,
} from '../../errors/queryErrors.ts'
import { queryOfVectorIndex, scanOfVectorIndex } from '../../errors/searchErrors.ts'
import type { ReadTarget } from '../../reads/readTarget.ts'
import { findIndex } from '../../schema/table.ts'
import type { Services } from '../services.ts'

export interface TargetParameters {
  /** Name or ARN. */
  readonly TableName: string
  readonly IndexName?: string
  readonly ConsistentRead?: boolean
}

/**
 * What a query or scan reads. Throws ResourceNotFoundException for the table, ValidationException
 * for an index that is not there, not filled yet, cannot be read consistently, or is of vectors.
 */
export function findTarget(
  services: Services,
  request: TargetParameters,
  operation: 'Query' | 'Scan',
): ReadTarget {
  const table = services.catalog.tableForData(request.TableName)
  const { IndexName } = request
  if (IndexName === undefined) return { table, index: undefined }
  const index = findIndex(table, IndexName)
  if (index === undefined) throw indexNotFound(IndexName)
  if (index.kind !== 'local' && request.ConsistentRead === true) {
    throw consistentReadOnGlobalIndex()
  }
  if (index.kind === 'vector') {
    throw operation === 'Query' ? queryOfVectorIndex() : scanOfVectorIndex()
  }
  if (index.status === 'CREATING') throw indexBackfilling(IndexName)
  return { table, index }
}
