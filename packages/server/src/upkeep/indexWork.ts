import type { Clock, Timer } from '../clock.ts'
import { asBuffer, sameBytes, type StorageEngine, type StorageWrite } from '../storage/engine.ts'
import type { CommitMember, Committer } from '../commits/committer.ts'
import type { DroppedTables } from './droppedTables.ts'
import { indexEntry } from '../items/indexEntries.ts'
import { ItemImage } from '../items/itemImage.ts'
import { backfillKey, rowRange } from '../layout/storeKeys.ts'
import type { SecondaryIndex, Table } from '../schema/table.ts'
import type { TableRecord } from '../schema/tableRecord.ts'

const rowsPerStep = 200
const bytesPerStep = 1024 * 1024
const retryDelayMs = 1000

export interface IndexWorkOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
  readonly droppedTables: DroppedTables
  /** Changes the record of a table together with `writes`; does nothing when the table is gone. */
  readonly amend: (
    table: Table,
    revise: (record: TableRecord) => TableRecord,
    writes: readonly StorageWrite[],
  ) => Promise<void>
}

/**
 * What follows from a record that has an index CREATING or DELETING.
 *
 * Items are written with the entries of a new index from the moment that its record is in force,
 * which is before the backfill starts. The backfill makes the entries of the items that were there
 * already, in the order of their rows. Each step is a commit that reads when its turn has come and
 * is committed by itself. INVARIANT: a write that does not know of the index was submitted before
 * the first step, so every step sees it; every other write maintains the entries itself. How far
 * the backfill has come is committed with each step, so that after a crash it goes on from there.
 *
 * The counter of the index has the entries up to the backfill's position only; a write beyond it
 * leaves the counting to the backfill, which is decided when the turn of the write has come.
 */
export class IndexWork {
  readonly #options: IndexWorkOptions
  /** The backfills under way, by the numbers of their indexes. */
  readonly #builds = new Map<number, Promise<void>>()
  /** The numbers of the indexes whose entries are being removed. */
  readonly #removals = new Set<number>()
  readonly #retries = new Set<Timer>()
  #closed = false

  constructor(options: IndexWorkOptions) {
    this.#options = options
  }

  /** Starts what the record in force calls for, unless it is under way. */
  watch(table: Table): void {
    for (const { indexNumber, status, backfilling } of table.record.globalSecondaryIndexes) {
      if (status === 'CREATING' && backfilling === true) this.#startBuild(table, indexNumber)
      if (status === 'DELETING' && table.record.status === 'ACTIVE') {
        this.#startRemoval(table, indexNumber)
      }
    }
  }

  /** Stops after the steps under way. */
  async close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#retries) timer.cancel()
    this.#retries.clear()
    await Promise.all(this.#builds.values())
  }

  #startBuild(table: Table, indexNumber: number): void {
    if (this.#closed || this.#builds.has(indexNumber)) return
    const build = this.#build(table, indexNumber).then(
      () => void this.#builds.delete(indexNumber),
      () => {
        this.#builds.delete(indexNumber)
        this.#retry(table)
      },
    )
    this.#builds.set(indexNumber, build)
  }

  #retry(table: Table): void {
    if (this.#closed) return
    const timer = this.#options.clock.startTimer(retryDelayMs, () => {
      this.#retries.delete(timer)
      this.watch(table)
    })
    this.#retries.add(timer)
  }

  async #build(table: Table, indexNumber: number): Promise<void> {
    const end = rowRange(table.number).end
    for (;;) {
      await this.#breathe()
      const index = currentIndex(table, indexNumber)
      if (this.#closed || index?.backfill === undefined) return
      if (sameBytes(index.backfill.position, end)) break
      await this.#options.commits.submit(() => this.#step(table, indexNumber))
    }
    const positionGone = { key: backfillKey(indexNumber), value: undefined }
    await this.#options.amend(table, (record) => withActiveIndex(record, indexNumber), [
      positionGone,
    ])
  }

  /** Lets everything that waits go first. */
  #breathe(): Promise<void> {
    return new Promise((resolve) => this.#options.clock.defer(resolve))
  }

  /**
   * The entries of the next rows; nothing when the table or the index has been deleted meanwhile.
   */
  async #step(table: Table, indexNumber: number): Promise<CommitMember> {
    const writes: StorageWrite[] = []
    const index = currentIndex(table, indexNumber)
    const backfill = index?.backfill
    if (index === undefined || backfill === undefined) {
      return { expectations: [], writes, effects: [] }
    }
    const { end } = rowRange(table.number)
    const start = Buffer.concat([backfill.position, Buffer.alloc(1)])
    const differences = [0, 0] as [number, number]
    let position = end
    let rows = 0
    let sizeBytes = 0
    const snapshot = this.#options.engine.snapshot()
    try {
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
    writes.push({ key: backfillKey(indexNumber), value: position })
    return {
      expectations: [],
      writes,
      effects: [{ kind: 'delta', counter: index.counter, differences }],
      onCommitted: () => {
        backfill.position = position
      },
    }
  }

  #startRemoval(table: Table, indexNumber: number): void {
    if (this.#closed || this.#removals.has(indexNumber)) return
    this.#removals.add(indexNumber)
    const { amend, droppedTables } = this.#options
    droppedTables.add(indexNumber, async () => {
      await amend(table, (record) => withoutIndex(record, indexNumber), [])
      this.#removals.delete(indexNumber)
    })
  }
}

function currentIndex(table: Table, indexNumber: number): SecondaryIndex | undefined {
  if (table.dropped) return undefined
  return table.indexes.find(({ number }) => number === indexNumber)
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

/** The record with a CREATING index ready to be read; one that is being deleted stays as it is. */
function withActiveIndex(record: TableRecord, indexNumber: number): TableRecord {
  const globalSecondaryIndexes = record.globalSecondaryIndexes.map((index) => {
    if (index.indexNumber !== indexNumber || index.status !== 'CREATING') return index
    const { backfilling: _done, ...active } = index
    return { ...active, status: 'ACTIVE' as const }
  })
  return { ...record, globalSecondaryIndexes }
}

/** The record without an index and without the attribute definitions that only it used. */
function withoutIndex(record: TableRecord, indexNumber: number): TableRecord {
  const globalSecondaryIndexes = record.globalSecondaryIndexes.filter(
    (index) => index.indexNumber !== indexNumber,
  )
  return withUsedDefinitions({ ...record, globalSecondaryIndexes })
}

/** The record without attribute definitions that are the key of nothing. */
export function withUsedDefinitions(record: TableRecord): TableRecord {
  const keySchemas = [record, ...record.localSecondaryIndexes, ...record.globalSecondaryIndexes]
  const used = new Set(
    keySchemas.flatMap(({ keySchema }) => keySchema.map(({ AttributeName }) => AttributeName)),
  )
  const attributeDefinitions = record.attributeDefinitions.filter(({ AttributeName }) =>
    used.has(AttributeName),
  )
  return { ...record, attributeDefinitions }
}
