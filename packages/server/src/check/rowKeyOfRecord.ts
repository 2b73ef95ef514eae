import type { StoredChange } from '../changes/changeRecord.ts'
import { rowKeyOfKey } from '../items/primaryKey.ts'
import type { Table } from '../schema/table.ts'
import { asBuffer } from '../storage/engine.ts'
import type { AttributeMap } from '../values/attributeValue.ts'

/** The row key of the item of a record; undefined when its key is none of the table's. */
export function rowKeyOfRecord(table: Table, { keyJson }: StoredChange): Buffer | undefined {
  try {
    const key = JSON.parse(asBuffer(keyJson).toString('utf8')) as AttributeMap
    return rowKeyOfKey(table, key)
  } catch {
    return undefined
  }
}
