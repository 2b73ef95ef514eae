import { maxNestingLevels } from '../limits.ts'
import type { Bytes } from '../storage/engine.ts'
import { canonicalNumber } from '../values/number.ts'
import { decodeItem, encodeItem, storedItemSize } from '../values/itemCodec.ts'

/** What is wrong with the form of a stored item; undefined for a canonical one. */
export function itemFormFault(stored: Bytes): string | undefined {
  try {
    const item: unknown = decodeItem(stored)
    if (!isObject(item)) return 'The value is not an item'
    for (const name of Object.keys(item)) {
      if (name === '') return 'An attribute has no name'
      if (!isCanonical(item[name], maxNestingLevels)) return `Attribute ${name} is not canonical`
    }
    const again = encodeItem(item as never, storedItemSize(stored))
    return again.equals(stored) ? undefined : 'The text of the item is not canonical'
  } catch (error) {
    return `The item cannot be decoded: ${(error as Error).message}`
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Whether `value` is an attribute value as checkAttributeValue leaves it, of at most `levels`
 * levels. The members of sets may stand in any order: older versions kept them as they came.
 */
function isCanonical(value: unknown, levels: number): boolean {
  if (levels === 0 || !isObject(value)) return false
  const members = Object.keys(value)
  if (members.length !== 1) return false
  const type = members[0] as string
  const content = value[type]
  switch (type) {
    case 'S':
      return typeof content === 'string'
    case 'N':
      return isNumber(content)
    case 'B':
      return isBinary(content)
    case 'BOOL':
      return typeof content === 'boolean'
    case 'NULL':
      return content === true
    case 'SS':
      return isSet(content, (member) => typeof member === 'string')
    case 'NS':
      return isSet(content, isNumber)
    case 'BS':
      return isSet(content, isBinary)
    case 'L':
      return Array.isArray(content) && content.every((each) => isCanonical(each, levels - 1))
    case 'M':
      return isObject(content) && isCanonicalMap(content, levels - 1)
    default:
      return false
  }
}

function isCanonicalMap(map: Record<string, unknown>, levels: number): boolean {
  return Object.keys(map).every((name) => name !== '' && isCanonical(map[name], levels))
}

function isNumber(content: unknown): boolean {
  if (typeof content !== 'string') return false
  try {
    return canonicalNumber(content) === content
  } catch {
    return false
  }
}

function isBinary(content: unknown): boolean {
  return (
    typeof content === 'string' && Buffer.from(content, 'base64').toString('base64') === content
  )
}

function isSet(content: unknown, isMember: (member: unknown) => boolean): boolean {
  if (!Array.isArray(content) || content.length === 0) return false
  return new Set(content).size === content.length && content.every(isMember)
}
