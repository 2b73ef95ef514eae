import { invalidParameterValues, validationException } from './apiError.ts'
import type { ApiError } from './apiError.ts'

/*
 * The texts of Query and Scan beside those of their expressions (behaviour digest 3.5).
 */

export function indexNotFound(indexName: string): ApiError {
  return validationException(`The table does not have the specified index: ${indexName}`)
}

/** A global index whose entries are still being made out of the items that were there before it. */
export function indexBackfilling(indexName: string): ApiError {
  return validationException(`Cannot read from backfilling global secondary index: ${indexName}`)
}

export function consistentReadOnGlobalIndex(): ApiError {
  return validationException('Consistent reads are not supported on global secondary indexes')
}

/** QueryFilter, the older form of a filter, names a key attribute. */
export function queryFilterOnKey(name: string): ApiError {
  return validationException(
    `QueryFilter can only contain non-primary key attributes: Primary key attribute: ${name}`,
  )
}

/** The values of Select; the last three go with no projection. */
export type Select = 'SPECIFIC_ATTRIBUTES' | 'COUNT' | 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES'

export type ProjectionMember = 'AttributesToGet' | 'ProjectionExpression'

export function projectionWithSelect(member: ProjectionMember, select: Select): ApiError {
  const chosen = select === 'COUNT' ? 'only the Count' : select
  return validationException(`Cannot specify the ${member} when choosing to get ${chosen}`)
}

export function specificAttributesRequired(): ApiError {
  const text =
    'Must specify the AttributesToGet or ProjectionExpression when choosing to get ' +
    'SPECIFIC_ATTRIBUTES'
  return validationException(text, { family: 'selected', text })
}

export function projectedAttributesOfTable(): ApiError {
  return validationException(
    'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
  )
}

export function allAttributesNotProjected(indexName: string): ApiError {
  return invalidParameterValues(
    'Select type ALL_ATTRIBUTES is not supported for global secondary index ' +
      `${indexName} because its projection type is not ALL`,
  )
}

export function attributesNotProjected(indexName: string, names: readonly string[]): ApiError {
  return invalidParameterValues(
    `Global secondary index ${indexName} does not project [${names.join(', ')}]`,
  )
}

/** `fault` is the text of the error that the key alone has, if there is one. */
export function invalidStartKey(fault?: string): ApiError {
  const message = 'The provided starting key is invalid'
  return validationException(fault === undefined ? message : `${message}: ${fault}`)
}

/** The starting key has other partition key values than the query. */
export function startKeyOutsideQuery(): ApiError {
  return validationException(
    'The provided starting key is outside query boundaries based on provided conditions',
  )
}

/** The starting key is in the query's partition but does not meet its condition on sort keys. */
export function startKeyOutsidePredicate(): ApiError {
  return validationException('The provided starting key does not match the range key predicate')
}

/** A starting key for a query by the whole primary key of a table. */
export function singleRowRestarted(): ApiError {
  return validationException('The query can return at most one row and cannot be restarted')
}

export function startKeyOfOtherSegment(segment: number, totalSegments: number): ApiError {
  return invalidStartKey(
    'Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. ' +
      `TotalSegments: ${totalSegments} Segment: ${segment}`,
  )
}

export function totalSegmentsRequired(): ApiError {
  return validationException(
    'The TotalSegments parameter is required but was not present in the request when Segment ' +
      'parameter is present',
  )
}

export function segmentRequired(): ApiError {
  return validationException(
    'The Segment parameter is required but was not present in the request when parameter ' +
      'TotalSegments is present',
  )
}

export function segmentTooLarge(segment: number, totalSegments: number): ApiError {
  return validationException(
    'The Segment parameter is zero-based and must be less than parameter TotalSegments: ' +
      `Segment: ${segment} is not less than TotalSegments: ${totalSegments}`,
  )
}
