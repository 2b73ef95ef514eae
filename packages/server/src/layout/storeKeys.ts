import { createHash } from 'node:crypto'
import { asBuffer, type Bytes, type KeyRange } from '../storage/engine.ts'

/**
 * The key space of the store. The first byte says what a key is:
 *
 *     01                                       the store's format version
 *     02 name                                  the record of a table
 *     03 table                                 item count and size of a table
 *     04 table                                 a deleted table whose rows are still being removed
 *     05                                       the last table number given out
 *     06 digest                                a client request token
 *     07 time digest                           the same tokens by the time they end
 *     08 table hash length partitionKey       the size of an item collection
 *     09 index                                 how far the backfill of an index or order has come
 *     0a                                       the account that the store was made with
 *     0b server serial                         how a commit changed counters, until it is added up
 *     0c name                                  who may do a piece of background work, and how long
 *     0d                                       the version of all tables
 *     0e                                       how far the sets of an older store are in order
 *     0f, 12, 14, 15                           streams: see changeKeys.ts
 *     10 table hash length partitionKey sortKey   an item
 *     11 index hash length partitionKey sortKeys base   an entry of a secondary index
 *     13 order seconds base                    an item by when it expires
 *     16 index base                            an entry of a vector index
 *
 * Tables, secondary indexes and orders of expiry draw their numbers from one sequence; what is kept
 * under a number for a table (its counter, the note that its rows are being removed) is kept for
 * the others in the same way. `table` is a number of 4 bytes, `hash` the hash of the partition key,
 * 4 bytes, `length` the length of the partition key, 2 bytes, `time` milliseconds and `seconds`
 * seconds since the epoch, 8 bytes each, all big-endian. The partition key is told apart by its
 * length, so it needs no terminator; the sort key is last and orders the items of one partition key
 * by memcmp. In an index entry the sort keys are in their terminated form, because `base` follows:
 * it tells the item apart from others with the same index key or time, by what its row key has
 * after the hash or, where that is long, by a digest of it. So the longest key has less than 3,700
 * bytes. The keys 0b to 0d are in stores alone that several servers
 * share; `server` is 8 random bytes, `serial` a number of 8 bytes.
 */
const space = {
  format: 0x01,
  tableRecord: 0x02,
  tableCounter: 0x03,
  droppedTable: 0x04,
  lastTableNumber: 0x05,
  token: 0x06,
  tokenExpiry: 0x07,
  itemCollection: 0x08,
  backfill: 0x09,
  account: 0x0a,
  counterChange: 0x0b,
  lease: 0x0c,
  catalogVersion: 0x0d,
  setOrder: 0x0e,
  row: 0x10,
  indexEntry: 0x11,
  expiry: 0x13,
  vectorEntry: 0x16,
} as const

const single = (prefix: number): Bytes => Buffer.from([prefix])

/** All keys that begin with one byte. */
export function wholeSpace(prefix: number): KeyRange {
  return { start: single(prefix), end: single(prefix + 1) }
}

/** One byte and a number: a key, or what the keys of a table, an index or a stream begin with. */
export function numbered(prefix: number, number: number): Buffer {
  const key = Buffer.allocUnsafe(5)
  key[0] = prefix
  key.writeUInt32BE(number, 1)
  return key
}

export const formatKey: Bytes = single(space.format)
export const accountKey: Bytes = single(space.account)
export const lastTableNumberKey: Bytes = single(space.lastTableNumber)

export const tableRecordKey = (tableName: string): Bytes =>
  Buffer.concat([single(space.tableRecord), Buffer.from(tableName, 'utf8')])
export const tableRecordRange: KeyRange = wholeSpace(space.tableRecord)

/** The table name inside a {@link tableRecordKey}. */
export const nameOfRecordKey = (key: Bytes): string => asBuffer(key).toString('utf8', 1)

/** Has another value after each change of any table. */
export const catalogVersionKey: Bytes = single(space.catalogVersion)

