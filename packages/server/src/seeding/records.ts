export type JsonRecord = Readonly<Record<string, unknown>>

/** Whether `value` has members by name: what JSON calls an object. */
export function isRecord(value: unknown): value is JsonRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // That of a test's own realm is another object.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** `value` if it is a record, and an empty one otherwise. */
export const recordOf = (value: unknown): JsonRecord => (isRecord(value) ? value : {})

/** The records among the members of a list; none of what is no list. */
export const recordsOf = (value: unknown): readonly JsonRecord[] =>
  Array.isArray(value) ? (value as readonly unknown[]).filter(isRecord) : []

/** A scalar of JSON as text; empty for anything else. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''

/** A record without the members that are undefined. */
export function withoutUndefined(record: JsonRecord): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}
