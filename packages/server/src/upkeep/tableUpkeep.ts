import type { Catalog } from '../catalog/catalog.ts'
import type { CatalogListener } from '../catalog/catalogFeed.ts'
import type { Clock } from '../clock.ts'
import type { Committer } from '../commits/committer.ts'
import { expiryIntervalMs, expiryIntervalPerTableMs, sharedRemovalDelayMs } from '../limits.ts'
import { StorageConflict, type StorageEngine } from '../storage/engine.ts'
import { droppedTableNumber, droppedTableRange } from '../layout/storeKeys.ts'
import { withActiveIndex, withoutIndex } from '../schema/indexRecordChanges.ts'
import { withFilledOrder } from '../schema/timeToLiveChanges.ts'
import type { ExpiryOrder, Table } from '../schema/table.ts'
import type {
  ExpiryOrderRecord,
  GlobalSecondaryIndexRecord,
  TableRecord,
  VectorIndexRecord,
} from '../schema/tableRecord.ts'
import type { BackgroundWork, Job } from './backgroundWork.ts'
import { backfillJob, type BackfillOptions } from './backfill.ts'
import { indexTarget, orderTarget } from './backfillTargets.ts'
import { numberRemoval } from './numberRemoval.ts'

export interface TableUpkeepOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
  readonly catalog: Catalog
  readonly work: BackgroundWork
  /** Whether others write to the tables too. */
  readonly sharesTables: boolean
  readonly coordinator: {
    /** The work that removes the items of a table as they expire, in the order that it keeps. */
    expiryOf(table: Table, order: ExpiryOrder, intervalMs: () => number): Job
  }
}

/**
 * Does what follows from the tables: ends their transitions, builds and removes indexes and orders
 * of expiry, sees to it that expired items go, and removes what deleted tables have left, also when
 * an earlier run of the server left it. Rejects when the store cannot be read; nothing has been
 * started then.
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

/** What is to be filled, and the record of its table once it is. */
type Filling = Pick<BackfillOptions, 'number' | 'task' | 'target'> & {
  readonly filled: (record: TableRecord) => TableRecord
}

class TableUpkeep implements CatalogListener {
  readonly #options: TableUpkeepOptions
  /** The orders of expiry that are looked at. */
  readonly #orders = new Set<number>()

  constructor(options: TableUpkeepOptions) {
    this.#options = options
  }

  tableInForce(table: Table): void {
    const { globalSecondaryIndexes, vectorIndexes = [] } = table.record
    for (const index of [...globalSecondaryIndexes, ...vectorIndexes]) {
      const { status, backfilling, indexNumber } = index
      if (status === 'CREATING' && backfilling === true) this.#build(table, index)
      if (status === 'DELETING' && table.record.status === 'ACTIVE') {
        this.#removeIndex(table, indexNumber)
      }
    }
    const order = table.record.timeToLive?.order
    if (order !== undefined) this.#keepOrder(table, order)
  }

  #build(
    table: Table,
    { indexNumber, indexName }: GlobalSecondaryIndexRecord | VectorIndexRecord,
  ): void {
    this.#fill(table, {
      number: indexNumber,
      task: `building the index ${indexName} of the table ${table.name} (number ${indexNumber})`,
      target: () => indexTarget(table, indexNumber),
      filled: (record) => withActiveIndex(record, indexNumber),
    })
  }

  /** Items are removed as they expire once their order is whole. */
  #keepOrder(table: Table, { orderNumber, filling }: ExpiryOrderRecord): void {
    const { work, coordinator } = this.#options
    const { expiryOrder } = table
    if (filling !== true && expiryOrder !== undefined) {
      this.#orders.add(orderNumber)
      work.start(coordinator.expiryOf(table, expiryOrder, () => this.#expiryIntervalMs))
      return
    }
    this.#fill(table, {
      number: orderNumber,
      task: `ordering the items of the table ${table.name} by expiry (number ${orderNumber})`,
      target: () => orderTarget(table, orderNumber),
      filled: (record) => withFilledOrder(record, orderNumber),
    })
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
      this.#orders.delete(number)
      work.start(numberRemoval({ engine, commits, number }), this.#removalDelayMs)
    }
  }

  #fill(table: Table, { filled, ...filling }: Filling): void {
    const { engine, commits, catalog, work, sharesTables } = this.#options
    const job = backfillJob({
      engine,
      commits,
      table,
      sharesTables,
      ...filling,
      whenFilled: (writes) => catalog.amendIfPresent(table, filled, writes),
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

  /** However many tables there are to look at, that takes a small part of the time. */
  get #expiryIntervalMs(): number {
    return Math.max(expiryIntervalMs, this.#orders.size * expiryIntervalPerTableMs)
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
