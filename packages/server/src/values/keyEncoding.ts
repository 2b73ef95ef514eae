import { invariant, unreachable } from '../invariant.ts'
import type { AttributeValue, KeyAttributeType } from './attributeValue.ts'
import { canonicalNumber } from './number.ts'

/*
 * Key values as bytes whose order under memcmp, shorter first, is DynamoDB's order of the values
 * (behaviour digest 2.5). Equal values have equal bytes, unequal values different ones.
 *
 * S is its UTF-8 and B its bytes. A number is written in base 100, d0.d1d2... times 100 to the
 * power e with d0 from 1 to 99, -65 <= e <= 62, and no zeros at the end:
 *
 *     zero       0x80
 *     positive   0x80 + (e + 65), then the base-100 digits d0 d1 ... as they are
 *     negative   0x7f - (e + 65), then 99 - d0, 99 - d1, ..., then 0xff
 *
 * There are 128 exponents for each sign, so zero finds no first byte of its own: it shares 0x80
 * with the smallest positive numbers and, having no digits, is a proper prefix of them. A positive
 * number that is continued by further digits is larger, as memcmp has it; a negative number is
 * smaller, which the closing byte, above any digit, brings about. The longest number takes 22
 * bytes.
 */

const zeroByte = 0x80
const negativeTopByte = 0x7f
const negativeEndByte = 0xff
const exponentBias = 65
const maxNumberKeyBytes = 22

const zero = 0x30
const minus = 0x2d
const point = 0x2e

/**
 * The bytes of a sort key value.
 * REQUIRES: `value` is of type `type` and checked: numbers are canonical, binaries canonical
 * base64, strings well-formed.
 */
export function encodeSortKey(type: KeyAttributeType, value: AttributeValue): Uint8Array {
  switch (type) {
    case 'S':
      return Buffer.from((value as { S: string }).S, 'utf8')
    case 'N':
      return encodeNumberKey((value as { N: string }).N)
    case 'B':
      return Buffer.from((value as { B: string }).B, 'base64')
    default:
      return unreachable(type)
  }
}

/** The bytes of a partition key value, in the form and on the terms of {@link encodeSortKey}. */
export function encodePartitionKey(type: KeyAttributeType, value: AttributeValue): Uint8Array {
  return encodeSortKey(type, value)
}

function encodeNumberKey(text: string): Uint8Array {
  if (text === '0') return Buffer.of(zeroByte)
  const negative = text.charCodeAt(0) === minus
  let first = negative ? 1 : 0
  const pointAt = text.indexOf('.')
  const integerEnd = pointAt < 0 ? text.length : pointAt
  while (text.charCodeAt(first) === zero || text.charCodeAt(first) === point) first++
  let end = text.length
  while (text.charCodeAt(end - 1) === zero) end--
  const exponent = first < integerEnd ? integerEnd - first - 1 : integerEnd - first

  const bytes = Buffer.allocUnsafe(maxNumberKeyBytes)
  const biasedExponent = (exponent >> 1) + exponentBias
  bytes[0] = negative ? negativeTopByte - biasedExponent : zeroByte + biasedExponent
  let length = 1
  // A pair is complete when it has its units digit; an even exponent begins with a units digit.
  let isTens = (exponent & 1) !== 0
  let tens = 0
  for (let index = first; index < end; index++) {
    const code = text.charCodeAt(index)
    if (code === point) continue
    if (isTens) tens = (code - zero) * 10
    else {
      bytes[length++] = pairByte(tens + code - zero, negative)
      tens = 0
    }
    isTens = !isTens
  }
  if (!isTens) bytes[length++] = pairByte(tens, negative)
  if (negative) bytes[length++] = negativeEndByte
  return bytes.subarray(0, length)
}

function pairByte(pair: number, negative: boolean): number {
  return negative ? 99 - pair : pair
}

/**
 * The canonical number whose key bytes are `bytes`. For consistency checks and tests.
 * REQUIRES: encodeSortKey made the bytes from a number.
 */
