import { typeOf, type AttributeValue, type AttributeType } from '../values/attributeValue.ts'

/** Why a value is no vector of so many dimensions. */
export type VectorFault =
  | { readonly kind: 'type' }
  | { readonly kind: 'size'; readonly actual: number }
  | { readonly kind: 'elementType'; readonly position: number; readonly actual: AttributeType }
  | { readonly kind: 'range'; readonly position: number; readonly text: string }

/**
 * The vector that a value holds, or why it holds none. Its elements are 32-bit floats: each number
 * is read as the nearest 64-bit float, and that is rounded to the nearest 32-bit float, to the even
 * one of two. What rounds to infinity is out of range.
 */
export function vectorOf(value: AttributeValue, dimensions: number): Float32Array | VectorFault {
  if (!('L' in value)) return { kind: 'type' }
  const elements = value.L
  if (elements.length !== dimensions) return { kind: 'size', actual: elements.length }
  return vectorOfElements(elements)
}

/** As {@link vectorOf}, of the elements alone. */
export function vectorOfElements(elements: readonly AttributeValue[]): Float32Array | VectorFault {
  const vector = new Float32Array(elements.length)
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i] as AttributeValue
    const text = (element as { readonly N?: string }).N
    if (text === undefined) return { kind: 'elementType', position: i, actual: typeOf(element) }
    vector[i] = Number(text)
    if (!Number.isFinite(vector[i])) return { kind: 'range', position: i, text }
  }
  return vector
}

export const isVector = (found: Float32Array | VectorFault): found is Float32Array =>
  found instanceof Float32Array

/** The vector as an attribute: each element as the shortest decimal that tells its float. */
export function vectorAttribute(vector: Float32Array): AttributeValue {
  return { L: Array.from(vector, (element) => ({ N: decimalOf(element) })) }
}

/** The shortest decimal that this 32-bit float is the nearest one to, without exponent. */
export function decimalOf(element: number): string {
  if (Object.is(element, -0)) return '0'
  for (let digits = 1; digits < 9; digits++) {
    const text = element.toPrecision(digits)
    if (Math.fround(Number(text)) === element) return plain(text)
  }
  return plain(element.toPrecision(9))
}

/** A decimal such as `-1.25e-7` written out, without zeros that say nothing. */
function plain(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? []
  const digits = whole + fraction
  const point = whole.length + Number(power)
  const padded = point > 0 ? digits.padEnd(point, '0') : '0'.repeat(1 - point) + digits
  const at = Math.max(point, 1)
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '')
  const rest = padded.slice(at).replace(/0+$/, '')
  return sign + integer + (rest === '' ? '' : `.${rest}`)
}
