import type { Clock, Timer } from '../clock.ts'
import {
  resourceNotFound,
  tableAlreadyExists,
  tableInUse,
  tableNotFound,
  tooManyTables,
} from '../errors/tableErrors.ts'
import { maxTables } from '../limits.ts'
import { asBuffer, type StorageEngine, type StorageWrite } from '../storage/engine.ts'
import { encodeCounter } from '../commits/counters.ts'
import type { Committer } from '../commits/committer.ts'
import { DroppedTables } from '../upkeep/droppedTables.ts'
import { IndexWork } from '../upkeep/indexWork.ts'
import { readNumberedStates } from './numberedStates.ts'
import {
  indexRecords,
  openTable,
  replaceRecord,
  unusedNumber,
  type NumberedState,
} from '../schema/openTable.ts'
import { ResourceNames } from '../schema/resourceNames.ts'
import {
  droppedTableKey,
  lastTableNumberKey,
  tableCounterKey,
  tableRecordKey,
  tableRecordRange,
} from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import { decodeStoredTable, encodeStoredTable } from '../schema/tableRecord.ts'
import type { StoredTable, TableRecord, TableTransition } from '../schema/tableRecord.ts'
import { Turns } from './turns.ts'

export interface CatalogOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
  readonly region: string
  readonly accountId: string
  /** Whether CREATING, UPDATING and DELETING last for seconds, as on AWS. */
  readonly delayTransientStatuses: boolean
}

/**
 * A change of a table that takes its time: `during` is what clients see at first, with a status
 * that says so, and `after` what comes of it. Without delayed statuses only the answer shows
 * `during`.
 */
export interface RecordChange {
  readonly during: TableRecord
  readonly after: TableRecord
}

/** How long a status lasts when statuses are delayed. */
const durationsMs = { CREATING: 5000, UPDATING: 3000, DELETING: 3000, ACTIVE: 0 } as const
const retryDelayMs = 1000

/**
 * The tables of the database. INVARIANT: a change is durable before the promise of it resolves;
 * changes of one table name are made one after another, each on the outcome of the one before;
 * numbers of tables and indexes are given out once.
 */
export class Catalog {
  readonly names: ResourceNames
  readonly #options: CatalogOptions
  readonly #droppedTables: DroppedTables
  readonly #indexWork: IndexWork
  readonly #tables = new Map<string, Table>()
  readonly #transitions = new Map<Table, TableTransition>()
  readonly #timers = new Map<Table, Timer>()
  /** The changes of each table name. */
  readonly #turns = new Turns()
  #sortedNames: readonly string[] | undefined
  #lastNumber = 0
  #tablesUnderCreation = 0
  #closed = false

