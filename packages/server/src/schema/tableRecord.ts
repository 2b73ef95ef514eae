import type { Bytes } from '../storage/engine.ts'
import { StoreUnavailable } from '../storage/engine.ts'
import type { KeyAttributeType } from '../values/attributeValue.ts'

export interface AttributeDefinition {
  readonly AttributeName: string
  readonly AttributeType: KeyAttributeType
}

export interface KeySchemaElement {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}

export interface Projection {
  readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'
  readonly NonKeyAttributes?: readonly string[]
}

export type BillingMode = 'PROVISIONED' | 'PAY_PER_REQUEST'
export type TableStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING'
export type TableClass = 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS'
export type StreamViewType = 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES' | 'KEYS_ONLY'

/** Provisioned units of a table or index, 0 when it is on demand. */
export interface Throughput {
  readonly readCapacityUnits: number
  readonly writeCapacityUnits: number
  readonly lastIncreaseDateTimeMs?: number
  readonly lastDecreaseDateTimeMs?: number
  /** Decreases on the UTC day of `lastDecreaseDateTimeMs`. */
  readonly decreasesThatDay: number
}

/** Upper limits of an on-demand table or index, those that it has. */
export interface OnDemandThroughput {
  readonly MaxReadRequestUnits?: number
  readonly MaxWriteRequestUnits?: number
}

/** What a table or index is prepared to serve at once, as far as it was asked for. */
export interface WarmThroughput {
  readonly ReadUnitsPerSecond?: number
  readonly WriteUnitsPerSecond?: number
}

export interface LocalSecondaryIndexRecord {
  readonly indexName: string
  /** Identifies the index's entries in the store; never used again. */
  readonly indexNumber: number
  /** The table's partition key and one sort key. */
  readonly keySchema: readonly KeySchemaElement[]
  readonly projection: Projection
}

export interface GlobalSecondaryIndexRecord {
  readonly indexName: string
  readonly indexNumber: number
  /** One to four HASH elements, then up to four RANGE elements. */
  readonly keySchema: readonly KeySchemaElement[]
  readonly projection: Projection
  readonly status: TableStatus
  /**
   * Only while UpdateTable creates the index: whether its entries are being made out of the items
   * that were there before it.
   */
  readonly backfilling?: boolean
  readonly throughput: Throughput
  readonly onDemandThroughput?: OnDemandThroughput
  readonly warmThroughput?: WarmThroughput
}

export type DistanceFunction = 'COSINE' | 'EUCLIDEAN' | 'DOT_PRODUCT'

export interface SearchSchemaElement {
  readonly AttributeName: string
  readonly SearchSchemaElementType: 'HASH' | 'INLINE_FILTER'
}

export interface VectorIndexRecord {
  readonly indexName: string
  readonly indexNumber: number
  readonly vectorAttribute: string
  /** One HASH element at most. */
  readonly searchSchema?: readonly SearchSchemaElement[]
  readonly projection: Projection
  readonly dimensions: number
  readonly distanceFunction: DistanceFunction
  readonly status: TableStatus
  /** As in {@link GlobalSecondaryIndexRecord}. */
  readonly backfilling?: boolean
}

export interface StreamSettings {
  /** Absent while the stream is disabled. */
  readonly viewType?: StreamViewType
  /** The label of the stream that was enabled last: UTC time to the millisecond, without the Z. */
  readonly latestLabel: string
  /**
   * Where changes are recorded while the stream is enabled; absent in stores of versions that
   * recorded none, until it has been made up for.
   */
  readonly log?: StreamLog
  /** Only while the table is UPDATING because its stream is being enabled or disabled. */
  readonly isChanging?: true
}

/**
 * Where the changes of a table go. Its open shards were all opened at one time and are numbered one
 * after another; each has an equal part of the hashes of partition keys, in their order.
 */
export interface StreamLog {
  /** Identifies the stream in the store; from the sequence of table numbers. */
  readonly streamNumber: number
  /** 16 hexadecimal digits that tell the stream apart from all others. */
  readonly seed: string
  readonly firstShard: number
  readonly shardCount: number
  /** When the open shards were opened, in milliseconds since the epoch. */
  readonly openedMs: number
}

