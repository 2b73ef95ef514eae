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
  members.sort(comparisons[type])
}
