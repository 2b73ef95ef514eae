import {
  asBuffer,
  sameBytes,
  type Bytes,
  type Expectation,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import type { CommitMember, Committer } from '../commits/committer.ts'
import { indexEntry, type IndexEntry } from '../items/indexEntries.ts'
import { ItemImage } from '../items/itemImage.ts'
import { backfillKey, rowRange, tableRecordKey } from '../layout/storeKeys.ts'
import type { SecondaryIndex, Table } from '../schema/table.ts'
import type { Job } from './backgroundWork.ts'
import type { Lease } from './leases.ts'

const mostRowsPerStep = 200
const bytesPerStep = 1024 * 1024

export interface IndexBackfillOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly table: Table
  readonly indexNumber: number
  readonly indexName: string
  /**
   * Whether others write items between a step's reads and its commit: a step relies on the items
   * that it has read then.
   */
  readonly sharesTables: boolean
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
 * Where others write too, no turn says what comes first. The counter has all entries that are in
 * the store then: a write counts what it adds and takes away (see `Filling`), and a step adds and
 * counts those entries that are not there, and relies on that and on the items. A step that has met
 * a write is tried again with fewer items.
 *
 * When the table or the index is deleted meanwhile, the job ends.
 */
export function indexBackfill(options: IndexBackfillOptions): Job {
  const { table, indexNumber, indexName, commits, whenBuilt } = options
  const end = rowRange(table.number).end
  let rowsPerStep = mostRowsPerStep
  return {
    name: `backfill ${indexNumber}`,
    task: `building the index ${indexName} of the table ${table.name} (number ${indexNumber})`,
    async step(lease) {
      const backfill = currentIndex(options)?.backfill
      if (backfill === undefined) return 'done'
      if (!sameBytes(backfill.position, end)) {
        const rows = rowsPerStep
        rowsPerStep = Math.max(1, Math.floor(rows / 4))
        await commits.submit(() => nextEntries(options, lease, rows))
        rowsPerStep = Math.min(mostRowsPerStep, rows * 2)
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

/** Rows of the table, with the entries that they should have. */
interface Rows {
  readonly rows: readonly { readonly key: Bytes; readonly value: Bytes }[]
  readonly entries: readonly IndexEntry[]
  /** How far the rows are read: the last one's key, or the end of all. */
  readonly position: Bytes
  /** What the store has in place of each entry; empty where only the backfill makes them. */
  readonly present: readonly (Bytes | undefined)[]
}

/** The entries of the next rows; nothing when the table or the index has been deleted meanwhile. */
async function nextEntries(
  options: IndexBackfillOptions,
  { fence }: Lease,
  mostRows: number,
): Promise<CommitMember> {
  const { table, indexNumber, engine, sharesTables } = options
  const index = currentIndex(options)
  const backfill = index?.backfill
  if (index === undefined || backfill === undefined) {
    return { expectations: [], writes: [], effects: [] }
  }
  const positionKey = backfillKey(indexNumber)
  const relied: Expectation[] = [
    ...fence,
    { key: tableRecordKey(table.name), version: table.version },
  ]
  const [before] = await engine.read([positionKey])
  relied.push({ key: positionKey, version: before?.version })
  const { rows, entries, position, present } = await readRows(options, index, {
    after: before?.value,
    mostRows,
  })
  const writes: StorageWrite[] = []
  const differences = [0, 0] as [number, number]
  entries.forEach(({ key, image }, i) => {
    if (present[i] !== undefined) return
    if (sharesTables) relied.push({ key, version: undefined })
    writes.push({ key, value: image.stored })
    differences[0] += 1
    differences[1] += image.sizeBytes
  })
  if (sharesTables) {
    for (const { key, value } of rows) relied.push({ key, version: engine.versionOf(value) })
  }
  writes.push({ key: positionKey, value: position })
  return {
    expectations: relied,
    writes,
    effects: [{ kind: 'delta', counter: index.counter, differences }],
    onCommitted: () => {
      backfill.position = position
    },
  }
}

/** Reads on from the row `after`, or from the first one, in one committed state. */
async function readRows(
  { engine, table, sharesTables }: IndexBackfillOptions,
  index: SecondaryIndex,
  { after, mostRows }: { readonly after: Bytes | undefined; readonly mostRows: number },
): Promise<Rows> {
  const { start: first, end } = rowRange(table.number)
  const rows: { readonly key: Bytes; readonly value: Bytes }[] = []
  const entries: IndexEntry[] = []
  let position = end
  let sizeBytes = 0
  const snapshot = engine.snapshot()
  try {
    const start = Buffer.concat([after ?? first, Buffer.alloc(1)])
    for await (const row of snapshot.range({ start, end })) {
      rows.push(row)
      const image = ItemImage.ofStored(row.value) as ItemImage
      const entry = indexEntry(index, image, asBuffer(row.key))
      if (entry !== undefined) entries.push(entry)
      sizeBytes += row.value.length
      if (rows.length < mostRows && sizeBytes < bytesPerStep) continue
      position = row.key
      break
    }
    const present = sharesTables ? await snapshot.getMany(entries.map(({ key }) => key)) : []
    return { rows, entries, position, present }
  } finally {
    snapshot.close()
  }
}
