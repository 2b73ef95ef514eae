import { ApiError, invalidParameterValues, protocolKind, validationException } from './apiError.ts'

/*
 * Texts about indexes, streams, encryption, tags and the other settings of a table (behaviour
 * digest 5).
 */

const accessDeniedKind = protocolKind('AccessDeniedException', 400, 'Message')

export type IndexFamily = 'LocalSecondaryIndexes' | 'GlobalSecondaryIndexes'

export function indexListEmpty(family: IndexFamily): ApiError {
  return invalidParameterValues(`List of ${family} is empty`)
}

export function tooManyLocalIndexes(limit: number): ApiError {
  return invalidParameterValues(
    `Number of LocalSecondaryIndexes exceeds per-table limit of ${limit}`,
  )
}

export function tooManyGlobalIndexes(limit: number): ApiError {
  return invalidParameterValues(
    `GlobalSecondaryIndex count exceeds the per-table limit of ${limit}`,
  )
}

export function duplicateIndexName(indexName: string): ApiError {
  return invalidParameterValues(`Duplicate index name: ${indexName}`)
}

export function localIndexNeedsTableSortKey(): ApiError {
  return invalidParameterValues(
    'Table KeySchema does not have a range key, which is required when specifying a ' +
      'LocalSecondaryIndex',
  )
}

export function localIndexNeedsSortKey(indexName: string): ApiError {
  return invalidParameterValues(`Index KeySchema does not have a range key for index: ${indexName}`)
}

export function localIndexOtherPartitionKey(
  indexName: string,
  indexKey: string,
  tableKey: string,
): ApiError {
  return invalidParameterValues(
    'Index KeySchema does not have the same leading hash key as table KeySchema for index: ' +
      `${indexName}. index hash key: ${indexKey}, table hash key: ${tableKey}`,
  )
}

export function projectionTypeMissing(): ApiError {
  return invalidParameterValues('Unknown ProjectionType: null')
}

export function nonKeyAttributesUnexpected(projectionType: string): ApiError {
  return invalidParameterValues(
    `ProjectionType is ${projectionType}, but NonKeyAttributes is specified`,
  )
}

export function nonKeyAttributesMissing(): ApiError {
  return invalidParameterValues('ProjectionType is INCLUDE, but NonKeyAttributes is not specified')
}

export function tooManyNonKeyAttributes(limit: number): ApiError {
  return invalidParameterValues(
    `Number of NonKeyAttributes over all indexes exceeds per-table limit of ${limit}`,
  )
}

export function viewTypeOfDisabledStream(change: 'created' | 'updated'): ApiError {
  return invalidParameterValues(
    `Table is being ${change} with a stream disabled, UpdateViewType should not be specified`,
  )
}

export function viewTypeMissing(change: 'created' | 'updated'): ApiError {
  return invalidParameterValues(
    `Table is being ${change} with a stream enabled, UpdateViewType should be specified`,
  )
}

export function streamAlreadyEnabled(tableName: string): ApiError {
  return invalidParameterValues(`Table already has an enabled stream: TableName: ${tableName}`)
}

export function streamNotEnabled(tableName: string): ApiError {
  return invalidParameterValues(`Table has no stream to disable: TableName: ${tableName}`)
}

export function encryptionTypeUnsupported(type: string): ApiError {
  return invalidParameterValues(`SSEType ${type} is not supported`)
}

export function encryptionKeyWithoutEncryption(): ApiError {
  return invalidParameterValues(
    'SSEType and KMSMasterKeyId cannot be specified when SSESpecification is not enabled',
  )
}

export function deletionProtected(): ApiError {
  return validationException(
    'Resource cannot be deleted as it is currently protected against deletion. Disable deletion ' +
      'protection first.',
  )
}

export function globalTablesUnsupported(member: string): ApiError {
  return invalidParameterValues(`${member} is not supported: there is one Region only`)
}

/** A request about vector indexes, which AWS has and this server has not; the text is its own. */
export function vectorIndexesUnavailable(member: string): ApiError {
  return invalidParameterValues(`${member}: vector indexes are not available in Dynatom yet`)
}

export function nothingToUpdate(): ApiError {
  return validationException(
    'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, ' +
      'GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
  )
}

const indexActions =
  'GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ' +
  'GlobalSecondaryIndexUpdate.Delete'

export function indexActionMissing(): ApiError {
  return invalidParameterValues(`One of ${indexActions} must not be null`)
}

export function severalIndexActions(): ApiError {
  return invalidParameterValues(`Only one of ${indexActions} may be non-null`)
}

export function indexUpdatedTwice(indexName: string): ApiError {
  return invalidParameterValues(
    'Only one global secondary index update per index is allowed simultaneously. ' +
      `Index: ${indexName}`,
  )
}

export function tagsMissing(): ApiError {
  return validationException('Atleast one Tag needs to be provided as Input.')
}

export function tagKeysMissing(): ApiError {
  return validationException('Atleast one Tag Key needs to be provided as Input.')
}

export function duplicateTagKey(key: string): ApiError {
  return invalidParameterValues(`Duplicate tag key: ${key}`)
}

export function reservedTagKey(key: string): ApiError {
  return invalidParameterValues(`Tag keys with the prefix aws: are reserved: ${key}`)
}

export function tooManyTags(): ApiError {
  return validationException('Number of Tags exceed the current limit for the provided ResourceArn')
}

export function resourceArnInvalid(arn: string): ApiError {
  return validationException(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`)
}

export function nextTokenInvalid(): ApiError {
  return validationException('Invalid NextToken')
}

/** The resource belongs to another account or Region than this server plays. */
export function accessDenied(accountId: string, operation: string, arn: string): ApiError {
  return new ApiError(
    accessDeniedKind,
    `User: arn:aws:iam::${accountId}:root is not authorized to perform: dynamodb:${operation} ` +
      `on resource: ${arn}`,
  )
}
