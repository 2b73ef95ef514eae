import { composeParts } from '../cli/databaseParts.ts'
import { systemClock, systemRandom, type Clock, type Random } from '../clock.ts'
import { ApiError } from '../errors/apiError.ts'
import { asBuffer, type Bytes, type StorageEngine } from '../storage/engine.ts'
import { decodeCounter } from '../commits/counters.ts'
import { MemoryEngine } from '../storage/memory/memoryEngine.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { indexEntry, valueOfEntry } from '../items/indexEntries.ts'
import { sizeInCollection } from '../items/itemCollection.ts'
import { ItemImage } from '../items/itemImage.ts'
import {
  indexRange,
  itemCollectionKey,
  itemCollectionRange,
  rowRange,
  vectorRange,
} from '../layout/storeKeys.ts'
import type { Table } from '../schema/table.ts'
import type { Metrics } from '../observe/metrics.ts'
import { Coordinator } from '../transactions/coordinator.ts'
import type { Points } from '../transactions/points.ts'
import type { WriteWatcher } from '../transactions/writeWatcher.ts'
import type { Performer } from '../operations/performer.ts'
import type { Dispatcher, RequestContext } from '../wire/dispatcher.ts'
import type { ReadLag } from '../operations/readConsistency.ts'
import type { Services } from '../operations/services.ts'
import type { BackgroundWork } from '../upkeep/backgroundWork.ts'
import { WorkFailures, type WorkEvent } from '../upkeep/workFailures.ts'
import type { ValidationLayer } from '../validation/layers.ts'
import { performOperation } from './performOperation.ts'
import { encodeError } from '../wire/errorBody.ts'

export interface IndexedDatabaseOptions {
  readonly engine?: StorageEngine
  readonly clock?: Clock
  readonly random?: Random
  readonly delayTransientStatuses?: boolean
  readonly maxItemCollectionBytes?: number
  readonly maxWriteBytes?: number
  readonly reservedWords?: 'refuse' | 'allow'
  readonly validation?: ValidationLayer
  readonly region?: string
  readonly streamShards?: number
  readonly metrics?: Metrics
  readonly ttlDelaySeconds?: number
  readonly points?: Points
  readonly performer?: Performer
  readonly watcher?: WriteWatcher
  readonly transactionConflicts?: 'refuse' | 'queue'
  readonly vectorSearch?: 'exact' | 'auto'
  readonly leastGraphBytes?: number
  readonly enforceThroughput?: boolean
  readonly keepsPast?: boolean
}

const accountId = '000000000000'

export type Response = Record<string, unknown>

/** A database without a socket whose parts a test can reach, put together as the server is. */
export interface IndexedDatabase {
  readonly engine: StorageEngine
  readonly catalog: Catalog
  readonly coordinator: Coordinator
  readonly services: Services
  readonly dispatcher: Dispatcher
  readonly work: BackgroundWork
  /** See DatabaseParts.letReadsLag. */
  letReadsLag(lag: ReadLag | undefined): void
  /** See DatabaseParts.settled and DatabaseParts.close. */
  settled(): Promise<void>
  close(): Promise<void>
  /** What became of work in the background that failed. */
  readonly events: readonly WorkEvent[]
  /**
   * The response of an operation, empty when it has no body, or the body of its error with `__type`
   * cut to the error's name.
   */
  call(operation: string, request: object, context?: Partial<RequestContext>): Promise<Response>
}

