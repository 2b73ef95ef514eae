import type { Clock } from '../clock.ts'
import {
  resourceNotFound,
  tableAlreadyExists,
  tableInUse,
  tableNotFound,
  tooManyTables,
} from '../errors/tableErrors.ts'
import { invariant } from '../invariant.ts'
import { tableQuota } from '../limits.ts'
import {
  StorageConflict,
  StorageFailure,
  type Bytes,
  type StorageEngine,
  type StorageWrite,
  type Version,
} from '../storage/engine.ts'
import { decodeCounter, encodeCounter } from '../commits/counters.ts'
import { retriesAtOnce, type Retries } from '../commits/retries.ts'
import type { Committer, CommitMember } from '../commits/committer.ts'
import type { StreamLogs, StreamRecord } from '../changes/streamLog.ts'
import type { StreamName } from '../changes/streamReader.ts'
import { localFeed, type CatalogFeed, type CatalogListener } from './catalogFeed.ts'
import { readNumberedStates } from './numberedStates.ts'
import { TableStreams, type StreamOpening } from './tableStreams.ts'
import { LocalNumbers, type NumberDraw, type TableNumbers } from './tableNumbers.ts'
import {
  numbersOf,
  openTable,
  replaceRecord,
  unusedNumber,
  type NumberedState,
} from '../schema/openTable.ts'
import { ResourceNames } from '../schema/resourceNames.ts'
import { requireCurrent } from '../layout/storeFormat.ts'
import {
  droppedTableKey,
  formatKey,
  tableCounterKey,
  tableRecordKey,
  tableRecordRange,
} from '../layout/storeKeys.ts'
import { countersOf, type Table } from '../schema/table.ts'
import { decodeStoredTable, encodeStoredTable } from '../schema/tableRecord.ts'
import type { StoredTable, TableRecord, TableTransition } from '../schema/tableRecord.ts'
import type { BesideRecord, NumberedAmendment, RecordChange } from './recordChange.ts'
import { Turns } from './turns.ts'

export interface CatalogOptions {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
  readonly region: string
  readonly accountId: string
  /** Whether CREATING, UPDATING and DELETING last for seconds, as on AWS. */
  readonly delayTransientStatuses: boolean
  /** Most tables; as many as an account has that asked for no more when absent. */
  readonly maxTables?: number
  /** Who tells of changes made elsewhere: nobody when absent. */
  readonly feed?: CatalogFeed
  /** Where numbers come from: those of a store that this process has to itself when absent. */
  readonly numbers?: TableNumbers
  /** Where the changes of tables with a stream go. */
  readonly streamLogs: StreamLogs
  /** How changes begin anew that somebody else was quicker than; at once when absent. */
  readonly retries?: Retries
}

/** How long a status lasts when statuses are delayed. */
const durationsMs = { CREATING: 5000, UPDATING: 3000, DELETING: 3000, ACTIVE: 0 } as const

/** How often a change begins anew because somebody else has changed the table meanwhile. */
const retriesOfOne = retriesAtOnce(10)

/**
 * The tables of the database. INVARIANT: a change is durable before the promise of it resolves;
 * changes of one table name are made one after another, each on the outcome of the one before, and
 * the commit of each relies on the record that it changes; numbers of tables and indexes are given
 * out once.
 *
 * What follows from a table is for others to do: they follow the catalog.
 */
export class Catalog {
  readonly names: ResourceNames
  readonly #options: CatalogOptions
  readonly #feed: CatalogFeed
  readonly #numbers: TableNumbers
  readonly #streams: TableStreams
  readonly #listeners: CatalogListener[] = []
  readonly #tables = new Map<string, Table>()
  readonly #transitions = new Map<Table, TableTransition>()
  /** The changes of each table name. */
  readonly #turns = new Turns()
  #sortedNames: readonly string[] | undefined
  #tablesUnderCreation = 0

