import { partitionKeyTooLong, sortKeyTooLong } from '../errors/valueErrors.ts'
import type { BoundKeyCondition } from '../expressions/bindKeyCondition.ts'
import type { KeyOperator } from '../expressions/keyCondition.ts'
import { unreachable } from '../invariant.ts'
import { maxPartitionKeyBytes, maxSortKeyBytes } from '../limits.ts'
import { keyBehind, type Bytes, type KeyRange } from '../storage/engine.ts'
import { typeOf, type AttributeValue, type KeyAttributeType } from '../values/attributeValue.ts'
import {
  encodeSortKey,
  encodeTerminated,
  encodeTerminatedPrefix,
  endOfPrefix,
  hashPartitionKey,
} from '../values/keyEncoding.ts'
import { indexPartitionKey } from '../items/indexEntries.ts'
import type { ReadTarget } from './readTarget.ts'
import { indexEntryKey, indexRange, rowKey, rowRange } from '../layout/storeKeys.ts'

/** One of the equal parts that a parallel scan divides a table or index into. */
export interface Segment {
  /** From 0. */
  readonly number: number
  readonly total: number
}

/** The part of `range` behind `position`, in the direction of reading. */
export function rangeBehind({ start, end }: KeyRange, position: Bytes, reverse: boolean): KeyRange {
  return reverse ? { start, end: position, reverse } : { start: keyBehind(position), end }
}

/** The keys that are in both ranges; undefined when there are none. */
export function intersectionOf(a: KeyRange, b: KeyRange): KeyRange | undefined {
  const start = Buffer.compare(a.start, b.start) < 0 ? b.start : a.start
  const end = Buffer.compare(a.end, b.end) < 0 ? a.end : b.end
  return Buffer.compare(start, end) < 0 ? { start, end } : undefined
}

/** The keys of all `ranges` in ranges that do not overlap, in their order. */
export function unionOf(ranges: readonly KeyRange[]): KeyRange[] {
  const union: KeyRange[] = []
  for (const range of ranges.toSorted((a, b) => Buffer.compare(a.start, b.start))) {
    const last = union.at(-1)
    if (last === undefined || Buffer.compare(last.end, range.start) <= 0) union.push(range)
    else if (Buffer.compare(last.end, range.end) < 0) {
      union[union.length - 1] = { start: last.start, end: range.end }
    }
  }
  return union
}

/** Whether `position` lies inside `range`. */
export function isInside(position: Bytes, { start, end }: KeyRange): boolean {
  return Buffer.compare(position, start) >= 0 && Buffer.compare(position, end) < 0
}

/** `position` with the partition key that the query of `range` asks for in place of its own. */
export function movedToPartition(position: Bytes, range: KeyRange): Bytes {
  const rest = position.subarray(partitionPrefixOf(position).length)
  return Buffer.concat([partitionPrefixOf(range.start), rest])
}

/** Where the partition key in a row or entry key begins; its length is in the two bytes before. */
const partitionKeyAt = 11

function partitionPrefixOf(key: Bytes): Bytes {
  const length = ((key[partitionKeyAt - 2] as number) << 8) | (key[partitionKeyAt - 1] as number)
  return key.subarray(0, partitionKeyAt + length)
}

const hashCount = 2 ** 32
const noBytes = Buffer.alloc(0)

/** All of `target`, or one segment of it: an equal share of the hashes of partition keys. */
export function scanRange({ table, index }: ReadTarget, segment: Segment | undefined): KeyRange {
  const whole = index === undefined ? rowRange(table.number) : indexRange(index.number)
  if (segment === undefined) return whole
  const boundOf = (segmentNumber: number): Bytes => {
    const hash = Math.floor((segmentNumber * hashCount) / segment.total)
    return index === undefined
      ? rowKey(table.number, hash, noBytes, undefined)
      : indexEntryKey(index.number, hash, noBytes, [])
  }
  const isLast = segment.number === segment.total - 1
  return {
    start: segment.number === 0 ? whole.start : boundOf(segment.number),
    end: isLast ? whole.end : boundOf(segment.number + 1),
  }
}

/**
 * The keys of what a query finds, all of one partition key. Throws for key values that are longer
 * than any key. REQUIRES: `condition` was bound to the schema of `target`.
 */
export function queryRange(target: ReadTarget, condition: BoundKeyCondition): KeyRange {
  const prefix = partitionPrefix(target, condition)
  const { sortKey, sortKeyPrefix } = condition
  if (sortKey === undefined) return { start: prefix, end: endOfPrefix(prefix) }
  const equal = sortKeyPrefix.map(({ value }) => keyBytes(value))
  const values = sortKey.values.map(keyBytes)
  const equalBytes = equal.reduce((sum, bytes) => sum + bytes.length, 0)
  for (const bytes of values) {
    if (equalBytes + bytes.length > maxSortKeyBytes) throw sortKeyTooLong()
  }
  const whole = Buffer.concat([prefix, ...equal.map(encodeTerminated)])
  return sortKeyRange(whole, sortKey.operator, values, formOf(target))
}

function keyBytes(value: AttributeValue): Bytes {
  return encodeSortKey(typeOf(value) as KeyAttributeType, value)
}

function partitionPrefix({ table, index }: ReadTarget, condition: BoundKeyCondition): Bytes {
  const parts = condition.partitionKey.map(({ value }) => keyBytes(value))
  if (parts.reduce((sum, part) => sum + part.length, 0) > maxPartitionKeyBytes) {
    throw partitionKeyTooLong()
  }
  const bytes = indexPartitionKey(parts)
  const hash = hashPartitionKey(bytes)
  return index === undefined
    ? rowKey(table.number, hash, bytes, undefined)
    : indexEntryKey(index.number, hash, bytes, [])
}

/** How a sort key stands in a key: last and as it is, or terminated because something follows. */
interface SortKeyForm {
  encode(bytes: Bytes): Bytes
  /** What all sort keys that begin with `bytes` begin with. */
  encodePrefix(bytes: Bytes): Bytes
  /** The least key above all whose sort key, at their end, is the one that `key` ends in. */
  after(key: Bytes): Bytes
}

const plainForm: SortKeyForm = {
  encode: (bytes) => bytes,
  encodePrefix: (bytes) => bytes,
  after: keyBehind,
}

const terminatedForm: SortKeyForm = {
  encode: encodeTerminated,
  encodePrefix: encodeTerminatedPrefix,
  after: endOfPrefix,
}

function formOf({ index }: ReadTarget): SortKeyForm {
  return index === undefined ? plainForm : terminatedForm
}

/** The keys that begin with `prefix` and go on with a sort key that meets the condition. */
function sortKeyRange(
  prefix: Bytes,
  operator: KeyOperator,
  values: readonly Bytes[],
  form: SortKeyForm,
): KeyRange {
  const first = values[0] as Bytes
  const at = Buffer.concat([prefix, form.encode(first)])
  switch (operator) {
    case '=':
      return { start: at, end: form.after(at) }
    case '<':
      return { start: prefix, end: at }
    case '<=':
      return { start: prefix, end: form.after(at) }
    case '>':
      return { start: form.after(at), end: endOfPrefix(prefix) }
    case '>=':
      return { start: at, end: endOfPrefix(prefix) }
    case 'BETWEEN': {
      const last = Buffer.concat([prefix, form.encode(values[1] as Bytes)])
      return { start: at, end: form.after(last) }
    }
    case 'begins_with':
      return { start: at, end: endOfPrefix(Buffer.concat([prefix, form.encodePrefix(first)])) }
    default:
      return unreachable(operator)
  }
}
