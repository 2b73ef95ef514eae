import type { Bytes, MaybePromise, StorageWrite } from '../storage/engine.ts'
import type { Table } from '../schema/table.ts'

/**
 * Who is told what becomes of the tables, whoever changed them. What is to be done about it is the
 * listener's affair. Calls are made between other work and return at once.
 */
export interface CatalogListener {
  /**
   * A table is in force, or another record of it. Also when a deletion has failed and the table
   * stays.
   */
  tableInForce(table: Table): void
  /**
   * The status of a table ends at this time, in milliseconds since the epoch: `endTransition` is to
   * be called then.
   */
  transitionDue(table: Table, endsAtMs: number): void
  /**
   * Nobody submits writes under these numbers of tables and indexes any more. The store says that
   * what is kept under them is to be removed.
   */
  numbersDropped(numbers: readonly number[]): void
}

/** What a feed does with the catalog that it tells of changes. */
export interface FollowingCatalog {
  /** The tables that it knows, with the versions of the records that it knows them by. */
  known(): Iterable<Pick<Table, 'name' | 'version'>>
  /** Reads the record of a table again. */
  refresh(tableName: string): Promise<void>
  /** Reads again how many items and bytes the tables have. */
  readCounts(): Promise<void>
}

/**
 * How a catalog learns of changes that were made elsewhere, by another server of the same store.
 */
export interface CatalogFeed {
  /**
   * Begins to tell: calls `refresh` with the name of each table that somebody else has created,
   * changed or deleted since, or may have, in any order and as often as it likes. What was changed
   * before this resolves is read afterwards.
   */
  start(catalog: FollowingCatalog): MaybePromise<void>
  stop(): MaybePromise<void>
  /** What each change of a table writes besides, so that others learn of it. */
  announce?(): readonly StorageWrite[]
  /**
   * Resolves when the catalog has all changes that were acknowledged to anybody before this call:
   * to true when it had them already, so that who looked for a table at the time of the call has
   * found it as it was then. Absent where nothing is changed elsewhere.
   */
  catchUp?(): Promise<boolean>
  /** Whether the last look has found this under the key of the catalog's version. */
  readonly isKnown?: (stamp: Bytes | undefined) => boolean
}

/** The feed of a store that one process has to itself: nothing is changed elsewhere. */
export const localFeed: CatalogFeed = { start: () => undefined, stop: () => undefined }
