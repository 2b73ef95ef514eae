import { invalidParameterValues, validationException, type ApiError } from './apiError.ts'

/*
 * Texts about indexes, streams, encryption and the other settings of a table (behaviour digest 5).
 */

export type IndexFamily =
  | 'LocalSecondaryIndexes'
  | 'GlobalSecondaryIndexes'
  | 'GlobalSecondaryIndexUpdates'
  | 'VectorIndexes'

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

export function duplicateNonKeyAttribute(name: string): ApiError {
  return invalidParameterValues(`Duplicate element in NonKeyAttributes: ${name}`)
}

export function tooManyNonKeyAttributes(limit: number): ApiError {
  return invalidParameterValues(
    `Number of NonKeyAttributes over all indexes exceeds per-table limit of ${limit}`,
  )
}

const streamRules = {
  created: {
    unexpected:
      'Table is being created with a stream disabled, UpdateViewType should not be specified',
    missing: 'Table is being created with a stream enabled, UpdateViewType is required',
  },
  updated: {
    unexpected: 'If stream is being disabled, then UpdateViewType must not be specified',
    missing: 'If stream is being enabled then UpdateViewType is required',
  },
} as const

export function viewTypeOfDisabledStream(change: 'created' | 'updated'): ApiError {
  return invalidParameterValues(streamRules[change].unexpected)
}

export function viewTypeMissing(change: 'created' | 'updated'): ApiError {
  return invalidParameterValues(streamRules[change].missing)
}

export function streamAlreadyEnabled(tableName: string): ApiError {
  return validationException(`Table already has an enabled stream: TableName: ${tableName}`)
}

export function streamNotEnabled(tableName: string): ApiError {
  return validationException(`Table has no stream to disable: TableName: ${tableName}`)
}

export function encryptionTypeUnsupported(type: string): ApiError {
  return invalidParameterValues(`SSEType ${type} is not supported`)
}

export function encryptionDisabled(member: 'SSEType' | 'KMSMasterKeyId'): ApiError {
  return invalidParameterValues(`${member} can not be specified if Enabled is false`)
}

export function encryptionTypeMissing(): ApiError {
  return invalidParameterValues('SSEType KMS is required if KMSMasterKeyId is specified')
}

/** Encryption by the service's own key is asked for where it is so already. */
export function encryptedByDefault(): ApiError {
  return invalidParameterValues('Table is already encrypted by default')
}

/** The key that is asked for is the table's already. */
export function encryptedWithThatKey(): ApiError {
  return invalidParameterValues(
    'Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you ' +
      'want to change Master Key',
  )
}

export function deletionProtected(): ApiError {
  return validationException(
    'Resource cannot be deleted as it is currently protected against deletion. Disable deletion ' +
      'protection first.',
  )
}

/** `value` is none of the classes. */
export function tableClassInvalid(classes: readonly string[]): ApiError {
  return validationException(
    'Invalid table-class parameter provided. Please try again with a valid table-class value: ' +
      `[${classes.join(', ')}].`,
  )
}

export function globalTablesUnsupported(member: string): ApiError {
  return invalidParameterValues(`${member} is not supported: there is one Region only`)
}

/** What an UpdateTable can change, as DynamoDB lists it. */
export const updateMembers = [
  'ProvisionedThroughput',
  'BillingMode',
  'UpdateStreamEnabled',
  'GlobalSecondaryIndexUpdates',
  'SSESpecification',
  'ReplicaUpdates',
  'MultiAccountReplicaReady',
  'ReplicaTransitRoleArn',
  'MultiRegionConsistency',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'WarmThroughput',
  'TableClass',
] as const

export type UpdateMember = (typeof updateMembers)[number]

/** `sent` are members that are there, but ask for nothing: the text leaves them out. */
export function nothingToUpdate(sent: readonly UpdateMember[]): ApiError {
  const others = updateMembers.filter((member) => !sent.includes(member))
  const last = others.at(-1) as UpdateMember
  return validationException(
    `At least one of ${others.slice(0, -1).join(', ')} or ${last} is required`,
  )
}

/** A change that has to come alone. */
export type SoleChange =
  | 'Server-Side Encryption'
  | 'TableClass'
  | 'DeletionProtection'
  | 'DisassociationProtection'

export function modificationNotAlone(change: SoleChange): ApiError {
  return invalidParameterValues(`${change} modification must be the only operation in the request`)
}

export function warmThroughputNotAlone(): ApiError {
  return invalidParameterValues('WarmThroughput must be the only operation in the request')
}

export function indexCreatedWithWarmThroughput(): ApiError {
  return invalidParameterValues(
    'Create global secondary index cannot be specified when updating WarmThroughput',
  )
}

export function onDemandThroughputNotAlone(): ApiError {
  return invalidParameterValues(
    'OnDemandThroughput can only be combined with BillingMode in an UpdateTable request',
  )
}

export function streamChangedWithCapacity(): ApiError {
  return invalidParameterValues('You cannot modify stream status while updating table IOPS')
}

/** An index is created or deleted together with a change of the table's throughput or stream. */
export function indexChangedWith(other: 'capacity' | 'stream'): ApiError {
  const change = other === 'capacity' ? 'updating table IOPS' : 'changing stream status'
  return invalidParameterValues(`You cannot create or delete index while ${change}`)
}

export function indexActionMissing(): ApiError {
  return invalidParameterValues(
    'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, ' +
      'GlobalSecondaryIndexUpdate.Delete must not be null',
  )
}

export function severalIndexActions(): ApiError {
  return invalidParameterValues(
    'Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object',
  )
}

export function indexAlreadyExists(): ApiError {
  return validationException('Attempting to create an index which already exists')
}

/** The index is a local one, which lasts as long as its table. */
export function indexNotGlobal(change: 'delete' | 'update', indexName: string): ApiError {
  return validationException(
    `Cannot ${change} an index that is not a GlobalSecondaryIndex: ${indexName}`,
  )
}

export function indexUpdatedTwice(indexName: string): ApiError {
  return invalidParameterValues(
    'Only one global secondary index update per index is allowed simultaneously. ' +
      `Index: ${indexName}`,
  )
}
