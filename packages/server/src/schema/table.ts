import type { Bytes, Version } from '../storage/engine.ts'
import type { Counter } from '../commits/counters.ts'
import type { KeyAttributeType } from '../values/attributeValue.ts'
import type {
  DistanceFunction,
  StreamLog,
  StreamViewType,
  TableRecord,
  TableStatus,
} from './tableRecord.ts'

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
 * The progress of what is filled in from the items that were there before it: an index, whose
 * counter has the entries of the items up to `position` and of no others, or an order of expiry.
 */
export interface Backfill {
  /** A row key, or a bound of the table's rows. */
  position: Bytes
}

/** What a vector index has beside what every index has. */
export interface VectorShape {
  /** The attribute that holds the vector: a list of so many numbers. */
  readonly attributeName: string
  readonly dimensions: number
  readonly distanceFunction: DistanceFunction
  /** What searches may ask beside the partition key; an item need not have them. */
  readonly filters: readonly KeyAttribute[]
}

/** A secondary index at run time. */
export interface SecondaryIndex {
  readonly name: string
  readonly kind: 'local' | 'global' | 'vector'
  /** Of a vector index alone. */
  readonly vector: VectorShape | undefined
  /** Identifies the index's entries in the store; from the same sequence as table numbers. */
  readonly number: number
  /** One attribute, for a global index up to four, for a vector index none or one. */
  readonly partitionKeys: readonly KeyAttribute[]
  /** None, one, or for a global index up to four, in their order. */
  readonly sortKeys: readonly KeyAttribute[]
  /**
   * The attributes that entries have: all of the item's, or only those named, keys included.
   * Indexes of a table with the same have one set. That of a vector index has its vector beside
   * them.
   */
  readonly projectedAttributes: 'all' | ReadonlySet<string>
  /**
   * An index that is CREATING is written but must not be read; one that is DELETING is not listed.
   */
  readonly status: TableStatus
  /** How far the entries of older items have been made, while UpdateTable creates the index. */
  readonly backfill: Backfill | undefined
  /** Entry count and size in bytes of all acknowledged writes. */
  readonly counter: Counter
}

/** A vector index at run time. */
export type VectorIndex = SecondaryIndex & { readonly vector: VectorShape }

export const isVectorIndex = (index: SecondaryIndex): index is VectorIndex =>
  index.vector !== undefined

/** The order in which the items of a table expire, at run time. */
export interface ExpiryOrder {
  readonly number: number
  /** The attribute that says when an item expires. */
  readonly attributeName: string
  /** How far the entries of older items have been made, until all are there. */
  readonly backfill: Backfill | undefined
}

/** The stream of a table while it is enabled. */
export interface TableStream {
  readonly number: number
  readonly viewType: StreamViewType
  readonly log: StreamLog
  /** Where the last number and time of the stream are kept. */
  readonly sequenceKey: Bytes
}

/**
 * A table at run time: its record with what every request needs of it worked out. One object lives
 * as long as the table does; an update of the table replaces `record` and what derives from it.
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
  /**
   * The version of the record in force, under `tableRecordKey(name)`: whoever relies on the table
   * being as it is relies on it.
   */
  version: Version
  indexKeys: readonly IndexKeyAttribute[]
  /** The indexes whose entries are written with items: all but those being deleted. */
  indexes: readonly SecondaryIndex[]
  /** Those of `indexes` that are vector indexes, in the order of their names. */
  vectorIndexes: readonly VectorIndex[]
  /** The order that is written with items while time to live is enabled. */
  expiryOrder: ExpiryOrder | undefined
  /** Undefined while no changes are recorded. */
  stream: TableStream | undefined
  /** Set when DeleteTable has been accepted: no write may be submitted from then on. */
  dropped: boolean
}

/**
 * The index of this name that writes maintain, whatever its status; undefined when there is none.
 */
export function findIndex(table: Table, indexName: string): SecondaryIndex | undefined {
  return table.indexes.find(({ name }) => name === indexName)
}

/** The names of a table's key attributes, that of the partition key first. */
export function keyNamesOf({ primaryKey: { partitionKey, sortKey } }: Table): string[] {
  return sortKey === undefined ? [partitionKey.name] : [partitionKey.name, sortKey.name]
}

/** The counters of a table and of the indexes that writes maintain. */
export function countersOf({ counter, indexes }: Table): Counter[] {
  return [counter, ...indexes.map((index) => index.counter)]
}
