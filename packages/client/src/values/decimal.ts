import { InvalidValueError } from '../errors/invalidValueError.ts'

/** What DynamoDB keeps of a number: its significant digits and a power of ten. */
interface NumberParts {
  readonly isNegative: boolean
  /** Without zeros at either end; empty for zero. */
  readonly digits: string
  /** The number is `0.digits` times ten to this power. */
  readonly power: number
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/

/** DynamoDB's bounds of a number, by its guide's page on limits. */
const mostDigits = 38
const greatestPower = 126
const leastPower = -129

function partsOf(text: string): NumberParts | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const all = whole + fraction
  const digits = all.replace(/^0+/, '')
  const leading = all.length - digits.length
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return { isNegative: false, digits: '', power: 0 }
  return {
    isNegative: sign === '-',
    digits: significant,
    power: whole.length - leading + Number(exponent),
  }
}

/** The one text of a number: in plain digits while these are few, with a power of ten otherwise. */
function textOf({ isNegative, digits, power }: NumberParts): string {
  if (digits === '') return '0'
  const sign = isNegative ? '-' : ''
  if (power > mostDigits || power < -6) {
    const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`
    return `${sign}${mantissa}e${power - 1}`
  }
  if (power <= 0) return `${sign}0.${'0'.repeat(-power)}${digits}`
  if (digits.length <= power) return `${sign}${digits.padEnd(power, '0')}`
  return `${sign}${digits.slice(0, power)}.${digits.slice(power)}`
}

/**
 * The canonical text of a number that is written in any of DynamoDB's forms: equal numbers have
 * equal texts. `undefined` for a text that is no number.
 */
export function canonicalNumber(text: string): string | undefined {
  const parts = partsOf(text)
  return parts === undefined ? undefined : textOf(parts)
}

/**
 * A number by its decimal digits, for those that neither a JavaScript `number` nor a `bigint` holds
 * exactly, such as `0.1234567890123456789`. It is a value to keep, compare and pass on to a library
 * that calculates with decimals; it does not calculate itself.
 */
export class Decimal {
  /** The canonical text: `1.10` is `1.1`, `1e3` is `1000`. */
  readonly text: string

  /**
   * @param text digits with an optional sign, point and exponent
   * @throws InvalidValueError when it is no number, has more than 38 significant digits, or is
   *   not 0 and its magnitude is below 1e-130 or not below 1e126: what DynamoDB could not keep
   */
  constructor(text: string) {
    const parts = partsOf(text)
    if (parts === undefined) throw new InvalidValueError(`"${text}" is not a number.`)
    if (parts.digits.length > mostDigits) {
      const count = parts.digits.length
      throw new InvalidValueError(
        `${text} has ${count} significant digits; DynamoDB keeps ${mostDigits}.`,
      )
    }
    if (parts.digits !== '' && (parts.power > greatestPower || parts.power < leastPower)) {
      throw new InvalidValueError(`${text} is beyond the magnitudes that DynamoDB keeps.`)
    }
    this.text = textOf(parts)
  }

  /** Whether both are the same number. */
  equals(other: Decimal): boolean {
    return this.text === other.text
  }

  toString(): string {
    return this.text
  }

  /** A JSON string, so that no reader of the JSON takes it for a binary fraction. */
  toJSON(): string {
    return this.text
  }
}
