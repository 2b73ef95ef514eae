import type { KeysOfTable } from '../database/keysOfTable.ts'
import { CsvReader, type CsvRecord } from '../values/csv.ts'
import { itemFromDynamodbJson, itemToDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import {
  isObject,
  JsonFault,
  parseExactJson,
  writeExactJson,
  type ExactJson,
} from '../values/exactJson.ts'
import { LineReader, type TextLine } from '../values/lines.ts'
import { itemFromPlainJson, itemToPlainJson } from '../values/plainJson.ts'
import { columnsOfHeader, itemOfFields, type CsvColumn, type KeyTypes } from './csvColumns.ts'

export type Format = 'dynamodb' | 'plain' | 'csv'

/** The formats of files, with what each is called. */
export const formats: readonly (readonly [Format, string])[] = [
  ['dynamodb', 'JSON Lines, DynamoDB JSON'],
  ['plain', 'JSON Lines, plain JSON'],
  ['csv', 'CSV'],
]

/** What a line of a file has: an item, or the reason why it has none. */
export type ImportRow = TextLine &
  ({ readonly item: Item; readonly reason?: never } | { readonly item?: never; reason: string })

/** Reads the rows of a file from pieces of its text. */
export interface RowReader {
  push(piece: string): readonly ImportRow[]
  end(): readonly ImportRow[]
}

/** Throws JsonFault, at once or while it reads, for a file that is of another format. */
export function rowReader(format: Format, keys: KeysOfTable): RowReader {
  return format === 'csv' ? new CsvRows(keys.keyTypes) : new JsonRows(format, keys)
}

class JsonRows implements RowReader {
  private readonly format: Format
  private readonly keys: KeysOfTable
  private readonly reader = new LineReader()

  constructor(format: Format, keys: KeysOfTable) {
    this.format = format
    this.keys = keys
  }

  push = (piece: string): readonly ImportRow[] => this.reader.push(piece).flatMap(this.row)
  end = (): readonly ImportRow[] => this.reader.end().flatMap(this.row)

  private readonly row = (line: TextLine): readonly ImportRow[] => {
    if (line.text.trim() === '') return []
    return [rowOf(line, () => this.item(jsonOf(line.text)))]
  }

  private item(json: ExactJson): Item {
    if (this.format === 'plain') return itemFromPlainJson(json)
    return itemFromDynamodbJson(this.unwrapped(json))
  }

  /**
   * Exports of DynamoDB have `{"Item": {…}}` in a line. An item without a wrapper has its key in
   * it; so that nothing is both, whatever the attributes of a table are called.
   */
  private unwrapped(json: ExactJson): ExactJson {
    if (!isObject(json) || Object.keys(json).length !== 1) return json
    const { Item: inner } = json
    const key = this.keys.keyNames[0] ?? ''
    return inner !== undefined && isObject(inner) && Object.hasOwn(inner, key) ? inner : json
  }
}

function jsonOf(text: string): ExactJson {
  try {
    return parseExactJson(text)
  } catch (error) {
    // The line is that of the file.
    throw new JsonFault((error as Error).message.replace('line 1, ', ''))
  }
}

class CsvRows implements RowReader {
  private readonly keyTypes: KeyTypes
  private readonly reader = new CsvReader()
  private columns: readonly CsvColumn[] | undefined

  constructor(keyTypes: KeyTypes) {
    this.keyTypes = keyTypes
  }

  push = (piece: string): readonly ImportRow[] => this.reader.push(piece).flatMap(this.row)
  end = (): readonly ImportRow[] => this.reader.end().flatMap(this.row)

  private readonly row = (record: CsvRecord): readonly ImportRow[] => {
    const { columns } = this
    if (columns !== undefined) return [rowOf(record, () => itemOfFields(fieldsOf(record), columns))]
    this.columns = columnsOfHeader(fieldsOf(record), this.keyTypes)
    return []
  }
}

function fieldsOf({ fields, fault }: CsvRecord): CsvRecord['fields'] {
  if (fault !== undefined) throw new JsonFault(fault)
  return fields
}

function rowOf({ line, text }: TextLine, item: () => Item): ImportRow {
  try {
    return { line, text, item: item() }
  } catch (error) {
    return { line, text, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** An item as a line of JSON, in DynamoDB JSON as exports of DynamoDB have it. */
export function jsonLine(format: Exclude<Format, 'csv'>, item: Item): string {
  const json = format === 'plain' ? itemToPlainJson(item) : { Item: itemToDynamodbJson(item) }
  return writeExactJson(json, '')
}

/** The format that the name of a file tells; undefined for names that tell none. */
export function formatOfName(name: string): Format | undefined {
  const plain = name.toLowerCase().replace(/\.gz$/, '')
  if (plain.endsWith('.csv')) return 'csv'
  return /\.(?:jsonl|ndjson|json)$/.test(plain) ? 'dynamodb' : undefined
}
