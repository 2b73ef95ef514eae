import type { Clock } from '../clock.ts'
import { ApiError } from '../errors/apiError.ts'
import { ContentUnusable } from '../seeding/contentUnusable.ts'
import type { ContentTable, SeedSource } from '../seeding/readContent.ts'
import type { OpenStore } from './openStore.ts'
import { defaultAccountId, defaultRegion } from './settings.ts'

/** What a new database has from the start. */
export interface InitialContent {
  /**
   * Tables: inputs of CreateTable, and files that define some (docs/test-kits.md). A table that is
   * there already stays as it is.
   */
  readonly tables?: string | readonly (string | TableDefinition)[]
  /**
   * Items of the tables that are made now: by the names of tables lists of items, as PutItem takes
   * them or of plain values, or files; or files and directories by themselves.
   */
  readonly seed?: SeedSource | readonly SeedSource[]
  /** Values for parameters of templates, and options of a serverless.yml. */
  readonly templateParameters?: Readonly<Record<string, string>>
}

/** The input of CreateTable, as the SDK's types have it. */
export interface TableDefinition {
  readonly TableName: string | undefined
}

/** How many items are put at once. */
const itemsAtOnce = 50
const statusDelayMs = 50

const listOf = <T>(given: T | readonly T[] | undefined): readonly T[] => {
  if (given === undefined) return []
  return Array.isArray(given) ? (given as readonly T[]) : [given as T]
}

/** Throws TypeError for items of a table that is not among those of `content`, all at hand. */
export function checkContent({ tables, seed }: InitialContent): void {
  const definitions = listOf<string | TableDefinition>(tables)
  if (definitions.some((each) => typeof each === 'string')) return
  const names = new Set(definitions.map((each) => (each as TableDefinition).TableName))
  for (const source of listOf(seed)) {
    if (typeof source === 'string') continue
    const stranger = Object.keys(source).find((name) => !names.has(name))
    if (stranger !== undefined) throw new TypeError(`"${stranger}" of seed is not among tables.`)
  }
}

/** Reads what `content` asks for. Rejects with ContentUnusable. */
export async function readInitialContent(
  { tables, seed, templateParameters = {} }: InitialContent,
  {
    region = defaultRegion,
    accountId = defaultAccountId,
  }: { readonly region?: string; readonly accountId?: string },
): Promise<readonly ContentTable[]> {
  if (tables === undefined && seed === undefined) return []
  const { readContent } = await import('../seeding/readContent.ts')
  const asked = { tables: listOf<string | TableDefinition>(tables), seed: listOf(seed) }
  return readContent(asked, { parameters: templateParameters, region, accountId })
}

/**
 * Makes the tables that are not there, and puts their items. Resolves when the tables can be used;
 * rejects with ContentUnusable, which says which table or item DynamoDB refuses, and why.
 */
export async function furnish(
  store: OpenStore,
  tables: readonly ContentTable[],
  clock: Clock,
): Promise<void> {
  for (const { place, input, timeToLive, items } of tables) {
    const isMade = await named(place, createIfAbsent(store, input))
    if (!isMade) continue
    const { TableName } = input
    await untilActive(store, TableName, clock)
    if (timeToLive !== undefined) {
      const TimeToLiveSpecification = { Enabled: true, AttributeName: timeToLive }
      await named(place, store.perform('UpdateTimeToLive', { TableName, TimeToLiveSpecification }))
    }
    await putAll(store, TableName, items)
  }
}

async function putAll(
  store: OpenStore,
  tableName: string,
  items: readonly object[],
): Promise<void> {
  for (let first = 0; first < items.length; first += itemsAtOnce) {
    const puts = items.slice(first, first + itemsAtOnce).map((item, i) => {
      const put = store.perform('PutItem', { TableName: tableName, Item: item })
      return named(`seed.${tableName}[${first + i}]`, put)
    })
    // None is left under way when one has failed.
    await Promise.allSettled(puts)
    await Promise.all(puts)
  }
}

async function createIfAbsent(store: OpenStore, table: object): Promise<boolean> {
  try {
    await store.perform('CreateTable', table)
    return true
  } catch (error) {
    if (error instanceof ApiError && error.kind.name === 'ResourceInUseException') return false
    throw error
  }
}

async function untilActive(store: OpenStore, tableName: string, clock: Clock): Promise<void> {
  for (;;) {
    const { Table } = await store.perform('DescribeTable', { TableName: tableName })
    if ((Table as { readonly TableStatus: string }).TableStatus === 'ACTIVE') return
    await new Promise<void>((resolve) => clock.startTimer(statusDelayMs, resolve))
  }
}

async function named<T>(place: string, outcome: Promise<T>): Promise<T> {
  try {
    return await outcome
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    throw new ContentUnusable(`${place}: ${error.name}: ${error.message}`, { cause: error })
  }
}