/** The key up to which all sets are in order; absent when they all are. */
export const setOrderKey: Bytes = single(space.setOrder)

/** All rows and all index entries: everything that has an item as its value. */
export const itemsRange: KeyRange = { start: single(space.row), end: single(space.indexEntry + 1) }

/** Whether the value under a key is an item, as a whole or as an index has it. */
export const holdsItem = (key: Bytes): boolean =>
  key[0] === space.row || key[0] === space.indexEntry

/** The lease of the background work of this name. */
export const leaseKey = (name: string): Bytes =>
  Buffer.concat([single(space.lease), Buffer.from(name, 'utf8')])

/** How the commit number `serial` of the server `serverId`, 8 bytes, changed counters. */
export function counterChangeKey(serverId: Bytes, serial: number): Bytes {
  const key = Buffer.allocUnsafe(17)
  key[0] = space.counterChange
  key.set(serverId, 1)
  key.writeBigUInt64BE(BigInt(serial), 9)
  return key
}
export const counterChangeRange: KeyRange = wholeSpace(space.counterChange)

export const tableCounterKey = (tableNumber: number): Bytes =>
  numbered(space.tableCounter, tableNumber)

export const droppedTableKey = (tableNumber: number): Bytes =>
  numbered(space.droppedTable, tableNumber)
export const droppedTableRange: KeyRange = wholeSpace(space.droppedTable)

/** The table number of a {@link droppedTableKey}. */
export const droppedTableNumber = (key: Bytes): number =>
  new DataView(key.buffer, key.byteOffset).getUint32(1)

/** What is being built. */
export const backfillRange: KeyRange = wholeSpace(space.backfill)
export const leaseRange: KeyRange = wholeSpace(space.lease)

/** From the first key to the last; keys that begin with 32 bytes of ff do not occur. */
export const everything: KeyRange = { start: Buffer.alloc(1), end: Buffer.alloc(32, 0xff) }

export const backfillKey = (indexNumber: number): Bytes => numbered(space.backfill, indexNumber)

/** REQUIRES: `digest` has a fixed length. */
export const tokenKey = (digest: Bytes): Bytes => Buffer.concat([single(space.token), digest])

export function tokenExpiryKey(timeMs: number, digest: Bytes): Bytes {
  const key = Buffer.allocUnsafe(9 + digest.length)
  key[0] = space.tokenExpiry
  key.writeBigUInt64BE(BigInt(timeMs), 1)
  key.set(digest, 9)
  return key
}

/** The token digest inside a {@link tokenExpiryKey}. */
export const digestOfExpiryKey = (key: Bytes): Bytes => key.subarray(9)

/** The time inside a {@link tokenExpiryKey}, in milliseconds. */
export const timeOfExpiryKey = (key: Bytes): number =>
  Number(new DataView(key.buffer, key.byteOffset).getBigUint64(1))

/** The expiry keys of all tokens that end before `timeMs`. */
export function tokensEndingBefore(timeMs: number): KeyRange {
  return { start: single(space.tokenExpiry), end: tokenExpiryKey(timeMs, Buffer.alloc(0)) }
}

/** All rows of a table. */
export const rowRange = (tableNumber: number): KeyRange => ({
  start: numbered(space.row, tableNumber),
  end: numbered(space.row, tableNumber + 1),
})

/** All entries of a secondary index. */
export const indexRange = (indexNumber: number): KeyRange => ({
  start: numbered(space.indexEntry, indexNumber),
  end: numbered(space.indexEntry, indexNumber + 1),
})

/** The first byte of the keys of all entries of vector indexes. */
export const vectorEntrySpace: number = space.vectorEntry

/** All entries of a vector index. */
export const vectorRange = (indexNumber: number): KeyRange => ({
  start: numbered(space.vectorEntry, indexNumber),
  end: numbered(space.vectorEntry, indexNumber + 1),
})

