import { asBuffer, type Bytes, type Snapshot } from '../storage/engine.ts'
import { decodeCounter } from '../commits/counters.ts'
import {
  indexRecords,
  numbersOf,
  openTable,
  unusedNumber,
  type NumberedState,
} from '../schema/openTable.ts'
import {
  backfillKey,
  catalogVersionKey,
  droppedTableKey,
  droppedTableNumber,
  droppedTableRange,
  lastTableNumberKey,
  tableCounterKey,
  tableRecordKey,
  tableRecordRange,
} from '../layout/storeKeys.ts'
import type { ExpiryOrder, SecondaryIndex, Table } from '../schema/table.ts'
import { decodeStoredTable, type StoredTable } from '../schema/tableRecord.ts'
import { decodeStream, type StoredStream } from '../changes/streamReader.ts'
import { streamRange } from '../layout/changeKeys.ts'
import { faultOfPolicy } from './policyCheck.ts'
import type { StoreFindings } from './storeFindings.ts'

/** Count and size in bytes as they add up from what is in the store. */
export interface Tally {
  count: number
  sizeBytes: number
}

/** An index of a table, with what the walk through the store has found of it. */
export interface CheckedIndex {
  readonly index: SecondaryIndex
  readonly table: Table
  /** What the items of the table should have in the index, as far as the index is built. */
  readonly expected: Tally
  /** How many entries were found where an item has one. */
  foundCount: number
  /** How many entries there are. */
  storedCount: number
}

/** The order of expiry of a table, with what the walk through the store has found of it. */
export interface CheckedOrder {
  readonly order: ExpiryOrder
  readonly table: Table
  /** How many entries were found where an item has one. */
  foundCount: number
  /** How many entries there are. */
  storedCount: number
}

/** A table, with what the walk through the store has found of it. */
export interface CheckedTable {
  readonly table: Table
  readonly tally: Tally
  /** In the order of the table's indexes. */
  readonly indexes: readonly CheckedIndex[]
  readonly order: CheckedOrder | undefined
}

/** Who has a number: a table or what it has, or something whose keys are being removed. */
export type NumberOwner =
  | { readonly kind: 'table'; readonly checked: CheckedTable }
  | { readonly kind: 'index'; readonly checked: CheckedIndex }
  | { readonly kind: 'order'; readonly checked: CheckedOrder }
  | { readonly kind: 'leaving' }

/** A stream, which has a number of the same sequence. */
export interface CheckedStream {
  readonly kind: 'stream'
  readonly stream: StoredStream
  readonly key: Bytes
}

const leaving: NumberOwner = { kind: 'leaving' }

/**
 * The owners of all numbers in a store. What is wrong with records and numbers goes to the
 * findings.
 */
export class KnownNumbers {
  readonly tables: CheckedTable[] = []
  readonly streams: CheckedStream[] = []
  /** Whether several servers have had the store. */
  readonly isShared: boolean
  readonly #owners = new Map<number, NumberOwner | CheckedStream>()
  /** Numbers without an owner that have been reported. */
  readonly #orphans = new Set<number>()
  readonly #findings: StoreFindings

  private constructor(findings: StoreFindings, isShared: boolean) {
    this.#findings = findings
    this.isShared = isShared
  }

  static async read(snapshot: Snapshot, findings: StoreFindings): Promise<KnownNumbers> {
    const isShared = (await snapshot.get(catalogVersionKey)) !== undefined
    const known = new KnownNumbers(findings, isShared)
    for await (const { key, value } of snapshot.range(tableRecordRange)) {
      await known.#addTable(snapshot, key, value)
    }
    for await (const { key } of snapshot.range(droppedTableRange)) known.#addDropped(key)
    for await (const { key, value } of snapshot.range(streamRange())) known.#addStream(key, value)
    known.#checkLast(await snapshot.get(lastTableNumberKey))
    return known
  }

  /**
   * The owner of a number of 4 bytes at the second byte of `key`; undefined when it has none, which
   * is reported at the first key of each number.
   */
  ownerOf(key: Buffer, what: string): NumberOwner | undefined {
    const owner = this.#owners.get(key.readUInt32BE(1))
    if (owner !== undefined && owner.kind !== 'stream') return owner
    this.#reportOrphan(key, what)
    return undefined
  }

  /** The stream of a number, as {@link ownerOf}. */
  streamOf(key: Buffer, what: string): CheckedStream | undefined {
    const owner = this.#owners.get(key.readUInt32BE(1))
    if (owner?.kind === 'stream') return owner
    this.#reportOrphan(key, what)
    return undefined
  }

  #reportOrphan(key: Buffer, what: string): void {
    const number = key.readUInt32BE(1)
    if (this.#orphans.has(number)) return
    this.#orphans.add(number)
    const nothing = this.#owners.has(number) ? 'which is of something else' : 'which nothing has'
    this.#findings.add('orphan', key, `${what} of number ${number}, ${nothing}`)
  }

