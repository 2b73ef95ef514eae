import { bytesOf, contentOf, typeOf, type Item, type Value } from './attributes.ts'
import { canonicalNumber, compareNumbers } from './decimals.ts'

/** Equality is deep: numbers by value, sets without order, maps without order of their names. */
export function equal(a: Value, b: Value): boolean {
  if (typeOf(a) !== typeOf(b)) return false
  if ('N' in a && 'N' in b) return compareNumbers(a.N, b.N) === 0
  if ('L' in a && 'L' in b) {
    return a.L.length === b.L.length && a.L.every((element, i) => equal(element, b.L[i] as Value))
  }
  if ('M' in a && 'M' in b) return equalItems(a.M, b.M)
  const members = membersOf(a)
  if (members === undefined) return contentOf(a) === contentOf(b)
  const others = membersOf(b) as readonly Value[]
  return members.length === others.length && members.every((member) => isAmong(member, others))
}

export function equalItems(a: Item, b: Item): boolean {
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => Object.hasOwn(b, name) && equal(a[name] as Value, b[name] as Value))
}

export const isAmong = (value: Value, values: readonly Value[]): boolean =>
  values.some((other) => equal(value, other))

/** The members of a set as values by themselves; undefined for what is no set. */
export function membersOf(value: Value): readonly Value[] | undefined {
  if ('SS' in value) return value.SS.map((S) => ({ S }))
  if ('NS' in value) return value.NS.map((N) => ({ N }))
  if ('BS' in value) return value.BS.map((B) => ({ B }))
  return undefined
}

/** Strings by their UTF-8 bytes, numbers by value, binaries by bytes; other types have no order. */
export function order(a: Value, b: Value): number | undefined {
  if ('S' in a && 'S' in b) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S))
  if ('N' in a && 'N' in b) return compareNumbers(a.N, b.N)
  if ('B' in a && 'B' in b) return Buffer.compare(bytesOf(a.B), bytesOf(b.B))
  return undefined
}

const isSetType = (name: string): boolean => ['SS', 'NS', 'BS'].includes(name)

/** A copy in which numbers, at any depth, are in canonical form and members of sets in order. */
export function withCanonicalValues<T>(part: T): T {
  if (Array.isArray(part)) return part.map(withCanonicalValues) as T
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(
    Object.entries(part).map(([name, member]: [string, unknown]) => {
      if (name === 'N' && typeof member === 'string') return [name, canonicalNumber(member)]
      if (!isSetType(name) || !Array.isArray(member)) return [name, withCanonicalValues(member)]
      const members = membersOf({ [name]: member as string[] } as unknown as Value) ?? []
      const sorted = members.map(withCanonicalValues).sort((a, b) => order(a, b) as number)
      return [name, sorted.map(contentOf)]
    }),
  ) as T
}
