import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { InvalidValueError } from '../errors/invalidValueError.ts'
import { notOfKind, storedOtherwise, type Codec } from './codec.ts'
import type { Decimal } from './decimal.ts'
import { exactInteger, exactNumber } from './exactNumber.ts'
import {
  decodeNumber,
  encodeNumber,
  isBigint,
  isDecimal,
  isNumber,
  readDecimal,
} from './scalarCodecs.ts'

/** How the members of a kind of set are stored. */
interface Members<Value, Stored> {
  readonly kind: string
  encode(value: Value, path: string): Stored
  decode(stored: Stored, path: string): Value
  /** What is the same for equal members, which a set of DynamoDB has once. */
  identity(stored: Stored): string
  wrap(members: Stored[]): AttributeValue
  unwrap(stored: AttributeValue): readonly Stored[] | undefined
}

function setCodec<Value, Stored>(members: Members<Value, Stored>): Codec<Set<Value>> {
  const { kind } = members
  return {
    kind,
    encode(value, path) {
      if (!(value instanceof Set)) throw notOfKind(path, kind, value)
      // DynamoDB has no empty sets, and would say so without the name of the attribute.
      if (value.size === 0) throw new InvalidValueError(`${path} is an empty set.`)
      const seen = new Map<string, Stored>()
      for (const member of value) {
        const stored = members.encode(member, path)
        seen.set(members.identity(stored), stored)
      }
      return members.wrap([...seen.values()])
    },
    decode(stored, path) {
      const all = members.unwrap(stored)
      if (all === undefined) throw storedOtherwise(path, kind, stored)
      return new Set(all.map((member) => members.decode(member, path)))
    },
  }
}

export const stringSetCodec: Codec<Set<string>> = setCodec({
  kind: 'a set of strings',
  encode(value: string, path) {
    if (typeof value !== 'string') throw notOfKind(`a member of ${path}`, 'a string', value)
    return value
  },
  decode: (stored: string) => stored,
  identity: (stored) => stored,
  wrap: (SS) => ({ SS }),
  unwrap: ({ SS }) => SS,
})

function numericSetCodec<Value extends number | bigint | Decimal>(
  member: string,
  isOne: (value: unknown) => boolean,
  read: (text: string) => Value | undefined,
): Codec<Set<Value>> {
  return setCodec({
    kind: `a set, each ${member}`,
    encode(value: Value, path) {
      if (!isOne(value)) throw notOfKind(`a member of ${path}`, member, value)
      return encodeNumber(value, path)
    },
    decode: (stored: string, path) => decodeNumber(stored, read, `a member of ${path}`, member),
    identity: (stored) => stored,
    wrap: (NS) => ({ NS }),
    unwrap: ({ NS }) => NS,
  })
}

export const numberSetCodec: Codec<Set<number>> = numericSetCodec('a number', isNumber, exactNumber)
export const bigintSetCodec: Codec<Set<bigint>> = numericSetCodec(
  'a bigint',
  isBigint,
  exactInteger,
)
export const decimalSetCodec: Codec<Set<Decimal>> = numericSetCodec(
  'a Decimal',
  isDecimal,
  readDecimal,
)

export const binarySetCodec: Codec<Set<Uint8Array>> = setCodec({
  kind: 'a set of Uint8Arrays',
  encode(value: Uint8Array, path) {
    if (!(value instanceof Uint8Array)) {
      throw notOfKind(`a member of ${path}`, 'a Uint8Array', value)
    }
    return value
  },
  decode: (stored: Uint8Array) => stored,
  identity: (stored) => stored.join(),
  wrap: (BS) => ({ BS }),
  unwrap: ({ BS }) => BS,
})
