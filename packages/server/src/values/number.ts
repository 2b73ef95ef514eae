import {
  eachLayers,
  notNumeric,
  numberOverflow,
  numberUnderflow,
  resultOverflow,
  resultUnderflow,
  tooManyDigits,
} from '../errors/valueErrors.ts'
import { maxNumberDigits } from '../limits.ts'

/*
 * Exact decimal numbers of 38 significant digits (guide: number; behaviour digest 2.3).
 *
 * The canonical form is plain decimal: an optional '-', digits without needless leading zeros, and,
 * for a fraction, a point and digits that do not end in zero. Zero is '0'. Equal numbers have equal
 * canonical strings, so that equality everywhere is `===`.
 */

/** Exponent of the first significant digit of the largest numbers. */
const maxExponent = 125
/** Exponent of the first significant digit of the smallest numbers above zero. */
const minExponent = -130
/**
 * How large a written exponent may be. The newer validation layer reads 64 bits, and what is larger
 * is no number. The older reads 32 bits, of which those of the largest magnitudes wrap round, so
 * that the number counts as too small (behaviour digest 2.3). Both refuse all that is beyond 32.
 */
const maxInt = 2 ** 31 - 1
const minInt = -(2 ** 31)
const maxLong = 2n ** 63n - 1n
const minLong = -(2n ** 63n)
/** Written exponents of at most this many digits are far inside all of these bounds. */
const shortExponentLength = 9
/** Larger exponents count as this one: beyond all bounds but the 64 bits, and exact as a double. */
const exponentCeiling = 2 ** 40

const plus = 0x2b
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const nine = 0x39
const lowerE = 0x65
const upperE = 0x45

/**
 * The canonical form of a number as a client writes it: optional sign, digits with an optional
 * point, optional exponent. Runs in time linear in the text. Throws the number errors of
 * valueErrors.ts.
 */
export function canonicalNumber(text: string): string {
  return isShortCanonical(text) ? text : parseNumber(text)
}

/** Whether `text` is canonical already and too short to break a limit; most numbers are. */
function isShortCanonical(text: string): boolean {
  const length = text.length
  if (length > maxNumberDigits) return false
  const start = text.charCodeAt(0) === minus ? 1 : 0
  const integerEnd = skipDigits(text, start)
  const leadingZero = text.charCodeAt(start) === zero
  if (integerEnd === start || (leadingZero && integerEnd > start + 1)) return false
  if (integerEnd === length) return !leadingZero || start === 0
  if (text.charCodeAt(integerEnd) !== point || text.charCodeAt(length - 1) === zero) return false
  return integerEnd + 1 < length && skipDigits(text, integerEnd + 1) === length
}

function parseNumber(text: string): string {
  const sign = text.charCodeAt(0)
  const start = sign === minus || sign === plus ? 1 : 0
  const pointOrEnd = skipDigits(text, start)
  const hasPoint = text.charCodeAt(pointOrEnd) === point
  const end = hasPoint ? skipDigits(text, pointOrEnd + 1) : pointOrEnd
  const fractionLength = hasPoint ? end - pointOrEnd - 1 : 0
  if (pointOrEnd - start + fractionLength === 0) throw notNumeric(text)

  const digits = hasPoint
    ? text.slice(start, pointOrEnd) + text.slice(pointOrEnd + 1, end)
    : text.slice(start, end)
  const scale = writtenExponent(text, end) - fractionLength
  checkExponentBits(text, digits, scale)
  return fromDigits(sign === minus, digits, scale, writtenFaults)
}

/** Throws where the exponent of `digits` times ten to the power `scale` is not one of 32 bits. */
function checkExponentBits(text: string, digits: string, scale: number): void {
  const isRead = -scale <= maxInt && -scale >= minInt
  if (!isRead) throw eachLayers(notNumeric(text), scale > 0 ? numberOverflow() : numberUnderflow())
  const precision = Math.max(1, digits.length - firstSignificant(digits))
  if (precision + scale > maxInt) throw eachLayers(numberUnderflow(), numberOverflow())
}

/** The index after the run of digits that begins at `index`. */
function skipDigits(text: string, index: number): number {
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < zero || code > nine) break
  }
  return index
}

/** The exponent part that fills `text` from `index` to its end; 0 when there is none. */
function writtenExponent(text: string, index: number): number {
  if (index === text.length) return 0
  const letter = text.charCodeAt(index)
  const sign = text.charCodeAt(index + 1)
  const start = sign === plus || sign === minus ? index + 2 : index + 1
  if ((letter !== lowerE && letter !== upperE) || start >= text.length) throw notNumeric(text)
  if (skipDigits(text, start) !== text.length) throw notNumeric(text)
  const digits = text.slice(start)
  const exponent =
    digits.length <= shortExponentLength ? Number(digits) : longExponent(text, digits, sign)
  return sign === minus ? -exponent : exponent
}

