import type { Clock } from '../clock.ts'
import {
  FoundationFailed,
  SumLimitExceeded,
  type Committer,
  type EffectResults,
} from '../commits/committer.ts'
import type { Retries, Tries } from '../commits/retries.ts'
import { resourceNotFound } from '../errors/tableErrors.ts'
import { hasItemCollections } from '../items/itemCollection.ts'
import { ItemImage } from '../items/itemImage.ts'
import { itemCollectionKey, tableRecordKey } from '../layout/storeKeys.ts'
import { singleCount } from '../commits/counters.ts'
import type { Table } from '../schema/table.ts'
import { maxFalls } from '../limits.ts'
import { StorageConflict, type MaybePromise, type StorageEngine } from '../storage/engine.ts'
import type { ByteCredits } from './byteCredits.ts'
import type { ClaimQueue } from './claimQueue.ts'
import type { Claims } from './claims.ts'
import type { CommitBuilder } from './commitBuilder.ts'
import type { Foundations } from './foundations.ts'
import type { ItemPlace } from './itemWrites.ts'
import type { OrderedCommit, OrderedImages } from './orderedImages.ts'
import type { PassingWrite, PointName, Points } from './points.ts'
import type { TransactionConflicts } from './transactionConflicts.ts'
import type { InvalidAction } from './writePlan.ts'
import type { WriteWatcher } from './writeWatcher.ts'

/** What every write goes through. */
export interface WritePath {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
  readonly claims: Claims
  /** Who waits for items that transactions hold. */
  readonly queue: ClaimQueue
  readonly conflicts: TransactionConflicts
  readonly images: OrderedImages
  readonly credits: ByteCredits
  readonly points: Points | undefined
  readonly watcher: WriteWatcher | undefined
  /** Present where others change tables too. */
  readonly refreshTable: ((tableName: string) => Promise<void>) | undefined
  readonly retries: Retries
  /** The limit of an item collection in bytes. */
  readonly maxItemCollectionBytes: number
}

/**
 * The image of an item that a write will rely on: the newest that there is, with the commit that is
 * to make it durable among `foundations` when it is not. REQUIRES: the item is the writer's own.
 */
export function readImage(
  { engine, images }: WritePath,
  { rowKey, name }: { readonly rowKey: Buffer; readonly name: string },
  foundations: Foundations,
): MaybePromise<ItemImage | undefined> {
  const ordered = images.find(name)
  if (ordered !== undefined) {
    foundations.add(ordered.commit)
    return ordered.image
  }
  const read = engine.read([rowKey])
  return read instanceof Promise
    ? read.then(([found]) => ItemImage.ofVersioned(found))
    : ItemImage.ofVersioned(read[0])
}

/** The bytes of the item collections that items belong to; undefined where there are none. */
export async function readCollectionSizes(
  engine: StorageEngine,
  places: readonly (ItemPlace | InvalidAction | undefined)[],
): Promise<readonly (number | undefined)[]> {
  const keys = places.map((place) =>
    place !== undefined && 'rowKey' in place && hasItemCollections(place.table)
      ? itemCollectionKey(place.rowKey)
      : undefined,
  )
  const asked = keys.filter((key) => key !== undefined)
  if (asked.length === 0) return []
  const found = await engine.getMany(asked)
  let next = 0
  return keys.map((key) => (key === undefined ? undefined : singleCount(found[next++])))
}

/**
 * For a write that leaves all as it was, and so has no commit to rely on its table: rejects with
 * StorageConflict when somebody else has changed that.
 */
export async function requireKnown(
  { engine, refreshTable }: WritePath,
  table: Table,
): Promise<void> {
  if (refreshTable === undefined) return
  if (table.dropped) throw resourceNotFound()
  const { name, version } = table
  const [found] = await engine.read([tableRecordKey(name)])
  if (found?.version !== version) throw new StorageConflict('a table has changed')
}

/** Waits for whoever looks at a point. */
export function pass(
  { points }: WritePath,
  point: PointName,
  write: PassingWrite,
): Promise<void> | undefined {
  return points?.at(point, write)
}

/**
 * Before a commit that met a conflict is tried again: waits a while, and learns what somebody else
 * may have done to its tables. Gives the error that all ends with when there is no further try. A
 * write whose foundation was refused is tried again at once. One whose foundation the store could
 * not take is not: a store that has broken may show both when it is opened again, so nobody may be
 * told that it was refused for what it found without them.
 */
export async function errorUnlessRetried(
  { refreshTable, retries }: WritePath,
  { error, tries }: { readonly error: unknown; readonly tries: Tries },
  tables: readonly Table[],
): Promise<unknown> {
  if (error instanceof FoundationFailed) {
    if (!(error.failure instanceof StorageConflict || error.failure instanceof SumLimitExceeded)) {
      return error.failure
    }
    tries.falls += 1
    return tries.falls > maxFalls ? error : undefined
  }
  if (!(error instanceof StorageConflict)) return error
  tries.attempts += 1
  if (tries.attempts >= retries.attempts) return error
  try {
    await retries.pause(tries.attempts)
    if (refreshTable === undefined) return undefined
    await Promise.all([...new Set(tables)].map(({ name }) => refreshTable(name)))
    return undefined
  } catch (failure) {
    return failure
  }
}

/** A commit that was handed over. */
export interface Submission {
  /** Resolves when it is durable. */
  readonly committed: Promise<EffectResults>
  /**
   * Present where others may have its items and build on what it writes: `OrderedImages.settled`
   * must follow.
   */
  readonly ordered: OrderedCommit | undefined
}

/**
 * Hands the commit over. From then on its items are what it writes for all who come after it,
 * unless it is one that is made from images that must stay. A write that was evaluated before its
 * table was deleted must not leave rows behind, and one that does not know of a new index has to be
 * evaluated again.
 */
export function submit(
  path: WritePath,
  write: PassingWrite,
  commit: CommitBuilder,
  tables: readonly Table[],
): Submission {
  if (tables.some(({ dropped }) => dropped)) throw resourceNotFound()
  if (!commit.isCurrent()) throw new StorageConflict('a table has changed')
  if (path.refreshTable !== undefined) for (const table of new Set(tables)) commit.relyOn(table)
  const submission = handOver(path, commit)
  if (path.points === undefined) return submission
  const { committed, ordered } = submission
  return { committed: withPoint(path, write, committed), ordered }
}

function handOver({ commits, images }: WritePath, commit: CommitBuilder): Submission {
  const mayBeBuiltOn = commits.isOrdered && !commit.isPostponed
  if (!mayBeBuiltOn) {
    // A large one may have been built on others all the same.
    const member = commit.build(commits.isOrdered ? { failure: undefined } : undefined)
    return { committed: commits.submit(member), ordered: undefined }
  }
  const ordered: OrderedCommit = {
    failure: undefined,
    written: commit.written,
    committed: nothingCommitted,
  }
  const committed = commits.submit(commit.build(ordered))
  ordered.committed = committed
  images.note(ordered)
  return { committed, ordered }
}

const nothingCommitted: Promise<EffectResults> = Promise.resolve([])

async function withPoint(
  path: WritePath,
  write: PassingWrite,
  committed: Promise<EffectResults>,
): Promise<EffectResults> {
  const [results] = await Promise.all([committed, pass(path, 'submitted', write)])
  return results
}
