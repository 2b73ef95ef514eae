import { readPath, topLevelName, type DocumentPath } from '../expressions/documentPath.ts'
import type { CompiledCondition } from '../expressions/evaluateCondition.ts'
import { namesProjected, projectItem, type CompiledProjection } from '../expressions/projectItem.ts'
import { unreachable } from '../invariant.ts'
import type { ItemImage } from '../items/itemImage.ts'
import { rememberedNames } from '../values/attributeNames.ts'
import { attributeOf, newAttributeMap, type Item } from '../values/attributeValue.ts'

/** What is at `path` of an item, as an attribute of another name. */
export interface Column {
  readonly name: string
  readonly path: DocumentPath
}

/** Which attributes to return: of document paths, of the legacy names, as columns, or all. */
export type Projection =
  | { readonly kind: 'paths'; readonly paths: CompiledProjection }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'columns'; readonly columns: readonly Column[] }
  | { readonly kind: 'all' }

/** The projection that returns items whole. */
export const everything: Projection = { kind: 'all' }

/** What a read makes of the items in its range; which of them it gives, and which attributes. */
export interface Selection {
  readonly filter: CompiledCondition | undefined
  readonly projection: Projection
  /** Only their number is given. */
  readonly countOnly: boolean
  /** Items of a local index are read from the table too, because the entries have not all of it. */
  readonly fetches: boolean
  /** With `fetches` and no projection, items are given as the table has them. */
  readonly wholeItems: boolean
  /** With `fetches`, what an entry lacks is missing for the filter all the same. */
  readonly filtersEntries: boolean
}

/** The paths that a projection names; none when it gives everything. */
export function projectionPaths(projection: Projection): readonly DocumentPath[] {
  if (projection.kind === 'paths') return projection.paths.paths
  if (projection.kind === 'columns') return projection.columns.map(({ path }) => path)
  return projection.kind === 'names' ? projection.names.map((name) => [name]) : []
}

/**
 * The projected item as it goes into a response. Without a projection its stored text is passed on.
 */
export function projected(image: ItemImage, projection: Projection): object {
  switch (projection.kind) {
    case 'all':
      return image.encoded
    case 'names':
      return namedAttributes(image.someOf(attributeNamesOf(projection)), projection.names)
    case 'columns':
      return columnsOf(image.someOf(attributeNamesOf(projection)), projection.columns)
    case 'paths':
      return projectItem(projection.paths, image.someOf(attributeNamesOf(projection)))
    default:
      return unreachable(projection)
  }
}

type PartialProjection = Exclude<Projection, { kind: 'all' }>

/** The attributes that a projection reads. */
const attributeNamesOf = rememberedNames(namesOf)

function namesOf(projection: PartialProjection): Iterable<string> {
  if (projection.kind === 'names') return projection.names
  if (projection.kind === 'paths') return namesProjected(projection.paths)
  return projection.columns.map(({ path }) => topLevelName(path))
}

function columnsOf(item: Item, columns: readonly Column[]): Item {
  const result = newAttributeMap()
  for (const { name, path } of columns) {
    const value = readPath(item, path)
    if (value !== undefined) result[name] = value
  }
  return result
}

function namedAttributes(item: Item, names: readonly string[]): Item {
  const result = newAttributeMap()
  for (const name of names) {
    const value = attributeOf(item, name)
    if (value !== undefined) result[name] = value
  }
  return result
}
