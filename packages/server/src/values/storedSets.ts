import type { AttributeMap, AttributeValue } from './attributeValue.ts'
import { decodeItem, encodeItem, storedItemSize } from './itemCodec.ts'
import { isInSetOrder, sortMembers, type SetType } from './setOrder.ts'

/**
 * What the text of every item with a set contains, and that of no other: a bracket stands behind L
 * and the types of sets alone, for an attribute begins with a brace, and quotes inside of strings
 * are escaped.
 */
const setMark = Buffer.from('S":[')

/**
 * The stored form of an item with its sets in order; `stored` itself when they are. Older versions
 * kept the members of sets as they came. Throws for what is no stored item but has the mark of one
 * with sets.
 */
export function inSetOrder(stored: Uint8Array): Uint8Array {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength)
  if (!bytes.includes(setMark)) return stored
  const item = decodeItem(stored)
  return sortMap(item) ? encodeItem(item, storedItemSize(stored)) : stored
}

/** Sorts in place; gives whether anything was out of order. */
function sortMap(map: AttributeMap): boolean {
  let isChanged = false
  for (const name of Object.keys(map)) {
    if (sortValue(map[name] as AttributeValue)) isChanged = true
  }
  return isChanged
}

function sortValue(value: AttributeValue): boolean {
  if ('M' in value) return sortMap(value.M)
  if ('L' in value) {
    let isChanged = false
    for (const element of value.L) if (sortValue(element)) isChanged = true
    return isChanged
  }
  if ('SS' in value) return sortSet('SS', value.SS)
  if ('NS' in value) return sortSet('NS', value.NS)
  return 'BS' in value && sortSet('BS', value.BS)
}

/** REQUIRES: nobody else has the members, which were read from stored bytes. */
function sortSet(type: SetType, members: readonly string[]): boolean {
  if (isInSetOrder(type, members)) return false
  sortMembers(type, members as string[])
  return true
}
