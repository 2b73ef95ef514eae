import type { Catalog } from '../catalog/catalog.ts'
import type { CatalogListener } from '../catalog/catalogFeed.ts'
import type { Clock } from '../clock.ts'
import type { Committer } from '../commits/committer.ts'
import { sharedRemovalDelayMs } from '../limits.ts'
import { StorageConflict, type StorageEngine } from '../storage/engine.ts'
import { droppedTableNumber, droppedTableRange } from '../layout/storeKeys.ts'
import { withActiveIndex, withoutIndex } from '../schema/indexRecordChanges.ts'
import type { Table } from '../schema/table.ts'
import type { GlobalSecondaryIndexRecord } from '../schema/tableRecord.ts'
import type { BackgroundWork, Job } from './backgroundWork.ts'
import { indexBackfill } from './indexBackfill.ts'
import { numberRemoval } from './numberRemoval.ts'

export interface TableUpkeepOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
  readonly catalog: Catalog
  readonly work: BackgroundWork
  /** Whether others write to the tables too. */
  readonly sharesTables: boolean
}

/**
 * Does what follows from the tables: ends their transitions, builds and removes indexes, and
 * removes what deleted tables have left, also when an earlier run of the server left it. Rejects
 * when the store cannot be read; nothing has been started then.
 */
export async function startTableUpkeep(options: TableUpkeepOptions): Promise<void> {
  const { catalog } = options
  const upkeep = new TableUpkeep(options)
  const left = await droppedNumbers(options.engine)
  catalog.follow(upkeep)
  upkeep.numbersDropped(left)
}

async function droppedNumbers(engine: StorageEngine): Promise<number[]> {
  const numbers: number[] = []
  const snapshot = engine.snapshot()
  try {
    for await (const { key } of snapshot.range(droppedTableRange)) {
      numbers.push(droppedTableNumber(key))
    }
  } finally {
    snapshot.close()
  }
  return numbers
}

class TableUpkeep implements CatalogListener {
  readonly #options: TableUpkeepOptions

  constructor(options: TableUpkeepOptions) {
    this.#options = options
  }

  tableInForce(table: Table): void {
    for (const index of table.record.globalSecondaryIndexes) {
      const { status, backfilling, indexNumber } = index
      if (status === 'CREATING' && backfilling === true) this.#build(table, index)
      if (status === 'DELETING' && table.record.status === 'ACTIVE') {
        this.#removeIndex(table, indexNumber)
      }
    }
  }

  transitionDue(table: Table, endsAtMs: number): void {
    const { catalog, clock, work } = this.#options
    const job = {
      name: `transition ${table.number}`,
      task: `ending the status ${table.record.status} of the table ${table.name}`,
      async step() {
        const nextEndMs = await catalog.endTransition(table)
        return nextEndMs === undefined ? 'done' : { waitMs: nextEndMs - clock.nowMs() }
      },
    } as const
    work.start(job, endsAtMs - clock.nowMs())
  }

  numbersDropped(numbers: readonly number[]): void {
    const { engine, commits, work } = this.#options
    for (const number of numbers) {
      work.start(numberRemoval({ engine, commits, number }), this.#removalDelayMs)
    }
  }

  #build(table: Table, { indexNumber, indexName }: GlobalSecondaryIndexRecord): void {
    const { engine, commits, catalog, work, sharesTables } = this.#options
    const job = indexBackfill({
      engine,
      commits,
      table,
      sharesTables,
      indexNumber,
      indexName,
      whenBuilt: (writes) =>
        catalog.amendIfPresent(table, (record) => withActiveIndex(record, indexNumber), writes),
    })
    work.start(this.#refreshing(table, job))
  }

  #removeIndex(table: Table, number: number): void {
    const { engine, commits, catalog, work } = this.#options
    const whenGone = (): Promise<void> =>
      catalog.amendIfPresent(table, (record) => withoutIndex(record, number), [])
    const job = numberRemoval({ engine, commits, number, whenGone })
    work.start(this.#refreshing(table, job), this.#removalDelayMs)
  }

  /** Another server may have found the table a moment before, and be about to read its rows. */
  get #removalDelayMs(): number {
    return this.#options.sharesTables ? sharedRemovalDelayMs : 0
  }

  /** When somebody else has changed what a step relied on, the next step is to know. */
  #refreshing(table: Table, job: Job): Job {
    const { catalog } = this.#options
    return {
      ...job,
      async step(lease) {
        try {
          return await job.step(lease)
        } catch (error) {
          if (error instanceof StorageConflict) await catalog.refresh(table.name)
          throw error
        }
      },
    }
  }
}