/** The order in which the items of a table expire, which is kept while time to live is enabled. */
export interface ExpiryOrderRecord {
  readonly attributeName: string
  /** Identifies the order's entries in the store; from the same sequence as table numbers. */
  readonly orderNumber: number
  /** Whether the entries are still being made of the items that were there before the order. */
  readonly filling?: true
}

export interface TimeToLiveSettings {
  /** When time to live was enabled or disabled last. */
  readonly changedAtMs: number
  /** Absent while time to live is disabled. */
  readonly order?: ExpiryOrderRecord
}

export interface TableClassSetting {
  readonly tableClass: TableClass
  readonly lastUpdateDateTimeMs?: number
}

export interface Tag {
  readonly Key: string
  readonly Value: string
}

/** A policy in the form in which GetResourcePolicy gives it. */
export interface StoredPolicy {
  readonly text: string
  /** Whether it was put with a Version; `text` has one either way. */
  readonly namesVersion: boolean
}

/** The policy of a table or a stream that has one, or had. */
export interface PolicySettings {
  /**
   * When a policy was put last, in milliseconds since the epoch: later each time, so that no two
   * policies have the same revision.
   */
  readonly revisionMs: number
  /** Absent once it was deleted. */
  readonly policy?: StoredPolicy
}

/**
 * Everything about a table that is kept in the store. Members that the API shows as they are keep
 * the API's shape; arrays keep the API's order. Immutable: a change makes a new record.
 */
export interface TableRecord {
  readonly tableName: string
  readonly tableId: string
  readonly tableNumber: number
  readonly creationDateTimeMs: number
  readonly status: TableStatus
  readonly attributeDefinitions: readonly AttributeDefinition[]
  readonly keySchema: readonly KeySchemaElement[]
  readonly billingMode: BillingMode
  readonly lastUpdateToPayPerRequestMs?: number
  /** The last times that it was switched from provisioned to on demand, four at most. */
  readonly switchesToOnDemandMs?: readonly number[]
  readonly throughput: Throughput
  readonly onDemandThroughput?: OnDemandThroughput
  readonly warmThroughput?: WarmThroughput
  readonly localSecondaryIndexes: readonly LocalSecondaryIndexRecord[]
  readonly globalSecondaryIndexes: readonly GlobalSecondaryIndexRecord[]
  /** Absent when there are none. */
  readonly vectorIndexes?: readonly VectorIndexRecord[]
  /** Absent when the table never had a stream. */
  readonly stream?: StreamSettings
  /** Absent when time to live was never enabled. */
  readonly timeToLive?: TimeToLiveSettings
  /** The ARN of the KMS key; absent when the table is encrypted with the key of the service. */
  readonly kmsMasterKeyArn?: string
  /** Absent when the table never was of another class than the standard one. */
  readonly tableClass?: TableClassSetting
  readonly deletionProtectionEnabled: boolean
  /** Whether a replica of the table may not leave the others; absent when it was never said. */
  readonly disassociationProtectionEnabled?: boolean
  readonly tags: readonly Tag[]
  /** Of the table and its indexes; absent when there never was one. */
  readonly policySettings?: PolicySettings
}

/** What becomes of a table whose status will not last. */
export interface TableTransition {
  readonly endsAtMs: number
  /** The record from then on; null when the table will be gone. */
  readonly after: TableRecord | null
}

/** What the store holds under a table's name. */
export interface StoredTable {
  readonly record: TableRecord
  readonly transition?: TableTransition
}

export function encodeStoredTable(stored: StoredTable): Bytes {
  return Buffer.from(JSON.stringify(stored), 'utf8')
}

/**
 * The inverse of {@link encodeStoredTable}. Throws StoreUnavailable for bytes that it cannot have
 * made.
 */
export function decodeStoredTable(bytes: Bytes): StoredTable {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as StoredTable
  } catch {
    throw new StoreUnavailable('The store holds the record of a table that cannot be read.')
  }
}
