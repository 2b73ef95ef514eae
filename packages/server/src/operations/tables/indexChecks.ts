import {
  duplicateIndexName,
  indexListEmpty,
  localIndexNeedsSortKey,
  localIndexNeedsTableSortKey,
  localIndexOtherPartitionKey,
  nonKeyAttributesMissing,
  nonKeyAttributesUnexpected,
  projectionTypeMissing,
  tooManyGlobalIndexes,
  tooManyLocalIndexes,
  tooManyNonKeyAttributes,
} from '../../errors/tableSettingErrors.ts'
import {
  maxGlobalSecondaryIndexes,
  maxLocalSecondaryIndexes,
  maxProjectedAttributes,
} from '../../limits.ts'
import type { AttributeDefinition, KeySchemaElement, Projection } from '../../schema/tableRecord.ts'
import type {
  OnDemandThroughputParameter,
  ProvisionedThroughputParameter,
  WarmThroughputParameter,
} from './capacityChecks.ts'
import { checkGlobalIndexKeySchema, checkLocalIndexKeySchema } from './keySchemaChecks.ts'

export interface LocalSecondaryIndexParameter {
  readonly IndexName: string
  readonly KeySchema: readonly KeySchemaElement[]
  readonly Projection: Partial<Projection>
}

export interface GlobalSecondaryIndexParameter extends LocalSecondaryIndexParameter {
  readonly ProvisionedThroughput?: ProvisionedThroughputParameter
  readonly OnDemandThroughput?: OnDemandThroughputParameter
  readonly WarmThroughput?: WarmThroughputParameter
}

/** What a request says of keys and indexes. */
export interface TableDefinition {
  readonly AttributeDefinitions: readonly AttributeDefinition[]
  readonly KeySchema: readonly KeySchemaElement[]
  readonly LocalSecondaryIndexes?: readonly LocalSecondaryIndexParameter[]
  readonly GlobalSecondaryIndexes?: readonly GlobalSecondaryIndexParameter[]
}

/** Checks the indexes of a new table. REQUIRES: the table's own key has been checked. */
export function checkIndexes(definition: TableDefinition): void {
  const { LocalSecondaryIndexes: locals, GlobalSecondaryIndexes: globals } = definition
  const names = new Set<string>()
  if (locals !== undefined) {
    if (locals.length === 0) throw indexListEmpty('LocalSecondaryIndexes')
    for (const index of locals) {
      checkLocalIndex(index, definition)
      addName(names, index.IndexName)
    }
    if (locals.length > maxLocalSecondaryIndexes) {
      throw tooManyLocalIndexes(maxLocalSecondaryIndexes)
    }
  }
  if (globals !== undefined) {
    if (globals.length === 0) throw indexListEmpty('GlobalSecondaryIndexes')
    for (const index of globals) {
      checkGlobalIndex(index, definition.AttributeDefinitions)
      addName(names, index.IndexName)
    }
    if (globals.length > maxGlobalSecondaryIndexes) {
      throw tooManyGlobalIndexes(maxGlobalSecondaryIndexes)
    }
  }
  const indexes = [...(locals ?? []), ...(globals ?? [])]
  checkProjectedAttributes(indexes.map(({ Projection: projection }) => projection))
}

/** Checks keys and projection of a global secondary index. */
export function checkGlobalIndex(
  { IndexName, KeySchema, Projection: projection }: GlobalSecondaryIndexParameter,
  definitions: readonly AttributeDefinition[],
): void {
  checkGlobalIndexKeySchema(IndexName, KeySchema, definitions)
  checkProjection(projection)
}

function addName(names: Set<string>, indexName: string): void {
  if (names.has(indexName)) throw duplicateIndexName(indexName)
  names.add(indexName)
}

function checkLocalIndex(index: LocalSecondaryIndexParameter, definition: TableDefinition): void {
  const { IndexName: indexName, KeySchema: keySchema } = index
  checkLocalIndexKeySchema(keySchema, definition.AttributeDefinitions)
  if (definition.KeySchema.length < 2) throw localIndexNeedsTableSortKey()
  if (keySchema.length < 2) throw localIndexNeedsSortKey(indexName)
  const indexKey = keySchema[0]?.AttributeName as string
  const tableKey = definition.KeySchema[0]?.AttributeName as string
  if (indexKey !== tableKey) throw localIndexOtherPartitionKey(indexName, indexKey, tableKey)
  checkProjection(index.Projection)
}

function checkProjection(projection: Partial<Projection>): void {
  const { ProjectionType: type, NonKeyAttributes: names } = projection
  if (type === undefined) throw projectionTypeMissing()
  if (type === 'INCLUDE' && names === undefined) throw nonKeyAttributesMissing()
  if (type !== 'INCLUDE' && names !== undefined) throw nonKeyAttributesUnexpected(type)
}

/**
 * Checks the projections of all indexes of a table. An attribute that two indexes project counts
 * twice (guide: quotas of secondary indexes).
 */
export function checkProjectedAttributes(projections: readonly Partial<Projection>[]): void {
  let count = 0
  for (const { NonKeyAttributes: names } of projections) count += names?.length ?? 0
  if (count > maxProjectedAttributes) throw tooManyNonKeyAttributes(maxProjectedAttributes)
}
