import type { Attribute } from '../schema/attribute.ts'
import type { AttributesOf } from '../schema/entity.ts'
import type { Decimal } from '../values/decimal.ts'

/** Values without parts that a path could lead to. */
type Leaf = string | number | bigint | boolean | null | Uint8Array | Decimal | ReadonlySet<unknown>

/** How many names a path may have behind the first one: types end somewhere. */
type Deeper = { 4: 3; 3: 2; 2: 1; 1: 0; 0: never }
type Depth = keyof Deeper

type PartsOf<V, D extends Depth> = [D] extends [0]
  ? never
  : V extends Leaf | undefined
    ? never
    : V extends readonly (infer Element)[]
      ? `[${number}]${Tail<Element, Deeper[D]>}`
      : { [K in keyof V & string]: `.${K}${Tail<V[K], Deeper[D]>}` }[keyof V & string]

type Tail<V, D extends Depth> = '' | PartsOf<V, D>

type ValuesByName<E> = {
  [K in keyof AttributesOf<E> & string]: AttributesOf<E>[K] extends Attribute<infer V> ? V : never
}

/**
 * The paths of an entity: its attributes, and the members of maps and the elements of lists in
 * them, as in `address.street` and `lines[0].count`.
 */
export type PathOf<E> = {
  [K in keyof ValuesByName<E>]: `${K}${Tail<ValuesByName<E>[K], 4>}`
}[keyof ValuesByName<E>]

type At<V, Path extends string> = Path extends ''
  ? V
  : V extends readonly (infer Element)[]
    ? Path extends `[${number}]${infer Rest}`
      ? At<Element, Rest>
      : never
    : Path extends `.${infer Name}`
      ? Name extends keyof V
        ? V[Name]
        : AtMember<V, Name>
      : never

type AtMember<V, Path extends string> = {
  [K in keyof V & string]: Path extends `${K}${infer Rest}`
    ? Rest extends `.${string}` | `[${string}`
      ? At<V[K], Rest>
      : never
    : never
}[keyof V & string]

type AtPath<Values, Path extends string> = Path extends keyof Values
  ? Values[Path]
  : AtMember<Values, Path>

/** The type of the value at a path of an entity. */
export type ValueAt<E, Path extends string> = Exclude<AtPath<ValuesByName<E>, Path>, undefined>

/** A path, taken apart: names of attributes and members, numbers of elements. */
export type PathSegments = readonly (string | number)[]

const segmentPattern = /\[(\d+)\]|(?:^|\.)([^.[\]]+)/gy

/** The segments of a path; `undefined` for a text that is none. */
export function parsePath(text: string): PathSegments | undefined {
  const segments: (string | number)[] = []
  segmentPattern.lastIndex = 0
  let end = 0
  for (let match = segmentPattern.exec(text); match !== null; match = segmentPattern.exec(text)) {
    const [, index, name] = match
    segments.push(index === undefined ? (name as string) : Number(index))
    end = segmentPattern.lastIndex
  }
  return end === text.length && typeof segments[0] === 'string' ? segments : undefined
}
