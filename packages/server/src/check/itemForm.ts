import { maxNestingLevels } from '../limits.ts'
import type { Bytes } from '../storage/engine.ts'
import { canonicalNumber } from '../values/number.ts'
import { isInSetOrder, type SetType } from '../values/setOrder.ts'
import { decodeItem, encodeItem, storedItemSize } from '../values/itemCodec.ts'

/** Whether the members of sets have to be in order, or may be in any. */
export type SetForm = 'ordered' | 'any'

/** What is wrong with the form of a stored item; undefined for a canonical one. */
export function itemFormFault(stored: Bytes, sets: SetForm): string | undefined {
  try {
    const item: unknown = decodeItem(stored)
    if (!isObject(item)) return 'The value is not an item'
    for (const name of Object.keys(item)) {
      if (name === '') return 'An attribute has no name'
      if (!isCanonical(item[name], maxNestingLevels, sets))
        return `Attribute ${name} is not canonical`
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
 * levels.
 */
function isCanonical(value: unknown, levels: number, sets: SetForm): boolean {
  if (levels === 0 || !isObject(value)) return false
  const members = Object.keys(value)
  if (members.length !== 1) return false
  const type = members[0] as string
  const content = value[type]
  switch (type) {
    case 'S':
      return isString(content)
    case 'N':
      return isNumber(content)
    case 'B':
      return isBinary(content)
    case 'BOOL':
      return typeof content === 'boolean'
    case 'NULL':
      return content === true
    case 'SS':
      return areMembers(content, isString) && isSet(type, content, sets)
    case 'NS':
      return areMembers(content, isNumber) && isSet(type, content, sets)
    case 'BS':
      return areMembers(content, isBinary) && isSet(type, content, sets)
    case 'L':
      return Array.isArray(content) && content.every((each) => isCanonical(each, levels - 1, sets))
    case 'M':
      return isObject(content) && isCanonicalMap(content, levels - 1, sets)
    default:
      return false
  }
}

function isCanonicalMap(map: Record<string, unknown>, levels: number, sets: SetForm): boolean {
  return Object.keys(map).every((name) => name !== '' && isCanonical(map[name], levels, sets))
}

const isString = (content: unknown): content is string => typeof content === 'string'

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

function areMembers(content: unknown, isMember: (member: unknown) => boolean): content is string[] {
  return Array.isArray(content) && content.length > 0 && content.every(isMember)
}

function isSet(type: SetType, members: readonly string[], sets: SetForm): boolean {
  if (sets === 'ordered') return isInSetOrder(type, members)
  return new Set(members).size === members.length
}
