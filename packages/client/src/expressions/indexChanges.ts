import { InvalidValueError } from '../errors/invalidValueError.ts'
import type { AnyEntity } from '../schema/entity.ts'
import type { FieldValues } from '../schema/keyTemplate.ts'
import type { AnyChanges } from './updateExpression.ts'

/** A new value for a key attribute of an index, or none: the item leaves the index. */
export interface IndexChange {
  readonly attribute: string
  readonly value: string | undefined
}

/**
 * What an update does to the keys of indexes, which are made of attributes and values of the key.
 *
 * INVARIANT: after the update the keys of indexes are those that a put of the same item would give
 * it.
 *
 * @param isThere that there is an item, whose keys of indexes that nothing changes are right
 *   already
 * @throws InvalidValueError when a new key is made of a value that the update does not have
 */
export function indexChanges(
  entity: AnyEntity,
  key: FieldValues,
  changes: AnyChanges,
  isThere: boolean,
): readonly IndexChange[] {
  if (entity.indexTemplates.length === 0) return []
  const set = (changes.set ?? {}) as Readonly<Record<string, unknown>>
  const removed = (changes.remove ?? []) as readonly string[]
  const changed = changedAttributes(changes)
  const found: IndexChange[] = []
  for (const [attribute, template] of entity.indexTemplates) {
    const names = template.placeholders.map(({ name }) => name)
    const others = names.filter((name) => !entity.keyFields.includes(name))
    if (!others.some((name) => changed.has(name))) {
      const isOfKey = others.length === 0
      if (isOfKey && !isThere) found.push({ attribute, value: template.compose(key) })
      continue
    }
    if (others.some((name) => removed.includes(name))) {
      found.push({ attribute, value: undefined })
      continue
    }
    for (const name of others) {
      if (set[name] !== undefined) continue
      throw new InvalidValueError(
        `${attribute} of ${entity.name} is made of ${others.join(', ')}: an update that ` +
          `changes one of them sets all of them, and ${name} is not set.`,
      )
    }
    found.push({ attribute, value: template.compose({ ...key, ...set } as FieldValues) })
  }
  return found
}

/** The attributes that something is changed of. */
function changedAttributes(changes: AnyChanges): ReadonlySet<string> {
  const paths = Object.values(changes).flatMap((members) =>
    Array.isArray(members) ? (members as string[]) : Object.keys(members ?? {}),
  )
  return new Set(paths.map((path) => path.split(/[.[]/)[0] as string))
}
