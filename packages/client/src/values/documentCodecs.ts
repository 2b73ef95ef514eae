import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { StoredItemError } from '../errors/storedItemError.ts'
import { InvalidValueError } from '../errors/invalidValueError.ts'
import { notOfKind, storedOtherwise, type Codec } from './codec.ts'

/** What a member of a map is declared as. */
export interface Member {
  readonly codec: Codec<unknown>
  readonly isOptional: boolean
}

type Members = Readonly<Record<string, Member>>

/**
 * The stored form of members; those that are `undefined` are left out.
 * @param place gives the path of a member
 * @throws InvalidValueError for a member that is missing, of another kind, or not declared
 */
export function encodeMembers(
  values: Readonly<Record<string, unknown>>,
  members: Members,
  place: (name: string) => string,
): Record<string, AttributeValue> {
  const stored: Record<string, AttributeValue> = {}
  for (const name of Object.keys(values)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined
    if (member === undefined) throw new InvalidValueError(`${place(name)} is not declared.`)
    const value = values[name]
    if (value !== undefined) stored[name] = member.codec.encode(value, place(name))
  }
  for (const name of Object.keys(members)) {
    if (stored[name] === undefined && members[name]?.isOptional !== true) {
      throw new InvalidValueError(`${place(name)} is missing.`)
    }
  }
  return stored
}

/**
 * Members as they are declared; what is stored beside them is left out.
 * @throws StoredItemError for a member that is missing or of another kind
 */
export function decodeMembers(
  stored: Readonly<Record<string, AttributeValue>>,
  members: Members,
  place: (name: string) => string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name of Object.keys(members)) {
    const { codec, isOptional } = members[name] as Member
    const value = Object.hasOwn(stored, name) ? stored[name] : undefined
    if (value !== undefined) values[name] = codec.decode(value, place(name))
    else if (!isOptional) {
      throw new StoredItemError(`${place(name)} is missing, and is not declared as optional.`)
    }
  }
  return values
}

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

export function mapCodec(members: Members): Codec<Record<string, unknown>> {
  return {
    kind: 'a map',
    encode(value, path) {
      if (!isPlainObject(value)) throw notOfKind(path, this.kind, value)
      return { M: encodeMembers(value, members, (name) => `${path}.${name}`) }
    },
    decode(stored, path) {
      if (stored.M === undefined) throw storedOtherwise(path, this.kind, stored)
      return decodeMembers(stored.M, members, (name) => `${path}.${name}`)
    },
    part: (name) => (Object.hasOwn(members, name) ? members[name]?.codec : undefined),
  }
}

/** A map whose names are data, all values of one kind. */
export function recordCodec<Value>(of: Codec<Value>): Codec<Record<string, Value>> {
  return {
    kind: 'a record',
    encode(value, path) {
      if (!isPlainObject(value)) throw notOfKind(path, this.kind, value)
      const M: Record<string, AttributeValue> = {}
      for (const [name, member] of Object.entries(value)) {
        if (member !== undefined) M[name] = of.encode(member, `${path}.${name}`)
      }
      return { M }
    },
    decode(stored, path) {
      if (stored.M === undefined) throw storedOtherwise(path, this.kind, stored)
      const entries = Object.entries(stored.M)
      return Object.fromEntries(
        entries.map(([name, member]) => [name, of.decode(member, `${path}.${name}`)]),
      )
    },
    part: () => of,
  }
}

export function listCodec<Value>(of: Codec<Value>): Codec<readonly Value[]> {
  return {
    kind: 'a list',
    isList: true,
    encode(value, path) {
      if (!Array.isArray(value)) throw notOfKind(path, this.kind, value)
      const all = value as readonly Value[]
      return { L: all.map((each, i) => of.encode(each, `${path}[${i}]`)) }
    },
    decode(stored, path) {
      if (stored.L === undefined) throw storedOtherwise(path, this.kind, stored)
      return stored.L.map((each, i) => of.decode(each, `${path}[${i}]`))
    },
    part: () => of,
  }
}
