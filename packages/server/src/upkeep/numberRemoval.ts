import type { Committer } from '../commits/committer.ts'
import type { KeyRange, StorageEngine, StorageWrite } from '../storage/engine.ts'
import {
  backfillKey,
  droppedTableKey,
  expiryRange,
  indexRange,
  itemCollectionRange,
  rowRange,
  tableCounterKey,
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
 */
export function numberRemoval(options: NumberRemovalOptions): Job {
  const { number, whenGone } = options
  return {
    name: `removal ${number}`,
    task: `removing what a deleted table or index has left (number ${number})`,
    async step(lease) {
      if (!(await removeSome(options, lease))) return 'more'
      await whenGone?.()
      return 'done'
    },
  }
}

/** Removes some keys, or the last traces of the number; true when those are gone. */
async function removeSome(
  { engine, commits, number }: NumberRemovalOptions,
  { fence }: Lease,
): Promise<boolean> {
  let finished = false
  await commits.submit(async () => {
    const writes = await removals(engine, number)
    finished = writes.length === 0
    if (finished) {
      for (const keyOf of [tableCounterKey, backfillKey, droppedTableKey]) {
        writes.push({ key: keyOf(number), value: undefined })
      }
    }
    return { expectations: fence, writes, effects: [] }
  })
  return finished
}

const rangesOf = (number: number): readonly KeyRange[] => [
  rowRange(number),
  indexRange(number),
  itemCollectionRange(number),
  expiryRange(number),
]

async function removals(engine: StorageEngine, number: number): Promise<StorageWrite[]> {
  const writes: StorageWrite[] = []
  const snapshot = engine.snapshot()
  try {
    for (const range of rangesOf(number)) {
      for await (const { key } of snapshot.range(range)) {
        writes.push({ key, value: undefined })
        if (writes.length === keysPerStep) return writes
      }
    }
  } finally {
    snapshot.close()
  }
  return writes
}
