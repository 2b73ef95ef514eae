import { attributeOf, type Item, type Value } from './attributes.ts'

/** Names and list positions from an attribute of the item down. */
export type Path = readonly (string | number)[]

/** What the item has at `path`, if anything. */
export function valueAt(item: Item, path: Path): Value | undefined {
  let value: Value | undefined = { M: item }
  for (const step of path) value = value === undefined ? undefined : below(value, step)
  return value
}

function below(value: Value, step: string | number): Value | undefined {
  if (typeof step === 'number') return 'L' in value ? value.L[step] : undefined
  return 'M' in value ? attributeOf(value.M, step) : undefined
}

/**
 * The parts of `item` at `paths`, in maps and lists like those that they are in. Elements of one
 * list close up in the order of their positions; where nothing is found nothing is left.
 */
export function partsAt(item: Item, paths: readonly Path[]): Item {
  const parts = partsOf({ M: item }, paths) as { readonly M: Item } | undefined
  return parts?.M ?? {}
}

function partsOf(value: Value, paths: readonly Path[]): Value | undefined {
  if (paths.some((path) => path.length === 0)) return value
  const part = (step: string | number): Value | undefined => {
    const inside = below(value, step)
    return inside === undefined ? undefined : partsOf(inside, pathsBelow(paths, step))
  }
  const steps = [...new Set(paths.map((path) => path[0] as string | number))]
  if ('L' in value) {
    const indexes = steps.filter((step) => typeof step === 'number').sort((a, b) => a - b)
    const elements = indexes.map(part).filter((element) => element !== undefined)
    return elements.length === 0 ? undefined : { L: elements }
  }
  if (!('M' in value)) return undefined
  const members = steps.map((step) => [step, part(step)]).filter(([, found]) => found !== undefined)
  return members.length === 0 ? undefined : { M: Object.fromEntries(members) as Item }
}

/** The rest of those paths that begin with `step`. */
export function pathsBelow(paths: readonly Path[], step: string | number): Path[] {
  return paths.filter((path) => path[0] === step).map((path) => path.slice(1))
}

/**
 * Whether two paths cannot stand in one update or projection: one is a part of the other, or one
 * takes for a list what the other takes for a map.
 */
export function clash(a: Path, b: Path): boolean {
  const apart = a.findIndex((step, level) => step !== b[level])
  if (apart < 0 || apart >= b.length) return true
  return typeof a[apart] !== typeof b[apart]
}

export const samePath = (a: Path, b: Path): boolean =>
  a.length === b.length && a.every((step, level) => step === b[level])
