import { decodeCounterChanges, sumOf } from '../commits/counterChanges.ts'
import { decodeCounter, encodeCounter } from '../commits/counters.ts'
import { arrivalOf, arrivedMark, arrivingMark } from '../layout/storeFormat.ts'
import {
  catalogVersionKey,
  counterChangeRange,
  everything,
  formatKey,
  leaseRange,
  tableCounterKey,
  tableRecordRange,
} from '../layout/storeKeys.ts'
import { numbersOf } from '../schema/openTable.ts'
import { decodeStoredTable } from '../schema/tableRecord.ts'
import {
  asBuffer,
  sameBytes,
  type Bytes,
  type Expectation,
  type MaybePromise,
  type Snapshot,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import { MigrationFault } from './migrationFault.ts'

/** Where the store comes from and where it goes to, as the operator calls it. */
export interface Journey {
  readonly from: string
  readonly to: string
  /** Another one with each attempt. */
  readonly mover: string
}

/** How a target was found. */
export type Beginning = 'new' | 'begun' | 'whole'

/** A target that is one's own until somebody else claims it. */
export interface Claim {
  readonly found: Beginning
  /** Each commit relies on it. */
  readonly fence: readonly Expectation[]
}

/**
 * Makes the target one that nobody opens until it is whole. Throws MigrationFault for a store that
 * has anything but a part of the same source in it, and for a source that was moved before.
 */
export async function claimTarget(
  target: StorageEngine,
  { from, to, mover }: Journey,
  retiredTo: string | undefined,
): Promise<Claim> {
  const [mark] = await target.read([formatKey])
  const arrival = mark && arrivalOf(mark.value)
  const isOfSource = arrival?.from === from
  if (retiredTo !== undefined && (retiredTo !== to || !isOfSource)) {
    throw new MigrationFault(`The store of ${from} was moved to ${retiredTo} before.`)
  }
  // It became whole when the source had been given up for it, and not before.
  if (isOfSource && arrival.isWhole && retiredTo !== undefined) return { found: 'whole', fence: [] }
  if (!isOfSource && arrival?.isWhole === false) {
    throw new MigrationFault(
      `The store of ${arrival.from} is being moved to ${to}, and is not whole yet.`,
    )
  }
  const isBegun = arrival?.isWhole === false
  if (!isBegun && !(await isEmpty(target))) {
    throw new MigrationFault(`There is a store in ${to} already; one is moved to an empty place.`)
  }
  const expected = [{ key: formatKey, version: mark?.version }]
  const value = arrivingMark(from, mover)
  await target.commit(expected, [{ key: formatKey, value }])
  const fence = [{ key: formatKey, version: target.versionOf(value) }]
  return { found: isBegun ? 'begun' : 'new', fence }
}

async function isEmpty(engine: StorageEngine): Promise<boolean> {
  const snapshot = engine.snapshot()
  try {
    for await (const _ of snapshot.range(everything)) return false
    return true
  } finally {
    snapshot.close()
  }
}

/**
 * Makes the target a store that may be used, in one commit. REQUIRES: it is the last state of the
 * source, whose mark is `mark`.
 */
export async function openTarget(
  target: StorageEngine,
  mark: Bytes,
  { journey: { from }, fence }: { readonly journey: Journey } & Pick<Claim, 'fence'>,
): Promise<void> {
  const opened = { key: formatKey, value: arrivedMark(mark, from) }
  const snapshot = target.snapshot()
  let others: readonly StorageWrite[]
  try {
    // Before the first read it may be of any moment.
    await snapshot.get(formatKey)
    others = target.capabilities.shared ? [] : await soleWrites(snapshot)
  } finally {
    snapshot.close()
  }
  await target.commit(fence, [...others, opened])
}

/** Whether what {@link openTarget} commits is there. */
export async function isOpened(target: StorageEngine, { from }: Journey): Promise<boolean> {
  const mark = await target.get(formatKey)
  const arrival = mark && arrivalOf(mark)
  return arrival?.from === from && arrival.isWhole
}

/**
 * What a store is without that was shared and has one process to itself from now on: leases, the
 * version of the catalog, and changes of counters that are noted, which are added up.
 */
async function soleWrites(snapshot: Snapshot): Promise<readonly StorageWrite[]> {
  const writes: StorageWrite[] = [{ key: catalogVersionKey, value: undefined }]
  for await (const { key } of snapshot.range(leaseRange)) writes.push({ key, value: undefined })
  const sums = new Map<string, readonly number[]>()
  for await (const { key, value } of snapshot.range(counterChangeRange)) {
    writes.push({ key, value: undefined })
    for (const { key: counter, differences } of decodeCounterChanges(value)) {
      const name = asBuffer(counter).toString('latin1')
      sums.set(name, sumOf(sums.get(name) ?? [0, 0], differences))
    }
  }
  for await (const { value } of snapshot.range(tableRecordRange)) {
    for (const number of numbersOf(decodeStoredTable(value).record)) {
      const key = tableCounterKey(number)
      const differences = sums.get(asBuffer(key).toString('latin1'))
      if (differences === undefined) continue
      const stored = await snapshot.get(key)
      const values = stored === undefined ? [0, 0] : decodeCounter(stored)
      writes.push({ key, value: encodeCounter(sumOf(values, differences)) })
    }
  }
  return writes
}

/**
 * `snapshot` of a target with the mark of its source: what is checked before it is opened. Its
 * reads throw what `goOn` throws.
 */
export const asOpened = (snapshot: Snapshot, mark: Bytes, goOn: () => void): Snapshot => {
  const get = (key: Bytes): MaybePromise<Bytes | undefined> => {
    goOn()
    return sameBytes(key, formatKey) ? mark : snapshot.get(key)
  }
  return {
    get,
    getMany: (keys) => Promise.all(keys.map(async (key) => get(key))),
    async *range(range) {
      for await (const entry of snapshot.range(range)) {
        goOn()
        yield entry
      }
    },
    close: () => snapshot.close(),
  }
}
