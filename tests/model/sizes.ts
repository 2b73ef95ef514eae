import { bytesOf, contentOf, type Item, type Value } from './attributes.ts'
import { membersOf } from './comparisons.ts'
import { decimalOf } from './decimals.ts'

/** Most bytes of an item. */
export const maxItemBytes = 409_600
/** Most levels of a value; the value itself is the first. */
const maxLevels = 32

/** An item takes the bytes of its names and of its values. */
export function itemSize(item: Item): number {
  return sum(Object.entries(item).map(([name, value]) => utf8Length(name) + valueSize(value)))
}

export function valueSize(value: Value): number {
  if ('S' in value) return utf8Length(value.S)
  if ('N' in value) return numberSize(value.N)
  if ('B' in value) return bytesOf(value.B).length
  if ('BOOL' in value || 'NULL' in value) return 1
  if ('L' in value) return 3 + sum(value.L.map((element) => 1 + valueSize(element)))
  if ('M' in value) return 3 + Object.keys(value.M).length + itemSize(value.M)
  return sum((membersOf(value) as readonly Value[]).map(valueSize))
}

/** One byte, one for each started pair of digits before and behind the point, one for a minus. */
function numberSize(text: string): number {
  const { negative, digits, exponent } = decimalOf(text)
  if (digits === '') return 1
  const before = Math.min(Math.max(exponent + 1, 0), digits.length)
  const behind = digits.length - before
  return 1 + Math.ceil(before / 2) + Math.ceil(behind / 2) + (negative ? 1 : 0)
}

/** A scalar or set has one level, a list or map one more than the deepest thing in it. */
function levelsOf(value: Value): number {
  const inside = 'L' in value ? value.L : 'M' in value ? Object.values(value.M) : []
  return 1 + Math.max(0, ...inside.map(levelsOf))
}

export const isTooDeep = (item: Item): boolean =>
  Object.values(item).some((value) => levelsOf(value) > maxLevels)

/** Whether the value is a string or binary without anything in it. */
export const isEmptyText = (value: Value): boolean =>
  ('S' in value || 'B' in value) && contentOf(value) === ''

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, number) => total + number, 0)

const utf8Length = (text: string): number => Buffer.byteLength(text, 'utf8')
