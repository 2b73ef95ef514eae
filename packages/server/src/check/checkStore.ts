import {
  asBuffer,
  StoreUnavailable,
  type Bytes,
  type Entry,
  type MaybePromise,
  type Snapshot,
  type StorageEngine,
} from '../storage/engine.ts'
import type { Counter } from '../commits/counters.ts'
import { readStoreFormat, type StoreFormat } from '../layout/storeFormat.ts'
import { CountChanges } from './countChanges.ts'
import { checkCollectionNote } from './collectionCheck.ts'
import { ItemCheck } from './itemCheck.ts'
import { ExpiryCheck } from './expiryCheck.ts'
import { KnownNumbers, type CheckedIndex, type NumberOwner, type Tally } from './knownNumbers.ts'
import { findStrayEntries } from './strayEntries.ts'
import { StreamCheck } from './streamCheck.ts'
import { StoreFindings, type Finding } from './storeFindings.ts'
import { TokenCheck } from './tokenCheck.ts'
import { recordKey, sequenceKey, shardKey, streamKey } from '../layout/changeKeys.ts'
import {
  accountKey,
  backfillKey,
  catalogVersionKey,
  counterChangeRange,
  droppedTableKey,
  everything,
  expiryRange,
  formatKey,
  indexRange,
  itemCollectionRange,
  lastTableNumberKey,
  itemsRange,
  leaseKey,
  rowRange,
  setOrderKey,
  tableCounterKey,
  tableRecordKey,
  tokenExpiryKey,
  tokenKey,
  vectorRange,
} from '../layout/storeKeys.ts'
import type { Backfill } from '../schema/table.ts'

export type { Finding, FindingKind } from './storeFindings.ts'

/** What a check of a whole store came to. */
export interface StoreReport {
  /** In the order of the store; at most the first 1,000. */
  readonly findings: readonly Finding[]
  /** How many there are. */
  readonly findingCount: number
  readonly itemCount: number
  readonly tableCount: number
}

/** What is wrong in the store: see {@link examineStore}. Empty for a store that is consistent. */
export async function checkStore(engine: StorageEngine): Promise<readonly Finding[]> {
  return (await examineStore(engine)).findings
}

/**
 * Proves one committed state of a store consistent, or tells what is wrong with it: every key is
 * one that this version writes; records can be read; every item is in canonical form, under the key
 * that it gives and stored with its size, its sets in order unless the store is older and has not
 * come so far; every item has its entries in the indexes, equal to what the indexes make of it, and
 * there are no others; every item that expires is in the order of expiry of its table, at its time,
 * and nothing else is; counts and sizes of tables, indexes and item collections are the sums of
 * what is there; tokens and their expiry entries belong together; streams, shards and the records
 * of changes agree with each other, and lead to what the items are. What is being removed may be in
 * any state.
 *
 * Reads the store once in the order of its keys, the records of streams once or several times
 * more, and an index a second time if it has stray entries. Memory grows with the number of tables,
 * indexes and shards, not with that of items and records. Writes nothing.
 */
export async function examineStore(engine: Pick<StorageEngine, 'snapshot'>): Promise<StoreReport> {
  const findings = new StoreFindings()
  const snapshot = engine.snapshot()
  try {
    const format = await checkFormat(snapshot, findings)
    if (format === 'unusable') return report(findings, 0, 0)
    const numbers = await KnownNumbers.read(snapshot, findings)
    const changes = await CountChanges.read(snapshot, findings)
    const expiry = new ExpiryCheck(snapshot, numbers, findings)
    const orderedUpTo = format?.orderedUpTo
    const items = new ItemCheck(snapshot, { numbers, expiry, findings, orderedUpTo })
    const streams = new StreamCheck(snapshot, numbers, findings)
    await streams.begin()
    const checks = checksBySpace(snapshot, { numbers, items, expiry, streams, findings })
    for await (const entry of snapshot.range(everything)) {
      const check = checks.get(entry.key[0] as number)
      if (check === undefined) findings.add('unknownKey', entry.key, 'No such key is ever written')
      else await check(entry)
    }
    await items.end()
    await streams.end()
    for (const checkedTable of numbers.tables) {
      const { table, tally, indexes } = checkedTable
      checkCounter(changes, table.counter, { tally, owner: `table ${table.name}` }, findings)
      for (const checked of indexes) {
        const { index, expected } = checked
        const owner = `index ${index.name} of table ${table.name}`
        checkCounter(changes, index.counter, { tally: expected, owner }, findings)
        await findStrayEntries(checked, snapshot, findings)
      }
      await expiry.end(checkedTable)
    }
    return report(findings, items.itemCount, numbers.tables.length)
  } finally {
    snapshot.close()
  }
}

