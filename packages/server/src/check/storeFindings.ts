import type { Bytes } from '../storage/engine.ts'

/** What can be wrong in a store. */
export type FindingKind =
  /** A key that nothing in this version writes. */
  | 'unknownKey'
  /**
   * The mark of the store's format is missing, unreadable or unknown; nothing else was looked at
   * then.
   */
  | 'storeFormat'
  /** The record of a table cannot be read, or contradicts itself or its key. */
  | 'tableRecord'
  /** Two owners of one number, a number that was never given out, or no record of the last one. */
  | 'tableNumber'
  /** Count or size of a table or an index is not what its items or entries have. */
  | 'counter'
  /** Rows, entries or other keys of a table or index that is neither there nor being removed. */
  | 'orphan'
  /** The value of a row is no item in canonical form. */
  | 'itemForm'
  /** The size that is stored with an item is not its size. */
  | 'itemSize'
  /** A row's key is not the one that its item's key attributes give. */
  | 'itemKey'
  | 'missingIndexEntry'
  /** An entry that is not what its index makes of the item. */
  | 'wrongIndexEntry'
  /** An entry without an item, or of an item that belongs elsewhere in the index. */
  | 'strayIndexEntry'
  /** An item that expires is not in the order of expiry of its table. */
  | 'missingExpiryEntry'
  /** An entry of an order of expiry names another item than the one that it is of. */
  | 'wrongExpiryEntry'
  /** An entry of an order of expiry without an item, or at another time than that of its item. */
  | 'strayExpiryEntry'
  /** The size of an item collection is missing, wrong, or there without items. */
  | 'itemCollection'
  /** A note on the progress of a backfill that cannot be. */
  | 'backfill'
  /** A client request token and its expiry entry do not belong together. */
  | 'token'
  /** A stream, its shards, its last number and its table do not agree. */
  | 'stream'
  /** The record of a change cannot be read, or is where its shard has none. */
  | 'streamRecord'
  /** The records of an item do not lead to what the item is. */
  | 'streamHistory'
  /** The policy of a table or a stream is none that could be decided with. */
  | 'policy'

/** One thing that is wrong in a store. */
export interface Finding {
  readonly kind: FindingKind
  /**
   * The key in the store that it is about: ASCII as it is, other bytes as `\xNN`, long ones cut.
   */
  readonly key: string
  /** A sentence without its full stop. */
  readonly detail: string
}

/** Most findings that are kept; further ones are only counted. */
export const maxKeptFindings = 1000

/** Collects findings in the order in which they are made. */
export class StoreFindings {
  readonly kept: Finding[] = []
  count = 0

  add(kind: FindingKind, key: Bytes, detail: string): void {
    this.count += 1
    if (this.kept.length < maxKeptFindings) this.kept.push({ kind, key: printableKey(key), detail })
  }
}

const longestPrintedKey = 120

function printableKey(key: Bytes): string {
  let text = ''
  for (const byte of key.subarray(0, longestPrintedKey)) {
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x5c
    text += isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return key.length > longestPrintedKey ? `${text}... (${key.length} bytes)` : text
}
