import { searchCapacity } from '../../capacity/searchCapacity.ts'
import type { ReturnConsumedCapacity } from '../../capacity/consumedCapacity.ts'
import { topKOutOfRange } from '../../errors/searchErrors.ts'
import { checkExpressionParameters } from '../../expressions/checkExpressionParameters.ts'
import {
  checkAllUsed,
  createExpressionContext,
  type ExpressionRequest,
} from '../../expressions/expressionContext.ts'
import { readSearchCondition, type SearchEquality } from '../../expressions/searchCondition.ts'
import { searchKeyHash } from '../../items/vectorEntries.ts'
import { vectorAttribute } from '../../items/vectorValues.ts'
import { maxSearchResponseBytes, maxTopK } from '../../limits.ts'
import { topLevelName } from '../../expressions/documentPath.ts'
import { ItemImage } from '../../items/itemImage.ts'
import { projected, projectionPaths, type Projection } from '../../reads/projection.ts'
import type { Table, VectorIndex } from '../../schema/table.ts'
import { copyAttributeMap, type AttributeValue } from '../../values/attributeValue.ts'
import type { FoundVector, VectorQuery } from '../../vectors/vectorSearches.ts'
import { compileSharedProjection } from '../items/projectionParameter.ts'
import { namedTarget } from '../namedResources.ts'
import type { Answer, Operation } from '../operation.ts'
import type { Services } from '../services.ts'
import { searchConditions } from './searchConditions.ts'
import { checkedSearchVector, findVectorIndex } from './searchTarget.ts'

export interface SearchVectorsRequest extends ExpressionRequest {
  /** Name or ARN. */
  readonly TableName: string
  readonly IndexName: string
  /** The elements alone, in no list. */
  readonly SearchVector: readonly AttributeValue[]
  readonly TopK: number
  readonly SearchConditionExpression?: string
  readonly ProjectionExpression?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

const expressions = ['ProjectionExpression', 'SearchConditionExpression']

interface CompiledSearch {
  /** Undefined without an expression. */
  readonly equalities: readonly SearchEquality[] | undefined
  readonly projection: Projection
}

/**
 * SearchVectors: the items of a vector index whose vectors are nearest to the one that is sent, the
 * nearest first, as they are in one committed state.
 */
export async function searchVectors(
  services: Services,
  request: SearchVectorsRequest,
): Promise<Answer> {
  const { TopK: topK, TableName: name } = request
  if (topK > maxTopK) throw topKOutOfRange(topK, maxTopK)
  const { equalities, projection } = compileSearch(services, request)
  const { table, index } = findVectorIndex(services, request)
  const vector = checkedSearchVector(index, request.SearchVector)
  const conditions = searchConditions(index, equalities)
  const search: CheckedSearch = { name, table, index, query: { vector, topK, conditions } }
  const perform = (): Promise<Answer> => searched(services, search, { request, projection })
  const { throttle } = services
  if (throttle === undefined) return perform()
  const [key] = index.partitionKeys
  const asked = conditions.find((condition) => condition.name === key?.name)
  const hash = asked && searchKeyHash(asked.value)
  return throttle.read({ table, index, hash, consistentRead: undefined }, perform)
}

/** A search that nothing stands against. */
interface CheckedSearch {
  readonly name: string
  readonly table: Table
  readonly index: VectorIndex
  readonly query: VectorQuery
}

async function searched(
  services: Services,
  { name, table, index, query }: CheckedSearch,
  { request, projection }: { request: SearchVectorsRequest; projection: Projection },
): Promise<Answer> {
  const searches = await services.vectors()
  const found = await searches.search(index, query)
  const { results, returnedBytes, vectorCount } = resultsOf(found, index, projection)
  const bytes = searchCapacity(index.vector, {
    resultCount: results.length,
    returnedBytes,
    vectorCount,
  })
  const units = { total: 0, table: 0, indexes: [{ index, units: bytes }] }
  return {
    response: {
      SearchResults: results,
      ConsumedCapacity: shownCapacity(request.ReturnConsumedCapacity, bytes),
    },
    usage: [{ name, table, kind: 'read', units }],
  }
}

/** Everything that can be checked before the table is known. */
function compileSearch(services: Services, request: SearchVectorsRequest): CompiledSearch {
  checkExpressionParameters(request, { expressions, legacy: [] })
  const context = createExpressionContext(request, services)
  const { SearchConditionExpression: condition } = request
  const equalities = condition === undefined ? undefined : readSearchCondition(condition, context)
  const projection = compileSharedProjection(request, context)
  checkAllUsed(context)
  return { equalities, projection }
}

interface SearchResults {
  readonly results: readonly { readonly Item: object; readonly Score: number }[]
  /** Bytes of the items that are returned, but for their vectors. */
  readonly returnedBytes: number
  /** How many of them have their vector. */
  readonly vectorCount: number
}

/** The results as they are shown: those that there is room for in an answer, the nearest first. */
function resultsOf(
  found: readonly FoundVector[],
  index: VectorIndex,
  projection: Projection,
): SearchResults {
  const withVector = showsVector(index, projection)
  const vectorBytes = withVector ? 4 * index.vector.dimensions : 0
  const results: { Item: object; Score: number }[] = []
  let returnedBytes = 0
  for (const { image, vector, score } of found) {
    if (returnedBytes + image.sizeBytes > maxSearchResponseBytes) break
    const whole = withVector ? withAttribute(image, index, vector) : image
    const shown = projected(whole, projection)
    returnedBytes += projection.kind === 'all' ? image.sizeBytes : sizeOfRest(shown, index)
    results.push({ Item: shown, Score: score })
  }
  return { results, returnedBytes, vectorCount: vectorBytes === 0 ? 0 : results.length }
}

/** Bytes of what is shown of an item, but for its vector. */
function sizeOfRest(shown: object, { vector }: VectorIndex): number {
  return ItemImage.ofItem(shown as never).without(vector.attributeName).sizeBytes
}

/** The vector is shown to those alone who name it, of an index that projects it. */
function showsVector(
  { vector, projectedAttributes }: VectorIndex,
  projection: Projection,
): boolean {
  const { attributeName } = vector
  if (projectedAttributes !== 'all' && !projectedAttributes.has(attributeName)) return false
  return projectionPaths(projection).some((path) => topLevelName(path) === attributeName)
}

function withAttribute(image: ItemImage, index: VectorIndex, vector: Float32Array): ItemImage {
  const item = copyAttributeMap(image.item)
  item[index.vector.attributeName] = vectorAttribute(vector)
  return ItemImage.ofItem(item)
}

/** AWS sends the same number under a name that its model does not have (measured). */
function shownCapacity(
  mode: ReturnConsumedCapacity | undefined,
  bytes: number,
): object | undefined {
  if (mode === undefined || mode === 'NONE') return undefined
  return { VectorSearchRequestBytes: bytes, VectorSearchUnits: bytes }
}

export const searchVectorsOperation: Operation<SearchVectorsRequest> = {
  name: 'SearchVectors',
  access: 'read',
  resources: namedTarget,
  handler: searchVectors,
}
