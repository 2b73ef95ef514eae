import { indexListEmpty } from '../../errors/tableSettingErrors.ts'
import {
  dimensionsOutOfRange,
  searchAttributeTwice,
  searchSchemaUndefined,
  severalSearchKeys,
  tooManySearchFilters,
  tooManyVectorIndexes,
  vectorAttributeDefined,
  vectorDimensionsConflict,
  vectorIndexesNeedOnDemand,
} from '../../errors/vectorErrors.ts'
import { maxInlineFilters, maxVectorDimensions, maxVectorIndexes } from '../../limits.ts'
import type {
  AttributeDefinition,
  BillingMode,
  DistanceFunction,
  Projection,
  SearchSchemaElement,
  VectorIndexRecord,
} from '../../schema/tableRecord.ts'

/** A vector index as a request defines it (model: VectorIndex, CreateVectorIndexAction). */
export interface VectorIndexParameter {
  readonly IndexName: string
  readonly VectorAttribute: { readonly AttributeName: string }
  readonly SearchSchema?: readonly SearchSchemaElement[]
  readonly Projection: Partial<Projection>
  /** A fraction is cut off. */
  readonly Dimensions: number
  readonly DistanceFunction: DistanceFunction
}

/** One element of VectorIndexUpdates. */
export interface VectorIndexUpdate {
  readonly Create?: VectorIndexParameter
  readonly Delete?: { readonly IndexName: string }
}

/**
 * Checks the vector indexes of a new table, apart from their names and projections (digest of
 * vector search, 2).
 */
export function checkNewVectorIndexes(
  indexes: readonly VectorIndexParameter[] | undefined,
  definitions: readonly AttributeDefinition[],
  billingMode: BillingMode,
): void {
  if (indexes === undefined) return
  if (indexes.length === 0) throw indexListEmpty('VectorIndexes')
  if (indexes.length > maxVectorIndexes) throw tooManyVectorIndexes(maxVectorIndexes)
  if (billingMode !== 'PAY_PER_REQUEST') throw vectorIndexesNeedOnDemand()
  for (const index of indexes) checkVectorIndex(index, definitions)
  checkDimensionsAgree(
    indexes.map((index) => ({
      vectorAttribute: index.VectorAttribute.AttributeName,
      dimensions: dimensionsOf(index),
    })),
  )
}

/** Checks one vector index by itself. */
export function checkVectorIndex(
  index: VectorIndexParameter,
  definitions: readonly AttributeDefinition[],
): void {
  const dimensions = dimensionsOf(index)
  if (dimensions < 1 || dimensions > maxVectorDimensions) {
    throw dimensionsOutOfRange(maxVectorDimensions)
  }
  const { AttributeName: name } = index.VectorAttribute
  if (definitions.some(({ AttributeName }) => AttributeName === name)) {
    throw vectorAttributeDefined(name)
  }
  checkSearchSchema(index.SearchSchema ?? [], definitions)
}

function checkSearchSchema(
  schema: readonly SearchSchemaElement[],
  definitions: readonly AttributeDefinition[],
): void {
  const defined = new Set(definitions.map(({ AttributeName }) => AttributeName))
  if (schema.some(({ AttributeName }) => !defined.has(AttributeName))) throw searchSchemaUndefined()
  const hashes = schema.filter(({ SearchSchemaElementType }) => SearchSchemaElementType === 'HASH')
  if (hashes.length > 1) throw severalSearchKeys(hashes.length)
  if (new Set(schema.map(({ AttributeName }) => AttributeName)).size < schema.length) {
    throw searchAttributeTwice()
  }
  const filters = schema.length - hashes.length
  if (filters > maxInlineFilters) throw tooManySearchFilters(filters, maxInlineFilters)
}

/** Indexes of one attribute have the same dimensions: an item holds one vector there. */
export function checkDimensionsAgree(
  indexes: readonly Pick<VectorIndexRecord, 'vectorAttribute' | 'dimensions'>[],
): void {
  const known = new Map<string, number>()
  for (const { vectorAttribute, dimensions } of indexes) {
    const others = known.get(vectorAttribute) ?? dimensions
    if (others !== dimensions) throw vectorDimensionsConflict(vectorAttribute)
    known.set(vectorAttribute, dimensions)
  }
}

const dimensionsOf = ({ Dimensions }: VectorIndexParameter): number => Math.trunc(Dimensions)

/** A vector index that is being created. */
export function vectorIndexRecord(
  index: VectorIndexParameter,
  indexNumber: number,
): VectorIndexRecord {
  return {
    indexName: index.IndexName,
    indexNumber,
    vectorAttribute: index.VectorAttribute.AttributeName,
    ...(index.SearchSchema !== undefined && { searchSchema: index.SearchSchema }),
    projection: index.Projection as Projection,
    dimensions: dimensionsOf(index),
    distanceFunction: index.DistanceFunction,
    status: 'CREATING',
  }
}
