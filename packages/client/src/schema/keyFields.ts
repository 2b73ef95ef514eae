/*
 * What the text of a key template says, as types: the compiler reads `ORDER#{order}#ITEM#{line:4}`
 * as the class KeyTemplate does.
 */

/** The placeholders of a template in their order, as they are written: `['order', 'line:4']`. */
type Placeholders<T extends string> = T extends `${string}{${infer Field}}${infer Rest}`
  ? [Field, ...Placeholders<Rest>]
  : []

type NameOf<Field extends string> = Field extends `${infer Name}:${string}` ? Name : Field
type FieldValue<Field extends string> = Field extends `${string}:${string}` ? number : string

type FieldsOfAll<Fields extends string> = {
  [Field in Fields as NameOf<Field>]: FieldValue<Field>
}

/** The values that a key is made of: `{ order: string, line: number }`. */
export type FieldsOf<T extends string> = FieldsOfAll<Placeholders<T>[number]>

/** The names of the values that a key is made of. */
export type FieldNames<T extends string> = T extends `${string}{${infer Field}}${infer Rest}`
  ? NameOf<Field> | FieldNames<Rest>
  : never

type Leading<Fields extends string[], Before extends string = never> = Fields extends [
  infer First extends string,
  ...infer Rest extends string[],
]
  ? FieldsOfAll<Before | First> | Leading<Rest, Before | First>
  : never

/**
 * The values that a beginning of a key is made of: those of its first placeholders, however many.
 */
export type LeadingFieldsOf<T extends string> = Leading<Placeholders<T>>

/** A template without its placeholders: entities with the same one cannot be told apart. */
export type ShapeOf<T extends string> = T extends `${infer Before}{${string}}${infer Rest}`
  ? `${Before}{}${ShapeOf<Rest>}`
  : T

/** The texts that keys of this form have, as a type: of `GROUP#{group}` all that begin so. */
export type KeyText<T extends string> = T extends `${infer Before}{${string}}${infer Rest}`
  ? `${Before}${string}${KeyText<Rest>}`
  : T
