import { attributeOf, newAttributeMap } from '../values/attributeValue.ts'
import type { AttributeMap, AttributeValue } from '../values/attributeValue.ts'
import type { DocumentPath } from './documentPath.ts'

/**
 * Several paths merged by their common beginnings. A node without children stands for the whole
 * value there. INVARIANT: no path is a part of another, and no node has both names and indices.
 */
export interface PathTree {
  /** The first path that led here. */
  readonly firstPath: DocumentPath
  names: Map<string, PathTree> | undefined
  indices: Map<number, PathTree> | undefined
}

/** Two paths that cannot be used together. */
export interface PathClash {
  readonly kind: 'overlap' | 'conflict'
  readonly one: DocumentPath
  readonly two: DocumentPath
}

/** The tree of `paths`. REQUIRES: {@link findPathClash} finds none among them. */
export function buildPathTree(paths: readonly DocumentPath[]): PathTree {
  const root = newTree([])
  for (const path of paths) insertPath(root, path)
  return root
}

/**
 * The first overlap in the order of `paths`, or else the first conflict, or undefined. Linear in
 * the length of all paths.
 */
export function findPathClash(paths: readonly DocumentPath[]): PathClash | undefined {
  const root = newTree([])
  let conflict: PathClash | undefined
  for (const path of paths) {
    const clash = insertPath(root, path)
    if (clash?.kind === 'overlap') return clash
    conflict ??= clash
  }
  return conflict
}

function newTree(firstPath: DocumentPath): PathTree {
  return { firstPath, names: undefined, indices: undefined }
}

function hasChildren(tree: PathTree): boolean {
  return tree.names !== undefined || tree.indices !== undefined
}

/**
 * Adds `path` as far as it does not overlap; tells of the first clash with a path that is there.
 */
function insertPath(root: PathTree, path: DocumentPath): PathClash | undefined {
  let node = root
  let clash: PathClash | undefined
  for (let level = 0; level < path.length; level++) {
    const element = path[level] as string | number
    const isNew = childOf(node, element) === undefined
    const rival = typeof element === 'number' ? node.names : node.indices
    if (rival !== undefined) {
      const one = (rival.values().next().value as PathTree).firstPath
      clash ??= { kind: 'conflict', one, two: path }
    }
    const child = childOf(node, element) ?? addChild(node, element, path)
    const isLast = level === path.length - 1
    if (!isNew && (isLast || !hasChildren(child))) {
      return { kind: 'overlap', one: child.firstPath, two: path }
    }
    node = child
  }
  return clash
}

function childOf(node: PathTree, element: string | number): PathTree | undefined {
  return typeof element === 'number' ? node.indices?.get(element) : node.names?.get(element)
}

function addChild(node: PathTree, element: string | number, path: DocumentPath): PathTree {
  const child = newTree(path)
  if (typeof element === 'number') (node.indices ??= new Map()).set(element, child)
  else (node.names ??= new Map()).set(element, child)
  return child
}

/**
 * What `map` has at the paths of `tree`, in maps and lists like those round it. List elements
 * close up in ascending order of their index; what is missing leaves nothing.
 */
export function selectFromMap(tree: PathTree, map: AttributeMap): AttributeMap {
  const selected = newAttributeMap()
  if (tree.names === undefined) return selected
  for (const [name, child] of tree.names) {
    const value = attributeOf(map, name)
    const part = value === undefined ? undefined : selectFromValue(child, value)
    if (part !== undefined) selected[name] = part
  }
  return selected
}

function selectFromValue(tree: PathTree, value: AttributeValue): AttributeValue | undefined {
  if (!hasChildren(tree)) return value
  if (tree.names !== undefined) {
    if (!('M' in value)) return undefined
    const map = selectFromMap(tree, value.M)
    return isEmptyMap(map) ? undefined : { M: map }
  }
  if (!('L' in value) || tree.indices === undefined) return undefined
  const list = selectFromList(tree.indices, value.L)
  return list.length === 0 ? undefined : { L: list }
}

function selectFromList(
  indices: ReadonlyMap<number, PathTree>,
  list: readonly AttributeValue[],
): AttributeValue[] {
  const selected: AttributeValue[] = []
  for (const [index, child] of [...indices].sort(([a], [b]) => a - b)) {
    const element = list[index]
    const part = element === undefined ? undefined : selectFromValue(child, element)
    if (part !== undefined) selected.push(part)
  }
  return selected
}

/** Whether `map` has no attribute. */
export function isEmptyMap(map: AttributeMap): boolean {
  for (const _name in map) return false
  return true
}
