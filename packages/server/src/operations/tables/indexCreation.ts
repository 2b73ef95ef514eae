import { indexInUse } from '../../errors/indexErrors.ts'
import {
  attributeDefinitionsMissing,
  attributeRedefined,
  indexCapacityMissing,
  indexThroughputOnDemandInUpdate,
  resourceNotFound,
  severalIndexesChanged,
  tooManyIndexesOnline,
  type TypedKeyElement,
} from '../../errors/tableErrors.ts'
import { indexAlreadyExists, indexNotGlobal } from '../../errors/tableSettingErrors.ts'
import { vectorAttributeRedefined } from '../../errors/vectorErrors.ts'
import { maxGlobalSecondaryIndexes } from '../../limits.ts'
import { withUsedDefinitions } from '../../schema/indexRecordChanges.ts'
import { indexRecords } from '../../schema/openTable.ts'
import type {
  AttributeDefinition,
  GlobalSecondaryIndexRecord,
  KeySchemaElement,
  TableRecord,
} from '../../schema/tableRecord.ts'
import { capacityUnits } from '../../schema/warmUnits.ts'
import {
  checkNewOnDemandThroughput,
  checkWarmThroughput,
  newThroughput,
  newWarmFloorReason,
} from './capacityChecks.ts'
import {
  checkGlobalIndex,
  checkProjectedAttributes,
  type GlobalSecondaryIndexParameter,
} from './indexChecks.ts'
import { checkAttributeDefinitions } from './keySchemaChecks.ts'
import { globalIndexRecord } from './newTableRecord.ts'
import { checkTypesInSearchSchemas } from './searchAttributeTypes.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'
import {
  hasChangingIndex,
  withDeletedVectorIndex,
  withNewVectorIndex,
} from './vectorIndexUpdates.ts'

/**
 * Checks what can be said of a new index without its table. Its keys must be defined in the
 * request.
 */
export function checkIndexCreation(request: UpdateTableRequest): void {
  const { AttributeDefinitions: definitions } = request
  checkAttributeDefinitions(definitions ?? [])
  for (const { Create: index } of request.GlobalSecondaryIndexUpdates ?? []) {
    if (index === undefined) continue
    if (definitions === undefined) throw attributeDefinitionsMissing(index.IndexName)
    checkGlobalIndex(index, definitions)
  }
}

/**
 * The record with the index CREATING that the request creates, or DELETING that it deletes;
 * `record` itself when it does neither. One index is created or deleted at a time; an index whose
 * backfill has begun may be deleted. Throws ResourceNotFoundException, ResourceInUseException,
 * LimitExceededException and ValidationException. REQUIRES: {@link checkIndexCreation}.
 */
export function withIndexChange(
  record: TableRecord,
  request: UpdateTableRequest,
  nextNumber: () => number,
): TableRecord {
  const updates = request.GlobalSecondaryIndexUpdates ?? []
  const changes = updates.filter(({ Update }) => Update === undefined)
  const vectorChanges = request.VectorIndexUpdates ?? []
  if (changes.length + vectorChanges.length > 1) throw severalIndexesChanged()
  const [vectorChange] = vectorChanges
  if (vectorChange?.Create !== undefined) {
    const { AttributeDefinitions = [] } = request
    return withNewVectorIndex(record, vectorChange.Create, AttributeDefinitions, nextNumber)
  }
  if (vectorChange?.Delete !== undefined) {
    return withDeletedVectorIndex(record, vectorChange.Delete.IndexName)
  }
  const [change] = changes
  if (change?.Create !== undefined) {
    return withNewIndex(record, change.Create, request.AttributeDefinitions ?? [], nextNumber)
  }
  return change?.Delete === undefined ? record : withDeletedIndex(record, change.Delete.IndexName)
}

