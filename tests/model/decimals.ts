import { ofValue } from './layers.ts'
import { invalid, type Refusal } from './refusal.ts'

/*
 * Numbers as whole multiples of 1E-167: the last of 38 digits of the smallest magnitude, 1E-130.
 * All arithmetic is that of bigint.
 */

const scale = 167
const maxDigits = 38
const maxExponent = 125
const minExponent = -130

const overflow =
  'Number overflow. Attempting to store a number with magnitude larger than supported range'
const underflow =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range'
const tooPrecise = 'Attempting to store more than 38 significant digits in a Number'

/** A number as its significant digits, the first of which counts ten to the power `exponent`. */
export interface Decimal {
  readonly negative: boolean
  /** Neither begins nor ends with a zero; empty for zero itself. */
  readonly digits: string
  readonly exponent: number
}

/** The significant digits of any text that is a number, however large or precise. */
export function decimalOf(text: string): Decimal {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text)
  const [, sign = '', integer = '', fraction = '', power = '0'] = match ?? []
  const written = integer + fraction
  if (written === '') throw notNumeric(text)
  const withoutLeading = written.replace(/^0+/, '')
  const exponent = withoutLeading.length - 1 - fraction.length + Number(power)
  return { negative: sign === '-', digits: withoutLeading.replace(/0+$/, ''), exponent }
}

/** Only the newer layer shows that the text was empty. */
function notNumeric(text: string): Refusal {
  const sentence = 'The parameter cannot be converted to a numeric value'
  const told = `${sentence}: ${text}`
  return invalid(text === '' ? sentence : told, ofValue(told))
}

/** A number that a request has, and no attribute can hold. */
const unstorable = (text: string): Refusal => invalid(text, ofValue(text))

/** `refuse` makes what is thrown, for a number that was sent or for one that was worked out. */
function checkRange({ digits, exponent }: Decimal, refuse: (text: string) => Refusal): void {
  if (digits === '') return
  if (exponent > maxExponent) throw refuse(overflow)
  if (exponent < minExponent) throw refuse(underflow)
}

/** The multiple of 1E-167 that `text` stands for; refuses what no number attribute can hold. */
function unitsOf(text: string): bigint {
  const decimal = decimalOf(text)
  const { negative, digits, exponent } = decimal
  if (digits === '') return 0n
  checkRange(decimal, unstorable)
  if (digits.length > maxDigits) throw unstorable(tooPrecise)
  const zeros = exponent - digits.length + 1 + scale
  const magnitude = BigInt(digits + '0'.repeat(zeros))
  return negative ? -magnitude : magnitude
}

/** Plain decimal without needless zeros: what the API gives back. */
function textOf(units: bigint): string {
  const sign = units < 0n ? '-' : ''
  const digits = units
    .toString()
    .replace('-', '')
    .padStart(scale + 1, '0')
  const integer = digits.slice(0, -scale)
  const fraction = digits.slice(-scale).replace(/0+$/, '')
  return sign + integer + (fraction === '' ? '' : `.${fraction}`)
}

/** The one text that all spellings of a number are stored as. */
export const canonicalNumber = (text: string): string => textOf(unitsOf(text))

export function compareNumbers(a: string, b: string): number {
  const difference = unitsOf(a) - unitsOf(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** `a + b` or `a - b`, exactly: a result of more than 38 digits is refused as an overflow. */
export function calculated(a: string, operator: '+' | '-', b: string): string {
  const units = operator === '+' ? unitsOf(a) + unitsOf(b) : unitsOf(a) - unitsOf(b)
  const result = decimalOf(textOf(units))
  if (result.digits.length > maxDigits) throw invalid(overflow)
  checkRange(result, invalid)
  return textOf(units)
}
