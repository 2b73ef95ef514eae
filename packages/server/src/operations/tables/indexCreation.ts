import { indexInUse } from '../../errors/indexErrors.ts'
import {
  indexThroughputMissing,
  indexThroughputOnDemand,
  resourceNotFound,
  severalIndexesChanged,
} from '../../errors/tableErrors.ts'
import { duplicateIndexName, tooManyGlobalIndexes } from '../../errors/tableSettingErrors.ts'
import { maxGlobalSecondaryIndexes } from '../../limits.ts'
import { withUsedDefinitions } from '../../upkeep/indexWork.ts'
import type {
  AttributeDefinition,
  GlobalSecondaryIndexRecord,
  TableRecord,
} from '../../schema/tableRecord.ts'
import { checkOnDemandThroughput, checkWarmThroughput, warmFloor } from './capacityChecks.ts'
import {
  checkGlobalIndex,
  checkProjectedAttributes,
  type GlobalSecondaryIndexParameter,
} from './indexChecks.ts'
import { checkAttributeDefinitions } from './keySchemaChecks.ts'
import { globalIndexRecord } from './newTableRecord.ts'
import type { UpdateTableRequest } from './tableUpdate.ts'

/**
 * Checks what can be said of a new index without its table. Its keys must be defined in the
 * request.
 */
export function checkIndexCreation(request: UpdateTableRequest): void {
  const { AttributeDefinitions: definitions = [] } = request
  checkAttributeDefinitions(definitions)
  for (const { Create: index } of request.GlobalSecondaryIndexUpdates ?? []) {
    if (index !== undefined) checkGlobalIndex(index, definitions)
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
  if (changes.length > 1) throw severalIndexesChanged()
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
  if (globals.some(isChanging)) throw severalIndexesChanged()
  if ([...locals, ...globals].some((index) => index.indexName === indexName)) {
    throw duplicateIndexName(indexName)
  }
  if (globals.length >= maxGlobalSecondaryIndexes) {
    throw tooManyGlobalIndexes(maxGlobalSecondaryIndexes)
  }
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

function checkIndexCapacity(
  { billingMode }: TableRecord,
  parameter: GlobalSecondaryIndexParameter,
): void {
  const { IndexName: indexName, ProvisionedThroughput: units } = parameter
  const onDemand = billingMode === 'PAY_PER_REQUEST'
  if (onDemand && units !== undefined) throw indexThroughputOnDemand(indexName)
  if (!onDemand && units === undefined) throw indexThroughputMissing([indexName])
  checkOnDemandThroughput(parameter.OnDemandThroughput, { indexName, billingMode }, false)
  checkWarmThroughput(parameter.WarmThroughput, indexName, warmFloor(billingMode, units))
}

function withDeletedIndex(record: TableRecord, indexName: string): TableRecord {
  const { globalSecondaryIndexes: globals } = record
  const deleted = globals.find((index) => index.indexName === indexName)
  if (deleted === undefined) throw resourceNotFound()
  if (deleted.status === 'DELETING') throw indexInUse('deleted', indexName)
  if (globals.some((index) => index !== deleted && isChanging(index))) throw severalIndexesChanged()
  const { backfilling: _progress, ...kept } = deleted
  const deleting: GlobalSecondaryIndexRecord = { ...kept, status: 'DELETING' }
  return {
    ...record,
    globalSecondaryIndexes: globals.map((index) => (index === deleted ? deleting : index)),
  }
}

function isChanging({ status }: GlobalSecondaryIndexRecord): boolean {
  return status === 'CREATING' || status === 'DELETING'
}
