import type { Counter } from '../storage/groupCommit.ts'
import type { KeyAttributeType } from '../values/attributeValue.ts'
import type { TableRecord } from './tableRecord.ts'

/** A key attribute with its type, from KeySchema and AttributeDefinitions. */
export interface KeyAttribute {
  readonly name: string
  readonly type: KeyAttributeType
}

/** The primary key of a table, ready for the data plane. */
export interface PrimaryKeySchema {
  readonly partitionKey: KeyAttribute
  readonly sortKey: KeyAttribute | undefined
}

/** One key attribute of one secondary index: an item that has it must have it with this type. */
export interface IndexKeyAttribute extends KeyAttribute {
  readonly indexName: string
  readonly keyType: 'HASH' | 'RANGE'
}

/**
 * A table at run time: its record with what every request needs of it worked out. One object lives as
 * long as the table does; an update of the table replaces `record` and what derives from it.
 */
export interface Table {
  /** Identifies the table's rows in the store. Never used again, so a re-created table is empty. */
  readonly number: number
  readonly name: string
  readonly arn: string
  readonly primaryKey: PrimaryKeySchema
  /** Item count and size in bytes of all acknowledged writes, in this order. */
  readonly counter: Counter
  record: TableRecord
  indexKeys: readonly IndexKeyAttribute[]
  /** Set when DeleteTable has been accepted: no write may be submitted from then on. */
  dropped: boolean
}