  private constructor(options: CatalogOptions) {
    this.#options = options
    this.names = new ResourceNames(options.region, options.accountId)
    this.#droppedTables = new DroppedTables(options.engine, options.commits, options.clock)
    this.#indexWork = new IndexWork({
      ...options,
      droppedTables: this.#droppedTables,
      amend: (table, revise, writes) => this.#amendIfPresent(table, revise, writes),
    })
  }

  /**
   * Reads all tables, and takes up what was interrupted: statuses that had not ended, and the
   * removal of deleted tables' rows. REQUIRES: the store's format has been checked.
   */
  static async open(options: CatalogOptions): Promise<Catalog> {
    const catalog = new Catalog(options)
    try {
      await catalog.#load()
      await catalog.#droppedTables.resume()
      return catalog
    } catch (error) {
      // What was taken up must not go on: the caller is about to close the engine.
      await catalog.close()
      throw error
    }
  }

  /**
   * The table of a data plane request, by name or ARN. Throws ResourceNotFoundException when it is
   * not there, or neither ACTIVE nor UPDATING.
   */
  tableForData(nameOrArn: string): Table {
    const table = this.#tables.get(nameOrArn) ?? this.find(nameOrArn)
    if (table === undefined || isTransient(table)) throw resourceNotFound()
    return table
  }

  /** The table of a control plane request, by name or ARN, in any status. */
  tableForControl(nameOrArn: string): Table {
    const table = this.find(nameOrArn)
    if (table === undefined) throw tableNotFound(this.names.tableName(nameOrArn))
    return table
  }

  /** The table of this name or ARN, in any status. Throws for an ARN of something else. */
  find(nameOrArn: string): Table | undefined {
    return this.#tables.get(this.names.tableName(nameOrArn))
  }

  /** The names of all tables, in any status, in ASCII order. */
  tableNames(): readonly string[] {
    this.#sortedNames ??= [...this.#tables.keys()].sort()
    return this.#sortedNames
  }

  /**
   * Creates a table: `define` gives its records once the name is known to be free. Throws
   * ResourceInUseException or LimitExceededException.
   */
  create(
    tableName: string,
    define: (tableNumber: number, nextNumber: () => number) => RecordChange,
  ): Promise<{ table: Table; change: RecordChange }> {
    return this.#turns.take(tableName, async () => {
      const namesake = this.#tables.get(tableName)
      if (namesake?.record.status === 'CREATING') throw tableInUse('created', tableName)
      if (namesake !== undefined) throw tableAlreadyExists(tableName)
      if (this.#tables.size + this.#tablesUnderCreation >= maxTables) throw tooManyTables(maxTables)
      this.#tablesUnderCreation += 1
      try {
        const change = define(this.#nextNumber(), this.#nextNumber)
        return { table: await this.#commitNewTable(this.#storedForm(change)), change }
      } finally {
        this.#tablesUnderCreation -= 1
      }
    })
  }

  readonly #nextNumber = (): number => {
    this.#lastNumber += 1
    return this.#lastNumber
  }

  /**
   * Changes a table by what `revise` makes of its record; an error that `revise` throws is the
   * caller's and nothing has changed then. `nextNumber` gives the numbers of indexes that it adds.
   */
  update(
    table: Table,
    revise: (record: TableRecord, nextNumber: () => number) => RecordChange,
  ): Promise<RecordChange> {
    return this.#turns.take(table.name, async () => {
      this.#checkPresent(table)
      const lastNumber = this.#lastNumber
      const change = revise(table.record, this.#nextNumber)
      const writes = this.#lastNumber === lastNumber ? [] : [this.#lastNumberWrite()]
      await this.#commitRecord(table, this.#storedForm(change), writes)
      return change
    })
  }

  /**
   * Changes what does not depend on the table's status, such as tags, whatever the table is
   * becoming.
   */
  amend(table: Table, revise: (record: TableRecord) => TableRecord): Promise<void> {
    return this.#turns.take(table.name, async () => {
      this.#checkPresent(table)
      await this.#commitAmendment(table, revise, [])
    })
  }

  #amendIfPresent(
    table: Table,
    revise: (record: TableRecord) => TableRecord,
    writes: readonly StorageWrite[],
  ): Promise<void> {
    return this.#turns.take(table.name, async () => {
      if (this.#tables.get(table.name) !== table) return
      await this.#commitAmendment(table, revise, writes)
    })
  }

  #commitAmendment(
    table: Table,
    revise: (record: TableRecord) => TableRecord,
    writes: readonly StorageWrite[],
  ): Promise<void> {
    const record = revise(table.record)
    const transition = this.#transitions.get(table)
    if (transition === undefined) return this.#commitRecord(table, { record }, writes)
    const after = transition.after === null ? null : revise(transition.after)
    return this.#commitRecord(table, { record, transition: { ...transition, after } }, writes)
  }

  /**
   * Deletes a table unless `admit` throws; gives its last record. Its rows are removed later; nobody
   * can see them any more. Throws ResourceInUseException while the table is being deleted.
   */
  drop(table: Table, admit: (record: TableRecord) => void): Promise<TableRecord> {
    return this.#turns.take(table.name, async () => {
      this.#checkPresent(table)
      const { record } = table
      if (record.status === 'DELETING') throw tableInUse('deleted', table.name)
      admit(record)
      const during: TableRecord = { ...record, status: 'DELETING' }
      table.dropped = true
      try {
        if (this.#options.delayTransientStatuses) {
          const endsAtMs = this.#options.clock.nowMs() + durationsMs.DELETING
          await this.#commitRecord(table, { record: during, transition: { endsAtMs, after: null } })
        } else {
          await this.#commitRemoval(table)
        }
      } catch (error) {
        table.dropped = false
        this.#indexWork.watch(table)
        throw error
      }
      return during
    })
  }

  /** Waits for the changes under way and stops all background work. The store stays open. */
  async close(): Promise<void> {
    this.#closed = true
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
    await this.#indexWork.close()
    await this.#turns.settled()
    await this.#droppedTables.close()
  }

  #checkPresent(table: Table): void {
    if (this.#tables.get(table.name) !== table) throw tableNotFound(table.name)
  }

  #storedForm({ during, after }: RecordChange): StoredTable {
    if (!this.#options.delayTransientStatuses || during.status === 'ACTIVE')
      return { record: after }
    const endsAtMs = this.#options.clock.nowMs() + durationsMs[during.status]
    return { record: during, transition: { endsAtMs, after } }
  }

  async #commitNewTable(stored: StoredTable): Promise<Table> {
    const { tableName, tableNumber } = stored.record
    await this.#submit([
      { key: tableRecordKey(tableName), value: encodeStoredTable(stored) },
      { key: tableCounterKey(tableNumber), value: encodeCounter(unusedNumber.counterValues) },
      this.#lastNumberWrite(),
    ])
    return this.#enter(stored, () => unusedNumber)
  }

  async #commitRecord(
    table: Table,
    stored: StoredTable,
    writes: readonly StorageWrite[] = [],
  ): Promise<void> {
    const recordWrite = { key: tableRecordKey(table.name), value: encodeStoredTable(stored) }
    await this.#submit([recordWrite, ...writes])
    replaceRecord(table, stored.record)
    this.#schedule(table, stored.transition)
    this.#indexWork.watch(table)
  }

  async #commitRemoval(table: Table): Promise<void> {
    const indexNumbers = indexRecords(table.record).map(({ indexNumber }) => indexNumber)
    const numbers = [table.number, ...indexNumbers]
    const name = Buffer.from(table.name, 'utf8')
    await this.#submit([
      { key: tableRecordKey(table.name), value: undefined },
      ...numbers.map((number) => ({ key: droppedTableKey(number), value: name })),
    ])
    this.#schedule(table, undefined)
    this.#tables.delete(table.name)
    this.#sortedNames = undefined
    for (const number of numbers) this.#droppedTables.add(number)
  }

  /** To be submitted at once: a later number must not be overwritten with an earlier one. */
  #lastNumberWrite(): StorageWrite {
    return { key: lastTableNumberKey, value: encodeTableNumber(this.#lastNumber) }
  }

  async #submit(writes: readonly StorageWrite[]): Promise<void> {
    await this.#options.commits.submit({ expectations: [], writes, effects: [] })
  }

  #enter({ record, transition }: StoredTable, stateOf: (number: number) => NumberedState): Table {
    const table = openTable(record, this.names.tableArn(record.tableName), stateOf)
    this.#tables.set(table.name, table)
    this.#sortedNames = undefined
    this.#schedule(table, transition)
    this.#indexWork.watch(table)
    return table
  }

  #schedule(table: Table, transition: TableTransition | undefined): void {
    this.#timers.get(table)?.cancel()
    this.#timers.delete(table)
    this.#transitions.delete(table)
    if (transition === undefined) return
    this.#transitions.set(table, transition)
    this.#startTimer(table, transition.endsAtMs - this.#options.clock.nowMs())
  }

  #startTimer(table: Table, delayMs: number): void {
    if (this.#closed) return
    const work = (): void => void this.#endTransition(table)
    this.#timers.set(table, this.#options.clock.startTimer(Math.max(0, delayMs), work))
  }

  /** Tries again later when the store fails: the status lasts until then. */
  #endTransition(table: Table): Promise<void> {
    return this.#turns.take(table.name, async () => {
      const transition = this.#transitions.get(table)
      if (transition === undefined || this.#closed) return
      try {
        if (transition.after === null) await this.#commitRemoval(table)
        else await this.#commitRecord(table, { record: transition.after })
      } catch {
        this.#startTimer(table, retryDelayMs)
      }
    })
  }

  async #load(): Promise<void> {
    const { engine, delayTransientStatuses, clock } = this.#options
    const snapshot = engine.snapshot()
    try {
      const lastNumber = await snapshot.get(lastTableNumberKey)
      if (lastNumber !== undefined) this.#lastNumber = asBuffer(lastNumber).readUInt32BE(0)
      for await (const { value } of snapshot.range(tableRecordRange)) {
        const stored = decodeStoredTable(value)
        const states = await readNumberedStates(snapshot, stored.record)
        this.#enter(stored, (number) => states.get(number) ?? unusedNumber)
      }
    } finally {
      snapshot.close()
    }
    const ended = [...this.#transitions].filter(
      ([, { endsAtMs }]) => !delayTransientStatuses || endsAtMs <= clock.nowMs(),
    )
    for (const [table] of ended) await this.#endTransition(table)
  }
}

function encodeTableNumber(tableNumber: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(tableNumber)
  return bytes
}

/**
 * While its removal is not durable a table may still come back, so its record decides, not
 * `dropped`.
 */
function isTransient({ record }: Table): boolean {
  return record.status === 'CREATING' || record.status === 'DELETING'
}
