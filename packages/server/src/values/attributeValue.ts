/**
 * An attribute value in the shape of the DynamoDB API: an object with exactly one member, named for
 * its type. Numbers are decimal strings in canonical form (see number.ts), binaries are canonical
 * base64. INVARIANT: values come from JSON and may carry any member names, `__proto__` and
 * `constructor` among them, so maps are read through {@link attributeOf} only and never by plain
 * indexing, and built by {@link newAttributeMap}.
 */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: AttributeMap }

/** Attribute names and their values: an item, a key, or the inside of an M value. */
export type AttributeMap = { [name: string]: AttributeValue }

/** An item as the API shows it. */
export type Item = AttributeMap

/** The type descriptors, as the API and `attribute_type` spell them. */
export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M'

/** The types that key attributes may have. */
export type KeyAttributeType = 'S' | 'N' | 'B'

/** A constructor with an empty prototype: its objects have no inherited members and stay fast. */
const EmptyMap = function EmptyMap(this: AttributeMap): void {} as unknown as new () => AttributeMap
EmptyMap.prototype = Object.create(null)

/** A new map on which every name, `__proto__` too, is an ordinary member. */
export function newAttributeMap(): AttributeMap {
  return new EmptyMap()
}

/** The value of attribute `name`, or undefined; sees own members only. */
export function attributeOf(map: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

/** A shallow copy of `map` that is safe for any attribute name. */
export function copyAttributeMap(map: AttributeMap): AttributeMap {
  const copy = newAttributeMap()
  for (const name of Object.keys(map)) copy[name] = map[name] as AttributeValue
  return copy
}

/**
 * The type descriptor of a value. REQUIRES: the value was checked, so it has exactly one
 * member.
 */
export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType
  throw new TypeError('an attribute value without a type')
}
