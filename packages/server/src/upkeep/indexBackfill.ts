import { asBuffer, sameBytes, type StorageEngine, type StorageWrite } from '../storage/engine.ts'
import type { CommitMember, Committer } from '../commits/committer.ts'
import { indexEntry } from '../items/indexEntries.ts'
import { ItemImage } from '../items/itemImage.ts'
import { backfillKey, rowRange, tableRecordKey } from '../layout/storeKeys.ts'
import type { SecondaryIndex, Table } from '../schema/table.ts'
import type { Job } from './backgroundWork.ts'
import type { Lease } from './leases.ts'

const rowsPerStep = 200
const bytesPerStep = 1024 * 1024

export interface IndexBackfillOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly table: Table
  readonly indexNumber: number
  readonly indexName: string
  /** Makes the index ACTIVE, in one commit with `writes`. */
  readonly whenBuilt: (writes: readonly StorageWrite[]) => Promise<void>
}

/**
 * Makes the entries of a new index for the items that were there before it.
 *
 * Items are written with the entries of a new index from the moment that its record is in force,
 * which is before the backfill starts. The backfill makes the entries of the items that were there
 * already, in the order of their rows. Each step is a commit that reads when its turn has come and
 * is committed by itself. INVARIANT: a write that does not know of the index was submitted before
 * the first step, so every step sees it; every other write maintains the entries itself. How far
 * the backfill has come is committed with each step, so that after a crash it goes on from there,
 * or another server does. A step relies on the table's record and on how far the step before came.
 *
 * The counter of the index has the entries up to the backfill's position only; a write beyond it
 * leaves the counting to the backfill, which is decided when the turn of the write has come.
 *
 * When the table or the index is deleted meanwhile, the job ends.
 */
export function indexBackfill(options: IndexBackfillOptions): Job {
  const { table, indexNumber, indexName, commits, whenBuilt } = options
  const end = rowRange(table.number).end
  return {
    name: `backfill ${indexNumber}`,
    task: `building the index ${indexName} of the table ${table.name} (number ${indexNumber})`,
    async step(lease) {
      const backfill = currentIndex(options)?.backfill
      if (backfill === undefined) return 'done'
      if (!sameBytes(backfill.position, end)) {
        await commits.submit(() => nextEntries(options, lease))
        return 'more'
      }
      await whenBuilt([{ key: backfillKey(indexNumber), value: undefined }])
      return 'done'
    },
  }
}

function currentIndex({ table, indexNumber }: IndexBackfillOptions): SecondaryIndex | undefined {
  if (table.dropped) return undefined
  return table.indexes.find(({ number }) => number === indexNumber)
}

/** The entries of the next rows; nothing when the table or the index has been deleted meanwhile. */
async function nextEntries(options: IndexBackfillOptions, { fence }: Lease): Promise<CommitMember> {
  const { table, indexNumber, engine } = options
  const writes: StorageWrite[] = []
  const index = currentIndex(options)
  const backfill = index?.backfill
  if (index === undefined || backfill === undefined) {
    return { expectations: [], writes, effects: [] }
  }
  const { start: first, end } = rowRange(table.number)
  const positionKey = backfillKey(indexNumber)
  const differences = [0, 0] as [number, number]
  let position = end
  let rows = 0
  let sizeBytes = 0
  const [before] = await engine.read([positionKey])
  const snapshot = engine.snapshot()
  try {
    const start = Buffer.concat([before?.value ?? first, Buffer.alloc(1)])
    for await (const { key, value } of snapshot.range({ start, end })) {
      addEntry(index, asBuffer(key), value, { writes, differences })
      rows += 1
      sizeBytes += value.length
      if (rows < rowsPerStep && sizeBytes < bytesPerStep) continue
      position = key
      break
    }
  } finally {
    snapshot.close()
  }
  writes.push({ key: positionKey, value: position })
  const expectations = [
    ...fence,
    { key: tableRecordKey(table.name), version: table.version },
    { key: positionKey, version: before?.version },
  ]
  return {
    expectations,
    writes,
    effects: [{ kind: 'delta', counter: index.counter, differences }],
    onCommitted: () => {
      backfill.position = position
    },
  }
}

function addEntry(
  index: SecondaryIndex,
  rowKey: Buffer,
  stored: Uint8Array,
  step: { readonly writes: StorageWrite[]; readonly differences: [number, number] },
): void {
  const image = ItemImage.ofStored(stored) as ItemImage
  const entry = indexEntry(index, image, rowKey)
  if (entry === undefined) return
  step.writes.push({ key: entry.key, value: entry.image.stored })
  step.differences[0] += 1
  step.differences[1] += entry.image.sizeBytes
}
