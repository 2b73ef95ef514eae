import { InvalidValueError } from '../errors/invalidValueError.ts'
import { canonicalNumber, Decimal } from './decimal.ts'

/** What stands for a number of DynamoDB. */
export type NativeNumber = number | bigint | Decimal

/** So many plain digits are always a safe integer. */
const shortInteger = /^-?\d{1,15}$/

/**
 * The text by which a number is stored.
 * @throws InvalidValueError for what is no number, for an integer that a `number` may have got by
 *   rounding (beyond 2^53), and for what DynamoDB could not keep
 */
export function numberText(value: NativeNumber): string {
  if (typeof value === 'number') return textOfNumber(value)
  if (typeof value === 'bigint') return new Decimal(value.toString()).text
  return value.text
}

function textOfNumber(value: number): string {
  if (Number.isSafeInteger(value)) return `${value}`
  if (!Number.isFinite(value)) throw new InvalidValueError(`${value} is not a number to be stored.`)
  if (Number.isInteger(value)) {
    throw new InvalidValueError(
      `${value} is beyond the integers that a number holds exactly; give it as a bigint.`,
    )
  }
  return new Decimal(`${value}`).text
}

/** The `number` of a stored text; `undefined` when writing it again would store another number. */
export function exactNumber(text: string): number | undefined {
  const value = Number(text)
  if (shortInteger.test(text)) return value === 0 ? 0 : value
  if (!Number.isFinite(value)) return undefined
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return undefined
  return canonicalNumber(`${value}`) === canonicalNumber(text) ? value : undefined
}

/** The `bigint` of a stored text; `undefined` for a number with a fraction. */
export function exactInteger(text: string): bigint | undefined {
  if (shortInteger.test(text)) return BigInt(text)
  const canonical = canonicalNumber(text)
  if (canonical === undefined) return undefined
  const [mantissa = '', exponent] = canonical.split('e')
  if (exponent === undefined) return canonical.includes('.') ? undefined : BigInt(canonical)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const zeros = Number(exponent) - fraction.length
  return zeros < 0 ? undefined : BigInt(`${whole}${fraction}${'0'.repeat(zeros)}`)
}

/**
 * A stored number as the simplest value that is exactly it: a `number`, else for an integer a
 * `bigint`, else a {@link Decimal}.
 */
export function nativeNumber(text: string): NativeNumber {
  return exactNumber(text) ?? exactInteger(text) ?? new Decimal(text)
}