/** The magnitude of an exponent of any length. */
function longExponent(text: string, digits: string, sign: number): number {
  const significant = digits.slice(firstSignificant(digits))
  if (significant.length > String(maxLong).length) throw notNumeric(text)
  const exponent = BigInt(significant)
  if (sign === minus ? -exponent < minLong : exponent > maxLong) throw notNumeric(text)
  return Math.min(Number(exponent), exponentCeiling)
}

/** How many zeros `digits` begins with. */
function firstSignificant(digits: string): number {
  let first = 0
  while (first < digits.length && digits.charCodeAt(first) === zero) first++
  return first
}

/** What is thrown for a number out of range. */
interface RangeFaults {
  readonly overflow: () => Error
  readonly underflow: () => Error
}

const writtenFaults: RangeFaults = { overflow: numberOverflow, underflow: numberUnderflow }
const resultFaults: RangeFaults = { overflow: resultOverflow, underflow: resultUnderflow }

/** The canonical form of `digits` times ten to the power `scale`; checks every limit. */
function fromDigits(
  negative: boolean,
  digits: string,
  scale: number,
  { overflow, underflow }: RangeFaults,
): string {
  const first = firstSignificant(digits)
  if (first === digits.length) {
    // DynamoDB refuses a zero that is written with an exponent out of range, as 0e126 and 0e-131.
    if (scale > maxExponent) throw overflow()
    if (scale < minExponent) throw underflow()
    return '0'
  }
  const end = significantLength(digits)
  const exponent = digits.length - 1 - first + scale
  if (exponent > maxExponent) throw overflow()
  if (exponent < minExponent) throw underflow()
  if (end - first > maxNumberDigits) throw tooManyDigits()
  const plain = plainDecimal(digits.slice(first, end), exponent)
  return negative ? `-${plain}` : plain
}

/** `digits`, the first of which counts ten to the power `exponent`, without an exponent part. */
function plainDecimal(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const pointAt = exponent + 1
  if (digits.length <= pointAt) return digits + '0'.repeat(pointAt - digits.length)
  return `${digits.slice(0, pointAt)}.${digits.slice(pointAt)}`
}

/**
 * Negative, zero or positive as `a` is less than, equal to or greater than `b`.
 * REQUIRES: both are canonical.
 */
export function compareNumbers(a: string, b: string): number {
  if (a === b) return 0
  const aNegative = a.charCodeAt(0) === minus
  const bNegative = b.charCodeAt(0) === minus
  if (aNegative !== bNegative) return aNegative ? -1 : 1
  const order = compareMagnitudes(a, b)
  return aNegative ? -order : order
}

/** Compares two different canonical numbers of one sign by absolute value. */
function compareMagnitudes(a: string, b: string): number {
  const difference = integerLength(a) - integerLength(b)
  if (difference !== 0) return difference
  // The points stand at one place, so the order of the characters is that of the digits.
  return a < b ? -1 : 1
}

/** The number of characters before the point, the sign included. */
function integerLength(text: string): number {
  const index = text.indexOf('.')
  return index < 0 ? text.length : index
}

/** Numbers of at most this many characters are exact as doubles, and so are their sums. */
const exactDoubleLength = 15

/**
 * The canonical sum of two canonical numbers. Throws resultOverflow when it needs more than 38
 * digits or is too large, resultUnderflow when it is too small.
 */
export function addNumbers(a: string, b: string): string {
  if (a.length <= exactDoubleLength && b.length <= exactDoubleLength) {
    const x = Number(a)
    const y = Number(b)
    if (Number.isInteger(x) && Number.isInteger(y)) return String(x + y)
  }
  const scale = Math.max(fractionLengthOf(a), fractionLengthOf(b))
  return fromScaled(scaledInteger(a, scale) + scaledInteger(b, scale), scale)
}

/** The canonical difference `a - b` of two canonical numbers. Throws like {@link addNumbers}. */
export function subtractNumbers(a: string, b: string): string {
  return addNumbers(a, negated(b))
}

function negated(text: string): string {
  if (text === '0') return text
  return text.charCodeAt(0) === minus ? text.slice(1) : `-${text}`
}

function fractionLengthOf(text: string): number {
  const index = text.indexOf('.')
  return index < 0 ? 0 : text.length - index - 1
}

/** The canonical number `text` times ten to the power `scale`. REQUIRES: that is an integer. */
function scaledInteger(text: string, scale: number): bigint {
  const zeros = '0'.repeat(scale - fractionLengthOf(text))
  return BigInt(text.replace('.', '') + zeros)
}

/** The canonical form of `sum` times ten to the power `-scale`. */
function fromScaled(sum: bigint, scale: number): string {
  if (sum === 0n) return '0'
  const negative = sum < 0n
  const digits = (negative ? -sum : sum).toString()
  if (significantLength(digits) > maxNumberDigits) throw resultOverflow()
  return fromDigits(negative, digits, -scale, resultFaults)
}

/** The number of digits before the trailing zeros. */
function significantLength(digits: string): number {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === zero) end--
  return end
}
