import {
  asBuffer,
  sameBytes,
  StorageConflict,
  StoreUnavailable,
  type Bytes,
  type Entry,
  type Expectation,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import {
  accountKey,
  catalogVersionKey,
  formatKey,
  itemsRange,
  setOrderKey,
  tableRecordRange,
} from './storeKeys.ts'

/**
 * The arrangement of keys and values that this version reads and writes. Since format 3 the values
 * in LMDB carry checksums; since format 4 the sets of items and index entries are in order, up to
 * the key that is noted under {@link setOrderKey} or, without a note, all of them; since format 5
 * tables may have vector indexes, whose entries an earlier version would not write.
 */
const currentFormat = 5

/** A format before, which has nothing that is to be carried over. */
const formatWithoutVectors = 4

/** An earlier format, which is carried over: in it sets are in any order. */
const unorderedFormat = 3

/** The account of stores that do not tell theirs: all had this one before it was kept. */
export const formerAccountId = '000000000000'

/** What a store tells of itself. */
export interface StoreFormat {
  readonly accountId: string
  /**
   * The key up to which all sets are in order, itself included; the end of all when undefined. What
   * this version writes beyond it is in order too.
   */
  readonly orderedUpTo: Bytes | undefined
}

/**
 * Marks a new store with the current format, and with `newAccountId` if there is one. One of a
 * format before is raised to it, so that no earlier version writes to it any more. Throws
 * StoreUnavailable when the store was written in another format: nothing in it may be touched then.
 */
export async function ensureStoreFormat(
  engine: StorageEngine,
  newAccountId?: string,
): Promise<StoreFormat> {
  const [mark] = await engine.read([formatKey])
  if (mark === undefined) {
    await markStore(engine, [{ key: formatKey, version: undefined }], accountWrites(newAccountId))
  } else {
    const format = knownFormat(mark.value)
    if (format === currentFormat) return readFormat(engine)
    const nothingYet = { key: setOrderKey, value: itemsRange.start }
    const carried = format === unorderedFormat ? [nothingYet] : []
    const { expectations, writes } = await fence(engine)
    const expected = [{ key: formatKey, version: mark.version }, ...expectations]
    await markStore(engine, expected, [...carried, ...writes])
  }
  return ensureStoreFormat(engine, newAccountId)
}

/** What an open store tells of itself, if it is marked. Throws StoreUnavailable as above. */
export async function readStoreFormat(snapshot: Snapshot): Promise<StoreFormat | undefined> {
  const mark = await snapshot.get(formatKey)
  if (mark === undefined) return undefined
  const format = await readFormat(snapshot)
  return knownFormat(mark) === unorderedFormat
    ? { ...format, orderedUpTo: itemsRange.start }
    : format
}

async function readFormat(store: Pick<StorageEngine, 'getMany'>): Promise<StoreFormat> {
  const [account, orderedUpTo] = await store.getMany([accountKey, setOrderKey])
  const accountId = account === undefined ? formerAccountId : asBuffer(account).toString('latin1')
  return { accountId, orderedUpTo }
}

/** What a mark says of a store that comes, or has come, from somewhere else. */
export interface Arrival {
  /** The place where it comes from. */
  readonly from: string
  /** Whether it is whole, so that it may be used. */
  readonly isWhole: boolean
}

/** The mark of a store that is being moved here, by `mover`, and that nobody may use yet. */
export const arrivingMark = (from: string, mover: string): Bytes =>
  Buffer.from(JSON.stringify({ arriving: from, mover }))

/** `mark` of the store that was moved here, for a store that may be used. Throws as above. */
export function arrivedMark(mark: Bytes, from: string): Bytes {
  return Buffer.from(JSON.stringify({ format: knownFormat(mark), arrived: from }))
}

/** Undefined of a store that was made where it is. */
export function arrivalOf(mark: Bytes): Arrival | undefined {
  const { arriving, arrived } = membersOf(asBuffer(mark).toString('utf8'))
  const from = arriving ?? arrived
  return typeof from === 'string' ? { from, isWhole: arriving === undefined } : undefined
}

function knownFormat(mark: Bytes): number {
  const arrival = arrivalOf(mark)
  if (arrival?.isWhole === false) {
    throw new StoreUnavailable(
      `The store of ${arrival.from} is being moved here and is not whole yet; ` +
        'run dynatom migrate with the same --from and --to until it ends.',
    )
  }
  const format = formatOf(asBuffer(mark).toString('utf8'))
  if (format === undefined) {
    throw new StoreUnavailable(
      "The store's format cannot be read; the data directory was not written by Dynatom.",
    )
  }
  if (!isKnown(format)) throw new StoreUnavailable(unknownFormat(format))
  return format
}

const isKnown = (format: number): boolean =>
  [currentFormat, formatWithoutVectors, unorderedFormat].includes(format)

function accountWrites(accountId: string | undefined): readonly StorageWrite[] {
  if (accountId === undefined) return []
  return [{ key: accountKey, value: Buffer.from(accountId, 'latin1') }]
}

/** A part of a commit. */
interface CommitPart {
  readonly expectations: readonly Expectation[]
  readonly writes: readonly StorageWrite[]
}

/**
 * What keeps those from writing who have a shared store open in an earlier version: another version
 * of the catalog, so that they look before their next request, and of each table's record, on which
 * each commit relies. Either way they find that they do not know the format, by
 * {@link requireCurrent}.
 */
async function fence(engine: StorageEngine): Promise<CommitPart> {
  if (!engine.capabilities.shared) return { expectations: [], writes: [] }
  const writes: StorageWrite[] = [{ key: catalogVersionKey, value: currentMark() }]
  const expectations: Expectation[] = []
  const snapshot = engine.snapshot()
  const expect = (key: Bytes, value: Bytes | undefined): void =>
    void expectations.push({ key, version: value && engine.versionOf(value) })
  try {
    expect(catalogVersionKey, await snapshot.get(catalogVersionKey))
    for await (const { key, value } of snapshot.range(tableRecordRange)) {
      expect(key, value)
      // A record is JSON, in which a blank means nothing.
      writes.push({ key, value: Buffer.concat([value, Buffer.from(' ')]) })
    }
  } finally {
    snapshot.close()
  }
  return { expectations, writes }
}

const currentMark = (): Bytes => Buffer.from(JSON.stringify({ format: currentFormat }), 'utf8')

/**
 * Throws StoreUnavailable for the mark of an open store that is not in the current format any more,
 * since a server of another version has raised it; whoever knows this one alone ends.
 */
export function requireCurrent(mark: Bytes | undefined): void {
  const format = mark === undefined ? currentFormat : knownFormat(mark)
  if (format !== currentFormat) throw new StoreUnavailable(unknownFormat(format))
}

/** Marks the store unless somebody has been quicker. */
async function markStore(
  engine: StorageEngine,
  expectations: readonly Expectation[],
  writes: readonly StorageWrite[],
): Promise<void> {
  try {
    await engine.commit(expectations, [{ key: formatKey, value: currentMark() }, ...writes])
  } catch (error) {
    if (!(error instanceof StorageConflict)) throw error
  }
}

/**
 * Why a store cannot be used whose first entry an engine found to be in no form of its own: a
 * sentence for the operator when the entry is the mark of another format, as it lay in stores
 * without checksums.
 */
export function otherFormat({ key, value }: Entry): string | undefined {
  if (!sameBytes(key, formatKey)) return undefined
  const format = formatOf(asBuffer(value).toString('utf8'))
  return format === undefined || isKnown(format) ? undefined : unknownFormat(format)
}

function unknownFormat(format: number): string {
  return (
    `The store was written in format ${format}, which this version of Dynatom does not know; ` +
    'open it with the version that wrote it.'
  )
}

function formatOf(text: string): number | undefined {
  const { format } = membersOf(text)
  return typeof format === 'number' ? format : undefined
}

/** Empty for what is no object. */
function membersOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const mark: unknown = JSON.parse(text)
    return typeof mark === 'object' && mark !== null ? (mark as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
