import { ContentUnusable } from '../contentUnusable.ts'
import type { SeedItem } from '../definedTable.ts'
import { isRecord, recordOf, recordsOf, type JsonRecord } from '../records.ts'
import { isTypedItem } from './attributeForms.ts'
import { typedItemOf } from './attributeValueOf.ts'

/** Items by the names of their tables; those of no named table by an empty name. */
export type ItemsByTable = ReadonlyMap<string, readonly SeedItem[]>

/**
 * The items of a JSON value: a list of them; `Items` as Scan and Query give them; by the names of
 * tables, as lists or as the requests of BatchWriteItem. In DynamoDB's JSON if all of a list are,
 * otherwise of plain values. Throws ContentUnusable.
 */
export function itemsOfJson(value: unknown, fileName: string): ItemsByTable {
  if (Array.isArray(value)) return new Map([['', itemsOfList(value, fileName)]])
  if (isRecord(value)) {
    if (Array.isArray(value['Items'])) return itemsOfJson(value['Items'], fileName)
    if (isRecord(value['RequestItems'])) return itemsOfJson(value['RequestItems'], fileName)
    const tables = Object.entries(value)
    if (tables.length > 0 && tables.every(([, items]) => Array.isArray(items))) {
      return new Map(
        tables.map(([name, items]) => [
          name,
          itemsOfList(items as unknown[], `${fileName}: ${name}`),
        ]),
      )
    }
  }
  throw new ContentUnusable(`${fileName}: it is neither a list of items nor lists by table.`)
}

/** The items of lines of JSON: items, or `{ "Item": ... }` as an export to S3 has them. */
export function itemsOfJsonLines(text: string, fileName: string): readonly SeedItem[] {
  const items: unknown[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      items.push(JSON.parse(line))
    } catch {
      throw new ContentUnusable(`${fileName}:${i + 1}: the line is no JSON.`)
    }
  }
  return itemsOfList(items, fileName)
}

/** The items of a list, in DynamoDB's JSON. Throws ContentUnusable. */
export function itemsOfList(list: readonly unknown[], place: string): readonly SeedItem[] {
  const items = list.map(unwrapped)
  const stranger = items.findIndex((item) => !isRecord(item))
  if (stranger !== -1) throw new ContentUnusable(`${place}[${stranger}]: it is no item.`)
  const records = items as readonly JsonRecord[]
  if (records.every(isTypedItem)) return records
  return records.map((item, i) => typedItemOf(item, `${place}[${i}]`))
}

function unwrapped(entry: unknown): unknown {
  const put = recordOf(recordOf(entry)['PutRequest'])['Item']
  if (put !== undefined) return put
  const [only] = recordsOf([recordOf(entry)['Item']])
  const isWrapped = only !== undefined && Object.keys(recordOf(entry)).length === 1
  return isWrapped && isTypedItem(only) ? only : entry
}
