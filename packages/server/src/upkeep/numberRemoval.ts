import type { Committer } from '../commits/committer.ts'
import {
  keyBehind,
  type Bytes,
  type KeyRange,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import {
  backfillKey,
  droppedTableKey,
  expiryRange,
  indexRange,
  itemCollectionRange,
  rowRange,
  tableCounterKey,
  vectorRange,
} from '../layout/storeKeys.ts'
import type { Job } from './backgroundWork.ts'
import type { Lease } from './leases.ts'

const keysPerStep = 500

/** What is to be removed, and from where. */
export interface NumberRemovalOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly number: number
  /** Called when nothing is left; again with the next try when it rejects. */
  readonly whenGone?: () => Promise<void>
}

/**
 * Removes what a deleted table, index or order of expiry leaves in the store under its number, a
 * bounded number of keys at a time. What is left to do is in the store, under
 * {@link droppedTableKey} or as a record, so that an interrupted removal is taken up again.
 * REQUIRES: nobody submits writes under the number any more; those that were submitted before are
 * removed too.
 *
 * A step goes on where the one before ended: what was removed still has to be passed over by
 * whoever reads from the beginning, until the store has taken it over from its journal. In the end
 * one reads all of it again.
 */
export function numberRemoval(options: NumberRemovalOptions): Job {
  const { number, whenGone } = options
  let position: Bytes | undefined
  return {
    name: `removal ${number}`,
    task: `removing what a deleted table or index has left (number ${number})`,
    async step(lease) {
      const removed = await removeSome(options, lease, position)
      if (removed === 'all') {
        await whenGone?.()
        return 'done'
      }
      position = removed
      return 'more'
    },
  }
}

/**
 * Removes some keys after `after` and gives the last of them, undefined when there are no further
 * ones; from the beginning, where there are none at all, the last traces of the number.
 */
async function removeSome(
  { engine, commits, number }: NumberRemovalOptions,
  { fence }: Lease,
  after: Bytes | undefined,
): Promise<Bytes | undefined | 'all'> {
  let removed: Bytes | undefined | 'all'
  await commits.submit(async () => {
    const writes = await removals(engine, number, after)
    removed = writes.length === keysPerStep ? writes.at(-1)?.key : undefined
    if (writes.length === 0 && after === undefined) {
      removed = 'all'
      for (const keyOf of [tableCounterKey, backfillKey, droppedTableKey]) {
        writes.push({ key: keyOf(number), value: undefined })
      }
    }
    return { expectations: fence, writes, effects: [] }
  })
  return removed
}

/** In the order of their keys. */
const rangesOf = (number: number): readonly KeyRange[] => [
  itemCollectionRange(number),
  rowRange(number),
  indexRange(number),
  expiryRange(number),
  vectorRange(number),
]

async function removals(
  engine: StorageEngine,
  number: number,
  after: Bytes | undefined,
): Promise<StorageWrite[]> {
  const writes: StorageWrite[] = []
  const snapshot = engine.snapshot()
  try {
    for (const range of rangesOf(number)) {
      const rest = restOf(range, after)
      if (rest === undefined) continue
      for await (const { key } of snapshot.range(rest)) {
        writes.push({ key, value: undefined })
        if (writes.length === keysPerStep) return writes
      }
    }
  } finally {
    snapshot.close()
  }
  return writes
}

/** The part of a range behind a key; undefined when nothing of it is. */
function restOf(range: KeyRange, after: Bytes | undefined): KeyRange | undefined {
  if (after === undefined || Buffer.compare(after, range.start) < 0) return range
  if (Buffer.compare(after, range.end) >= 0) return undefined
  return { start: keyBehind(after), end: range.end }
}
