import type { StorageWrite } from '../engine.ts'
import { pageBytes } from './fileCheck/pageFile.ts'

/** What LMDB tells of the tree of entries; the fields of lmdb-js's `getStats()`. */
export interface TreeStatistics {
  readonly treeDepth: number
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
}

/** LMDB puts a value on pages of its own when it and its key take more than this in a page. */
const longestNodeBytes = 4086
const nodeHeaderBytes = 8
const pageHeaderBytes = 16
/** A value carries its checksum. */
const checksumBytes = 4
/** An item is 400 KB, its stored text up to seven times that. */
const longestOverflowPages = 400
/** For the tree of free pages, which is small and is written again while it is being written. */
const slackPages = 16

/**
 * How many pages a commit may add to the file at most, if nothing that is free can be used again:
 *
 *     the pages that it copies: each leaf that is written and what leads there;
 *     a leaf for each put, which may split one, and a neighbour for each deletion, which may merge;
 *     branches that split because of that: all that are copied, and few more where many keys fit
 *     into one, or one on each level for each put where few do;
 *     pages for long values; and what the list of freed pages takes.
 *
 * An estimate from above of what LMDB does, not a law of it: `growthBound.test.ts` compares them.
 */
export function growthBound(writes: readonly StorageWrite[], tree: TreeStatistics): number {
  const { treeDepth, treeBranchPageCount, treeLeafPageCount } = tree
  const count = writes.length
  let puts = 0
  let longValuePages = 0
  for (const { key, value } of writes) {
    if (value === undefined) continue
    puts += 1
    const valueBytes = value.length + checksumBytes
    if (nodeHeaderBytes + key.length + valueBytes <= longestNodeBytes) continue
    longValuePages += Math.ceil((pageHeaderBytes + valueBytes) / pageBytes)
  }
  const leaves = Math.min(count, treeLeafPageCount)
  const neighbours = Math.min(count - puts, treeLeafPageCount)
  const levels = Math.max(treeDepth - 1, 0)
  const branches = Math.min(count * levels, treeBranchPageCount)
  const hasFewKeys = treeLeafPageCount < 8 * treeBranchPageCount
  const splits = branches + (hasFewKeys ? puts * (levels + 1) : Math.ceil(puts / 4)) + levels + 2
  const copied = leaves + neighbours + branches
  const freed = copied + Math.min(tree.overflowPages, count * longestOverflowPages)
  const freeListPages = Math.ceil((freed * 8) / pageBytes)
  return copied + puts + splits + longValuePages + freeListPages + slackPages
}
