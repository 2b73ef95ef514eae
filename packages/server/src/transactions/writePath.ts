import type { Clock } from '../clock.ts'
import type { Committer, EffectResults } from '../commits/committer.ts'
import type { Retries } from '../commits/retries.ts'
import { resourceNotFound } from '../errors/tableErrors.ts'
import { hasItemCollections } from '../items/itemCollection.ts'
import { ItemImage } from '../items/itemImage.ts'
import { itemCollectionKey } from '../layout/storeKeys.ts'
import { singleCount } from '../commits/counters.ts'
import type { Table } from '../schema/table.ts'
import { StorageConflict, type MaybePromise, type StorageEngine } from '../storage/engine.ts'
import type { ByteCredits } from './byteCredits.ts'
import type { Claims } from './claims.ts'
import type { CommitBuilder } from './commitBuilder.ts'
import type { ItemPlace } from './itemWrites.ts'
import type { PassingWrite, PointName, Points } from './points.ts'
import type { InvalidAction } from './writePlan.ts'

/** What every write goes through. */
export interface WritePath {
  readonly engine: StorageEngine
  readonly commits: Committer
  readonly clock: Clock
  readonly claims: Claims
  readonly credits: ByteCredits
  readonly points: Points | undefined
  /** Present where others change tables too. */
  readonly refreshTable: ((tableName: string) => Promise<void>) | undefined
  readonly retries: Retries
  /** The limit of an item collection in bytes. */
  readonly maxItemCollectionBytes: number
}

/** The image of an item that a write will rely on. */
export function readImage(
  { engine }: WritePath,
  rowKey: Buffer,
): MaybePromise<ItemImage | undefined> {
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
 * may have done to its tables. Gives the error that all ends with when there is no further try.
 */
export async function errorUnlessRetried(
  { refreshTable, retries }: WritePath,
  { error, attempts }: { readonly error: unknown; readonly attempts: number },
  tables: readonly Table[],
): Promise<unknown> {
  if (!(error instanceof StorageConflict) || attempts >= retries.attempts) return error
  try {
    await retries.pause(attempts)
    if (refreshTable === undefined) return undefined
    await Promise.all([...new Set(tables)].map(({ name }) => refreshTable(name)))
    return undefined
  } catch (failure) {
    return failure
  }
}

/**
 * Hands the commit over and waits until it is durable. A write that was evaluated before its table
 * was deleted must not leave rows behind, and one that does not know of a new index has to be
 * evaluated again.
 */
export function submit(
  path: WritePath,
  write: PassingWrite,
  commit: CommitBuilder,
  tables: readonly Table[],
): Promise<EffectResults> {
  if (tables.some(({ dropped }) => dropped)) return Promise.reject(resourceNotFound())
  if (!commit.isCurrent()) return Promise.reject(new StorageConflict('a table has changed'))
  if (path.refreshTable !== undefined) for (const table of new Set(tables)) commit.relyOn(table)
  const committed = path.commits.submit(commit.build())
  return path.points === undefined ? committed : withPoint(path, write, committed)
}

async function withPoint(
  path: WritePath,
  write: PassingWrite,
  committed: Promise<EffectResults>,
): Promise<EffectResults> {
  const [results] = await Promise.all([committed, pass(path, 'submitted', write)])
  return results
}
