import { unreachable } from '../invariant.ts'
import type { AttributeMap, AttributeValue } from '../values/attributeValue.ts'
import { typeOf } from '../values/attributeValue.ts'
import { equalValues, memberCount } from '../values/compare.ts'
import { includesText } from './includesText.ts'

/*
 * The functions of conditions on values that are there (behaviour digest 3.4). One of the values
 * may be a constant of two megabytes that every item of a page is held against, so nothing is done
 * with it before it is known to be no longer than the item's.
 * REQUIRES: values are canonical.
 */

/** Whether both are strings or both binaries, and `whole` begins with `part`. */
export function beginsWith(whole: AttributeValue, part: AttributeValue): boolean {
  if ('S' in whole) return 'S' in part && whole.S.startsWith(part.S)
  if (!('B' in whole) || !('B' in part) || part.B.length > whole.B.length) return false
  const prefix = Buffer.from(part.B, 'base64')
  const beginning = Buffer.from(whole.B.slice(0, part.B.length), 'base64')
  return beginning.subarray(0, prefix.length).equals(prefix)
}

/** Whether a string or binary has `part` as a piece, or a set or list has it as an element. */
export function containsPart(whole: AttributeValue, part: AttributeValue): boolean {
  if ('S' in whole) return 'S' in part && includesText(whole.S, part.S)
  if ('B' in whole) {
    if (!('B' in part) || part.B.length > whole.B.length) return false
    return includesText(bytesAsText(whole.B), bytesAsText(part.B))
  }
  if ('SS' in whole) return 'S' in part && whole.SS.includes(part.S)
  if ('NS' in whole) return 'N' in part && whole.NS.includes(part.N)
  if ('BS' in whole) return 'B' in part && whole.BS.includes(part.B)
  return 'L' in whole && whole.L.some((element) => equalValues(element, part))
}

/**
 * `size`: UTF-16 code units of a string, bytes of a binary, elements of a set, list or map;
 * undefined for the types that have none.
 */
export function elementCount(value: AttributeValue): number | undefined {
  const type = typeOf(value)
  const content = (value as Readonly<Record<string, unknown>>)[type]
  switch (type) {
    case 'B':
      return Buffer.byteLength(content as string, 'base64')
    case 'S':
    case 'SS':
    case 'NS':
    case 'BS':
    case 'L':
      return (content as { readonly length: number }).length
    case 'M':
      return memberCount(content as AttributeMap)
    case 'N':
    case 'BOOL':
    case 'NULL':
      return undefined
    default:
      return unreachable(type)
  }
}

/** One character for each byte. */
function bytesAsText(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1')
}