function report(findings: StoreFindings, itemCount: number, tableCount: number): StoreReport {
  return { findings: findings.kept, findingCount: findings.count, itemCount, tableCount }
}

/** What the store tells of itself; undefined when it has no mark. */
async function checkFormat(
  snapshot: Snapshot,
  findings: StoreFindings,
): Promise<StoreFormat | undefined | 'unusable'> {
  try {
    const format = await readStoreFormat(snapshot)
    if (format !== undefined) return format
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    findings.add('storeFormat', formatKey, error.message)
    return 'unusable'
  }
  for await (const { key } of snapshot.range(everything)) {
    findings.add('storeFormat', key, 'The store has no mark of its format')
    break
  }
  return undefined
}

type EntryCheck = (entry: Entry) => MaybePromise<void>

/** What is checked of an entry, by the first byte of its key. */
function checksBySpace(
  snapshot: Snapshot,
  parts: {
    readonly numbers: KnownNumbers
    readonly items: ItemCheck
    readonly expiry: ExpiryCheck
    readonly streams: StreamCheck
    readonly findings: StoreFindings
  },
): ReadonlyMap<number, EntryCheck> {
  const { numbers, items, expiry, streams, findings } = parts
  const tokens = new TokenCheck(snapshot, findings)
  const nothing = Buffer.alloc(0)
  const spaces: readonly (readonly [Bytes, EntryCheck])[] = [
    [formatKey, ({ key }) => void checkLength(key, formatKey, findings)],
    [accountKey, (entry) => checkAccount(entry, findings)],
    [lastTableNumberKey, ({ key }) => void checkLength(key, lastTableNumberKey, findings)],
    // Records of tables and streams and notes of removals were checked when they were read.
    [tableRecordKey(''), () => {}],
    [droppedTableKey(0), () => {}],
    [tableCounterKey(0), (entry) => void checkNumbered(entry, 'A counter', parts)],
    // Changes of counters were checked when they were read; any name may have a lease.
    [counterChangeRange.start, () => {}],
    [leaseKey(''), () => {}],
    [catalogVersionKey, ({ key }) => void checkLength(key, catalogVersionKey, findings)],
    [setOrderKey, (entry) => checkSetOrder(entry, findings)],
    [streamKey('', ''), () => {}],
    [shardKey(0, 0, 0), (entry) => streams.checkShardKey(entry)],
    [recordKey(0, 0, 0), (entry) => streams.checkRecord(entry)],
    [sequenceKey(0), (entry) => streams.checkSequence(entry)],
    [backfillKey(0), (entry) => checkBackfill(entry, parts)],
    [tokenKey(nothing), (entry) => tokens.checkToken(entry)],
    [tokenExpiryKey(0, nothing), (entry) => tokens.checkExpiry(entry)],
    [itemCollectionRange(0).start, (entry) => checkCollectionNote(entry, snapshot, parts)],
    [rowRange(0).start, (entry) => items.checkRow(entry)],
    [indexRange(0).start, (entry) => countEntry(entry, numbers, findings)],
    [expiryRange(0).start, (entry) => expiry.countEntry(entry)],
    [vectorRange(0).start, (entry) => countVectorEntry(entry, numbers, findings)],
  ]
  return new Map(spaces.map(([key, check]) => [key[0] as number, check]))
}

function checkLength(key: Bytes, pattern: Bytes, findings: StoreFindings): boolean {
  if (key.length === pattern.length) return true
  findings.add('unknownKey', key, 'The key has a wrong length')
  return false
}

function checkAccount({ key, value }: Entry, findings: StoreFindings): void {
  if (!checkLength(key, accountKey, findings)) return
  if (/^\d{12}$/.test(asBuffer(value).toString('latin1'))) return
  findings.add('storeFormat', key, 'The account of the store is no account')
}

