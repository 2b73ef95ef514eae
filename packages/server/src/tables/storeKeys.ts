import type { Bytes, KeyRange } from '../storage/engine.ts'

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
 *     10 table hash length partitionKey sortKey   an item
 *
 * `table` is a number of 4 bytes, `hash` the hash of the partition key, 4 bytes, `length` the length of
 * the partition key, 2 bytes, `time` milliseconds in 8 bytes, all big-endian. The partition key is
 * told apart by its length, so it needs no terminator; the sort key is last and orders the items of one
 * partition key by memcmp.
 */
const space = {
  format: 0x01,
  tableRecord: 0x02,
  tableCounter: 0x03,
  droppedTable: 0x04,
  lastTableNumber: 0x05,
  token: 0x06,
  tokenExpiry: 0x07,
  row: 0x10,
} as const

const single = (prefix: number): Bytes => Buffer.from([prefix])

/** All keys that begin with one byte. */
function wholeSpace(prefix: number): KeyRange {
  return { start: single(prefix), end: single(prefix + 1) }
}

function numbered(prefix: number, tableNumber: number): Buffer {
  const key = Buffer.allocUnsafe(5)
  key[0] = prefix
  key.writeUInt32BE(tableNumber, 1)
  return key
}

export const formatKey: Bytes = single(space.format)
export const lastTableNumberKey: Bytes = single(space.lastTableNumber)

export const tableRecordKey = (tableName: string): Bytes =>
  Buffer.concat([single(space.tableRecord), Buffer.from(tableName, 'utf8')])
export const tableRecordRange: KeyRange = wholeSpace(space.tableRecord)

export const tableCounterKey = (tableNumber: number): Bytes =>
  numbered(space.tableCounter, tableNumber)

export const droppedTableKey = (tableNumber: number): Bytes =>
  numbered(space.droppedTable, tableNumber)
export const droppedTableRange: KeyRange = wholeSpace(space.droppedTable)

/** The table number of a {@link droppedTableKey}. */
export const droppedTableNumber = (key: Bytes): number =>
  new DataView(key.buffer, key.byteOffset).getUint32(1)

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

/** The expiry keys of all tokens that end before `timeMs`. */
export function tokensEndingBefore(timeMs: number): KeyRange {
  return { start: single(space.tokenExpiry), end: tokenExpiryKey(timeMs, Buffer.alloc(0)) }
}

/** All rows of a table. */
export const rowRange = (tableNumber: number): KeyRange => ({
  start: numbered(space.row, tableNumber),
  end: numbered(space.row, tableNumber + 1),
})

/** The key of one row; the key values are in the form of values/keyEncoding.ts. */
export function rowKey(
  tableNumber: number,
  hash: number,
  partitionKey: Bytes,
  sortKey: Bytes | undefined,
): Buffer {
  const sortKeyLength = sortKey === undefined ? 0 : sortKey.length
  const key = Buffer.allocUnsafe(11 + partitionKey.length + sortKeyLength)
  key[0] = space.row
  key.writeUInt32BE(tableNumber, 1)
  key.writeUInt32BE(hash, 5)
  key.writeUInt16BE(partitionKey.length, 9)
  key.set(partitionKey, 11)
  if (sortKey !== undefined) key.set(sortKey, 11 + partitionKey.length)
  return key
}