function withNewIndex(
  record: TableRecord,
  parameter: GlobalSecondaryIndexParameter,
  definitions: readonly AttributeDefinition[],
  nextNumber: () => number,
): TableRecord {
  const { localSecondaryIndexes: locals, globalSecondaryIndexes: globals } = record
  const { IndexName: indexName } = parameter
  if (hasChangingIndex(record)) throw severalIndexesChanged()
  if (indexRecords(record).some((index) => index.indexName === indexName)) {
    throw indexAlreadyExists()
  }
  if (globals.length >= maxGlobalSecondaryIndexes) {
    throw tooManyIndexesOnline(maxGlobalSecondaryIndexes)
  }
  checkTypes(record, parameter.KeySchema, definitions)
  checkIndexCapacity(record, parameter)
  const index = { ...globalIndexRecord(parameter, nextNumber()), backfilling: true }
  checkProjectedAttributes([...locals, ...globals, index].map(({ projection }) => projection))
  const known = new Set(record.attributeDefinitions.map(({ AttributeName }) => AttributeName))
  const added = definitions.filter(({ AttributeName }) => !known.has(AttributeName))
  return withUsedDefinitions({
    ...record,
    attributeDefinitions: [...record.attributeDefinitions, ...added],
    globalSecondaryIndexes: [...globals, index],
  })
}

/** A key of the new index that is a key already has the type that it has there. */
function checkTypes(
  record: TableRecord,
  keySchema: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): void {
  const added = typedKeys(keySchema, definitions)
  const schemas = [record, ...record.localSecondaryIndexes, ...record.globalSecondaryIndexes].map(
    (owner) => typedKeys(owner.keySchema, record.attributeDefinitions),
  )
  const conflicts = (existing: TypedKeyElement): boolean =>
    added.some(({ name, type }) => name === existing.name && type !== existing.type)
  const conflicting = schemas.find((schema) => schema.some(conflicts))
  if (conflicting !== undefined) throw attributeRedefined(conflicting, added)
  checkNoVector(record, added)
  checkTypesInSearchSchemas(record, keySchema, definitions)
}

/** A key of the new index holds no vector. */
function checkNoVector(
  { vectorIndexes = [] }: TableRecord,
  added: readonly TypedKeyElement[],
): void {
  const vector = vectorIndexes.find(({ vectorAttribute }) =>
    added.some(({ name }) => name === vectorAttribute),
  )
  if (vector !== undefined) throw vectorAttributeRedefined(vector, added)
}

function typedKeys(
  keySchema: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): TypedKeyElement[] {
  return keySchema.map(({ AttributeName: name, KeyType: keyType }) => {
    const definition = definitions.find(({ AttributeName }) => AttributeName === name)
    return { name, keyType, type: definition?.AttributeType as string }
  })
}

function checkIndexCapacity(
  { billingMode }: TableRecord,
  parameter: GlobalSecondaryIndexParameter,
): void {
  const { IndexName: indexName, ProvisionedThroughput: units } = parameter
  const onDemand = billingMode === 'PAY_PER_REQUEST'
  if (onDemand && units !== undefined) throw indexThroughputOnDemandInUpdate(indexName)
  if (!onDemand && units === undefined) throw indexCapacityMissing(indexName)
  checkNewOnDemandThroughput(parameter.OnDemandThroughput, { indexName, billingMode })
  const floor = capacityUnits(billingMode, newThroughput(units))
  checkWarmThroughput(parameter.WarmThroughput, indexName, floor, newWarmFloorReason(billingMode))
}

function withDeletedIndex(record: TableRecord, indexName: string): TableRecord {
  const { globalSecondaryIndexes: globals } = record
  const deleted = globals.find((index) => index.indexName === indexName)
  if (deleted === undefined) {
    const isLocal = record.localSecondaryIndexes.some((index) => index.indexName === indexName)
    throw isLocal ? indexNotGlobal('delete', indexName) : resourceNotFound()
  }
  if (deleted.status === 'DELETING') throw indexInUse('deleted', indexName)
  const others = { ...record, globalSecondaryIndexes: globals.filter((each) => each !== deleted) }
  if (hasChangingIndex(others)) throw severalIndexesChanged()
  const { backfilling: _progress, ...kept } = deleted
  const deleting: GlobalSecondaryIndexRecord = { ...kept, status: 'DELETING' }
  return {
    ...record,
    globalSecondaryIndexes: globals.map((index) => (index === deleted ? deleting : index)),
  }
}
