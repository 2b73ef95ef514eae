import { nearestName } from '../nearestName.ts'
import { ContentUnusable } from './contentUnusable.ts'
import { keyTypesOf, type SeedItem, type TableInput } from './definedTable.ts'
import type { DefinitionSurroundings } from './definitions/readDefinitions.ts'
import { itemsOfList, type ItemsByTable } from './items/jsonItems.ts'

/** Items: a file or a directory of them, or by the names of tables files or lists. */
export type SeedSource = string | Readonly<Record<string, string | readonly object[]>>

/** What is asked for: files, and what is at hand. */
export interface AskedContent {
  readonly tables: readonly (string | object)[]
  readonly seed: readonly SeedSource[]
}

/** A table to make, and what is put into it. */
export interface ContentTable {
  /** Where it was asked for, for messages. */
  readonly place: string
  readonly input: TableInput
  readonly timeToLive: string | undefined
  readonly items: readonly SeedItem[]
}

type Draft = ContentTable & { readonly items: SeedItem[] }

/**
 * Reads what a new database begins with. Rejects with ContentUnusable for files that cannot be
 * used, for two tables of one name, and for items of a table that is not there.
 */
export async function readContent(
  { tables, seed }: AskedContent,
  surroundings: DefinitionSurroundings,
): Promise<readonly ContentTable[]> {
  const found = new Map<string, Draft>()
  const add = (place: string, input: TableInput, timeToLive?: string): void => {
    const { TableName } = input
    if (found.has(TableName)) {
      throw new ContentUnusable(`${place}: there are two tables "${TableName}".`)
    }
    found.set(TableName, { place, input, timeToLive, items: [] })
  }
  for (const [i, source] of tables.entries()) {
    if (typeof source === 'object') add(`tables[${i}]`, source as TableInput)
    else await addDefined(source, surroundings, add)
  }
  for (const source of seed) await addSeed(source, found)
  return [...found.values()]
}

/** Files are read by what nobody else loads. */
async function addDefined(
  fileName: string,
  surroundings: DefinitionSurroundings,
  add: (place: string, input: TableInput, timeToLive?: string) => void,
): Promise<void> {
  const { readDefinitions } = await import('./definitions/readDefinitions.ts')
  for (const { input, timeToLive } of await readDefinitions(fileName, surroundings)) {
    add(`${fileName}: ${input.TableName}`, input, timeToLive)
  }
}

async function addSeed(source: SeedSource, tables: ReadonlyMap<string, Draft>): Promise<void> {
  if (typeof source === 'string') return addItems(source, await itemsIn(source, tables), tables)
  for (const [tableName, given] of Object.entries(source)) {
    const place = typeof given === 'string' ? given : `seed.${tableName}`
    const items =
      typeof given === 'string'
        ? await itemsIn(given, tables, tableName)
        : new Map([[tableName, itemsOfList(given, place)]])
    addItems(place, items, tables)
  }
}

async function itemsIn(
  path: string,
  tables: ReadonlyMap<string, Draft>,
  tableName?: string,
): Promise<ItemsByTable> {
  const { readItems } = await import('./items/readItems.ts')
  const keyTypes = (name: string): ReadonlyMap<string, string> => {
    const table = tables.get(name)
    return table === undefined ? new Map() : keyTypesOf(table.input)
  }
  return readItems(path, { ...(tableName !== undefined && { tableName }), keyTypes })
}

function addItems(place: string, items: ItemsByTable, tables: ReadonlyMap<string, Draft>): void {
  for (const [name, list] of items) {
    const table = tables.get(name)
    if (table === undefined) {
      const nearest = nearestName(name, [...tables.keys()])
      const suggestion = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
      throw new ContentUnusable(
        `${place}: its items are of "${name}", which is not among the tables.${suggestion}`,
      )
    }
    for (const item of list) table.items.push(item)
  }
}
