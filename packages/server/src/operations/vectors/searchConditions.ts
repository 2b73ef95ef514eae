import {
  attributeNotInSearchSchema,
  searchConditionRequired,
  searchKeyEmpty,
  searchKeyMissing,
  searchValueType,
  severalSearchConditions,
} from '../../errors/searchErrors.ts'
import { checkNotNested, type SearchEquality } from '../../expressions/searchCondition.ts'
import { isEmptyKey } from '../../items/vectorChecks.ts'
import type { KeyAttribute, VectorIndex } from '../../schema/table.ts'
import { typeOf } from '../../values/attributeValue.ts'
import type { SearchCondition } from '../../vectors/vectorSearches.ts'

/**
 * What a search asks of attributes, if the search schema of the index admits it. Throws
 * ValidationException, in the order of the digest of vector search, 5.4. `equalities` is undefined
 * for a request without an expression.
 */
export function searchConditions(
  index: VectorIndex,
  equalities: readonly SearchEquality[] | undefined,
): readonly SearchCondition[] {
  const { partitionKeys, vector } = index
  if (equalities === undefined) {
    if (partitionKeys.length > 0) throw searchConditionRequired()
    return []
  }
  const schema = new Map([...partitionKeys, ...vector.filters].map((key) => [key.name, key]))
  for (const { name } of equalities) if (!schema.has(name)) throw attributeNotInSearchSchema(name)
  checkNotNested(equalities)
  const names = new Set(equalities.map(({ name }) => name))
  if (names.size < equalities.length) throw severalSearchConditions()
  if (partitionKeys.some(({ name }) => !names.has(name))) throw searchKeyMissing()
  for (const { name, value } of equalities) {
    const { type } = schema.get(name) as KeyAttribute
    const actual = typeOf(value)
    if (actual !== type) throw searchValueType(name, { expected: type, actual })
  }
  for (const { name, value } of equalities) {
    const key = partitionKeys.find((each) => each.name === name)
    if (key !== undefined && isEmptyKey(key.type, value)) {
      throw searchKeyEmpty(key.type as 'S' | 'B', name)
    }
  }
  return equalities
}
