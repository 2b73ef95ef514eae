import { isDeepStrictEqual } from 'node:util'
import type { JsonItem, JsonValue } from './tailedRecord.ts'
import { nameText } from './valueText.ts'

/** What has become of one attribute, or of a part of one. */
export interface PartChange {
  /** 'members' of a set that stays: `before` has those that are gone, `after` the new ones. */
  readonly kind: 'added' | 'removed' | 'changed' | 'members'
  /** Where it is, as document paths have it: `Address.Street`, `Lines[2]`. */
  readonly path: string
  readonly before?: JsonValue
  readonly after?: JsonValue
}

/**
 * What is different between two states of an item, attribute by attribute in the order in which
 * they come. Maps and lists that are in both are gone into; sets tell of their members.
 */
export function itemChanges(before: JsonItem, after: JsonItem): readonly PartChange[] {
  const changes: PartChange[] = []
  compareMembers(before, after, '', changes)
  return changes
}

function compareMembers(
  before: JsonItem,
  after: JsonItem,
  path: string,
  changes: PartChange[],
): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const memberPath = path === '' ? nameText(name) : `${path}.${nameText(name)}`
    compare(ownMember(before, name), ownMember(after, name), memberPath, changes)
  }
}

const ownMember = (map: JsonItem, name: string): JsonValue | undefined =>
  Object.hasOwn(map, name) ? map[name] : undefined

function compare(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: string,
  changes: PartChange[],
): void {
  if (before === undefined) {
    if (after !== undefined) changes.push({ kind: 'added', path, after })
    return
  }
  if (after === undefined) {
    changes.push({ kind: 'removed', path, before })
    return
  }
  const maps = bothOf<JsonItem>('M', before, after)
  if (maps !== undefined) return compareMembers(...maps, path, changes)
  const lists = bothOf<JsonValue[]>('L', before, after)
  if (lists !== undefined) return compareElements(...lists, path, changes)
  for (const type of ['SS', 'NS', 'BS']) {
    const sets = bothOf<string[]>(type, before, after)
    if (sets !== undefined) return compareSets(type, sets, path, changes)
  }
  if (!isDeepStrictEqual(before, after)) changes.push({ kind: 'changed', path, before, after })
}

/** The contents of two values of one type; undefined when either is of another. */
function bothOf<Content>(
  type: string,
  before: JsonValue,
  after: JsonValue,
): [Content, Content] | undefined {
  if (!(type in before) || !(type in after)) return undefined
  return [before[type] as Content, after[type] as Content]
}

/** What is the same at both ends is left out, so that an insertion is one change. */
function compareElements(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  path: string,
  changes: PartChange[],
): void {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && isDeepStrictEqual(before[start], after[start])) start += 1
  let behind = 0
  while (
    behind < shorter - start &&
    isDeepStrictEqual(before[before.length - 1 - behind], after[after.length - 1 - behind])
  ) {
    behind += 1
  }
  const oldMiddle = before.slice(start, before.length - behind)
  const newMiddle = after.slice(start, after.length - behind)
  for (let i = 0; i < Math.max(oldMiddle.length, newMiddle.length); i++) {
    compare(oldMiddle[i], newMiddle[i], `${path}[${start + i}]`, changes)
  }
}

function compareSets(
  type: string,
  [before, after]: readonly [readonly string[], readonly string[]],
  path: string,
  changes: PartChange[],
): void {
  const [old, now] = [new Set(before), new Set(after)]
  const removed = before.filter((member) => !now.has(member))
  const added = after.filter((member) => !old.has(member))
  if (removed.length === 0 && added.length === 0) return
  changes.push({
    kind: 'members',
    path,
    ...(removed.length > 0 && { before: { [type]: removed } }),
    ...(added.length > 0 && { after: { [type]: added } }),
  })
}
