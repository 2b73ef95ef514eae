import { contentOf, type Item, type Value } from '../model/attributes.ts'
import type { Client } from '../means/httpClient.ts'

/** Items or index entries by the primary keys of the items. */
export type ItemsByKey = ReadonlyMap<string, Item>

export interface IndexContents {
  /** A local index is always ACTIVE. */
  readonly status: string
  /** The entries and their bytes, as DescribeTable tells; absent where it tells them late. */
  readonly counts: readonly [number, number] | undefined
  /** Absent as long as the index cannot be read. */
  readonly entries: ItemsByKey | undefined
}

export interface TableContents {
  readonly items: ItemsByKey
  /** The items and their bytes, as DescribeTable tells; absent where it tells them late. */
  readonly counts: readonly [number, number] | undefined
  readonly indexes: ReadonlyMap<string, IndexContents>
}

/** All that a server shows of its tables, by their names. */
export type StoreContents = ReadonlyMap<string, TableContents>

interface KeySchemaElement {
  readonly AttributeName: string
}

interface IndexDescription {
  readonly IndexName: string
  readonly IndexStatus?: string
  readonly ItemCount: number
  readonly IndexSizeBytes: number
}

export interface TableDescription {
  readonly TableStatus: string
  readonly KeySchema: readonly KeySchemaElement[]
  readonly LatestStreamArn?: string
  readonly ItemCount: number
  readonly TableSizeBytes: number
  readonly LocalSecondaryIndexes?: readonly IndexDescription[]
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[]
}

/** The values of the key attributes as one text. */
export function keyText(names: readonly string[], item: Item): string {
  return names.map((name) => String(contentOf(item[name] as Value))).join(' / ')
}

export async function describeTable(client: Client, name: string): Promise<TableDescription> {
  const { Table } = await client.perform('DescribeTable', { TableName: name })
  return Table as TableDescription
}

async function listTables(client: Client): Promise<string[]> {
  const { TableNames } = await client.perform('ListTables', {})
  return TableNames as string[]
}

/**
 * Reads everything, without counts where they are some seconds late. REQUIRES: nobody writes
 * meanwhile.
 */
export async function readStore(
  client: Client,
  { countsLate = false } = {},
): Promise<StoreContents> {
  const contents = new Map<string, TableContents>()
  for (const name of await listTables(client)) {
    contents.set(name, await readTable(client, name, { countsLate }))
  }
  return contents
}

export async function readTable(
  client: Client,
  name: string,
  { countsLate = false } = {},
): Promise<TableContents> {
  const description = await describeTable(client, name)
  const { LocalSecondaryIndexes = [], GlobalSecondaryIndexes = [] } = description
  const keyNames = description.KeySchema.map(({ AttributeName }) => AttributeName)
  const indexes = new Map<string, IndexContents>()
  for (const index of [...LocalSecondaryIndexes, ...GlobalSecondaryIndexes]) {
    const { IndexName, IndexStatus: status = 'ACTIVE', ItemCount, IndexSizeBytes } = index
    const request = { TableName: name, IndexName }
    const entries = status === 'ACTIVE' ? await scan(client, request, keyNames) : undefined
    const counts = countsLate ? undefined : ([ItemCount, IndexSizeBytes] as const)
    indexes.set(IndexName, { status, counts, entries })
  }
  const items = await scan(client, { TableName: name, ConsistentRead: true }, keyNames)
  const { ItemCount, TableSizeBytes } = description
  return { items, counts: countsLate ? undefined : [ItemCount, TableSizeBytes], indexes }
}

async function scan(
  client: Client,
  request: object,
  keyNames: readonly string[],
): Promise<ItemsByKey> {
  const found = new Map<string, Item>()
  let start: object = {}
  for (;;) {
    const page = await client.perform('Scan', { ...request, ...start })
    for (const item of page['Items'] as Item[]) {
      const key = keyText(keyNames, item)
      if (found.has(key)) throw new Error(`${JSON.stringify(request)} shows ${key} twice`)
      found.set(key, item)
    }
    if (page['LastEvaluatedKey'] === undefined) return found
    start = { ExclusiveStartKey: page['LastEvaluatedKey'] }
  }
}