export async function openIndexedDatabase(
  options: IndexedDatabaseOptions = {},
): Promise<IndexedDatabase> {
  const { engine = new MemoryEngine(), region = 'us-east-1' } = options
  const { maxItemCollectionBytes, maxWriteBytes } = options
  const events: WorkEvent[] = []
  const limits = {
    ...(maxItemCollectionBytes !== undefined && { maxItemCollectionBytes }),
    ...(maxWriteBytes !== undefined && { maxWriteBytes }),
  }
  const parts = await composeParts({
    failures: new WorkFailures((event) => void events.push(event)),
    engine,
    clock: options.clock ?? systemClock,
    // A test that holds back what is deferred means the work in the background.
    commitClock: systemClock,
    random: options.random ?? systemRandom,
    region,
    accountId,
    reservedWords: options.reservedWords ?? 'refuse',
    ...(options.validation !== undefined && { validation: options.validation }),
    delayTransientStatuses: options.delayTransientStatuses ?? false,
    ...(options.metrics !== undefined && { metrics: options.metrics }),
    ...(options.ttlDelaySeconds !== undefined && { ttlDelaySeconds: options.ttlDelaySeconds }),
    ...(options.streamShards !== undefined && { streamShards: options.streamShards }),
    ...(options.points !== undefined && { points: options.points }),
    ...(options.performer !== undefined && { performer: options.performer }),
    ...(options.watcher !== undefined && { watcher: options.watcher }),
    ...(options.transactionConflicts !== undefined && {
      transactionConflicts: options.transactionConflicts,
    }),
    ...(options.vectorSearch !== undefined && { vectorSearch: options.vectorSearch }),
    ...(options.leastGraphBytes !== undefined && { leastGraphBytes: options.leastGraphBytes }),
    ...(options.keepsPast !== undefined && { keepsPast: options.keepsPast }),
    makeCoordinator: (given) => new Coordinator({ ...given, ...limits }),
  })
  const { services, dispatcher, work } = parts
  if (options.enforceThroughput === true) await parts.enforceThroughput()
  async function call(
    operation: string,
    request: object,
    more: Partial<RequestContext> = {},
  ): Promise<Response> {
    const context = { requestId: 'R', region, accessKeyId: 'K', ...more }
    const answer = performOperation(dispatcher, operation, JSON.stringify(request), context)
    const body = await answer.catch((error: unknown) => {
      if (error instanceof ApiError) return encodeError(error)
      throw error
    })
    if (body.length === 0) return {}
    const response = JSON.parse(Buffer.from(body).toString('utf8')) as Response
    const type = response['__type']
    if (typeof type === 'string') response['__type'] = type.slice(type.indexOf('#') + 1)
    return response
  }
  const { catalog, coordinator } = services
  const letReadsLag = (lag: ReadLag | undefined): void => parts.letReadsLag(lag)
  const { settled, close } = parts
  return {
    engine,
    catalog,
    coordinator,
    services,
    dispatcher,
    work,
    letReadsLag,
    settled,
    close,
    events,
    call,
  }
}

/** All entries of a range, keys and values as text. */
export async function dump(
  engine: StorageEngine,
  range: { readonly start: Bytes; readonly end: Bytes },
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const snapshot = engine.snapshot()
  for await (const { key, value } of snapshot.range(range)) {
    found.set(asBuffer(key).toString('hex'), asBuffer(value).toString('latin1'))
  }
  snapshot.close()
  return found
}

/** What a table should have in the store, worked out from its rows, and what it has. */
export async function compareWithRows(
  engine: StorageEngine,
  table: Table,
): Promise<{ expected: object; actual: object }> {
  const rows: { rowKey: Buffer; image: ItemImage }[] = []
  for (const [key, value] of await dump(engine, rowRange(table.number))) {
    const image = ItemImage.ofStored(Buffer.from(value, 'latin1')) as ItemImage
    rows.push({ rowKey: Buffer.from(key, 'hex'), image })
  }
  const expected: Record<string, unknown> = { counter: totals(rows.map(({ image }) => image)) }
  const actual: Record<string, unknown> = { counter: table.counter.values }
  for (const index of table.indexes) {
    const entries = rows
      .map(({ rowKey, image }) => indexEntry(index, image, rowKey))
      .filter((entry) => entry !== undefined)
    const texts = entries.map((entry): [string, string] => [
      entry.key.toString('hex'),
      asBuffer(valueOfEntry(entry, entry.image.stored)).toString('latin1'),
    ])
    const counted = totals(entries)
    expected[index.name] = { entries: new Map(texts), counted }
    const rangeOf = index.kind === 'vector' ? vectorRange : indexRange
    const stored = await dump(engine, rangeOf(index.number))
    actual[index.name] = { entries: stored, counted: index.counter.values }
  }
  expected['collections'] = collectionsOf(table, rows)
  const collections = [...(await dump(engine, itemCollectionRange(table.number)))]
  actual['collections'] = new Map(
    collections.map(([key, value]) => [key, decodeCounter(Buffer.from(value, 'latin1'))[0]]),
  )
  return { expected, actual }
}

function totals(sized: readonly { readonly sizeBytes: number }[]): number[] {
  return [sized.length, sized.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)]
}

function collectionsOf(
  table: Table,
  rows: readonly { readonly rowKey: Buffer; readonly image: ItemImage }[],
): Map<string, number> {
  const sizes = new Map<string, number>()
  if (table.record.localSecondaryIndexes.length === 0) return sizes
  for (const { rowKey, image } of rows) {
    const name = itemCollectionKey(rowKey).toString('hex')
    sizes.set(name, (sizes.get(name) ?? 0) + sizeInCollection(table, image, rowKey))
  }
  return sizes
}
