import { BatchGetItemCommand, type KeysAndAttributes } from '@aws-sdk/client-dynamodb'
import { getRequest, itemRead, projection, type Get, type ItemOfGet } from '../actions/get.ts'
import { ExpressionParts } from '../expressions/expressionParts.ts'
import type { StoredItem } from '../schema/entity.ts'
import { identityOf, keyOfItem } from '../schema/itemIdentity.ts'
import type { Session } from '../session/session.ts'
import { runBatch } from './batchRounds.ts'

const mostKeys = 100

/** What a batch of reads gives: at each place the item of the read there, or `undefined`. */
export type ItemsOfGets<G extends readonly Get[]> = {
  readonly [I in keyof G]: ItemOfGet<G[I]> | undefined
}

/** How a batch is sent. */
export interface BatchOptions {
  readonly signal?: AbortSignal
}

/** An item that is to be read, once, by whichever reads want it. */
interface Wanted {
  readonly get: Get
  readonly tableName: string
  readonly key: StoredItem
}

/** Reads any number of items, each by itself: not all at one moment. */
export async function batchGet<const G extends readonly Get[]>(
  session: Session,
  gets: G,
  { signal }: BatchOptions,
): Promise<ItemsOfGets<G>> {
  const wanted = gets.map((get) => {
    const { TableName, Key } = getRequest({ ...get, chosen: undefined }, session)
    return { get, tableName: TableName, key: Key, identity: identityOf(TableName, Key) }
  })
  const actions = new Map<string, Wanted>(wanted.map((each) => [each.identity, each]))
  const groups = new Map<string, Get[]>()
  for (const { tableName, get } of wanted) {
    groups.set(tableName, [...(groups.get(tableName) ?? []), get])
  }
  const settings = new Map([...groups].map(([name, all]) => [name, settingsOf(all)]))
  const found = new Map<string, StoredItem>()
  const send = async (keys: readonly string[]): Promise<readonly string[]> => {
    const items = keys.map((key) => actions.get(key) as Wanted)
    return sendGets(session, { items, settings, found }, signal)
  }
  await runBatch(session, { actions, chunkSize: mostKeys, send }, signal)
  const results = wanted.map(({ get, identity }) => {
    const stored = found.get(identity)
    return stored === undefined ? undefined : itemRead(get, stored)
  })
  return results as unknown as ItemsOfGets<G>
}

type Settings = Omit<KeysAndAttributes, 'Keys'>

/**
 * A request has one projection for all items of a table: it is that of all reads, if each has one.
 */
function settingsOf(gets: readonly Get[]): Settings {
  const isConsistent = gets.some((get) => get.isConsistent)
  const [{ entity }] = gets as [Get, ...Get[]]
  const parts = new ExpressionParts(entity)
  const { partitionKey, sortKey } = entity.table
  const names = new Set([partitionKey, sortKey].map((name) => parts.name(name)))
  const isProjected = gets.every(({ chosen }) => chosen !== undefined)
  for (const get of isProjected ? gets : []) {
    projection(get.entity, get.chosen ?? [], parts)
    for (const name of get.chosen ?? []) names.add(parts.name(name))
  }
  return {
    ...(isConsistent && { ConsistentRead: true }),
    ...(isProjected && { ProjectionExpression: [...names].join(', '), ...parts.members() }),
  }
}

interface Round {
  readonly items: readonly Wanted[]
  readonly settings: ReadonlyMap<string, Settings>
  readonly found: Map<string, StoredItem>
}

async function sendGets(
  session: Session,
  { items, settings, found }: Round,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const RequestItems: Record<string, KeysAndAttributes> = {}
  for (const { tableName, key } of items) {
    RequestItems[tableName] ??= { ...settings.get(tableName), Keys: [] }
    RequestItems[tableName].Keys?.push(key)
  }
  const { Responses = {}, UnprocessedKeys = {} } = await session.send(
    new BatchGetItemCommand({ RequestItems }),
    signal,
  )
  const nameOf = new Map(items.map(({ tableName, get }) => [tableName, get.entity.table]))
  for (const [tableName, all] of Object.entries(Responses)) {
    const table = nameOf.get(tableName)
    for (const stored of table === undefined ? [] : all) {
      found.set(
        identityOf(tableName, keyOfItem(table as NonNullable<typeof table>, stored)),
        stored,
      )
    }
  }
  return Object.entries(UnprocessedKeys).flatMap(([tableName, { Keys = [] }]) =>
    Keys.map((key) => identityOf(tableName, key)),
  )
}
