import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { fromBase64, toBase64 } from './base64.ts'
import { ExactNumber, isList, isObject, JsonFault, type ExactJson } from './exactJson.ts'

/** An item as the SDK has it. */
export type Item = Record<string, AttributeValue>

/** An attribute value as the API has it over HTTP, with bytes in base64. */
export function toDynamodbJson(value: AttributeValue): ExactJson {
  if (value.B !== undefined) return { B: toBase64(value.B) }
  if (value.BS !== undefined) return { BS: value.BS.map(toBase64) }
  if (value.L !== undefined) return { L: value.L.map(toDynamodbJson) }
  if (value.M !== undefined) return { M: itemToDynamodbJson(value.M) }
  const [[type, member] = ['NULL', true]]: [string, ExactJson][] = Object.entries({ ...value })
  return { [type]: member }
}

export const itemToDynamodbJson = (item: Item): { readonly [name: string]: ExactJson } =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toDynamodbJson(value)]))

/** An item from the form of {@link itemToDynamodbJson}. Throws JsonFault. */
export function itemFromDynamodbJson(json: ExactJson): Item {
  if (!isObject(json)) throw new JsonFault('An item is an object: { "name": { "S": "…" } }.')
  return membersFrom(json, '')
}

const membersFrom = (json: { readonly [name: string]: ExactJson }, path: string): Item =>
  Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      const place = path === '' ? name : `${path}.${name}`
      return [name, fromDynamodbJson(value, place)]
    }),
  )

/** A value from the form of {@link toDynamodbJson}. Throws JsonFault that names `path`. */
export function fromDynamodbJson(json: ExactJson, path: string): AttributeValue {
  const [entry, ...others] = isObject(json) ? Object.entries(json) : []
  const [type, value] = entry ?? ['', null]
  const fault = (expected: string): JsonFault => new JsonFault(`${path}: ${expected}.`)
  if (entry === undefined || others.length > 0) {
    throw fault('a value is an object with one type, such as { "S": "…" }')
  }
  const text = (each: ExactJson): string => {
    if (typeof each === 'string') return each
    throw fault(each instanceof ExactNumber ? `${type} takes text in quotes` : `${type} takes text`)
  }
  const bytes = (each: ExactJson): Uint8Array => {
    const decoded = fromBase64(text(each))
    if (decoded === undefined) throw fault(`${type} takes base64`)
    return decoded
  }
  const list = (): readonly ExactJson[] => {
    if (isList(value)) return value
    throw fault(`${type} takes a list`)
  }
  switch (type) {
    case 'S':
      return { S: text(value) }
    case 'N':
      return { N: text(value) }
    case 'B':
      return { B: bytes(value) }
    case 'BOOL':
      if (typeof value === 'boolean') return { BOOL: value }
      throw fault('BOOL takes true or false')
    case 'NULL':
      if (value === true) return { NULL: true }
      throw fault('NULL takes true')
    case 'SS':
      return { SS: list().map(text) }
    case 'NS':
      return { NS: list().map(text) }
    case 'BS':
      return { BS: list().map(bytes) }
    case 'L':
      return { L: list().map((each, i) => fromDynamodbJson(each, `${path}[${i}]`)) }
    case 'M':
      if (isObject(value)) return { M: membersFrom(value, path) }
      throw fault('M takes an object')
    default:
      throw fault(`there is no type "${type}"`)
  }
}
