import type { Clock, Random, Timer } from '../clock.ts'
import { requireCurrent } from '../layout/storeFormat.ts'
import {
  catalogVersionKey,
  formatKey,
  nameOfRecordKey,
  tableRecordRange,
} from '../layout/storeKeys.ts'
import { catalogPollMs } from '../limits.ts'
import type { Bytes, StorageEngine, StorageWrite, Version } from '../storage/engine.ts'
import type { CatalogFeed, FollowingCatalog } from './catalogFeed.ts'

export interface SharedFeedOptions {
  readonly engine: StorageEngine
  readonly clock: Clock
  readonly random: Random
  /**
   * Told why the store could not be looked at between requests; StoreUnavailable of one that is not
   * for this server any more.
   */
  readonly onFault: (error: unknown) => void
}

const stampBytes = 16

const noCatalog: FollowingCatalog = {
  known: () => [],
  refresh: () => Promise.resolve(),
  readCounts: () => Promise.resolve(),
}

/**
 * The feed of one of several servers on a store. Each change of a table, whoever makes it, gives
 * the catalog another version in the same commit. Who finds another version than it knows looks
 * which records have changed: before each request, and from time to time without one. It looks
 * whether the store has still the format that it knows, too.
 */
export class SharedFeed implements CatalogFeed {
  readonly #options: SharedFeedOptions
  #catalog: FollowingCatalog = noCatalog
  /** The version of the catalog that has been read. */
  #version: Version | undefined
  /** Settles, never rejects, when the last look that has begun has ended. */
  #looking: Promise<void> = Promise.resolve()
  /** The look that has not begun. */
  #nextLook: Promise<void> | undefined
  #timer: Timer | undefined
  #polling: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(options: SharedFeedOptions) {
    this.#options = options
  }

  async start(catalog: FollowingCatalog): Promise<void> {
    // What is there already the catalog reads by itself.
    await this.#look()
    this.#catalog = catalog
    this.#poll()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    await this.#polling
  }

  announce(): readonly StorageWrite[] {
    return [{ key: catalogVersionKey, value: this.#options.random.bytes(stampBytes) }]
  }

  async catchUp(): Promise<boolean> {
    const known = this.#version
    const [found] = await this.#options.engine.read([catalogVersionKey])
    if (found?.version === known) return true
    if (found?.version !== this.#version) await this.#look()
    return false
  }

  readonly isKnown = (stamp: Bytes | undefined): boolean =>
    (stamp && this.#options.engine.versionOf(stamp)) === this.#version

  /** Looks at all records, beginning after this call; those who ask meanwhile share the look. */
  #look(): Promise<void> {
    this.#nextLook ??= this.#looking.then(() => {
      this.#nextLook = undefined
      const look = this.#readRecords()
      this.#looking = look.catch(() => undefined)
      return look
    })
    return this.#nextLook
  }

  async #readRecords(): Promise<void> {
    const { engine } = this.#options
    const records = new Map<string, Version>()
    let version: Version | undefined
    const snapshot = engine.snapshot()
    try {
      const [stamp, mark] = await snapshot.getMany([catalogVersionKey, formatKey])
      requireCurrent(mark)
      version = stamp && engine.versionOf(stamp)
      for await (const { key, value } of snapshot.range(tableRecordRange)) {
        records.set(nameOfRecordKey(key), engine.versionOf(value))
      }
    } finally {
      snapshot.close()
    }
    // The catalog may know what was there between two looks alone.
    const known = new Map<string, Version>()
    for (const table of this.#catalog.known()) known.set(table.name, table.version)
    const names = new Set([...records.keys(), ...known.keys()])
    const changed = [...names].filter((name) => records.get(name) !== known.get(name))
    await Promise.all(changed.map((name) => this.#catalog.refresh(name)))
    this.#version = version
  }

  #poll(): void {
    if (this.#isStopped) return
    this.#timer = this.#options.clock.startTimer(catalogPollMs, () => {
      this.#polling = this.#catchUpUnasked().finally(() => this.#poll())
    })
  }

  async #catchUpUnasked(): Promise<void> {
    try {
      await this.catchUp()
      await this.#catalog.readCounts()
    } catch (error) {
      this.#options.onFault(error)
    }
  }
}
