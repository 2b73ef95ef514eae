import type { Codec } from '../values/codec.ts'
import type { Decimal } from '../values/decimal.ts'
import { listCodec, mapCodec, recordCodec } from '../values/documentCodecs.ts'
import { nativeCodec, type NativeValue } from '../values/nativeCodec.ts'
import {
  bigintCodec,
  binaryCodec,
  booleanCodec,
  decimalCodec,
  nullableCodec,
  numberCodec,
  oneOfCodec,
  stringCodec,
} from '../values/scalarCodecs.ts'
import {
  bigintSetCodec,
  binarySetCodec,
  decimalSetCodec,
  numberSetCodec,
  stringSetCodec,
} from '../values/setCodec.ts'
import {
  Attribute,
  FilledAttribute,
  type Attributes,
  type TimeForm,
  type ValuesOf,
} from './attribute.ts'

const required = <Value>(codec: Codec<Value>): Attribute<Value, false> =>
  new Attribute(codec, false as const)

/** A string, also an empty one. */
export const string = (): Attribute<string, false> => required(stringCodec)

/** One of the strings given: `oneOf('open', 'closed')`. */
export const oneOf = <const Value extends string>(...values: Value[]): Attribute<Value, false> =>
  required(oneOfCodec(values))

/**
 * A JavaScript number. Integers beyond 2^53 and fractions of more digits are refused in both
 * directions, not rounded: {@link bigint} and {@link decimal} are for them.
 */
export const number = (): Attribute<number, false> => required(numberCodec)

/** An integer of up to 38 digits. */
export const bigint = (): Attribute<bigint, false> => required(bigintCodec)

/** Any number that DynamoDB has, by its digits. */
export const decimal = (): Attribute<Decimal, false> => required(decimalCodec)

/** `true` or `false`. */
export const boolean = (): Attribute<boolean, false> => required(booleanCodec)

/** Bytes. */
export const binary = (): Attribute<Uint8Array, false> => required(binaryCodec)

/** A set of strings; as all sets of DynamoDB it is never empty. */
export const stringSet = (): Attribute<Set<string>, false> => required(stringSetCodec)

/** A set of JavaScript numbers, to which the rules of {@link number} apply. */
export const numberSet = (): Attribute<Set<number>, false> => required(numberSetCodec)

/** A set of integers of up to 38 digits. */
export const bigintSet = (): Attribute<Set<bigint>, false> => required(bigintSetCodec)

/** A set of numbers by their digits. */
export const decimalSet = (): Attribute<Set<Decimal>, false> => required(decimalSetCodec)

/** A set of bytes. */
export const binarySet = (): Attribute<Set<Uint8Array>, false> => required(binarySetCodec)

/** A list whose elements are all of one kind: `list(string())`. */
export const list = <Value>(of: Attribute<Value>): Attribute<readonly Value[], false> =>
  required(listCodec(of.codec))

/** A map with declared members: `map({ street: string(), zip: string().optional() })`. */
export const map = <const A extends Attributes>(members: A): Attribute<ValuesOf<A>, false> =>
  required(mapCodec(members) as Codec<unknown> as Codec<ValuesOf<A>>)

/** A map whose names are data, with values of one kind: `record(number())`. */
export const record = <Value>(of: Attribute<Value>): Attribute<Record<string, Value>, false> =>
  required(recordCodec(of.codec))

/** A value of a kind, or `null`. */
export const nullable = <Value>(of: Attribute<Value>): Attribute<Value | null, false> =>
  required(nullableCodec(of.codec))

/**
 * Whatever DynamoDB stores. A number is read as a `number` where that is exactly it, else as a
 * `bigint`, else as a {@link Decimal}.
 */
export const unknown = (): Attribute<NativeValue, false> => required(nativeCodec)

/**
 * The time of the insert or put that made the item, in ISO 8601 and UTC, filled in by the client.
 */
export const createdAt = (form: TimeForm = 'milliseconds'): FilledAttribute =>
  new FilledAttribute(stringCodec, { at: 'created', form })

/** The time of the last update of the item, in ISO 8601 and UTC, filled in by the client. */
export const updatedAt = (form: TimeForm = 'milliseconds'): FilledAttribute =>
  new FilledAttribute(stringCodec, { at: 'updated', form })
