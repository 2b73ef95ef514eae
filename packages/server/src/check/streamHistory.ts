import { StoredChange } from '../changes/changeRecord.ts'
import { recordKey, recordsOfStream, partsOfRecordKey } from '../layout/changeKeys.ts'
import { hashOfRow } from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import { asBuffer, sameBytes, type Bytes, type Snapshot } from '../storage/engine.ts'
import type { Item } from '../values/attributeValue.ts'
import { equalValues } from '../values/compare.ts'
import { decodeItem, storedItemJson } from '../values/itemCodec.ts'
import { rowKeyOfRecord } from './rowKeyOfRecord.ts'
import type { StoreFindings } from './storeFindings.ts'

/** The stream of a table, and what is known of it. */
interface CheckedHistory {
  readonly table: Table
  readonly streamNumber: number
  /** Every change of every item is there. */
  readonly isComplete: boolean
}

/** So many records are looked at in one pass, each of which has the items of some hashes. */
const recordsPerPass = 250_000

/** Where the last record of an item is. */
interface LastRecord {
  readonly shard: number
  readonly sequence: number
  readonly isRemoval: boolean
}

/**
 * Follows each item through the records of its stream: what one record leaves the next one finds,
 * and what the last one leaves is the item. Memory does not grow with the stream: a long one is
 * read several times.
 */
export class StreamHistory {
  readonly #snapshot: Snapshot
  readonly #findings: StoreFindings
  readonly #history: CheckedHistory

  constructor(snapshot: Snapshot, findings: StoreFindings, history: CheckedHistory) {
    this.#snapshot = snapshot
    this.#findings = findings
    this.#history = history
  }

  /** Gives how many items there are at the end by the records. */
  async check(recordCount: number): Promise<number> {
    const passes = Math.ceil(recordCount / recordsPerPass)
    let itemCount = 0
    for (let pass = 0; pass < passes; pass++) {
      const last = await this.#follow((hash) => hash % passes === pass)
      for (const [name, record] of last) {
        if (!record.isRemoval) itemCount += 1
        await this.#compareWithItem(Buffer.from(name, 'latin1'), record)
      }
    }
    return itemCount
  }

  /** Follows the items of some hashes; gives the last record of each by the name of its row. */
  async #follow(isOfPass: (hash: number) => boolean): Promise<Map<string, LastRecord>> {
    const { table, streamNumber } = this.#history
    const last = new Map<string, LastRecord>()
    for await (const { key, value } of this.#snapshot.range(recordsOfStream(streamNumber))) {
      const parts = partsOfRecordKey(key)
      const change = readChange(value)
      const rowKey = change && rowKeyOfRecord(table, change)
      if (parts === undefined || change === undefined || rowKey === undefined) continue
      if (!isOfPass(hashOfRow(rowKey))) continue
      const name = rowKey.toString('latin1')
      const { shard, sequence } = parts
      const fault = await this.#faultBetween(last.get(name), change)
      if (fault !== undefined) this.#findings.add('streamHistory', key, fault)
      last.set(name, { shard, sequence, isRemoval: change.kind === 'REMOVE' })
    }
    return last
  }

  /** What is wrong with `change` as the next of an item after `before`. */
  async #faultBetween(
    before: LastRecord | undefined,
    change: StoredChange,
  ): Promise<string | undefined> {
    if (before === undefined) {
      const mayBeFirst = change.kind === 'INSERT' || !this.#history.isComplete
      return mayBeFirst ? undefined : 'The first record of an item changes one that was not there'
    }
    if (before.isRemoval) {
      return change.kind === 'INSERT' ? undefined : 'The record changes an item that was removed'
    }
    if (change.kind === 'INSERT') return 'The record inserts an item that was there'
    if (change.oldJson === undefined) return undefined
    const { newJson } = (await this.#read(before)) ?? {}
    if (newJson === undefined || isSameItem(newJson, change.oldJson)) return undefined
    return 'The record has an old image that no record before has left'
  }

  async #compareWithItem(rowKey: Buffer, record: LastRecord): Promise<void> {
    const { table, streamNumber } = this.#history
    const stored = await this.#snapshot.get(rowKey)
    const report = (detail: string): void => {
      const key = recordKey(streamNumber, record.shard, record.sequence)
      this.#findings.add('streamHistory', key, `${detail}, in table ${table.name}`)
    }
    if (record.isRemoval) {
      if (stored !== undefined) report('The last record removes an item that is there')
      return
    }
    if (stored === undefined) {
      report('The last record leaves an item that is not there')
      return
    }
    const { newJson } = (await this.#read(record)) ?? {}
    if (newJson === undefined || isSameAsStored(newJson, stored)) return
    report('The last record leaves another item than is there')
  }

  async #read({ shard, sequence }: LastRecord): Promise<StoredChange | undefined> {
    const stored = await this.#snapshot.get(recordKey(this.#history.streamNumber, shard, sequence))
    return stored && readChange(stored)
  }
}

/** Undefined for what is no record, which has been reported. */
function readChange(stored: Bytes): StoredChange | undefined {
  try {
    return new StoredChange(stored)
  } catch {
    return undefined
  }
}

const itemOf = (json: Bytes): Item => JSON.parse(asBuffer(json).toString('utf8')) as Item

/** Equal by value: a write that only gives members another order is not recorded. */
function isSameItem(a: Bytes, b: Bytes): boolean {
  if (sameBytes(a, b)) return true
  try {
    return equalValues({ M: itemOf(a) }, { M: itemOf(b) })
  } catch {
    return false
  }
}

/** A row that is no item has been reported as such. */
function isSameAsStored(json: Bytes, stored: Bytes): boolean {
  try {
    if (sameBytes(json, storedItemJson(stored))) return true
    return equalValues({ M: itemOf(json) }, { M: decodeItem(stored) })
  } catch {
    return true
  }
}
