import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { toBase64 } from '../values/base64.ts'
import { csvField, type CsvField } from '../values/csv.ts'
import { fromDynamodbJson, toDynamodbJson, type Item } from '../values/dynamodbJson.ts'
import {
  ExactNumber,
  isList,
  isObject,
  JsonFault,
  parseExactJson,
  writeExactJson,
  type ExactJson,
} from '../values/exactJson.ts'
import { fromPlainJson } from '../values/plainJson.ts'
import { operandFrom } from '../values/operand.ts'

/** A column of CSV: the attribute, and the type that its values have. */
export interface CsvColumn {
  readonly attribute: string
  readonly type: string
}

/** The types that attributes have where a column names none: those of keys. */
export type KeyTypes = ReadonlyMap<string, string>

const typed = /^(.+):(S|N|B|SS|NS|BS|BOOL|NULL|L|M)$/s

/**
 * The columns of a header: `Price:N` has numbers, and a column without a type those of the key that
 * it is of, or texts, as where the server itself reads items from CSV. Throws JsonFault.
 */
export function columnsOfHeader(
  fields: readonly CsvField[],
  keyTypes: KeyTypes,
): readonly CsvColumn[] {
  const columns = fields.map(({ text }) => {
    const [, attribute = text, type = keyTypes.get(text) ?? 'S'] = typed.exec(text) ?? []
    if (attribute === '') throw new JsonFault('A column of the first line has no name.')
    return { attribute, type }
  })
  const names = columns.map(({ attribute, type }) => `${attribute}:${type}`)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new JsonFault(`There are two columns ${twice}.`)
  return columns
}

/** The name of a column, which {@link columnsOfHeader} takes for it. */
export function columnName({ attribute, type }: CsvColumn, keyTypes: KeyTypes): string {
  const isTold = typed.test(attribute) || type !== (keyTypes.get(attribute) ?? 'S')
  return isTold ? `${attribute}:${type}` : attribute
}

/** The item of a record. Throws JsonFault, which says what is wrong in which column. */
export function itemOfFields(fields: readonly CsvField[], columns: readonly CsvColumn[]): Item {
  if (fields.length !== columns.length) {
    throw new JsonFault(`It has ${fields.length} fields, and the first line ${columns.length}.`)
  }
  const members: [string, AttributeValue][] = []
  const known = new Set<string>()
  for (const [i, { text, isQuoted }] of fields.entries()) {
    if (text === '' && !isQuoted) continue
    const { attribute, type } = columns[i] as CsvColumn
    if (known.has(attribute)) throw new JsonFault(`It has two values of ${attribute}.`)
    known.add(attribute)
    members.push([attribute, valueOfField(text, type, attribute)])
  }
  return Object.fromEntries(members)
}

function valueOfField(text: string, type: string, attribute: string): AttributeValue {
  const fault = (expected: string): JsonFault => new JsonFault(`${attribute}: ${expected}.`)
  switch (type) {
    case 'S':
    case 'N':
    case 'NULL':
      return operandFrom(type, text)
    case 'B':
      return fromDynamodbJson({ B: text }, attribute)
    case 'BOOL':
      if (/^(?:true|false)$/i.test(text)) return operandFrom('BOOL', text)
      throw fault('BOOL takes true or false')
    default:
      return documentOf(text, type, attribute)
  }
}

/** Sets, lists and maps: JSON, of lists and maps in the form of DynamoDB or plain. */
function documentOf(text: string, type: string, attribute: string): AttributeValue {
  const json = jsonOf(text, attribute)
  if (type === 'NS' && isList(json)) {
    const digits = json.map((each) => (each instanceof ExactNumber ? each.text : each))
    return fromDynamodbJson({ NS: digits }, attribute)
  }
  if (type !== 'L' && type !== 'M') return fromDynamodbJson({ [type]: json }, attribute)
  try {
    return fromDynamodbJson({ [type]: json }, attribute)
  } catch (error) {
    const isContainer = type === 'L' ? isList(json) : isObject(json)
    if (!isContainer) throw error
    return fromPlainJson(json)
  }
}

function jsonOf(text: string, attribute: string): ExactJson {
  try {
    return parseExactJson(text)
  } catch (error) {
    throw new JsonFault(`${attribute}: it is no JSON. ${(error as Error).message}`)
  }
}

/** The columns of items, in the order in which they are met. */
export class CsvColumns {
  private readonly known = new Map<string, CsvColumn>()

  add(item: Item): void {
    for (const [attribute, value] of Object.entries(item)) {
      const type = typeOf(value)
      const name = `${attribute}:${type}`
      if (!this.known.has(name)) this.known.set(name, { attribute, type })
    }
  }

  /** Those of `keyNames` first, the others by name. */
  sorted(keyNames: readonly string[]): readonly CsvColumn[] {
    const rank = ({ attribute }: CsvColumn): number =>
      keyNames.includes(attribute) ? keyNames.indexOf(attribute) : keyNames.length
    return [...this.known.values()].sort((one, other) => {
      const byRank = rank(one) - rank(other)
      if (byRank !== 0) return byRank
      return one.attribute < other.attribute ? -1 : Number(one.attribute > other.attribute)
    })
  }
}

const typeOf = (value: AttributeValue): string => Object.keys(value)[0] ?? 'NULL'

/** An item as a line of these columns. */
export function csvLine(item: Item, columns: readonly CsvColumn[]): string {
  const fields = columns.map(({ attribute, type }) => {
    const value = Object.hasOwn(item, attribute) ? item[attribute] : undefined
    return value !== undefined && typeOf(value) === type ? fieldOf(value) : undefined
  })
  return fields.map(csvField).join(',')
}

function fieldOf(value: AttributeValue): string {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return value.N
  if (value.B !== undefined) return toBase64(value.B)
  if (value.BOOL !== undefined) return String(value.BOOL)
  if (value.NULL !== undefined) return 'true'
  const json = toDynamodbJson(value)
  const [inner = null] = isObject(json) ? Object.values(json) : []
  return writeExactJson(inner, '')
}
