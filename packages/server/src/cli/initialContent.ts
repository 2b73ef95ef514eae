import type { Clock } from '../clock.ts'
import { ApiError } from '../errors/apiError.ts'
import type { OpenStore } from './openStore.ts'

/** What a new database has from the start. */
export interface InitialContent {
  /** Inputs of CreateTable. A table that is there already stays as it is. */
  readonly tables?: readonly TableDefinition[]
  /** Items, as PutItem takes them, by the names of tables that are made now. */
  readonly seed?: Readonly<Record<string, readonly object[]>>
}

/** The input of CreateTable, as the SDK's types have it. */
export interface TableDefinition {
  readonly TableName: string | undefined
}

/** How many items are put at once. */
const itemsAtOnce = 50
const statusDelayMs = 50

/** Throws TypeError for items of a table that is not among those of `content`. */
export function checkContent({ tables = [], seed = {} }: InitialContent): void {
  const names = new Set(tables.map(({ TableName }) => TableName))
  const stranger = Object.keys(seed).find((name) => !names.has(name))
  if (stranger !== undefined) throw new TypeError(`"${stranger}" of seed is not among tables.`)
}

/**
 * Makes the tables of `content` that are not there, and puts their items. Resolves when the tables
 * can be used; rejects with an Error that says which table or item DynamoDB refuses, and why.
 */
export async function furnish(
  store: OpenStore,
  { tables = [], seed = {} }: InitialContent,
  clock: Clock,
): Promise<void> {
  for (const [i, table] of tables.entries()) {
    const place = `tables[${i}]`
    const isMade = await named(place, createIfAbsent(store, table))
    if (!isMade) continue
    const tableName = table.TableName as string
    await untilActive(store, tableName, clock)
    await putAll(store, tableName, seed[tableName] ?? [])
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

async function createIfAbsent(store: OpenStore, table: TableDefinition): Promise<boolean> {
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
    throw new Error(`${place}: ${error.name}: ${error.message}`, { cause: error })
  }
}