  async #addTable(snapshot: Snapshot, key: Bytes, value: Bytes): Promise<void> {
    let opened: { readonly stored: StoredTable; readonly table: Table }
    try {
      opened = await openStored(snapshot, value)
    } catch (error) {
      const { message } = error as Error
      this.#findings.add('tableRecord', key, `The record cannot be understood: ${message}`)
      return
    }
    const { stored, table } = opened
    const fault = faultOfRecord(stored, key)
    if (fault !== undefined) this.#findings.add('tableRecord', key, fault)
    for (const record of [stored.record, stored.transition?.after]) {
      const policyFault = faultOfPolicy(record?.policySettings)
      if (policyFault !== undefined) this.#findings.add('policy', key, policyFault)
    }
    const indexes = table.indexes.map(
      (index): CheckedIndex => ({
        index,
        table,
        expected: { count: 0, sizeBytes: 0 },
        foundCount: 0,
        storedCount: 0,
      }),
    )
    const { expiryOrder } = table
    const order = expiryOrder && { order: expiryOrder, table, foundCount: 0, storedCount: 0 }
    const checked = { table, tally: { count: 0, sizeBytes: 0 }, indexes, order }
    this.tables.push(checked)
    this.#give(table.number, { kind: 'table', checked }, key)
    for (const { indexNumber } of indexRecords(stored.record)) {
      const index = indexes.find((each) => each.index.number === indexNumber)
      const owner: NumberOwner = index === undefined ? leaving : { kind: 'index', checked: index }
      this.#give(indexNumber, owner, key)
    }
    if (order !== undefined) this.#give(order.order.number, { kind: 'order', checked: order }, key)
  }

  #addDropped(key: Bytes): void {
    if (key.length === droppedTableKey(0).length) {
      this.#give(droppedTableNumber(key), leaving, key)
    } else {
      this.#findings.add('unknownKey', key, 'The note of a removal names no number')
    }
  }

  #addStream(key: Bytes, value: Bytes): void {
    const stream = decodeStream(key, value)
    if (stream === undefined) {
      this.#findings.add('stream', key, 'The record of the stream cannot be understood')
      return
    }
    const policyFault = faultOfPolicy(stream.policySettings)
    if (policyFault !== undefined) this.#findings.add('policy', key, policyFault)
    const checked: CheckedStream = { kind: 'stream', stream, key }
    this.streams.push(checked)
    this.#give(stream.streamNumber, checked, key)
  }

  #give(number: number, owner: NumberOwner | CheckedStream, key: Bytes): void {
    if (!Number.isInteger(number) || number < 1 || number > 0xffff_ffff) {
      const detail = `${number} is not a number of a table, an index or a stream`
      this.#findings.add('tableNumber', key, detail)
    } else if (this.#owners.has(number)) {
      this.#findings.add('tableNumber', key, `Number ${number} has another owner already`)
    } else {
      this.#owners.set(number, owner)
    }
  }

  #checkLast(value: Bytes | undefined): void {
    let highest = 0
    for (const number of this.#owners.keys()) highest = Math.max(highest, number)
    if (value !== undefined && value.length !== 4) {
      this.#findings.add('tableNumber', lastTableNumberKey, 'The last number cannot be read')
      return
    }
    const last = value === undefined ? 0 : asBuffer(value).readUInt32BE(0)
    if (highest > last) {
      const detail = `Number ${highest} is in use, and the last one given out is ${last}`
      this.#findings.add('tableNumber', lastTableNumberKey, detail)
    }
  }
}

/** The table of a stored record. Throws when the record is none. */
async function openStored(
  snapshot: Snapshot,
  value: Bytes,
): Promise<{ stored: StoredTable; table: Table }> {
  const stored = decodeStoredTable(value)
  const { record } = stored
  const numbers = numbersOf(record)
  const counters = await snapshot.getMany(numbers.map(tableCounterKey))
  const positions = await snapshot.getMany(numbers.map(backfillKey))
  const states = new Map<number, NumberedState>()
  numbers.forEach((number, i) => {
    const counterValues = counterValuesOf(counters[i])
    states.set(number, { counterValues, backfillPosition: positions[i] })
  })
  const stateOf = (number: number) => states.get(number) as NumberedState
  // A check commits nothing, so it relies on no version.
  return { stored, table: openTable(record, { arn: record.tableName, version: 0, stateOf }) }
}

/** Equal to no sums when the counter cannot be read. */
function counterValuesOf(counter: Bytes | undefined): readonly number[] {
  if (counter === undefined) return unusedNumber.counterValues
  return counter.length === 16 ? decodeCounter(counter) : [Number.NaN, Number.NaN]
}

function faultOfRecord({ record, transition }: StoredTable, key: Bytes): string | undefined {
  if (Buffer.compare(tableRecordKey(record.tableName), key) !== 0) {
    return `The record is of a table named ${record.tableName}`
  }
  const names = indexRecords(record).map(({ indexName }) => indexName)
  if (new Set(names).size !== names.length) return 'Two indexes have one name'
  if (transition === undefined) return undefined
  if (!Number.isFinite(transition.endsAtMs)) return 'The status of the table never ends'
  const { after } = transition
  if (after === null) return undefined
  return after.tableName === record.tableName && after.tableNumber === record.tableNumber
    ? undefined
    : 'The table would become another one'
}
