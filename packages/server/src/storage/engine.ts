/**
 * The storage contract: an ordered map from byte keys to byte values. Keys are ordered by memcmp.
 * Two verbs carry everything: reading a consistent state, and one atomic commit. Nothing here knows
 * of tables, items or DynamoDB; what an engine must do is proved by `engineContract.ts`.
 */
export type Bytes = Uint8Array

/**
 * A value that a synchronous engine gives at once and a remote one later. Always awaited by
 * callers.
 */
export type MaybePromise<T> = T | Promise<T>

/**
 * One change of a commit. A `value` of undefined deletes the key; deleting an absent key is no
 * error.
 */
export interface StorageWrite {
  readonly key: Bytes
  readonly value: Bytes | undefined
}

/**
 * A mark of a value, so that a commit can rely on what was read without having all of it: another
 * value has another one. A key that went away and came back unchanged has the version that it had,
 * which is all that serializability needs. An engine that several processes share has versions that
 * nobody can make alike; one that a single process owns, where the writers of a key wait for each
 * other already, may have shorter ones.
 */
export type Version = number | string | bigint

/** A value with the version that a commit may rely on. */
export interface Versioned {
  readonly value: Bytes
  readonly version: Version
}

/**
 * What a commit relies on: `key` still has the version that was read, undefined for an absent key.
 */
export interface Expectation {
  readonly key: Bytes
  readonly version: Version | undefined
}

/**
 * The writes of a commit, in order. A list is at hand as a whole; anything else is asked for once,
 * part by part, so that a commit may write far more than there is room for in memory.
 */
export type StorageWrites = readonly StorageWrite[] | AsyncIterable<StorageWrite>

/** The keys from `start` (inclusive) to `end` (exclusive), backwards when `reverse`. */
export interface KeyRange {
  readonly start: Bytes
  readonly end: Bytes
  readonly reverse?: boolean
}

export interface Entry {
  readonly key: Bytes
  readonly value: Bytes
}

export interface EngineCapabilities {
  /** An acknowledged commit survives the death of the process and of the machine. */
  readonly durable: boolean
  /** Several processes may have the store open and commit at once. */
  readonly shared: boolean
  /** Reads answer with values, never with promises. */
  readonly syncReads: boolean
}

/**
 * One committed state of the store, that of the moment in which it was opened. Where several
 * processes may have the store open it is of a moment between that and the first answer of a read:
 * who has to ask another machine can promise no more. Later commits do not show. Must be closed; an
 * open snapshot may keep old pages from being reused.
 */
export interface Snapshot {
  get(key: Bytes): MaybePromise<Bytes | undefined>
  getMany(keys: readonly Bytes[]): MaybePromise<(Bytes | undefined)[]>
  /** Entries in key order. The sequence is lazy: memory does not grow with the range. */
  range(range: KeyRange): Iterable<Entry> | AsyncIterable<Entry>
  close(): void
}

/**
 * Reads of states that were committed, and may be older than the last one. Each read is of one
 * state, and one that follows another may be of an older one.
 */
export interface OlderReads {
  getMany(keys: readonly Bytes[]): Promise<(Bytes | undefined)[]>
  snapshot(): Snapshot
}

/**
 * An engine. INVARIANT: a value that any read returns was committed, and for a durable engine is on
 * disk; commits have one total order, and a read that starts after a commit was acknowledged sees
 * it. Returned and passed bytes must not be changed by anybody afterwards.
 */
export interface StorageEngine {
  readonly capabilities: EngineCapabilities
  /** The last committed value of one key: a snapshot of its own. */
  get(key: Bytes): MaybePromise<Bytes | undefined>
  /** The values of several keys in one committed state. */
  getMany(keys: readonly Bytes[]): MaybePromise<(Bytes | undefined)[]>
  /** The version that a value has, or will have when it is committed. */
  versionOf(value: Bytes): Version
  /** As {@link getMany}, with the versions that a commit can rely on. */
  read(keys: readonly Bytes[]): MaybePromise<(Versioned | undefined)[]>
  /** Bytes of the last committed value of a key; absent where that costs as much as reading it. */
  lengthOf?(key: Bytes): number | undefined
  snapshot(): Snapshot
  /** Reads of copies that follow; absent where there is one copy, or they are not to be read. */
  readonly older?: OlderReads
  /** Whether it can do anything at present; absent where it always can. */
  readonly isAvailable?: boolean
  /**
   * Applies all writes or none, in order (a later write of a key wins). Commits that are under way
   * at once take effect in the order in which they were handed over; where several processes may
   * have the store open, in any. Resolves when they are as safe as the engine can make them.
   * Rejects with {@link StorageConflict} when an expectation does not hold, and with
   * {@link StorageFailure} when the writes could not be made safe; in both cases nothing is
   * applied. An engine that breaks over a commit, so that nothing works until it is opened again,
   * may show that commit then, as if it had broken an instant later. What `writes` throws while it
   * is asked for rejects the commit, and nothing is applied.
   */
  commit(expectations: readonly Expectation[], writes: StorageWrites): Promise<void>
  /**
   * The last committed state, which another engine of the kind can be opened with, again and again:
   * nothing that is committed changes it. Absent where it takes more than a moment to have.
   */
  state?(): EngineState
  /** Waits for commits under way and releases the store. */
  close(): Promise<void>
}

/** Only the kind of engine that has given it knows what is in it. */
export type EngineState = object

/** An expectation of a commit did not hold. Retrying from fresh reads may succeed. */
export class StorageConflict extends Error {
  override readonly name = 'StorageConflict'
}

/** The engine could not do what was asked: disk full, I/O error. Nothing was applied. */
export class StorageFailure extends Error {
  override readonly name = 'StorageFailure'
}

/** The engine will take no further commit until it is opened again. Nothing was applied. */
export class StorageEnded extends StorageFailure {}

/** The store cannot be opened; `message` is a sentence for the operator. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** The writes as a list, for an engine that takes no others. */
export async function listOfWrites(writes: StorageWrites): Promise<readonly StorageWrite[]> {
  if (Array.isArray(writes)) return writes as readonly StorageWrite[]
  const list: StorageWrite[] = []
  for await (const write of writes as AsyncIterable<StorageWrite>) list.push(write)
  return list
}

/** Whether two values are the same bytes; absent equals absent only. */
export function sameBytes(a: Bytes | undefined, b: Bytes | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.length === b.length && Buffer.compare(a, b) === 0
}

const leastByte = Buffer.of(0)

/** The least key above `key`. */
export const keyBehind = (key: Bytes): Buffer => Buffer.concat([key, leastByte])

/** A view of `bytes` as a Buffer, without a copy. */
export function asBuffer(bytes: Bytes): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