/** Sets are in order up to an item or an index entry, or not even the first is. */
function checkSetOrder({ key, value }: Entry, findings: StoreFindings): void {
  if (!checkLength(key, setOrderKey, findings)) return
  const { start, end } = itemsRange
  if (Buffer.compare(value, start) >= 0 && Buffer.compare(value, end) < 0) return
  findings.add('storeFormat', key, 'How far sets are in order cannot be read')
}

/** The owner of a key that has nothing but a number. */
function checkNumbered(
  { key }: Entry,
  what: string,
  { numbers, findings }: { readonly numbers: KnownNumbers; readonly findings: StoreFindings },
): ReturnType<KnownNumbers['ownerOf']> {
  if (!checkLength(key, tableCounterKey(0), findings)) return undefined
  return numbers.ownerOf(asBuffer(key), what)
}

/**
 * Only what is being filled has a backfill, and it is at a row of its table or at an end.
 */
function checkBackfill(
  entry: Entry,
  parts: { readonly numbers: KnownNumbers; readonly findings: StoreFindings },
): void {
  const owner = checkNumbered(entry, 'A backfill', parts)
  if (owner === undefined || owner.kind === 'leaving') return
  const { key, value } = entry
  if (owner.kind === 'table' || backfillOf(owner) === undefined) {
    parts.findings.add('backfill', key, 'The backfill of something that is not being built')
    return
  }
  const { start, end } = rowRange(owner.checked.table.number)
  if (Buffer.compare(value, start) >= 0 && Buffer.compare(value, end) <= 0) return
  parts.findings.add('backfill', key, 'The backfill is outside of the rows of its table')
}

function backfillOf(
  owner: Extract<NumberOwner, { kind: 'index' | 'order' }>,
): Backfill | undefined {
  return owner.kind === 'index' ? owner.checked.index.backfill : owner.checked.order.backfill
}

function countEntry({ key }: Entry, numbers: KnownNumbers, findings: StoreFindings): void {
  if (key.length < tableCounterKey(0).length) {
    findings.add('unknownKey', key, 'The key is too short for an index entry')
    return
  }
  const owner = numbers.ownerOf(asBuffer(key), 'An index entry')
  if (owner?.kind === 'index') countOf(owner.checked, false, key, findings)
  if (owner?.kind !== 'table' && owner?.kind !== 'order') return
  findings.add('orphan', key, `An index entry of table ${owner.checked.table.name}`)
}

function countVectorEntry({ key }: Entry, numbers: KnownNumbers, findings: StoreFindings): void {
  if (key.length <= tableCounterKey(0).length) {
    findings.add('unknownKey', key, 'The key is too short for an entry of a vector index')
    return
  }
  const owner = numbers.ownerOf(asBuffer(key), 'An entry of a vector index')
  if (owner?.kind === 'index') countOf(owner.checked, true, key, findings)
  if (owner?.kind !== 'table' && owner?.kind !== 'order') return
  findings.add('orphan', key, `An entry of a vector index of table ${owner.checked.table.name}`)
}

/** Counts an entry, which is to be among those of its kind of index. */
function countOf(
  checked: CheckedIndex,
  isOfVector: boolean,
  key: Bytes,
  findings: StoreFindings,
): void {
  const { index, table } = checked
  if ((index.vector !== undefined) === isOfVector) {
    checked.storedCount += 1
    return
  }
  const where = `index ${index.name} of table ${table.name}`
  findings.add('orphan', key, `An entry of another kind than ${where}`)
}

function checkCounter(
  changes: CountChanges,
  counter: Counter,
  { tally, owner }: { readonly tally: Tally; readonly owner: string },
  findings: StoreFindings,
): void {
  const { count, sizeBytes } = tally
  const values = changes.valuesOf(counter)
  const [notedCount, notedBytes] = values
  if (values.length === 2 && notedCount === count && notedBytes === sizeBytes) return
  const noted = `${notedCount} and ${notedBytes} bytes`
  const detail = `${owner} counts ${noted} and has ${count} and ${sizeBytes} bytes`
  findings.add('counter', counter.key, detail)
}
