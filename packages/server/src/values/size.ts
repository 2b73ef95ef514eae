import { unreachable } from '../invariant.ts'
import { typeOf } from './attributeValue.ts'
import type { AttributeMap, AttributeValue } from './attributeValue.ts'

/*
 * Sizes in bytes as DynamoDB counts them (guide: item sizes; behaviour digest 2.1).
 * REQUIRES: values have been checked: numbers are canonical, binaries are canonical base64.
 */

/** Bytes of a list or map itself. */
const containerBytes = 3
/** Bytes of each element of a list or map beside the element. */
const elementBytes = 1

/**
 * Bytes of all attributes of `item`, names and values. Stops counting beyond `limit`: an update can
 * put a large value into an item hundreds of times.
 */
export function itemSize(item: AttributeMap, limit: number = Infinity): number {
  let bytes = 0
  for (const name in item) {
    if (bytes > limit) return bytes
    const value = item[name] as AttributeValue
    bytes += utf8ByteLength(name) + attributeValueSize(value, limit - bytes)
  }
  return bytes
}

/** Bytes of one attribute of an item, its name and its value. */
export const attributeSize = (name: string, value: AttributeValue): number =>
  utf8ByteLength(name) + attributeValueSize(value)

/** Bytes of `value` without the name that it may have. Stops counting beyond `limit`. */
export function attributeValueSize(value: AttributeValue, limit: number = Infinity): number {
  const type = typeOf(value)
  const content: unknown = (value as Record<string, unknown>)[type]
  switch (type) {
    case 'S':
      return utf8ByteLength(content as string)
    case 'N':
      return numberSize(content as string)
    case 'B':
      return base64ByteLength(content as string)
    case 'BOOL':
    case 'NULL':
      return 1
    case 'SS':
      return sumOf(content as readonly string[], utf8ByteLength)
    case 'NS':
      return sumOf(content as readonly string[], numberSize)
    case 'BS':
      return sumOf(content as readonly string[], base64ByteLength)
    case 'L':
      return listSize(content as readonly AttributeValue[], limit)
    case 'M':
      return mapSize(content as AttributeMap, limit)
    default:
      return unreachable(type)
  }
}

function sumOf(members: readonly string[], size: (member: string) => number): number {
  let bytes = 0
  for (const member of members) bytes += size(member)
  return bytes
}

function listSize(elements: readonly AttributeValue[], limit: number): number {
  let bytes = containerBytes
  for (const element of elements) {
    if (bytes > limit) return bytes
    bytes += elementBytes + attributeValueSize(element, limit - bytes)
  }
  return bytes
}

function mapSize(map: AttributeMap, limit: number): number {
  let bytes = containerBytes
  for (const name in map) {
    if (bytes > limit) return bytes
    const value = map[name] as AttributeValue
    bytes += elementBytes + utf8ByteLength(name) + attributeValueSize(value, limit - bytes)
  }
  return bytes
}

function utf8ByteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** The number of bytes that canonical base64 `text` stands for. */
function base64ByteLength(text: string): number {
  const length = text.length
  if (length === 0) return 0
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return (length / 4) * 3 - padding
}

/**
 * One byte, one more per started pair of significant digits before the point and per started pair
 * behind it, and one more if the number is negative. Zero takes one byte.
 */
function numberSize(text: string): number {
  if (text === '0') return 1
  const start = text.startsWith('-') ? 1 : 0
  const point = text.indexOf('.')
  const integerEnd = point < 0 ? text.length : point
  const hasInteger = text[start] !== '0'
  const integerDigits = hasInteger ? integerEnd - start : 0
  if (point < 0) return 1 + start + pairs(integerDigits - trailingZeros(text))
  let fractionStart = point + 1
  if (!hasInteger) while (text[fractionStart] === '0') fractionStart++
  return 1 + start + pairs(integerDigits) + pairs(text.length - fractionStart)
}

function pairs(digits: number): number {
  return (digits + 1) >> 1
}

function trailingZeros(text: string): number {
  let end = text.length
  while (text[end - 1] === '0') end--
  return text.length - end
}
