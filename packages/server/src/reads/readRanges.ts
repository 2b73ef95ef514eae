import { LoopTurns, type Clock } from '../clock.ts'
import { maxPageBytes } from '../limits.ts'
import { asBuffer, type Bytes, type KeyRange } from '../storage/engine.ts'
import type { ItemReader } from './itemReader.ts'
import type { Selection } from './projection.ts'
import { isInside, rangeBehind } from './queryRange.ts'
import { readPage, type Page } from './readPage.ts'
import { positionOf, type ReadTarget } from './readTarget.ts'

/** What is read range after range, in their order. */
export interface RangesPlan {
  readonly target: ReadTarget
  readonly ranges: readonly KeyRange[]
  readonly reverse: boolean
  readonly selection: Selection
  /** Each range is of one item of a table. */
  readonly singleRows: boolean
}

/** Where a page of such a plan begins. */
export interface RangesPosition {
  /** Which of the ranges. */
  readonly range: number
  /** Where in the store the last row or entry is that was read of it; undefined for none. */
  readonly behind?: Bytes | undefined
}

/** One page, which has a page of each range that it got to. */
export interface RangesPage {
  readonly pages: readonly Page[]
  /** Where the next one begins; undefined when there is nothing left. */
  readonly next: RangesPosition | undefined
}

/** The row that a plan reads when it reads just one. */
export function singleRowKey({ ranges, singleRows }: RangesPlan): Buffer | undefined {
  const [only] = ranges
  return singleRows && only !== undefined && ranges.length === 1 ? asBuffer(only.start) : undefined
}

/** Whether a page of `plan` can begin there. */
export function canBeginAt({ ranges }: RangesPlan, { range, behind }: RangesPosition): boolean {
  const begun = ranges[range]
  return begun !== undefined && (behind === undefined || isInside(behind, begun))
}

/**
 * Reads a page from `start` on, until `limit` items or 1 MB have been read; each range is read in
 * one committed state, and other requests may go first between two. REQUIRES: a page of `plan` can
 * begin at `start`.
 */
export async function readRanges(
  { reader, clock }: { readonly reader: ItemReader; readonly clock: Clock },
  plan: RangesPlan,
  limit: number | undefined,
  start: RangesPosition,
): Promise<RangesPage> {
  const { target, ranges, selection, singleRows: singleRow } = plan
  const pages: Page[] = []
  let restItems = limit ?? Infinity
  let restBytes = maxPageBytes
  const turns = new LoopTurns(clock)
  let { behind } = start
  for (let i = start.range; i < ranges.length; i++) {
    if (restItems <= 0 || restBytes <= 0) return { pages, next: { range: i } }
    const turn = turns.next()
    if (turn !== undefined) await turn
    const range = restOf(plan, ranges[i] as KeyRange, behind)
    const ofRange = { target, range, selection, singleRow, maxBytes: restBytes }
    const page = await readPage(reader, clock, { ...ofRange, limit: restItems })
    pages.push(page)
    if (page.lastEvaluatedKey !== undefined) {
      return { pages, next: { range: i, behind: positionOf(target, page.lastEvaluatedKey) } }
    }
    behind = undefined
    restItems -= page.scannedCount
    restBytes -= page.readBytes
  }
  return { pages, next: undefined }
}

/** What is left of a range behind a position. */
function restOf({ reverse }: RangesPlan, range: KeyRange, behind: Bytes | undefined): KeyRange {
  if (behind !== undefined) return rangeBehind(range, behind, reverse)
  return reverse ? { ...range, reverse } : range
}