  private constructor(options: CatalogOptions, numbers: TableNumbers) {
    this.#options = options
    this.#feed = options.feed ?? localFeed
    this.#numbers = numbers
    this.#streams = new TableStreams(options.engine, options.streamLogs, options.clock)
    this.names = new ResourceNames(options.region, options.accountId)
  }

  /**
   * Reads all tables, and ends statuses whose time is over. REQUIRES: the store's format has been
   * checked.
   */
  static async open(options: CatalogOptions): Promise<Catalog> {
    const numbers = options.numbers ?? (await LocalNumbers.open(options.engine))
    const catalog = new Catalog(options, numbers)
    const changed = new Set<string>()
    let isLoaded = false
    await catalog.#feed.start({
      known: () => catalog.#tables.values(),
      async refresh(tableName) {
        if (isLoaded) await catalog.refresh(tableName)
        else changed.add(tableName)
      },
      readCounts: () => catalog.#readCounts(),
    })
    try {
      await catalog.#load()
      isLoaded = true
      for (const tableName of changed) await catalog.refresh(tableName)
      return catalog
    } catch (error) {
      // What was taken up must not go on: the caller is about to close the engine.
      await catalog.close()
      throw error
    }
  }

  /** Tells a listener of all tables, and from then on of what becomes of them. */
  follow(listener: CatalogListener): void {
    this.#listeners.push(listener)
    for (const table of this.#tables.values()) {
      const transition = this.#transitions.get(table)
      if (transition !== undefined) listener.transitionDue(table, transition.endsAtMs)
      listener.tableInForce(table)
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

  /** All tables, in any status. */
  tables(): Iterable<Table> {
    return this.#tables.values()
  }

  /** The names of all tables, in any status, in ASCII order. */
  tableNames(): readonly string[] {
    this.#sortedNames ??= [...this.#tables.keys()].sort()
    return this.#sortedNames
  }

  /**
   * Creates a table: `define` gives its records once the name is known to be free; it may be asked
   * again. `openStream` gives what its stream has. Throws ResourceInUseException or
   * LimitExceededException.
   */
  create(
    tableName: string,
    define: (
      tableNumber: number,
      nextNumber: () => number,
      openStream: () => StreamOpening,
    ) => RecordChange,
  ): Promise<{ table: Table; change: RecordChange }> {
    return this.#change(tableName, async () => {
      const namesake = this.#tables.get(tableName)
      if (namesake?.record.status === 'CREATING') throw tableInUse('created', tableName)
      if (namesake !== undefined) throw tableAlreadyExists(tableName)
      const { maxTables = tableQuota } = this.#options
      if (this.#tables.size + this.#tablesUnderCreation >= maxTables) throw tooManyTables(maxTables)
      this.#tablesUnderCreation += 1
      try {
        const draw = await this.#numbers.draw()
        const openStream = await this.#streams.opener(tableName, draw)
        const change = define(draw.next(), () => draw.next(), openStream)
        return { table: await this.#commitNewTable(this.#storedForm(change), draw), change }
      } finally {
        this.#tablesUnderCreation -= 1
      }
    })
  }

  /**
   * Changes a table by what `revise` makes of its record; an error that `revise` throws is the
   * caller's and nothing has changed then. `nextNumber` gives the numbers of indexes that it adds,
   * `openStream` what a stream has that it enables. It may be asked again, of another record.
   */
  update(
    table: Table,
    revise: (
      record: TableRecord,
      nextNumber: () => number,
      openStream: () => StreamOpening,
    ) => RecordChange,
  ): Promise<RecordChange> {
    return this.#change(table.name, async () => {
      const draw = await this.#numbers.draw()
      const openStream = await this.#streams.opener(table.name, draw)
      this.#checkPresent(table)
      const change = revise(table.record, () => draw.next(), openStream)
      await this.#commitRecord(table, this.#storedForm(change), draw.claim())
      return change
    })
  }

  /**
   * Closes the open shards of a table's stream and opens children in their place; a stream that has
   * no shards yet gets its first. Does nothing for a table without a stream, or that is gone.
   */
  rollOverStream(table: Table): Promise<void> {
    return this.#change(table.name, async () => {
      if (this.#tables.get(table.name) !== table || table.dropped) return
      const draw = await this.#numbers.draw()
      const revise = this.#streams.rollOver(table.record, draw)
      if (revise !== undefined) await this.#commitAmendment(table, revise, draw.claim())
    })
  }

  /**
   * Changes what does not depend on the table's status, such as tags, whatever the table is
   * becoming.
   */
  amend(table: Table, revise: (record: TableRecord) => TableRecord): Promise<void> {
    return this.#change(table.name, async () => {
      this.#checkPresent(table)
      await this.#commitAmendment(table, revise)
    })
  }

  /**
   * Changes the record of a stream, whether its table still has it or not. False when nothing of
   * the stream is there.
   */
  amendStream(name: StreamName, revise: (record: StreamRecord) => StreamRecord): Promise<boolean> {
    return this.#change(name.tableName, async () => {
      const amendment = await this.#streams.amendment(name, revise)
      if (amendment === undefined) return false
      await this.#options.commits.submit(amendment)
      return true
    })
  }

  /**
   * As {@link amend}, for what has a number of its own: `prepare` says what is changed, with the
   * next number of the sequence if it takes one; what is kept under those that it gives up is
   * removed. It may be asked again, of another record.
   */
  amendNumbered(
    table: Table,
    prepare: (record: TableRecord, nextNumber: () => number) => NumberedAmendment,
  ): Promise<void> {
    return this.#change(table.name, async () => {
      const draw = await this.#numbers.draw()
      this.#checkPresent(table)
      const { revise, dropped } = prepare(table.record, () => draw.next())
      const { expectations, writes } = draw.claim()
      await this.#commitAmendment(table, revise, {
        expectations,
        writes: [...writes, ...notesOfRemoval(table.name, dropped)],
        dropped,
      })
    })
  }

  /** As {@link amend}, together with `writes`; does nothing when the table is gone. */
  amendIfPresent(
    table: Table,
    revise: (record: TableRecord) => TableRecord,
    writes: readonly StorageWrite[],
  ): Promise<void> {
    return this.#change(table.name, async () => {
      if (this.#tables.get(table.name) !== table) return
      await this.#commitAmendment(table, revise, { writes })
    })
  }

  #commitAmendment(
    table: Table,
    revise: (record: TableRecord) => TableRecord,
    more: BesideRecord = {},
  ): Promise<void> {
    const record = revise(table.record)
    const transition = this.#transitions.get(table)
    if (transition === undefined) return this.#commitRecord(table, { record }, more)
    const after = transition.after === null ? null : revise(transition.after)
    return this.#commitRecord(table, { record, transition: { ...transition, after } }, more)
  }

  /**
   * Deletes a table unless `admit` throws; gives its last record. Its rows are removed later;
   * nobody can see them any more. Throws ResourceInUseException while the table is being deleted.
   */
  drop(table: Table, admit: (record: TableRecord) => void): Promise<TableRecord> {
    return this.#change(table.name, async () => {
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
        for (const listener of this.#listeners) listener.tableInForce(table)
        throw error
      }
      return during
    })
  }

  /**
   * Ends the status of a table if its time has come. Gives when the status that the table then has
   * will end, in milliseconds since the epoch; undefined when it lasts.
   */
  endTransition(table: Table): Promise<number | undefined> {
    return this.#change(table.name, async () => {
      const transition = this.#transitions.get(table)
      if (transition === undefined) return undefined
      if (!this.#hasEnded(transition)) return transition.endsAtMs
      if (transition.after === null) await this.#commitRemoval(table)
      else await this.#commitRecord(table, { record: transition.after })
      return undefined
    })
  }

  /**
   * Reads the record of a table again, which somebody else may have created, changed or deleted.
   */
  refresh(tableName: string): Promise<void> {
    return this.#turns.take(tableName, () => this.#readAgain(tableName))
  }

  /**
   * Resolves when all changes are known that were acknowledged, by whichever server, before this
   * call: to true when they were known at the time of the call.
   */
  async catchUp(): Promise<boolean> {
    return (await this.#feed.catchUp?.()) ?? true
  }

  /** Waits for the changes under way. The store stays open. */
  async close(): Promise<void> {
    await this.#feed.stop()
    await this.#turns.settled()
  }

  /** Makes a change in its turn, anew when somebody else has changed the table meanwhile. */
  #change<T>(tableName: string, make: () => Promise<T>): Promise<T> {
    return this.#turns.take(tableName, async () => {
      const { retries = retriesOfOne } = this.#options
      for (let attempt = 1; ; attempt++) {
        try {
          return await make()
        } catch (error) {
          if (!(error instanceof StorageConflict) || attempt >= retries.attempts) throw error
          await retries.pause(attempt)
          await this.#readAgain(tableName)
        }
      }
    })
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

  async #commitNewTable(stored: StoredTable, draw: NumberDraw): Promise<Table> {
    const { tableName, tableNumber } = stored.record
    const key = tableRecordKey(tableName)
    const value = encodeStoredTable(stored)
    const counter = encodeCounter(unusedNumber.counterValues)
    const { expectations, writes } = draw.claim()
    const stream = this.#streams.effects(undefined, stored.record)
    let table: Table | undefined
    await this.#submit(
      {
        expectations: [{ key, version: undefined }, ...expectations, ...stream.expectations],
        writes: [{ key, value }, { key: tableCounterKey(tableNumber), value: counter }, ...writes],
        effects: stream.effects,
      },
      () => {
        table = this.#enter(stored, this.#versionOf(value), () => unusedNumber)
      },
    )
    invariant(table !== undefined, 'what is committed has been entered')
    return table
  }

  async #commitRecord(
    table: Table,
    stored: StoredTable,
    { expectations = [], writes = [], dropped = [] }: BesideRecord = {},
  ): Promise<void> {
    const key = tableRecordKey(table.name)
    const value = encodeStoredTable(stored)
    const stream = this.#streams.effects(table.record, stored.record)
    await this.#submit(
      {
        expectations: [{ key, version: table.version }, ...expectations, ...stream.expectations],
        writes: [{ key, value }, ...writes],
        effects: stream.effects,
      },
      () => {
        replaceRecord(table, stored.record, this.#versionOf(value))
        this.#tell(table, stored.transition)
        this.#tellDropped(dropped)
      },
    )
  }

  async #commitRemoval(table: Table): Promise<void> {
    const key = tableRecordKey(table.name)
    const stream = this.#streams.effects(table.record, undefined)
    await this.#submit(
      {
        expectations: [{ key, version: table.version }, ...stream.expectations],
        writes: [{ key, value: undefined }, ...notesOfRemoval(table.name, numbersOf(table.record))],
        effects: stream.effects,
      },
      () => this.#forget(table),
    )
  }

  /**
   * `onCommitted` puts in force what has been committed, before any later commit is made: so a
   * commit that is worked out when its turn has come sees the tables as the store has them.
   */
  async #submit(
    member: Pick<CommitMember, 'expectations' | 'effects'> & {
      readonly writes: readonly StorageWrite[]
    },
    onCommitted: () => void,
  ): Promise<void> {
    const announced = this.#feed.announce?.() ?? []
    const writes = [...member.writes, ...announced]
    await this.#options.commits.submit({ ...member, writes, onCommitted })
  }

  #versionOf(value: Bytes): Version {
    return this.#options.engine.versionOf(value)
  }

  #enter(
    { record, transition }: StoredTable,
    version: Version,
    stateOf: (number: number) => NumberedState,
  ): Table {
    const arn = this.names.tableArn(record.tableName)
    const table = openTable(record, { arn, version, stateOf })
    this.#tables.set(table.name, table)
    this.#sortedNames = undefined
    this.#tell(table, transition)
    return table
  }

  #forget(table: Table): void {
    table.dropped = true
    this.#transitions.delete(table)
    this.#tables.delete(table.name)
    this.#sortedNames = undefined
    this.#tellDropped(numbersOf(table.record))
  }

  #tellDropped(numbers: readonly number[]): void {
    if (numbers.length === 0) return
    for (const listener of this.#listeners) listener.numbersDropped(numbers)
  }

  #tell(table: Table, transition: TableTransition | undefined): void {
    if (transition === undefined) this.#transitions.delete(table)
    else this.#transitions.set(table, transition)
    for (const listener of this.#listeners) {
      if (transition !== undefined) listener.transitionDue(table, transition.endsAtMs)
      listener.tableInForce(table)
    }
  }

  #hasEnded({ endsAtMs }: TableTransition): boolean {
    const { delayTransientStatuses, clock } = this.#options
    return !delayTransientStatuses || endsAtMs <= clock.nowMs()
  }

  /** REQUIRES: the turn of the name. */
  async #readAgain(tableName: string): Promise<void> {
    const snapshot = this.#options.engine.snapshot()
    try {
      const [value, mark] = await snapshot.getMany([tableRecordKey(tableName), formatKey])
      requireCurrent(mark)
      const version = value === undefined ? undefined : this.#versionOf(value)
      const known = this.#tables.get(tableName)
      if (version === known?.version) return
      const stored = value === undefined ? undefined : decodeStoredTable(value)
      const isSame = stored?.record.tableNumber === known?.number
      if (known !== undefined && !isSame) this.#forget(known)
      if (version === undefined || stored === undefined) return
      const stateOf = await readNumberedStates(snapshot, [stored.record])
      if (known === undefined || !isSame) {
        this.#enter(stored, version, stateOf)
        return
      }
      replaceRecord(known, stored.record, version, stateOf)
      known.dropped = stored.record.status === 'DELETING'
      this.#tell(known, stored.transition)
    } finally {
      snapshot.close()
    }
  }

  async #readCounts(): Promise<void> {
    const counters = [...this.#tables.values()].flatMap(countersOf)
    const found = await this.#options.engine.getMany(counters.map(({ key }) => key))
    counters.forEach((counter, i) => {
      const stored = found[i]
      if (stored !== undefined) counter.values = decodeCounter(stored)
    })
  }

  async #load(): Promise<void> {
    const snapshot = this.#options.engine.snapshot()
    try {
      const found: { readonly stored: StoredTable; readonly version: Version }[] = []
      for await (const { value } of snapshot.range(tableRecordRange)) {
        found.push({ stored: decodeStoredTable(value), version: this.#versionOf(value) })
      }
      const records = found.map(({ stored }) => stored.record)
      const stateOf = await readNumberedStates(snapshot, records)
      for (const { stored, version } of found) this.#enter(stored, version, stateOf)
    } finally {
      snapshot.close()
    }
    for (const [table, transition] of this.#transitions) {
      if (this.#hasEnded(transition)) await this.endTransition(table).catch(unlessStoreFails)
    }
  }
}

/** A status that cannot be ended now is ended later, by who follows the catalog. */
function unlessStoreFails(error: unknown): void {
  if (!(error instanceof StorageFailure)) throw error
}

/** Says in the store that what is kept under these numbers is to be removed. */
function notesOfRemoval(tableName: string, numbers: readonly number[]): StorageWrite[] {
  const value = Buffer.from(tableName, 'utf8')
  return numbers.map((number) => ({ key: droppedTableKey(number), value }))
}

/**
 * While its removal is not durable a table may still come back, so its record decides, not
 * `dropped`.
 */
function isTransient({ record }: Table): boolean {
  return record.status === 'CREATING' || record.status === 'DELETING'
}
