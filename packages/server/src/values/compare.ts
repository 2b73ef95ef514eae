import { unreachable } from '../invariant.ts'
import { attributeOf, typeOf } from './attributeValue.ts'
import type { AttributeMap, AttributeType, AttributeValue } from './attributeValue.ts'
import { compareNumbers } from './number.ts'

/*
 * Equality and order of attribute values (behaviour digest 2.5 and 3.4).
 * REQUIRES: values have been checked, so that equal numbers and equal binaries have equal texts;
 * strings are well-formed.
 */

/** Sets of at least this many members are compared through a hash table. */
const hashedSetLength = 16

/** Whether both values have one type and are equal: deep, numbers by value, sets without order. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true
  const type = typeOf(a)
  if (typeOf(b) !== type) return false
  const x = contentOf(a, type)
  const y = contentOf(b, type)
  switch (type) {
    case 'S':
    case 'N':
    case 'B':
    case 'BOOL':
    case 'NULL':
      return x === y
    case 'SS':
    case 'NS':
    case 'BS':
      return equalSets(x as readonly string[], y as readonly string[])
    case 'L':
      return equalLists(x as readonly AttributeValue[], y as readonly AttributeValue[])
    case 'M':
      return equalMaps(x as AttributeMap, y as AttributeMap)
    default:
      return unreachable(type)
  }
}

function contentOf(value: AttributeValue, type: AttributeType): unknown {
  return (value as Record<string, unknown>)[type]
}

function equalSets(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  if (a.length < hashedSetLength) return a.every((member) => b.includes(member))
  const members = new Set(b)
  return a.every((member) => members.has(member))
}

function equalLists(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  if (a.length !== b.length) return false
  return a.every((element, index) => equalValues(element, b[index] as AttributeValue))
}

function equalMaps(a: AttributeMap, b: AttributeMap): boolean {
  if (memberCount(a) !== memberCount(b)) return false
  return Object.keys(a).every((name) => {
    const other = attributeOf(b, name)
    return other !== undefined && equalValues(a[name] as AttributeValue, other)
  })
}

/** The counts of large maps. Listing the members of one takes time, and it may be a constant. */
const countsOfLargeMaps = new WeakMap<AttributeMap, number>()
const largeMapCount = 64

/** How many members `map` has. REQUIRES: the map is not changed any more. */
export function memberCount(map: AttributeMap): number {
  const known = countsOfLargeMaps.get(map)
  if (known !== undefined) return known
  const count = Object.keys(map).length
  if (count >= largeMapCount) countsOfLargeMaps.set(map, count)
  return count
}

/**
 * Negative, zero or positive as `a` sorts before, with or after `b`: strings by their UTF-8 bytes,
 * numbers by value, binaries by unsigned bytes. Undefined when the types differ or have no order.
 */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  const type = typeOf(a)
  if (typeOf(b) !== type) return undefined
  const x = contentOf(a, type) as string
  const y = contentOf(b, type) as string
  if (type === 'S') return compareStrings(x, y)
  if (type === 'N') return compareNumbers(x, y)
  return type === 'B' ? compareBinaries(x, y) : undefined
}

/** The first index at which the texts differ; the shorter length if one begins with the other. */
function firstDifference(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  let index = 0
  while (index < length && a.charCodeAt(index) === b.charCodeAt(index)) index++
  return index
}

/** By their UTF-8 bytes. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  const index = firstDifference(a, b)
  if (index === a.length) return -1
  if (index === b.length) return 1
  return utf8Rank(a.charCodeAt(index)) - utf8Rank(b.charCodeAt(index))
}

/**
 * Maps UTF-16 code units to numbers that order as UTF-8 does. The two orders differ only in that
 * UTF-16 has surrogates, which stand for the highest code points, below U+E000 to U+FFFF.
 */
function utf8Rank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

/**
 * By unsigned bytes. Canonical base64 can be compared six bits at a time: the unused bits of its
 * last character are zero.
 */
export function compareBinaries(a: string, b: string): number {
  if (a === b) return 0
  const index = firstDifference(a, b)
  return sextet(a, index) - sextet(b, index)
}

/** The value of the base64 character at `index`; -1 at padding and at the end. */
function sextet(text: string, index: number): number {
  const code = text.charCodeAt(index)
  if (code >= 0x61) return code - 0x61 + 26
  if (code >= 0x41) return code - 0x41
  if (code >= 0x30 && code <= 0x39) return code - 0x30 + 52
  if (code === 0x2b) return 62
  return code === 0x2f ? 63 : -1
}
