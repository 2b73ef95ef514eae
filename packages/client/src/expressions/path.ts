import type { Attribute } from '../schema/attribute.ts'
import type { AttributesOf } from '../schema/entity.ts'
import type { Decimal } from '../values/decimal.ts'

/** Values without parts that a path could lead to. */
type Leaf = string | number | bigint | boolean | null | Uint8Array | Decimal | ReadonlySet<unknown>

/** How many names a path may have behind the first one: types end somewhere. */
interface Deeper {
  4: 3
  3: 2
  2: 1
  1: 0
  0: never
}
type Depth = keyof Deeper

/** Pairs of a path and its value: of a value itself and of what is in it. */
type PairsOf<V, Path extends string, D extends Depth> =
  | [Path, V]
  | ([D] extends [0]
      ? never
      : V extends Leaf
        ? never
        : V extends readonly (infer Element)[]
          ? PairsOf<Element, `${Path}[${number}]`, Deeper[D]>
          : {
              [K in keyof V & string]: PairsOf<Exclude<V[K], undefined>, `${Path}.${K}`, Deeper[D]>
            }[keyof V & string])

type AttributePairs<A> = {
  [K in keyof A & string]: A[K] extends Attribute<infer V> ? PairsOf<V, K, 4> : never
}[keyof A & string]

/**
 * The values of an entity by their paths: its attributes, and the members of maps and the elements
 * of lists in them, as in `address.street` and `lines[0].count`.
 */
export type PathValues<E> = {
  [Pair in AttributePairs<AttributesOf<E>> as Pair[0]]: Pair[1]
}

/** The paths of an entity. */
export type PathOf<E> = keyof PathValues<E>

/** The type of the value at a path of an entity. */
export type ValueAt<E, Path extends PathOf<E>> = PathValues<E>[Path]

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