export function decodeNumberKey(bytes: Uint8Array): string {
  const head = bytes[0]
  invariant(head !== undefined, 'a number key has at least one byte')
  if (bytes.length === 1) {
    invariant(head === zeroByte, 'a number key without digits is zero')
    return '0'
  }
  const negative = head < zeroByte
  const exponent = (negative ? negativeTopByte - head : head - zeroByte) - exponentBias
  let digits = ''
  for (const byte of bytes.subarray(1, negative ? bytes.length - 1 : bytes.length)) {
    invariant(byte < 100, 'a byte of a number key is a base-100 digit')
    digits += String(negative ? 99 - byte : byte).padStart(2, '0')
  }
  const scale = 2 * (exponent + 1) - digits.length
  return canonicalNumber(`${negative ? '-' : ''}${digits}e${scale}`)
}

const groupBytes = 8
/** The marker of a group that another one follows; above the count of bytes that marks the last. */
const continued = groupBytes + 1

/**
 * `bytes` in a form that other bytes may follow in a key: it keeps the order, and no result is a
 * prefix of another. Groups of eight bytes, the last filled up with zeros, each followed by a
 * marker: the number of bytes used in the last group, 9 in the others. 1,024 bytes become 1,152.
 * Escaping zero bytes would be shorter for most keys, but can double a key, and engines limit the
 * length of theirs.
 */
export function encodeTerminated(bytes: Uint8Array): Uint8Array {
  const length = bytes.length
  const groups = Math.max(1, Math.ceil(length / groupBytes))
  const encoded = Buffer.allocUnsafe(groups * (groupBytes + 1))
  let from = 0
  let to = 0
  for (let group = 1; group <= groups; group++) {
    for (let end = from + groupBytes; from < end; from++) {
      encoded[to++] = from < length ? (bytes[from] as number) : 0
    }
    encoded[to++] = group < groups ? continued : groupBytes - (from - length)
  }
  return encoded
}

/**
 * What {@link encodeTerminated} gives for any bytes that begin with `bytes` begins with this. Where
 * `bytes` end inside a group, shorter bytes that were filled up with zeros may begin with it too;
 * their encoded forms sort before that of `bytes`. So what begins with `bytes` is, in order, from
 * encodeTerminated(bytes) to {@link endOfPrefix} of this.
 */
export function encodeTerminatedPrefix(bytes: Uint8Array): Uint8Array {
  const length = bytes.length
  if (length === 0) return bytes
  const earlierGroups = Math.ceil(length / groupBytes) - 1
  const used = length - earlierGroups * groupBytes
  return encodeTerminated(bytes).subarray(0, earlierGroups * (groupBytes + 1) + used)
}

/**
 * The least bytes above all that begin with `prefix`.
 * REQUIRES: a byte of `prefix` is below 0xff.
 */
export function endOfPrefix(prefix: Uint8Array): Uint8Array {
  let length = prefix.length
  while (length > 0 && prefix[length - 1] === 0xff) length--
  invariant(length > 0, 'a prefix that has an end is not all 0xff')
  const end = Buffer.from(prefix.subarray(0, length))
  end[length - 1] = (end[length - 1] as number) + 1
  return end
}

/**
 * A well-mixed unsigned 32-bit hash of a partition key's bytes: MurmurHash3 (x86, 32 bits, seed 0).
 * INVARIANT: stored data is ordered by this hash, so it never changes within a format version.
 */
export function hashPartitionKey(bytes: Uint8Array): number {
  const length = bytes.length
  const tail = length & ~3
  let hash = 0
  for (let at = 0; at < tail; at += 4) {
    const block =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash ^= scramble(block)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let at = length - 1; at >= tail; at--) rest = (rest << 8) | (bytes[at] as number)
  hash ^= scramble(rest) ^ length
  return finalise(hash)
}

function scramble(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51)
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593)
}

function finalise(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
