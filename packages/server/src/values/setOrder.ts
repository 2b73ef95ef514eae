import { unreachable } from '../invariant.ts'
import { compareBinaries, compareStrings } from './compare.ts'
import { compareNumbers } from './number.ts'

/*
 * The order in which the members of a set are stored and returned: strings and binaries by their
 * bytes, numbers by value (behaviour digest 2.4). REQUIRES: members are canonical.
 */

export type SetType = 'SS' | 'NS' | 'BS'

const comparisons: Readonly<Record<SetType, (a: string, b: string) => number>> = {
  SS: compareStrings,
  NS: compareNumbers,
  BS: compareBinaries,
}

/** Whether the members stand in order, each once: then nothing else has to be looked at. */
export function isInSetOrder(type: SetType, members: readonly string[]): boolean {
  const compare = comparisons[type]
  for (let index = 1; index < members.length; index++) {
    if (compare(members[index - 1] as string, members[index] as string) >= 0) return false
  }
  return true
}

/** Puts members, each of which stands there once, in order in place. */
export function sortMembers(type: SetType, members: string[]): void {
  if (members.length < largeSetLength || !sortAtOnce(type, members)) {
    members.sort(comparisons[type])
  }
}

/** From here on it pays to give the engine's own sort something that it compares by itself. */
const largeSetLength = 64

/** Numbers of at most this many characters are exact as doubles. */
const exactDoubleLength = 15

/**
 * Sorts without a call for each comparison, of which the largest sets need millions. Gives whether
 * that can be done with these members; if not, they are as they were.
 */
function sortAtOnce(type: SetType, members: string[]): boolean {
  switch (type) {
    case 'SS':
      // UTF-16 has another order than UTF-8 from its surrogates on.
      if (members.some((member) => /[\ud800-\uffff]/.test(member))) return false
      members.sort()
      return true
    case 'NS':
      if (members.some(({ length }) => length > exactDoubleLength)) return false
      sortAsDoubles(members)
      return true
    case 'BS':
      sortAsBytes(members)
      return true
    default:
      return unreachable(type)
  }
}

function sortAsDoubles(members: string[]): void {
  const texts = new Map(members.map((member) => [Number(member), member]))
  const values = Float64Array.from(texts.keys()).sort()
  for (const [i, value] of values.entries()) members[i] = texts.get(value) as string
}

function sortAsBytes(members: string[]): void {
  const texts = members.map((member) => Buffer.from(member, 'base64').toString('latin1'))
  texts.sort()
  for (const [i, text] of texts.entries()) {
    members[i] = Buffer.from(text, 'latin1').toString('base64')
  }
}
