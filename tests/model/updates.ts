import { contentOf, type Item, type Value } from './attributes.ts'
import { isAmong, membersOf, withCanonicalValues } from './comparisons.ts'
import { calculated } from './decimals.ts'
import { partsAt, pathsBelow, valueAt, type Path } from './documentPaths.ts'
import { invalid } from './refusal.ts'
import { unreachable } from './unreachable.ts'

/** The right side of an assignment. */
export type SetValue =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: SetValue }
  | { readonly kind: 'list_append' | '+' | '-'; readonly left: SetValue; readonly right: SetValue }

export type UpdateAction =
  | { readonly clause: 'SET'; readonly path: Path; readonly value: SetValue }
  | { readonly clause: 'REMOVE'; readonly path: Path }
  | { readonly clause: 'ADD' | 'DELETE'; readonly path: Path; readonly value: Value }

/** The actions of an update in the order of its text. No two of their paths clash. */
export type Update = readonly UpdateAction[]

/** All paths of an update, those that it reads and those that it writes, from left to right. */
export function pathsOfUpdate(update: Update): Path[] {
  return update.flatMap((action) =>
    action.clause === 'SET' ? [action.path, ...pathsOfValue(action.value)] : [action.path],
  )
}

function pathsOfValue(value: SetValue): Path[] {
  switch (value.kind) {
    case 'value':
      return []
    case 'path':
      return [value.path]
    case 'if_not_exists':
      return [value.path, ...pathsOfValue(value.otherwise)]
    case 'list_append':
    case '+':
    case '-':
      return [...pathsOfValue(value.left), ...pathsOfValue(value.right)]
    default:
      return unreachable(value)
  }
}

/** What one action comes to: a new value, or undefined for removal, at a path. */
interface Edit {
  readonly path: Path
  readonly to: Value | undefined
}

const missingAttribute =
  'The provided expression refers to an attribute that does not exist in the item'
const wrongType = 'An operand in the update expression has an incorrect data type'
const invalidPath = 'The document path provided in the update expression is invalid for update'

/**
 * The item that `update` makes of `before`, or of nothing but its key. Every action reads the item
 * as it was before the update, a new one as its key. Undefined: there was no item and nothing but
 * removals, so there is none.
 */
export function updated(update: Update, before: Item | undefined, key: Item): Item | undefined {
  const takesOnly = update.every(({ clause }) => clause === 'REMOVE' || clause === 'DELETE')
  if (before === undefined && update.length > 0 && takesOnly) return undefined
  const base = before ?? key
  const edits = update
    .filter(({ clause }) => before !== undefined || clause === 'SET' || clause === 'ADD')
    .flatMap((action) => editOf(action, base))
  return editedMap(base, edits)
}

/** The edit of one action; none where there is nothing to take away. */
function editOf(action: UpdateAction, base: Item): Edit[] {
  const { path } = action
  const to = resultOf(action, base)
  if (!canHold(valueAt(base, path.slice(0, -1)), path)) throw invalid(invalidPath)
  return to === undefined && valueAt(base, path) === undefined ? [] : [{ path, to }]
}

/** Whether `parent` is the map or list that the last step of `path` asks for. */
function canHold(parent: Value | undefined, path: Path): boolean {
  if (parent === undefined) return false
  return typeof path.at(-1) === 'number' ? 'L' in parent : 'M' in parent
}

function resultOf(action: UpdateAction, before: Item): Value | undefined {
  const stored = valueAt(before, action.path)
  switch (action.clause) {
    case 'SET':
      return evaluated(action.value, before)
    case 'REMOVE':
      return undefined
    case 'ADD':
      return stored === undefined ? action.value : added(stored, action.value)
    case 'DELETE':
      return stored === undefined ? undefined : setOf(stored, action.value, 'without')
    default:
      return unreachable(action)
  }
}

function evaluated(value: SetValue, before: Item): Value {
  switch (value.kind) {
    case 'value':
      return value.value
    case 'path': {
      const stored = valueAt(before, value.path)
      if (stored === undefined) throw invalid(missingAttribute)
      return stored
    }
    case 'if_not_exists':
      return valueAt(before, value.path) ?? evaluated(value.otherwise, before)
    case 'list_append':
      return { L: [...listOf(value.left, before), ...listOf(value.right, before)] }
    case '+':
    case '-': {
      const left = numberOf(value.left, before)
      return { N: calculated(left, value.kind, numberOf(value.right, before)) }
    }
    default:
      return unreachable(value)
  }
}

function listOf(value: SetValue, before: Item): readonly Value[] {
  const list = evaluated(value, before)
  if (!('L' in list)) throw invalid(wrongType)
  return list.L
}

function numberOf(value: SetValue, before: Item): string {
  const number = evaluated(value, before)
  if (!('N' in number)) throw invalid(wrongType)
  return number.N
}

function added(stored: Value, value: Value): Value {
  if ('N' in stored && 'N' in value) return { N: calculated(stored.N, '+', value.N) }
  return setOf(stored, value, 'with') as Value
}

/** The set `stored` with or without the members of `value`; undefined when no member is left. */
function setOf(stored: Value, value: Value, how: 'with' | 'without'): Value | undefined {
  const [members, others] = [membersOf(stored), membersOf(value)]
  const type = Object.keys(stored)[0] as string
  if (members === undefined || others === undefined || !(type in value)) throw invalid(wrongType)
  const rest = members.filter((member) => !isAmong(member, others))
  const result = how === 'with' ? [...rest, ...others] : rest
  if (result.length === 0) return undefined
  return withCanonicalValues({ [type]: result.map(contentOf) } as unknown as Value)
}

function editedMap(map: Item, edits: readonly Edit[]): Item {
  const names = new Set([...Object.keys(map), ...edits.map(({ path }) => path[0] as string)])
  const members = [...names].map((name) => {
    const old = Object.hasOwn(map, name) ? map[name] : undefined
    return [name, edited(old, editsBelow(edits, name))] as const
  })
  return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as Item
}

/**
 * Positions are those before the update. What is removed leaves no gap; what is put past the end is
 * appended, in the order of its positions.
 */
function editedList(list: readonly Value[], edits: readonly Edit[]): Value[] {
  const kept = list.map((element, i) => edited(element, editsBelow(edits, i)))
  const appended = edits
    .filter(({ path }) => (path[0] as number) >= list.length)
    .sort((a, b) => (a.path[0] as number) - (b.path[0] as number))
    .map(({ to }) => to)
  return [...kept, ...appended].filter((element) => element !== undefined)
}

/** `value` with the edits at it and below it, whose paths begin there. */
function edited(value: Value | undefined, edits: readonly Edit[]): Value | undefined {
  const [whole] = edits.filter(({ path }) => path.length === 0)
  if (whole !== undefined) return whole.to
  if (edits.length === 0 || value === undefined) return value
  return 'L' in value
    ? { L: editedList(value.L, edits) }
    : { M: editedMap((value as { readonly M: Item }).M, edits) }
}

function editsBelow(edits: readonly Edit[], step: string | number): Edit[] {
  return edits.flatMap(({ path, to }) =>
    pathsBelow([path], step).map((rest) => ({ path: rest, to })),
  )
}

/**
 * What an item has where the update touches it: the old item for UPDATED_OLD, the new one for
 * UPDATED_NEW. Positions are those of the item that is looked at.
 */
export function touched(update: Update, item: Item): Item {
  return partsAt(
    item,
    update.map(({ path }) => path),
  )
}
