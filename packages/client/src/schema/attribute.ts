import type { Codec } from '../values/codec.ts'

/** The form of times, all in UTC: `2026-11-30T12:00:00.000Z`, or `2026-11-30T12:00:00`. */
export type TimeForm = 'milliseconds' | 'seconds'

/** How the client fills an attribute in: with the time of an insert or put, or of an update. */
export interface Fill {
  readonly at: 'created' | 'updated'
  readonly form: TimeForm
}

/** The text of a time that is given in ISO 8601 with milliseconds. */
export function filledWith({ form }: Fill, now: string): string {
  return form === 'seconds' ? now.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length) : now
}

/**
 * How one attribute of an entity is declared: the TypeScript type that programs see, and how it is
 * stored. Made by {@link string}, {@link number} and the other functions that begin with a kind of
 * value.
 */
export class Attribute<Value = unknown, IsOptional extends boolean = boolean> {
  readonly codec: Codec<Value>
  readonly isOptional: IsOptional
  readonly fill: Fill | undefined
  /** For types alone: the TypeScript type of the attribute. */
  declare readonly value: Value

  constructor(codec: Codec<Value>, isOptional: IsOptional, fill?: Fill) {
    this.codec = codec
    this.isOptional = isOptional
    this.fill = fill
  }

  /** The same attribute of items that may be without it. */
  optional(): Attribute<Value, true> {
    return new Attribute(this.codec, true, this.fill)
  }
}

/** An attribute that the client fills in itself; items may be without it, and no input has it. */
export class FilledAttribute extends Attribute<string, true> {
  declare readonly isFilled: true

  constructor(codec: Codec<string>, fill: Fill) {
    super(codec, true, fill)
  }
}

/** The attributes of an entity or a map, by name. */
export type Attributes = Readonly<Record<string, Attribute>>

/** Makes hovers show members instead of the operations that led to them. */
export type Shown<T> = { [K in keyof T]: T[K] } & {}

type OptionalNames<A> = {
  [K in keyof A]: A[K] extends Attribute<unknown, true> ? K : never
}[keyof A]

type FilledNames<A> = { [K in keyof A]: A[K] extends FilledAttribute ? K : never }[keyof A]

/** The TypeScript type of an attribute. */
export type ValueOf<T> = T extends { readonly value: infer Value } ? Value : never

/** The values of attributes as they are read. */
export type ValuesOf<A> = Shown<
  { [K in Exclude<keyof A, OptionalNames<A>>]: ValueOf<A[K]> } & {
    [K in OptionalNames<A>]?: ValueOf<A[K]> | undefined
  }
>

/** The values of attributes as they are given: without those that the client fills in. */
export type InputOf<A> = Shown<
  { [K in Exclude<keyof A, OptionalNames<A>>]: ValueOf<A[K]> } & {
    [K in Exclude<OptionalNames<A>, FilledNames<A>>]?: ValueOf<A[K]> | undefined
  }
>
