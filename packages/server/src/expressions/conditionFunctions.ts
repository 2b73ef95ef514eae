import { unreachable } from '../invariant.ts'
import type { AttributeMap, AttributeValue } from '../values/attributeValue.ts'
import { typeOf } from '../values/attributeValue.ts'
import { equalValues } from '../values/compare.ts'

/*
 * The functions of conditions on values that are there (behaviour digest 3.4).
 * REQUIRES: values are canonical.
 */

/** Whether both are strings or both binaries, and `whole` begins with `part`. */
export function beginsWith(whole: AttributeValue, part: AttributeValue): boolean {
  if ('S' in whole) return 'S' in part && whole.S.startsWith(part.S)
  if (!('B' in whole) || !('B' in part)) return false
  const prefix = Buffer.from(part.B, 'base64')
  return Buffer.from(whole.B, 'base64').subarray(0, prefix.length).equals(prefix)
}

/** Whether a string or binary has `part` as a piece, or a set or list has it as an element. */
export function containsPart(whole: AttributeValue, part: AttributeValue): boolean {
  if ('S' in whole) return 'S' in part && whole.S.includes(part.S)
  if ('B' in whole) {
    return 'B' in part && Buffer.from(whole.B, 'base64').includes(Buffer.from(part.B, 'base64'))
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
      return Object.keys(content as AttributeMap).length
    case 'N':
    case 'BOOL':
    case 'NULL':
      return undefined
    default:
      return unreachable(type)
  }
}
