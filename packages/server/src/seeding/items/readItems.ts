import { basename, join } from 'node:path'
import { ContentUnusable } from '../contentUnusable.ts'
import { isWorkbenchModel, tablesOfModel } from '../definitions/workbenchModel.ts'
import { parseStructured } from '../parseStructured.ts'
import { directoryEntries, readFileText } from '../readFileText.ts'
import { isRecord } from '../records.ts'
import { itemsOfJson, itemsOfJsonLines, type ItemsByTable } from './jsonItems.ts'

/** What the items of a file are read with. */
export interface ItemSurroundings {
  /** The table that they are of where the file does not say; the file's name when absent. */
  readonly tableName?: string
  /** The types of the key attributes of a table. */
  readonly keyTypes: (tableName: string) => ReadonlyMap<string, string>
}

const known = /\.(csv|json|jsonl|ndjson|ya?ml)(\.gz)?$/

/**
 * The items in a file, by the names of their tables: JSON, lines of JSON, YAML, CSV, or a model of
 * NoSQL Workbench; or those of the files of a directory. Rejects with ContentUnusable.
 */
export async function readItems(
  path: string,
  surroundings: ItemSurroundings,
): Promise<ItemsByTable> {
  const names = await directoryEntries(path)
  if (names === undefined) return readItemFile(path, surroundings)
  const files = names.filter((name) => known.test(name))
  if (files.length === 0) throw new ContentUnusable(`${path}: there are no items in it.`)
  const all = files.map((name) => readItemFile(join(path, name), surroundings))
  return new Map((await Promise.all(all)).flatMap((each) => [...each]))
}

async function readItemFile(
  fileName: string,
  { tableName = basename(fileName).replace(known, ''), keyTypes }: ItemSurroundings,
): Promise<ItemsByTable> {
  const text = await readFileText(fileName)
  const [, ending] = known.exec(fileName) ?? []
  if (ending === 'csv') {
    const { itemsOfCsv } = await import('./csvItems.ts')
    return new Map([[tableName, itemsOfCsv(text, fileName, keyTypes(tableName))]])
  }
  if (ending === 'jsonl' || ending === 'ndjson' || areLines(text)) {
    return new Map([[tableName, itemsOfJsonLines(text, fileName)]])
  }
  const value = parseStructured(text, fileName)
  if (isRecord(value) && isWorkbenchModel(value)) {
    return new Map(tablesOfModel(value).map(({ input, items = [] }) => [input.TableName, items]))
  }
  const found = itemsOfJson(value, fileName)
  return new Map([...found].map(([name, items]) => [name === '' ? tableName : name, items]))
}

/** An export of a table to S3 has lines of JSON in files that end with `.json.gz`. */
const areLines = (text: string): boolean => /^\s*\{"Item":\{.*\}\}\s*$/m.test(text)
