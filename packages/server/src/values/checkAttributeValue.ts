import {
  duplicateSetMembers,
  emptyAttributeName,
  emptySet,
  nestingTooDeep,
  noDatatype,
  nullMustBeTrue,
  severalDatatypes,
} from '../errors/valueErrors.ts'
import { unreachable } from '../invariant.ts'
import { maxNestingLevels } from '../limits.ts'
import { typeOf } from './attributeValue.ts'
import type { AttributeMap, AttributeType, AttributeValue } from './attributeValue.ts'
import { canonicalNumber } from './number.ts'

/** A value that is still being checked: any members, each of its JSON type. */
type UncheckedValue = { [member: string]: unknown }

/** Sets of at least this many members are searched for duplicates through a hash table. */
const hashedSetLength = 16

/**
 * Checks all attributes of `item` with {@link checkAttributeValue}, then their nesting with
 * {@link checkNesting}.
 */
export function checkItem(item: AttributeMap): void {
  for (const name in item) checkAttribute(name, item[name] as AttributeValue)
  for (const name in item) checkNesting(item[name] as AttributeValue)
}

/**
 * Checks a value that came from JSON (behaviour digest 2.3 and 2.4) and brings it into canonical
 * form in place: one member, numbers as canonicalNumber gives them. Throws the errors of
 * valueErrors.ts, for the first fault in document order.
 * REQUIRES: members that name datatypes have the JSON type of their datatype or are null, which
 * counts as absent; binaries are canonical base64; the nesting is bounded, as the check recurses.
 */
export function checkAttributeValue(value: AttributeValue): void {
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
      for (const element of content as AttributeValue[]) checkAttributeValue(element)
      return
    case 'M':
      for (const name in content as AttributeMap) {
        checkAttribute(name, (content as AttributeMap)[name] as AttributeValue)
      }
      return
    default:
      unreachable(type)
  }
}

function checkAttribute(name: string, value: AttributeValue): void {
  if (name === '') throw emptyAttributeName()
  checkAttributeValue(value)
}

/**
 * The one datatype of `value`. Members that name no datatype or are null are not part of the API's
 * shape and are removed.
 */
function onlyDatatype(value: UncheckedValue): AttributeType {
  let type: AttributeType | undefined
  let hasForeign = false
  for (const member in value) {
    if (!isDatatype(member) || value[member] === null) hasForeign = true
    else if (type === undefined) type = member
    else throw severalDatatypes()
  }
  if (type === undefined) throw noDatatype()
  if (hasForeign) removeAllBut(value, type)
  return type
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

function checkSet(type: 'SS' | 'NS' | 'BS', members: readonly string[]): void {
  if (members.length === 0) throw emptySet(type)
  if (hasDuplicates(members)) throw duplicateSetMembers(type, members)
}

function hasDuplicates(members: readonly string[]): boolean {
  if (members.length >= hashedSetLength) return new Set(members).size !== members.length
  for (let index = 1; index < members.length; index++) {
    if (members.indexOf(members[index] as string) !== index) return true
  }
  return false
}

/**
 * Throws nestingTooDeep when `value` has more than 32 levels; a scalar or set has one, a list or
 * map one more than its deepest element (guide: nested attribute depth).
 * REQUIRES: the value has been checked.
 */
export function checkNesting(value: AttributeValue): void {
  checkLevels(value, maxNestingLevels)
}

function checkLevels(value: AttributeValue, levels: number): void {
  if (levels === 0) throw nestingTooDeep()
  const type = typeOf(value)
  if (type === 'L') {
    for (const element of (value as { L: readonly AttributeValue[] }).L) {
      checkLevels(element, levels - 1)
    }
  } else if (type === 'M') {
    const map = (value as { M: AttributeMap }).M
    for (const name in map) checkLevels(map[name] as AttributeValue, levels - 1)
  }
}
