import * as fc from 'fast-check'
import { newAttributeMap } from '../attributeValue.ts'
import type { AttributeMap, AttributeValue } from '../attributeValue.ts'
import { canonicalNumber } from '../number.ts'

/** A number as a client may write it, with its exact value: digits times ten to the exponent. */
export interface DecimalText {
  readonly text: string
  readonly digits: bigint
  readonly exponent: number
}

/** Numbers within the limits in every lexical form. */
export function decimalText(): fc.Arbitrary<DecimalText> {
  const form = fc.record({
    digits: fc.oneof(fc.bigInt(-999n, 999n), fc.bigInt(-(10n ** 38n - 1n), 10n ** 38n - 1n)),
    firstExponent: fc.oneof(fc.integer({ min: -3, max: 20 }), fc.integer({ min: -130, max: 125 })),
    pointAt: fc.nat(40),
    zeros: fc.nat(3),
    letter: fc.constantFrom('e', 'E', 'e+', 'E+'),
    plus: fc.constantFrom('', '+'),
  })
  return form.map(({ digits, firstExponent, pointAt, zeros, letter, plus }) => {
    const negative = digits < 0n
    const run = (negative ? -digits : digits).toString()
    const exponent = digits === 0n ? 0 : firstExponent - run.length + 1
    const written = '0'.repeat(zeros) + run + '0'.repeat(zeros)
    const split = Math.min(pointAt, written.length - 1)
    const mantissa = `${written.slice(0, split)}.${written.slice(split)}`
    const writtenExponent = exponent - zeros + written.length - split
    const mark = writtenExponent < 0 ? letter.slice(0, 1) : letter
    const suffix = writtenExponent === 0 ? '' : `${mark}${writtenExponent}`
    return { text: `${negative ? '-' : plus}${mantissa}${suffix}`, digits, exponent }
  })
}

/** Canonical numbers over the whole range, many of them near each other. */
export function numberText(): fc.Arbitrary<string> {
  return fc.oneof(
    decimalText().map(({ text }) => canonicalNumber(text)),
    fc.integer({ min: -1100, max: 1100 }).map(String),
    fc.integer({ min: -1100, max: 1100 }).map((thousandths) => String(thousandths / 1000)),
    fc.constantFrom('0', canonicalNumber('1e-130'), canonicalNumber('-1e-130')),
    fc.constantFrom(canonicalNumber('9e125'), canonicalNumber('-9e125')),
  )
}

/** The exact value of a canonical number in units of 1E-200. */
export function scaled(canonical: string): bigint {
  const [integer = '', fraction = ''] = canonical.split('.')
  return BigInt(integer + fraction.padEnd(200, '0'))
}

/** The first and last characters of each UTF-8 length, and those around the surrogates. */
const edgeCharacters =
  '\0,a,b,\x7f,\x80,\u07ff,\u0800,\ud7ff,\ue000,\uffff,\u{10000},\u{10ffff}'.split(',')

/** Well-formed strings with many ties, zero characters and code points of every UTF-8 length. */
export function stringText(): fc.Arbitrary<string> {
  const unit = fc.constantFrom(...edgeCharacters)
  return fc.oneof(fc.string({ unit, maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 20 }))
}

/** Byte strings with many ties and zero bytes. */
export function byteString(maxLength = 24): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.uint8Array({ maxLength, max: 1 }),
    fc.array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { maxLength }).map((a) => Uint8Array.from(a)),
    fc.uint8Array({ maxLength }),
  )
}

export function binaryText(): fc.Arbitrary<string> {
  return byteString().map((bytes) => Buffer.from(bytes).toString('base64'))
}

function attributeName(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ minLength: 1, maxLength: 6 }),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'N', 'S', 'é'),
  )
}

function attributeMap(value: fc.Arbitrary<AttributeValue>): fc.Arbitrary<AttributeMap> {
  return fc.array(fc.tuple(attributeName(), value), { maxLength: 5 }).map((entries) => {
    const map = newAttributeMap()
    for (const [name, element] of entries) map[name] = element
    return map
  })
}

function setOf(member: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc.uniqueArray(member, { minLength: 1, maxLength: 25 })
}

const attributeValues = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    stringText().map((S) => ({ S })),
    numberText().map((N) => ({ N })),
    binaryText().map((B) => ({ B })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constant({ NULL: true as const }),
    setOf(stringText()).map((SS) => ({ SS })),
    setOf(numberText()).map((NS) => ({ NS })),
    setOf(binaryText()).map((BS) => ({ BS })),
    fc.array(tie('value'), { maxLength: 4 }).map((L) => ({ L })),
    attributeMap(tie('value')).map((M) => ({ M })),
  ),
}))

/** Checked attribute values of every type, nested a few levels. */
export function attributeValue(): fc.Arbitrary<AttributeValue> {
  return attributeValues.value
}

/** Checked items, with attribute names that JavaScript objects know in other ways too. */
export function item(): fc.Arbitrary<AttributeMap> {
  return attributeMap(attributeValue())
}
