import { indexInUse } from '../../errors/indexErrors.ts'
import { indexNotFound, severalIndexesChanged } from '../../errors/tableErrors.ts'
import { indexAlreadyExists } from '../../errors/tableSettingErrors.ts'
import {
  indexBeingAllocated,
  severalVectorIndexActions,
  tooManyVectorIndexes,
  vectorAttributeDefined,
  vectorIndexActionMissing,
  vectorIndexesNeedOnDemand,
} from '../../errors/vectorErrors.ts'
import { maxVectorIndexes } from '../../limits.ts'
import { withUsedDefinitions, withVectorIndexes } from '../../schema/indexRecordChanges.ts'
import { indexRecords } from '../../schema/openTable.ts'
import type {
  AttributeDefinition,
  TableRecord,
  VectorIndexRecord,
} from '../../schema/tableRecord.ts'
import { checkProjection } from './indexChecks.ts'
import { checkSearchSchemaTypes } from './searchAttributeTypes.ts'
import {
  checkDimensionsAgree,
  checkVectorIndex,
  vectorIndexRecord,
  type VectorIndexParameter,
  type VectorIndexUpdate,
} from './vectorIndexChecks.ts'

/** Checks what can be said of changes of vector indexes without their table. */
export function checkVectorIndexUpdates(updates: readonly VectorIndexUpdate[]): void {
  for (const { Create, Delete } of updates) {
    if (Create !== undefined && Delete !== undefined) throw severalVectorIndexActions()
    if (Create === undefined && Delete === undefined) throw vectorIndexActionMissing()
    if (Create !== undefined) checkProjection(Create.Projection)
  }
}

/** Whether an index of the table, of either kind, is being created or deleted. */
export function hasChangingIndex(record: TableRecord): boolean {
  return [...record.globalSecondaryIndexes, ...(record.vectorIndexes ?? [])].some(
    ({ status }) => status === 'CREATING' || status === 'DELETING',
  )
}

/**
 * The record with the vector index CREATING that is to be created. `definitions` are those of the
 * request; what the table defines need not be defined again.
 */
export function withNewVectorIndex(
  record: TableRecord,
  parameter: VectorIndexParameter,
  definitions: readonly AttributeDefinition[],
  nextNumber: () => number,
): TableRecord {
  const { vectorIndexes = [] } = record
  if (record.billingMode !== 'PAY_PER_REQUEST') throw vectorIndexesNeedOnDemand()
  if (hasChangingIndex(record)) throw severalIndexesChanged()
  if (indexRecords(record).some(({ indexName }) => indexName === parameter.IndexName)) {
    throw indexAlreadyExists()
  }
  if (vectorIndexes.length >= maxVectorIndexes) throw tooManyVectorIndexes(maxVectorIndexes)
  const known = new Set(record.attributeDefinitions.map(({ AttributeName }) => AttributeName))
  const added = definitions.filter(({ AttributeName }) => !known.has(AttributeName))
  const attributeDefinitions = [...record.attributeDefinitions, ...added]
  checkVectorIndex(parameter, attributeDefinitions)
  const other = definitions.find(({ AttributeName }) =>
    vectorIndexes.some(({ vectorAttribute }) => vectorAttribute === AttributeName),
  )
  if (other !== undefined) throw vectorAttributeDefined(other.AttributeName)
  checkSearchSchemaTypes(record, parameter.SearchSchema ?? [], definitions)
  const index = { ...vectorIndexRecord(parameter, nextNumber()), backfilling: true }
  checkDimensionsAgree([...vectorIndexes, index])
  return withUsedDefinitions(
    withVectorIndexes({ ...record, attributeDefinitions }, [...vectorIndexes, index]),
  )
}

/** The record with the vector index DELETING; one whose backfill has begun may be deleted. */
export function withDeletedVectorIndex(record: TableRecord, indexName: string): TableRecord {
  const { vectorIndexes = [], tableName } = record
  const deleted = vectorIndexes.find((index) => index.indexName === indexName)
  if (deleted === undefined) throw indexNotFound(indexName, tableName)
  if (deleted.status === 'DELETING') throw indexInUse('deleted', indexName)
  checkAllocated(deleted, tableName)
  const { backfilling: _progress, ...kept } = deleted
  const deleting: VectorIndexRecord = { ...kept, status: 'DELETING' }
  const others = vectorIndexes.filter((index) => index !== deleted)
  if (hasChangingIndex(withVectorIndexes(record, others))) throw severalIndexesChanged()
  return withVectorIndexes(
    record,
    vectorIndexes.map((index) => (index === deleted ? deleting : index)),
  )
}

/** Throws for an index whose backfill has not begun. */
export function checkAllocated(index: VectorIndexRecord, tableName: string): void {
  const { status, backfilling, indexName } = index
  if (status === 'CREATING' && backfilling !== true) throw indexBeingAllocated(tableName, indexName)
}
