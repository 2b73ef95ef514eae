import {
  duplicateSetMembers,
  emptyAttributeName,
  emptySet,
  nestingFarTooDeep,
  nestingTooDeep,
  noDatatype,
  nullMustBeTrue,
  severalDatatypes,
} from '../errors/valueErrors.ts'
import { unreachable } from '../invariant.ts'
import type { AttributeMap, AttributeType, AttributeValue } from './attributeValue.ts'
import { canonicalNumber } from './number.ts'
import { isInSetOrder, sortMembers } from './setOrder.ts'
import type { SetType } from './setOrder.ts'
import { usualValueRules } from './valueRules.ts'
import type { ValueRules } from './valueRules.ts'

/** A value that is still being checked: any members, each of its JSON type. */
type UncheckedValue = { [member: string]: unknown }

/** Sets of at least this many members are searched for duplicates through a hash table. */
const hashedSetLength = 16

/**
 * Checks an item that is put: the names of its attributes, then the nesting of their values, then
 * each value as {@link checkAttributeValue} does, which brings them into canonical form.
 */
export function checkItem(item: AttributeMap, rules: ValueRules = usualValueRules): void {
  if (Object.hasOwn(item, '')) throw rules.emptyName()
  for (const name in item) checkNesting(item[name] as AttributeValue, usualValueRules)
  for (const name in item) checkContent(item[name] as AttributeValue)
}

/**
 * Checks a value that came from JSON (behaviour digest 2.3 and 2.4) and brings it into canonical
 * form in place: one member, numbers as canonicalNumber gives them, sets in order. Throws the
 * errors of valueErrors.ts: for its nesting, or else for the first fault in document order.
 * REQUIRES: members that name datatypes have the JSON type of their datatype or are null, which
 * counts as absent; binaries are canonical base64; the nesting is bounded, as the check recurses.
 */
export function checkAttributeValue(
  value: AttributeValue,
  rules: ValueRules = usualValueRules,
): void {
  checkNesting(value, rules)
  checkContent(value)
}

function checkContent(value: AttributeValue): void {
  const unchecked = value as UncheckedValue
  const type = onlyDatatype(unchecked)
  const content = unchecked[type]
  switch (type) {
    case 'S':
    case 'B':
    case 'BOOL':
      return
    case 'N':
      canonicaliseNumber(unchecked, content as string)
      return
    case 'NULL':
      if (content !== true) throw nullMustBeTrue()
      return
    case 'SS':
    case 'BS':
      checkSet(type, content as string[])
      return
    case 'NS':
      canonicaliseMembers(content as string[])
      checkSet(type, content as string[])
      return
    case 'L':
      for (const element of content as AttributeValue[]) checkContent(element)
      return
    case 'M':
      for (const name in content as AttributeMap) {
        if (name === '') throw emptyAttributeName()
        checkContent((content as AttributeMap)[name] as AttributeValue)
      }
      return
    default:
      unreachable(type)
  }
}

/**
 * The one datatype of `value`. Members that name no datatype or are null are not part of the API's
 * shape and are removed. What is no number is a fault before there are several datatypes.
 */
function onlyDatatype(value: UncheckedValue): AttributeType {
  let type: AttributeType | undefined
  let hasForeign = false
  for (const member in value) {
    if (!isDatatype(member) || value[member] === null) hasForeign = true
    else if (type === undefined) type = member
    else {
      checkNumbers(value)
      throw severalDatatypes()
    }
  }
  if (type === undefined) throw noDatatype()
  if (hasForeign) removeAllBut(value, type)
  return type
}

function checkNumbers({ N, NS }: UncheckedValue): void {
  if (typeof N === 'string') canonicalNumber(N)
  if (Array.isArray(NS)) for (const member of NS) canonicalNumber(member as string)
}

function isDatatype(member: string): member is AttributeType {
  switch (member) {
    case 'S':
    case 'N':
    case 'B':
    case 'BOOL':
    case 'NULL':
    case 'SS':
    case 'NS':
    case 'BS':
    case 'L':
    case 'M':
      return true
    default:
      return false
  }
}

function removeAllBut(value: UncheckedValue, type: AttributeType): void {
  for (const member of Object.keys(value)) if (member !== type) delete value[member]
}

function canonicaliseNumber(value: UncheckedValue, text: string): void {
  const canonical = canonicalNumber(text)
  if (canonical !== text) value['N'] = canonical
}

function canonicaliseMembers(members: string[]): void {
  for (let index = 0; index < members.length; index++) {
    members[index] = canonicalNumber(members[index] as string)
  }
}

/** The text of an error shows the members as they were sent. */
function checkSet(type: SetType, members: string[]): void {
  if (members.length === 0) throw emptySet(type)
  if (isInSetOrder(type, members)) return
  if (hasDuplicates(members)) throw duplicateSetMembers(type, members, membersAsMet(type, members))
  sortMembers(type, members)
}

/** As a walk that sorts what it has met leaves them at the first repeat. */
function membersAsMet(type: SetType, members: readonly string[]): string[] {
  const met = new Set<string>()
  for (const member of members) {
    if (met.has(member)) break
    met.add(member)
  }
  const sorted = [...met]
  sortMembers(type, sorted)
  return [...sorted, ...members.slice(sorted.length)]
}

function hasDuplicates(members: readonly string[]): boolean {
  if (members.length >= hashedSetLength) return new Set(members).size !== members.length
  for (let index = 1; index < members.length; index++) {
    if (members.indexOf(members[index] as string) !== index) return true
  }
  return false
}

/**
 * Throws nestingTooDeep when `value` has more levels than it may; a scalar or set has one, a list
 * or map one more than its deepest element (guide: nested attribute depth). The value may have
 * other faults.
 */
export function checkNesting(
  value: AttributeValue,
  { maxLevels, maxLevelsTold }: ValueRules,
): void {
  if (!levelsExceed(value, maxLevels)) return
  throw levelsExceed(value, maxLevelsTold) ? nestingFarTooDeep() : nestingTooDeep()
}

/** Whether `value` has more than `levels` levels. */
export function levelsExceed(value: AttributeValue, levels: number): boolean {
  if (levels === 0) return true
  for (const type in value) {
    if (type === 'L') {
      for (const element of (value as { L: readonly AttributeValue[] | null }).L ?? []) {
        if (levelsExceed(element, levels - 1)) return true
      }
    } else if (type === 'M') {
      const map = (value as { M: AttributeMap | null }).M
      for (const name in map) if (levelsExceed(map[name] as AttributeValue, levels - 1)) return true
    }
  }
  return false
}
