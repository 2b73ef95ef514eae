import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { notOfKind, storedOtherwise, type Codec } from './codec.ts'
import { Decimal } from './decimal.ts'
import { recordCodec, listCodec } from './documentCodecs.ts'
import { nativeNumber, type NativeNumber } from './exactNumber.ts'
import { encodeNumber } from './scalarCodecs.ts'
import {
  bigintSetCodec,
  binarySetCodec,
  decimalSetCodec,
  numberSetCodec,
  stringSetCodec,
} from './setCodec.ts'

/** Whatever DynamoDB stores, by the simplest native value that is exactly it. */
export type NativeValue =
  | string
  | NativeNumber
  | boolean
  | null
  | Uint8Array
  | Set<string>
  | Set<number>
  | Set<bigint>
  | Set<Decimal>
  | Set<Uint8Array>
  | readonly NativeValue[]
  | { readonly [name: string]: NativeValue }

const kind = 'a value that DynamoDB stores'

/**
 * Values of no declared kind. A set has members of one type: numbers that need it are all
 * `Decimal`.
 */
export const nativeCodec: Codec<NativeValue> = {
  kind,
  encode,
  decode,
  part: () => nativeCodec,
}

const natives = { list: listCodec(nativeCodec), record: recordCodec(nativeCodec) }

function encode(value: NativeValue, path: string): AttributeValue {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal) {
    return { N: encodeNumber(value, path) }
  }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value === null) return { NULL: true }
  if (value instanceof Uint8Array) return { B: value }
  if (value instanceof Set) return encodeSet(value, path)
  if (Array.isArray(value)) return natives.list.encode(value as readonly NativeValue[], path)
  if (typeof value !== 'object') throw notOfKind(path, kind, value)
  return natives.record.encode(value as Record<string, NativeValue>, path)
}

function encodeSet(value: Set<unknown>, path: string): AttributeValue {
  const [first] = value
  if (typeof first === 'number') return numberSetCodec.encode(value as Set<number>, path)
  if (typeof first === 'bigint') return bigintSetCodec.encode(value as Set<bigint>, path)
  if (first instanceof Decimal) return decimalSetCodec.encode(value as Set<Decimal>, path)
  if (first instanceof Uint8Array) return binarySetCodec.encode(value as Set<Uint8Array>, path)
  return stringSetCodec.encode(value as Set<string>, path)
}

function decode(stored: AttributeValue, path: string): NativeValue {
  if (stored.S !== undefined) return stored.S
  if (stored.N !== undefined) return nativeNumber(stored.N)
  if (stored.BOOL !== undefined) return stored.BOOL
  if (stored.NULL !== undefined) return null
  if (stored.B !== undefined) return stored.B
  if (stored.SS !== undefined) return new Set(stored.SS)
  if (stored.NS !== undefined) return decodeNumbers(stored.NS)
  if (stored.BS !== undefined) return new Set(stored.BS)
  if (stored.L !== undefined) return natives.list.decode(stored, path)
  if (stored.M !== undefined) return natives.record.decode(stored, path)
  throw storedOtherwise(path, kind, stored)
}

function decodeNumbers(texts: readonly string[]): Set<number> | Set<bigint> | Set<Decimal> {
  const values = texts.map(nativeNumber)
  if (values.every((value) => typeof value === 'number')) return new Set(values)
  if (values.every((value) => !(value instanceof Decimal) && isWhole(value))) {
    return new Set(values.map(BigInt as (value: unknown) => bigint))
  }
  return new Set(texts.map((text) => new Decimal(text)))
}

const isWhole = (value: number | bigint): boolean =>
  typeof value === 'bigint' || Number.isInteger(value)
