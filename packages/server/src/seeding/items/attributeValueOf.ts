import { ContentUnusable } from '../contentUnusable.ts'
import type { SeedItem } from '../definedTable.ts'
import { isRecord, type JsonRecord } from '../records.ts'

/**
 * An item in DynamoDB's JSON for one of plain values: texts, numbers, booleans, null, lists and
 * maps; in process bigints, bytes and sets too. Throws ContentUnusable, which names `place`.
 */
export function typedItemOf(item: JsonRecord, place: string): SeedItem {
  return mapOf(item, place)
}

function mapOf(record: JsonRecord, place: string): Record<string, unknown> {
  const members = Object.entries(record).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    members.map(([name, value]) => [name, attributeValueOf(value, `${place}.${name}`)]),
  )
}

function attributeValueOf(value: unknown, place: string): JsonRecord {
  if (value === null) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'boolean') return { BOOL: value }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return { N: numberText(value, place) }
  }
  if (ArrayBuffer.isView(value)) return { B: value }
  if (Array.isArray(value)) {
    return { L: value.map((each, i) => attributeValueOf(each, `${place}[${i}]`)) }
  }
  if (isSet(value)) return setOf([...value], place)
  if (isRecord(value)) return { M: mapOf(value, place) }
  throw fault(place, 'a value of this kind has no place in an item')
}

/** Of whichever realm. */
const isSet = (value: unknown): value is ReadonlySet<unknown> =>
  Object.prototype.toString.call(value) === '[object Set]'

/** JSON's numbers are read as doubles; a whole one that has lost digits is refused. */
function numberText(value: number | bigint, place: string): string {
  if (typeof value === 'bigint') return value.toString()
  if (!Number.isFinite(value)) throw fault(place, `${value} is no number of DynamoDB`)
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw fault(
      place,
      'so long a number keeps its digits only in the JSON of DynamoDB, { "N": "..." }',
    )
  }
  return String(value)
}

function setOf(members: readonly unknown[], place: string): JsonRecord {
  if (members.length === 0) throw fault(place, 'a set has a member at least')
  if (members.every((each) => typeof each === 'string')) return { SS: members }
  if (members.every((each) => ArrayBuffer.isView(each))) return { BS: members }
  if (members.every((each) => typeof each === 'number' || typeof each === 'bigint')) {
    return { NS: members.map((each) => numberText(each, place)) }
  }
  throw fault(place, 'the members of a set are all texts, all numbers or all bytes')
}

const fault = (place: string, reason: string): ContentUnusable =>
  new ContentUnusable(`${place}: ${reason}.`)
