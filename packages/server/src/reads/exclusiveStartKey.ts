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
import { isInside, movedToPartition, rangeBehind, type Segment } from './queryRange.ts'
import { keyAttributesOf, keySchemaOf, positionOf, type ReadTarget } from './readTarget.ts'
import {
  attributeOf,
  typeOf,
  type AttributeMap,
  type AttributeValue,
} from '../values/attributeValue.ts'
import { checkAttributeValue } from '../values/checkAttributeValue.ts'

/**
 * Checks the values of ExclusiveStartKey by themselves, before the table is known. The faults of
 * numbers and sets have the text that they have everywhere (measured, old).
 */
export function checkStartKeyValues(startKey: AttributeMap | undefined): void {
  for (const value of Object.values(startKey ?? {})) {
    if (isNumberOrSet(value)) checkAttributeValue(value)
    else explained(() => checkAttributeValue(value))
  }
}

function isNumberOrSet(value: AttributeValue): boolean {
  const [type, ...others] = Object.keys(value)
  return others.length === 0 && (type === 'N' || type === 'SS' || type === 'NS' || type === 'BS')
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
  const position = startPosition(target, 'query', startKey)
  if (singleRow) throw singleRowRestarted()
  if (!isInside(movedToPartition(position, range), range)) throw startKeyOutsidePredicate()
  if (!isInside(position, range)) throw startKeyOutsideQuery()
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
  const position = startPosition(target, 'scan', startKey)
  if (segment !== undefined && !isInside(position, range)) {
    throw startKeyOfOtherSegment(segment.number, segment.total)
  }
  return rangeBehind(range, position, false)
}

function startPosition(target: ReadTarget, by: 'query' | 'scan', startKey: AttributeMap): Bytes {
  checkStartKeySchema(target, by, startKey)
  const position = explained(() => positionOf(target, startKey))
  if (position === undefined) throw invalidStartKey()
  return position
}

/**
 * A starting key has exactly the key attributes of the table and, with an index, of the index. The
 * text of a fault depends on what is read (digest 3.5; which text is when: measured, old): a scan
 * of a table is always told of the schema.
 */
function checkStartKeySchema(
  target: ReadTarget,
  by: 'query' | 'scan',
  startKey: AttributeMap,
): void {
  const attributes = keyAttributesOf(target)
  const ofSchema = keySchemaMismatch()
  const isScanOfTable = by === 'scan' && target.index === undefined
  const hasAll =
    Object.keys(startKey).length === attributes.length &&
    attributes.every(({ name }) => attributeOf(startKey, name) !== undefined)
  if (!hasAll) throw isScanOfTable ? invalidStartKey(ofSchema.message) : invalidStartKey()
  const mistyped = attributes.filter(
    ({ name, type }) => typeOf(attributeOf(startKey, name) as AttributeValue) !== type,
  )
  if (mistyped.length === 0) return
  const { partitionKeys, sortKeys } = keySchemaOf(target)
  const read = [...partitionKeys, ...sortKeys].map(({ name }) => name)
  const isOfRead = !isScanOfTable && mistyped.some(({ name }) => read.includes(name))
  throw isOfRead ? ofSchema : invalidStartKey(ofSchema.message)
}
