import {
  duplicateIndexName,
  duplicateNonKeyAttribute,
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
import type {
  AttributeDefinition,
  BillingMode,
  KeySchemaElement,
  Projection,
} from '../../schema/tableRecord.ts'
import type {
  OnDemandThroughputParameter,
  ProvisionedThroughputParameter,
  WarmThroughputParameter,
} from './capacityChecks.ts'
import {
  checkDefinitionsUsed,
  checkGlobalIndexKeySchema,
  checkLocalIndexKeySchema,
} from './keySchemaChecks.ts'
import { checkNewVectorIndexes, type VectorIndexParameter } from './vectorIndexChecks.ts'

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
  readonly VectorIndexes?: readonly VectorIndexParameter[]
}

/**
 * Checks the indexes of a new table, and that all defined attributes are keys: first all keys, then
 * the rest of each index. REQUIRES: the table's own key has been checked.
 */
export function checkIndexes(definition: TableDefinition, billingMode: BillingMode): void {
  const {
    AttributeDefinitions: definitions,
    LocalSecondaryIndexes: locals,
    GlobalSecondaryIndexes: globals,
    VectorIndexes: vectors,
  } = definition
  if (locals?.length === 0) throw indexListEmpty('LocalSecondaryIndexes')
  if (globals?.length === 0) throw indexListEmpty('GlobalSecondaryIndexes')
  for (const index of locals ?? []) checkLocalIndexKey(index, definition)
  for (const { KeySchema } of globals ?? []) checkGlobalIndexKeySchema(KeySchema, definitions)
  checkNewVectorIndexes(vectors, definitions, billingMode)
  const indexes = [...(locals ?? []), ...(globals ?? [])]
  const keySchemas = [definition.KeySchema, ...indexes.map(({ KeySchema }) => KeySchema)]
  const searchSchemas = (vectors ?? []).map(({ SearchSchema }) => SearchSchema ?? [])
  checkDefinitionsUsed(definitions, [...keySchemas, ...searchSchemas])
  checkNamesAndProjections([...indexes, ...(vectors ?? [])])
  if (locals !== undefined && locals.length > maxLocalSecondaryIndexes) {
    throw tooManyLocalIndexes(maxLocalSecondaryIndexes)
  }
  if (globals !== undefined && globals.length > maxGlobalSecondaryIndexes) {
    throw tooManyGlobalIndexes(maxGlobalSecondaryIndexes)
  }
  checkProjectedAttributes(indexes.map(({ Projection: projection }) => projection))
}

/** Checks keys and projection of a global secondary index. */
export function checkGlobalIndex(
  { KeySchema, Projection: projection }: GlobalSecondaryIndexParameter,
  definitions: readonly AttributeDefinition[],
): void {
  checkGlobalIndexKeySchema(KeySchema, definitions)
  checkProjection(projection)
}

function checkNamesAndProjections(
  indexes: readonly Pick<LocalSecondaryIndexParameter, 'IndexName' | 'Projection'>[],
): void {
  const names = new Set<string>()
  for (const { IndexName: name, Projection: projection } of indexes) {
    checkProjection(projection)
    if (names.has(name)) throw duplicateIndexName(name)
    names.add(name)
  }
}

/** A table without sort key has no local indexes, whatever their keys. */
function checkLocalIndexKey(
  { IndexName: indexName, KeySchema: keySchema }: LocalSecondaryIndexParameter,
  definition: TableDefinition,
): void {
  if (definition.KeySchema.length < 2) throw localIndexNeedsTableSortKey()
  checkLocalIndexKeySchema(keySchema, definition.AttributeDefinitions)
  if (keySchema.length < 2) throw localIndexNeedsSortKey(indexName)
  const indexKey = keySchema[0]?.AttributeName as string
  const tableKey = definition.KeySchema[0]?.AttributeName as string
  if (indexKey !== tableKey) throw localIndexOtherPartitionKey(indexName, indexKey, tableKey)
}

/** Checks the projection of one index by itself. */
export function checkProjection(projection: Partial<Projection>): void {
  const { ProjectionType: type, NonKeyAttributes: names } = projection
  if (type === undefined) throw projectionTypeMissing()
  if (type === 'INCLUDE' && names === undefined) throw nonKeyAttributesMissing()
  if (type !== 'INCLUDE' && names !== undefined) throw nonKeyAttributesUnexpected(type)
  const repeated = names?.find((name, i) => names.indexOf(name) !== i)
  if (repeated !== undefined) throw duplicateNonKeyAttribute(repeated)
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
