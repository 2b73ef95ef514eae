import { attributeOf } from '../values/attributeValue.ts'
import type { AttributeMap, AttributeValue } from '../values/attributeValue.ts'

/**
 * The way to a value inside an item: attribute names and list indices. The first element is the
 * name of a top-level attribute. Names are resolved: none is a placeholder.
 */
export type DocumentPath = readonly (string | number)[]

/** The top-level attribute that `path` begins with. */
export function topLevelName(path: DocumentPath): string {
  return path[0] as string
}

/** The value at `path`, or undefined when the item has nothing there. */
export function readPath(item: AttributeMap, path: DocumentPath): AttributeValue | undefined {
  let value = attributeOf(item, path[0] as string)
  for (let level = 1; level < path.length && value !== undefined; level++) {
    value = childOf(value, path[level] as string | number)
  }
  return value
}

/** The value directly below `value`: of a map by name, of a list by index. */
function childOf(value: AttributeValue, element: string | number): AttributeValue | undefined {
  if (typeof element === 'number') return 'L' in value ? value.L[element] : undefined
  return 'M' in value ? attributeOf(value.M, element) : undefined
}

/** The form of error texts: `[a, b, [0]]`. */
export function formatPath(path: DocumentPath): string {
  const elements = path.map((element) => (typeof element === 'number' ? `[${element}]` : element))
  return `[${elements.join(', ')}]`
}

export function equalPaths(a: DocumentPath, b: DocumentPath): boolean {
  return a.length === b.length && a.every((element, level) => element === b[level])
}
