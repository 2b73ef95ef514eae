import { invalidUpdatePath } from '../errors/expressionErrors.ts'
import { attributeOf, copyAttributeMap } from '../values/attributeValue.ts'
import type { AttributeMap, AttributeValue, Item } from '../values/attributeValue.ts'
import type { DocumentPath } from './documentPath.ts'
import { topLevelName } from './documentPath.ts'

/**
 * An item while an update changes it. The item it began with is never changed: maps and lists are
 * copied when something inside them is touched. Positions in lists are the original ones until
 * {@link finishDraft}, whatever has been removed or appended before.
 */
export interface ItemDraft {
  readonly item: Item
  /** The maps that are copies of this draft. */
  readonly maps: Set<AttributeMap>
  readonly lists: Map<readonly AttributeValue[], ListDraft>
}

/** A copied list; a removed element is undefined until the end. */
interface ListDraft {
  readonly elements: (AttributeValue | undefined)[]
  readonly appended: { readonly index: number; readonly value: AttributeValue }[]
}

export function startDraft(item: Item): ItemDraft {
  return { item: copyAttributeMap(item), maps: new Set(), lists: new Map() }
}

/**
 * Puts `value` at `path`. Past the end of a list it is appended, behind those with a lower index.
 * Throws invalidUpdatePath when there is no map or list to put it in.
 */
export function assignPath(draft: ItemDraft, path: DocumentPath, value: AttributeValue): void {
  const element = path.at(-1) as string | number
  if (typeof element === 'string') {
    mapAbove(draft, path)[element] = value
    return
  }
  const { elements, appended } = listAbove(draft, path)
  if (element < elements.length) elements[element] = value
  else appended.push({ index: element, value })
}

/**
 * Removes what is at `path`, if anything. Throws invalidUpdatePath when there is no map or list
 * that it could be in.
 */
export function removePath(draft: ItemDraft, path: DocumentPath): void {
  const element = path.at(-1) as string | number
  if (typeof element === 'string') {
    delete mapAbove(draft, path)[element]
    return
  }
  const { elements } = listAbove(draft, path)
  if (element < elements.length) elements[element] = undefined
}

/** The finished item; `draft` is of no more use. */
export function finishDraft(draft: ItemDraft): Item {
  for (const { elements, appended } of draft.lists.values()) {
    closeUp(elements)
    appended.sort((a, b) => a.index - b.index)
    for (const { value } of appended) elements.push(value)
  }
  return draft.item
}

/** Removes the holes in place. */
function closeUp(elements: (AttributeValue | undefined)[]): void {
  let length = 0
  for (const element of elements) if (element !== undefined) elements[length++] = element
  elements.length = length
}

/** The map of `draft` that the last element of `path` names a member of. */
function mapAbove(draft: ItemDraft, path: DocumentPath): AttributeMap {
  if (path.length === 1) return draft.item
  const parent = parentOf(draft, path)
  if (!('M' in parent)) throw invalidUpdatePath()
  return parent.M
}

/** The list of `draft` that the last element of `path` is a position in. */
function listAbove(draft: ItemDraft, path: DocumentPath): ListDraft {
  const parent = parentOf(draft, path)
  const list = 'L' in parent ? draft.lists.get(parent.L) : undefined
  if (list === undefined) throw invalidUpdatePath()
  return list
}

/** The value that directly contains the one at `path`; it and all above it belong to the draft. */
function parentOf(draft: ItemDraft, path: DocumentPath): AttributeValue {
  const name = topLevelName(path)
  let value = ownValue(draft, attributeOf(draft.item, name))
  draft.item[name] = value
  for (let level = 1; level < path.length - 1; level++) {
    value = ownChild(draft, value, path[level] as string | number)
  }
  return value
}

/** Makes the value directly below `parent`, which belongs to the draft, belong to it too. */
function ownChild(
  draft: ItemDraft,
  parent: AttributeValue,
  element: string | number,
): AttributeValue {
  if (typeof element === 'string') {
    if (!('M' in parent)) throw invalidUpdatePath()
    const child = ownValue(draft, attributeOf(parent.M, element))
    parent.M[element] = child
    return child
  }
  const list = 'L' in parent ? draft.lists.get(parent.L) : undefined
  if (list === undefined) throw invalidUpdatePath()
  const child = ownValue(draft, list.elements[element])
  list.elements[element] = child
  return child
}

/** `value` itself if it belongs to the draft, or else a shallow copy that does. */
function ownValue(draft: ItemDraft, value: AttributeValue | undefined): AttributeValue {
  if (value === undefined) throw invalidUpdatePath()
  if ('M' in value) {
    if (draft.maps.has(value.M)) return value
    const map = copyAttributeMap(value.M)
    draft.maps.add(map)
    return { M: map }
  }
  if (!('L' in value)) throw invalidUpdatePath()
  if (draft.lists.has(value.L)) return value
  const elements: (AttributeValue | undefined)[] = [...value.L]
  const list = elements as AttributeValue[]
  draft.lists.set(list, { elements, appended: [] })
  return { L: list }
}
