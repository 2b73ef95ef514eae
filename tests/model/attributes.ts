/**
 * Attribute values in the shape of DynamoDB's JSON; binaries are base64 texts. The model keeps
 * items as such plain objects and never changes one in place.
 */
export type Value =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly Value[] }
  | { readonly M: Item }

export interface Item {
  readonly [name: string]: Value
}

export type Type = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M'
export type KeyType = 'S' | 'N' | 'B'

export function typeOf(value: Value): Type {
  return Object.keys(value)[0] as Type
}

/** What stands behind the type: a text, a truth value, members, elements or a map. */
export function contentOf(value: Value): unknown {
  return Object.values(value)[0]
}

/** The attribute of an item, or the member of a map, if it is there. */
export function attributeOf(map: Item, name: string): Value | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

/** The attributes of `map` whose names are among `names`. */
export function picked(map: Item, names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(map).filter(([name]) => names.includes(name)))
}

export const bytesOf = (base64: string): Buffer => Buffer.from(base64, 'base64')
