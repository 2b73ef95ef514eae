import { isValidationException } from '../errors/apiError.ts'
import {
  invalidStartKey,
  singleRowRestarted,
  startKeyOfOtherSegment,
  startKeyOutsidePredicate,
  startKeyOutsideQuery,
} from '../errors/queryErrors.ts'
import { keySchemaMismatch } from '../errors/valueErrors.ts'
import type { Bytes, KeyRange } from '../storage/engine.ts'
import { isInPartition, isInside, rangeBehind, type Segment } from '../tables/queryRange.ts'
import { keyAttributesOf, positionOf, type ReadTarget } from '../tables/readTarget.ts'
import { attributeOf, typeOf, type AttributeMap } from '../values/attributeValue.ts'
import { checkKeyValues } from './keyParameter.ts'

/** Checks the values of ExclusiveStartKey by themselves, before the table is known. */
export function checkStartKeyValues(startKey: AttributeMap | undefined): void {
  if (startKey !== undefined) explained(() => checkKeyValues(startKey))
}

/** Gives a fault of the key alone the text that it has as a starting key. */
function explained<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!isValidationException(error)) throw error
    throw invalidStartKey(error.message)
  }
}

/** A query as far as its starting key is concerned. */
export interface QueriedRange {
  readonly target: ReadTarget
  readonly range: KeyRange
  readonly reverse: boolean
  /** The query is by the whole primary key of a table. */
  readonly singleRow: boolean
}

/**
 * What is left of a query behind its starting key. Throws for a key that the query cannot reach.
 */
export function rangeOfQuery(query: QueriedRange, startKey: AttributeMap | undefined): KeyRange {
  const { target, range, reverse, singleRow } = query
  if (startKey === undefined) return reverse ? { ...range, reverse } : range
  const position = startPosition(target, startKey)
  if (singleRow) throw singleRowRestarted()
  if (!isInPartition(position, range)) throw startKeyOutsideQuery()
  if (!isInside(position, range)) throw startKeyOutsidePredicate()
  return rangeBehind(range, position, reverse)
}

/** What is left of a scan of `range`, which is all of `target` or the given segment of it. */
export function rangeOfScan(
  target: ReadTarget,
  range: KeyRange,
  segment: Segment | undefined,
  startKey: AttributeMap | undefined,
): KeyRange {
  if (startKey === undefined) return range
  const position = startPosition(target, startKey)
  if (segment !== undefined && !isInside(position, range)) {
    throw startKeyOfOtherSegment(segment.number, segment.total)
  }
  return rangeBehind(range, position, false)
}

function startPosition(target: ReadTarget, startKey: AttributeMap): Bytes {
  checkStartKeySchema(target, startKey)
  const position = explained(() => positionOf(target, startKey))
  if (position === undefined) throw invalidStartKey()
  return position
}

/** A starting key has exactly the key attributes of the table and, with an index, of the index. */
function checkStartKeySchema(target: ReadTarget, startKey: AttributeMap): void {
  const attributes = keyAttributesOf(target)
  const hasAll =
    Object.keys(startKey).length === attributes.length &&
    attributes.every(({ name }) => attributeOf(startKey, name) !== undefined)
  if (!hasAll && target.index !== undefined) throw invalidStartKey()
  const fits =
    hasAll &&
    attributes.every(({ name, type }) => {
      const value = attributeOf(startKey, name)
      return value !== undefined && typeOf(value) === type
    })
  if (!fits) throw invalidStartKey(keySchemaMismatch().message)
}
