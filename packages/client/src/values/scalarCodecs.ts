import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { InvalidValueError } from '../errors/invalidValueError.ts'
import { StoredItemError } from '../errors/storedItemError.ts'
import { notOfKind, storedOtherwise, type Codec } from './codec.ts'
import { Decimal } from './decimal.ts'
import { exactInteger, exactNumber, numberText } from './exactNumber.ts'

export const stringCodec: Codec<string> = {
  kind: 'a string',
  encode(value, path) {
    if (typeof value !== 'string') throw notOfKind(path, this.kind, value)
    return { S: value }
  },
  decode(stored, path) {
    if (stored.S === undefined) throw storedOtherwise(path, this.kind, stored)
    return stored.S
  },
}

/** A string that is one of a few. */
export function oneOfCodec<Value extends string>(values: readonly Value[]): Codec<Value> {
  const known: ReadonlySet<string> = new Set(values)
  const kind = `one of ${values.map((value) => `"${value}"`).join(', ')}`
  return {
    kind,
    encode(value, path) {
      if (!known.has(value)) throw notOfKind(path, kind, value)
      return { S: value }
    },
    decode(stored, path) {
      if (stored.S === undefined) throw storedOtherwise(path, kind, stored)
      if (!known.has(stored.S)) {
        throw new StoredItemError(`${path} is declared as ${kind}, but is stored as "${stored.S}".`)
      }
      return stored.S as Value
    },
  }
}

/** Names the place in the sentence of an error about a number. */
export function encodeNumber(value: number | bigint | Decimal, path: string): string {
  try {
    return numberText(value)
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error
    throw new InvalidValueError(`${path}: ${error.message}`)
  }
}

/** A stored number in the type that `read` gives; an error when it does not fit there. */
export function decodeNumber<Value>(
  text: string,
  read: (text: string) => Value | undefined,
  path: string,
  kind: string,
): Value {
  const value = read(text)
  if (value !== undefined) return value
  throw new StoredItemError(
    `${path} is stored as ${text}, which ${kind} does not hold exactly; declare it otherwise.`,
  )
}

function numericCodec<Value extends number | bigint | Decimal>(
  kind: string,
  isOne: (value: unknown) => boolean,
  read: (text: string) => Value | undefined,
): Codec<Value> {
  return {
    kind,
    encode(value, path) {
      if (!isOne(value)) throw notOfKind(path, kind, value)
      return { N: encodeNumber(value, path) }
    },
    decode(stored, path) {
      if (stored.N === undefined) throw storedOtherwise(path, kind, stored)
      return decodeNumber(stored.N, read, path, kind)
    },
  }
}

export const isNumber = (value: unknown): boolean => typeof value === 'number'
export const isBigint = (value: unknown): boolean => typeof value === 'bigint'
export const isDecimal = (value: unknown): boolean => value instanceof Decimal
export const readDecimal = (text: string): Decimal => new Decimal(text)

export const numberCodec: Codec<number> = numericCodec('a number', isNumber, exactNumber)
export const bigintCodec: Codec<bigint> = numericCodec('a bigint', isBigint, exactInteger)
export const decimalCodec: Codec<Decimal> = numericCodec('a Decimal', isDecimal, readDecimal)

export const booleanCodec: Codec<boolean> = {
  kind: 'a boolean',
  encode(value, path) {
    if (typeof value !== 'boolean') throw notOfKind(path, this.kind, value)
    return { BOOL: value }
  },
  decode(stored, path) {
    if (stored.BOOL === undefined) throw storedOtherwise(path, this.kind, stored)
    return stored.BOOL
  },
}

export const binaryCodec: Codec<Uint8Array> = {
  kind: 'a Uint8Array',
  encode(value, path) {
    if (!(value instanceof Uint8Array)) throw notOfKind(path, this.kind, value)
    return { B: value }
  },
  decode(stored, path) {
    if (stored.B === undefined) throw storedOtherwise(path, this.kind, stored)
    return stored.B
  },
}

/** A value of a kind, or `null`, which is stored as DynamoDB's own. */
export function nullableCodec<Value>(codec: Codec<Value>): Codec<Value | null> {
  const part = codec.part?.bind(codec)
  return {
    kind: `${codec.kind} or null`,
    encode: (value, path): AttributeValue =>
      value === null ? { NULL: true } : codec.encode(value, path),
    decode: (stored, path) => (stored.NULL === true ? null : codec.decode(stored, path)),
    ...(part !== undefined && { part }),
    ...(codec.isList === true && { isList: true }),
  }
}