/** The key of an item's entry in a vector index. */
export const vectorEntryKey = (indexNumber: number, keyOfRow: Buffer): Buffer =>
  Buffer.concat([numbered(space.vectorEntry, indexNumber), baseOfRow(keyOfRow)])

/** The index number inside the key of an entry. */
export const numberOfEntryKey = (key: Bytes): number =>
  new DataView(key.buffer, key.byteOffset).getUint32(1)

/** The sizes of all item collections of a table. */
export const itemCollectionRange = (tableNumber: number): KeyRange => ({
  start: numbered(space.itemCollection, tableNumber),
  end: numbered(space.itemCollection, tableNumber + 1),
})

/** The key of one row; the key values are in the form of values/keyEncoding.ts. */
export function rowKey(
  tableNumber: number,
  hash: number,
  partitionKey: Bytes,
  sortKey: Bytes | undefined,
): Buffer {
  const prefix = { space: space.row, number: tableNumber, hash }
  return partitionedKey(prefix, partitionKey, sortKey === undefined ? [] : [sortKey])
}

/** The key of one index entry. The sort keys are in their terminated form. */
export function indexEntryKey(
  indexNumber: number,
  hash: number,
  partitionKey: Bytes,
  rest: readonly Bytes[],
): Buffer {
  return partitionedKey({ space: space.indexEntry, number: indexNumber, hash }, partitionKey, rest)
}

/** The key of the size of the item collection that the row under `keyOfRow` belongs to. */
export function itemCollectionKey(keyOfRow: Buffer): Buffer {
  const key = Buffer.from(keyOfRow.subarray(0, 11 + keyOfRow.readUInt16BE(9)))
  key[0] = space.itemCollection
  return key
}

/** The hash of the partition key inside the key of a row or an entry. */
export const hashOfRow = (keyOfRow: Buffer): number => keyOfRow.readUInt32BE(5)

function partitionedKey(
  prefix: { readonly space: number; readonly number: number; readonly hash: number },
  partitionKey: Bytes,
  rest: readonly Bytes[],
): Buffer {
  let length = 11 + partitionKey.length
  for (const part of rest) length += part.length
  const key = Buffer.allocUnsafe(length)
  key[0] = prefix.space
  key.writeUInt32BE(prefix.number, 1)
  key.writeUInt32BE(prefix.hash, 5)
  key.writeUInt16BE(partitionKey.length, 9)
  key.set(partitionKey, 11)
  let offset = 11 + partitionKey.length
  for (const part of rest) {
    key.set(part, offset)
    offset += part.length
  }
  return key
}

/** The key of an item in an order of expiry: it expires `seconds` after the epoch. */
export function expiryKey(orderNumber: number, seconds: number, keyOfRow: Buffer): Buffer {
  return Buffer.concat([expiryBound(orderNumber, seconds), baseOfRow(keyOfRow)])
}

/** The seconds inside an {@link expiryKey}. */
export const secondsOfExpiryKey = (key: Bytes): number =>
  Number(new DataView(key.buffer, key.byteOffset).getBigUint64(5))

/** All items in an order of expiry, or those that expire at `from` or later. */
export const expiryRange = (orderNumber: number, from = 0): KeyRange => ({
  start: expiryBound(orderNumber, from),
  end: numbered(space.expiry, orderNumber + 1),
})

function expiryBound(orderNumber: number, seconds: number): Buffer {
  const key = Buffer.allocUnsafe(13)
  key[0] = space.expiry
  key.writeUInt32BE(orderNumber, 1)
  key.writeBigUInt64BE(BigInt(seconds), 5)
  return key
}

const longestPlainBase = 64

/**
 * What tells the item under `keyOfRow` apart from others with the same index key: what its row key
 * has after the hash or, where that is long, a digest of it.
 */
export function baseOfRow(keyOfRow: Buffer): Bytes {
  const identity = keyOfRow.subarray(9)
  if (identity.length <= longestPlainBase) return Buffer.concat([single(0), identity])
  return Buffer.concat([single(1), createHash('sha256').update(identity).digest()])
}
