import type { AnyEntity, StoredItem } from '../schema/entity.ts'
import { itemRead } from '../actions/get.ts'

/** How stored items become results; `undefined` for one that is no result. */
export type Shape<T> = (stored: StoredItem) => { readonly value: T } | undefined

/** The items of one entity. */
export function itemsOf(entity: AnyEntity, chosen: readonly string[] | undefined): Shape<unknown> {
  return (stored) =>
    entity.owns(stored) ? { value: itemRead({ entity, chosen }, stored) } : undefined
}

/** Items of several entities, each with the name of its own. */
export function taggedItemsOf(entities: readonly AnyEntity[]): Shape<unknown> {
  return (stored) => {
    const entity = entities.find((each) => each.owns(stored))
    if (entity === undefined) return undefined
    return { value: { entity: entity.name, item: entity.decode(stored) } }
  }
}
