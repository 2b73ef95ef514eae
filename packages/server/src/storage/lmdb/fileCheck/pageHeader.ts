import { Damage } from './damage.ts'
import type { Window } from './pageFile.ts'

/**
 * The head of each page but for the later pages of an overflow run:
 *
 *     0 its number, 64 bits      8 transaction that wrote it, 64 bits      16 unused, 16 bits
 *     18 kind, 16 bits           20 end of the offsets of its nodes, 16 bits
 *     22 begin of its nodes, 16 bits; an overflow page has its number of pages at 20, 32 bits
 */
export const headerBytes = 24

export type PageKind = 'branch' | 'leaf' | 'overflow' | 'meta'

/** LMDB's page flags. On disk a page has exactly one. */
const kinds: ReadonlyMap<number, PageKind> = new Map([
  [1, 'branch'],
  [2, 'leaf'],
  [4, 'overflow'],
  [8, 'meta'],
])

export interface PageHeader {
  readonly kind: PageKind
  readonly transactionId: number
}

/** The header of page `number` at byte `base` of the window. */
export function readHeader(window: Window, base: number, number: number): PageHeader {
  const word = base >> 1
  if (window.number(word) !== number)
    throw new Damage(`page ${number} does not begin with its number`)
  const kind = kinds.get(window.words[word + 9] as number)
  if (kind === undefined || window.words[word + 8] !== 0) {
    throw new Damage(`page ${number} is of no known kind`)
  }
  return { kind, transactionId: window.number(word + 4) }
}

/**
 * Requires that a page is of `kind` and not newer than what refers to it: whoever changes a page
 * also writes its parent anew.
 */
export function requirePage(
  { kind, transactionId }: PageHeader,
  number: number,
  expected: { readonly kind: PageKind; readonly transactionId: number },
): void {
  if (kind !== expected.kind) throw new Damage(`page ${number} is no ${expected.kind} page`)
  if (transactionId <= expected.transactionId) return
  throw new Damage(`page ${number} is newer than what refers to it`)
}
