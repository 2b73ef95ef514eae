import {
  asBuffer,
  keyBehind,
  sameBytes,
  type Bytes,
  type Expectation,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import type { CommitMember, Committer } from '../commits/committer.ts'
import type { Counter } from '../commits/counters.ts'
import { ItemImage } from '../items/itemImage.ts'
import { backfillKey, rowRange, tableRecordKey } from '../layout/storeKeys.ts'
import type { Backfill, Table } from '../schema/table.ts'
import type { Job } from './backgroundWork.ts'
import type { Lease } from './leases.ts'

const mostRowsPerStep = 200
const bytesPerStep = 1024 * 1024

/** What is filled in with entries of the items that were there before it. */
export interface BackfillTarget {
  /** Undefined once it is filled. */
  readonly backfill: Backfill | undefined
  /** Counts the entries; absent where nobody asks how many there are. */
  readonly counter?: Counter
  /** What it has of an item; undefined when nothing. */
  entryOf(image: ItemImage, rowKey: Buffer): FilledEntry | undefined
}

export interface FilledEntry {
  readonly key: Bytes
  readonly value: Bytes
  /** Bytes that it counts for. */
  readonly sizeBytes: number
}

export interface BackfillOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly table: Table
  /** The number of what is filled, which its position is kept under. */
  readonly number: number
  /** What an operator reads of it. */
  readonly task: string
  /** What is filled, as it is now; undefined when it is there no longer. */
  readonly target: () => BackfillTarget | undefined
  /**
   * Whether others write items between a step's reads and its commit: a step relies on the items
   * that it has read then.
   */
  readonly sharesTables: boolean
  /** Notes that all entries are there, in one commit with `writes`. */
  readonly whenFilled: (writes: readonly StorageWrite[]) => Promise<void>
}

/**
 * Makes the entries of a new index, or of a new order of expiry, for the items that were there
 * before it.
 *
 * Items are written with their new entries from the moment that the table's record is in force,
 * which is before the backfill starts. The backfill makes the entries of the items that were there
 * already, in the order of their rows. Each step is a commit that reads when its turn has come and
 * is committed by itself. INVARIANT: a write that does not know of what is filled was submitted
 * before the first step, so every step sees it; every other write maintains the entries itself. How
 * far the backfill has come is committed with each step, so that after a crash it goes on from
 * there, or another server does. A step relies on the table's record and on how far the step before
 * came.
 *
 * A counter has the entries up to the backfill's position only; a write beyond it leaves the
 * counting to the backfill, which is decided when the turn of the write has come.
 *
 * Where others write too, no turn says what comes first. The counter has all entries that are in
 * the store then: a write counts what it adds and takes away (see `Filling`), and a step adds and
 * counts those entries that are not there, and relies on that and on the items. A step that has met
 * a write is tried again with fewer items.
 *
 * When the table or what is filled is deleted meanwhile, the job ends.
 */
export function backfillJob(options: BackfillOptions): Job {
  const { table, number, task, commits, whenFilled } = options
  const end = rowRange(table.number).end
  let rowsPerStep = mostRowsPerStep
  return {
    name: `backfill ${number}`,
    task,
    async step(lease) {
      const backfill = currentTarget(options)?.backfill
      if (backfill === undefined) return 'done'
      if (!sameBytes(backfill.position, end)) {
        const rows = rowsPerStep
        rowsPerStep = Math.max(1, Math.floor(rows / 4))
        await commits.submit(() => nextEntries(options, lease, rows))
        rowsPerStep = Math.min(mostRowsPerStep, rows * 2)
        return 'more'
      }
      await whenFilled([{ key: backfillKey(number), value: undefined }])
      return 'done'
    },
  }
}

const currentTarget = ({ table, target }: BackfillOptions): BackfillTarget | undefined =>
  table.dropped ? undefined : target()

/** Rows of the table, with the entries that they should have. */
interface Rows {
  readonly rows: readonly { readonly key: Bytes; readonly value: Bytes }[]
  readonly entries: readonly FilledEntry[]
  /** How far the rows are read: the last one's key, or the end of all. */
  readonly position: Bytes
  /** What the store has in place of each entry; empty where only the backfill makes them. */
  readonly present: readonly (Bytes | undefined)[]
}

/** The entries of the next rows; nothing when there is nothing to fill any more. */
async function nextEntries(
  options: BackfillOptions,
  { fence }: Lease,
  mostRows: number,
): Promise<CommitMember> {
  const { table, number, engine, sharesTables } = options
  const target = currentTarget(options)
  const backfill = target?.backfill
  if (target === undefined || backfill === undefined) {
    return { expectations: [], writes: [], effects: [] }
  }
  const positionKey = backfillKey(number)
  const relied: Expectation[] = [
    ...fence,
    { key: tableRecordKey(table.name), version: table.version },
  ]
  const [before] = await engine.read([positionKey])
  relied.push({ key: positionKey, version: before?.version })
  const { rows, entries, position, present } = await readRows(options, target, {
    after: before?.value,
    mostRows,
  })
  const writes: StorageWrite[] = []
  const differences = [0, 0] as [number, number]
  entries.forEach(({ key, value, sizeBytes }, i) => {
    if (present[i] !== undefined) return
    if (sharesTables) relied.push({ key, version: undefined })
    writes.push({ key, value })
    differences[0] += 1
    differences[1] += sizeBytes
  })
  if (sharesTables) {
    for (const { key, value } of rows) relied.push({ key, version: engine.versionOf(value) })
  }
  writes.push({ key: positionKey, value: position })
  const { counter } = target
  return {
    expectations: relied,
    writes,
    effects: counter === undefined ? [] : [{ kind: 'delta', counter, differences }],
    onCommitted: () => {
      backfill.position = position
    },
  }
}

/** Reads on from the row `after`, or from the first one, in one committed state. */
async function readRows(
  { engine, table, sharesTables }: BackfillOptions,
  target: BackfillTarget,
  { after, mostRows }: { readonly after: Bytes | undefined; readonly mostRows: number },
): Promise<Rows> {
  const { start: first, end } = rowRange(table.number)
  const rows: { readonly key: Bytes; readonly value: Bytes }[] = []
  const entries: FilledEntry[] = []
  let position = end
  let sizeBytes = 0
  const snapshot = engine.snapshot()
  try {
    const start = keyBehind(after ?? first)
    for await (const row of snapshot.range({ start, end })) {
      rows.push(row)
      const image = ItemImage.ofStored(row.value) as ItemImage
      const entry = target.entryOf(image, asBuffer(row.key))
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
