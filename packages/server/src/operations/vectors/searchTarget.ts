import { indexNotFound } from '../../errors/queryErrors.ts'
import {
  searchVectorInvalid,
  searchVectorSize,
  vectorIndexBackfilling,
} from '../../errors/searchErrors.ts'
import { isApiError } from '../../errors/apiError.ts'
import { isVector, vectorOfElements } from '../../items/vectorValues.ts'
import { findIndex, isVectorIndex, type Table, type VectorIndex } from '../../schema/table.ts'
import type { AttributeValue } from '../../values/attributeValue.ts'
import { checkAttributeValue } from '../../values/checkAttributeValue.ts'
import { usualValueRules } from '../../values/valueRules.ts'
import type { Services } from '../services.ts'

/**
 * The index that a search reads. Throws ResourceNotFoundException for the table,
 * ValidationException for an index that is not there, is of another kind, or is not filled yet.
 */
export function findVectorIndex(
  { catalog }: Pick<Services, 'catalog'>,
  { TableName, IndexName }: { readonly TableName: string; readonly IndexName: string },
): { readonly table: Table; readonly index: VectorIndex } {
  const table = catalog.tableForData(TableName)
  const index = findIndex(table, IndexName)
  if (index === undefined || !isVectorIndex(index)) throw indexNotFound(IndexName)
  if (index.status === 'CREATING') {
    const record = table.record.vectorIndexes?.find(({ indexName }) => indexName === IndexName)
    throw record?.backfilling === true
      ? vectorIndexBackfilling(IndexName)
      : indexNotFound(IndexName)
  }
  return { table, index }
}

/** The vector that is looked for. Throws for elements that are none, then for their number. */
export function checkedSearchVector(
  { vector: { dimensions } }: VectorIndex,
  elements: readonly AttributeValue[],
): Float32Array {
  for (const element of elements) if (!isNumber(element)) throw searchVectorInvalid()
  const vector = vectorOfElements(elements)
  if (!isVector(vector)) throw searchVectorInvalid()
  if (vector.length !== dimensions) throw searchVectorSize(vector.length, dimensions)
  return vector
}

/** Whether it is a number that an item can have; anything else is one fault here. */
function isNumber(element: AttributeValue): boolean {
  try {
    checkAttributeValue(element, usualValueRules)
    return 'N' in element
  } catch (error) {
    if (isApiError(error)) return false
    throw error
  }
}
