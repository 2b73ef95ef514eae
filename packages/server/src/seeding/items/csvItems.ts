import { CsvError, parse } from 'csv-parse/sync'
import { ContentUnusable } from '../contentUnusable.ts'
import type { SeedItem } from '../definedTable.ts'
import { isAttributeValue } from './attributeForms.ts'
import { typedItemOf } from './attributeValueOf.ts'
import { isRecord, type JsonRecord } from '../records.ts'

/** A column: the attribute, and the type that its values have. */
interface Column {
  readonly attribute: string
  readonly type: string
}

const typesInHeader = /^(.+):(S|N|B|SS|NS|BS|BOOL|NULL|L|M)$/

/**
 * The items of a text of CSV whose first line names the attributes. A column `Price:N` has values
 * of that type; without one key attributes have that of the table, all others are texts. A field
 * that is empty and not in quotes is no attribute. Throws ContentUnusable, which says where.
 */
export function itemsOfCsv(
  text: string,
  fileName: string,
  keyTypes: ReadonlyMap<string, string>,
): readonly SeedItem[] {
  const [header, ...rows] = rowsOf(text, fileName)
  if (header === undefined) throw new ContentUnusable(`${fileName}: it has no header.`)
  const columns = header.fields.map(({ text: name }): Column => {
    const [, attribute, type] = typesInHeader.exec(name) ?? []
    if (attribute !== undefined && type !== undefined) return { attribute, type }
    return { attribute: name, type: keyTypes.get(name) ?? 'S' }
  })
  const names = columns.map(({ attribute }) => attribute)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) {
    throw new ContentUnusable(`${fileName}:1: there are two columns "${twice}".`)
  }
  return rows.map(({ fields, line }) => {
    const item: Record<string, unknown> = {}
    for (const [i, { text: field, isQuoted }] of fields.entries()) {
      if (field === '' && !isQuoted) continue
      const { attribute, type } = columns[i] as Column
      const place = `${fileName}:${line}: ${attribute}`
      item[attribute] = attributeValueOf(field, type, place)
    }
    return item
  })
}

interface Row {
  readonly fields: readonly { readonly text: string; readonly isQuoted: boolean }[]
  /** That its end is in. */
  readonly line: number
}

function rowsOf(text: string, fileName: string): readonly Row[] {
  const rows: Row[] = []
  try {
    parse(text, {
      bom: true,
      skip_empty_lines: true,
      cast: (field, { quoting }) => ({ text: field, isQuoted: quoting }),
      onRecord: (fields: unknown, { lines }: { readonly lines: number }) => {
        rows.push({ fields: fields as Row['fields'], line: lines })
        return null
      },
    })
    return rows
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new ContentUnusable(`${fileName}: ${error.message}.`)
  }
}

function attributeValueOf(field: string, type: string, place: string): JsonRecord {
  switch (type) {
    case 'S':
    case 'N':
    case 'B':
      return { [type]: field }
    case 'BOOL':
      if (!/^(true|false)$/i.test(field)) break
      return { BOOL: field.toLowerCase() === 'true' }
    case 'NULL':
      return { NULL: true }
    default: {
      const value = parsedJson(field)
      const typed = type.endsWith('S') ? { [type]: value } : containerOf(type, value, place)
      if (isAttributeValue(typed)) return typed
    }
  }
  throw new ContentUnusable(`${place}: "${field}" is no value of the type ${type}.`)
}

/** A list or a map, whose members are plain values or all in DynamoDB's JSON. */
function containerOf(type: string, value: unknown, place: string): JsonRecord {
  const typed = { [type]: value }
  const isContainer = type === 'L' ? Array.isArray(value) : isRecord(value)
  if (!isContainer || isAttributeValue(typed)) return typed
  return typedItemOf({ value }, place)['value'] as JsonRecord
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
