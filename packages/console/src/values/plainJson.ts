import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { fromBase64, toBase64 } from './base64.ts'
import type { Item } from './dynamodbJson.ts'
import { ExactNumber, isList, isObject, JsonFault, type ExactJson } from './exactJson.ts'

/** A value as plain JSON: sets are lists and bytes are base64, numbers have all their digits. */
export function toPlainJson(value: AttributeValue): ExactJson {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return new ExactNumber(value.N)
  if (value.BOOL !== undefined) return value.BOOL
  if (value.B !== undefined) return toBase64(value.B)
  if (value.SS !== undefined) return value.SS
  if (value.NS !== undefined) return value.NS.map((each) => new ExactNumber(each))
  if (value.BS !== undefined) return value.BS.map(toBase64)
  if (value.L !== undefined) return value.L.map(toPlainJson)
  if (value.M !== undefined) return itemToPlainJson(value.M)
  return null
}

export const itemToPlainJson = (item: Item): { readonly [name: string]: ExactJson } =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toPlainJson(value)]))

/**
 * An item from plain JSON. Where `before` has a set or bytes at the same place, what can be one
 * stays one; all else takes the type that JSON has. Throws JsonFault.
 */
export function itemFromPlainJson(json: ExactJson, before: Item = {}): Item {
  if (!isObject(json)) throw new JsonFault('An item is an object: { "name": … }.')
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      fromPlainJson(value, Object.hasOwn(before, name) ? before[name] : undefined),
    ]),
  )
}

export function fromPlainJson(json: ExactJson, before?: AttributeValue): AttributeValue {
  if (json === null) return { NULL: true }
  if (typeof json === 'boolean') return { BOOL: json }
  if (json instanceof ExactNumber) return { N: json.text }
  if (typeof json === 'string') {
    const bytes = before?.B === undefined ? undefined : fromBase64(json)
    return bytes === undefined ? { S: json } : { B: bytes }
  }
  if (isList(json)) {
    return setOf(json, before) ?? { L: json.map((each, i) => fromPlainJson(each, before?.L?.[i])) }
  }
  return { M: itemFromPlainJson(json, before?.M) }
}

/** The set that `before` is of, with other members; undefined where they cannot be its members. */
function setOf(
  json: readonly ExactJson[],
  before: AttributeValue | undefined,
): AttributeValue | undefined {
  if (json.length === 0) return undefined
  if (before?.SS !== undefined && json.every((each) => typeof each === 'string')) {
    return { SS: [...json] }
  }
  if (before?.NS !== undefined && json.every((each) => each instanceof ExactNumber)) {
    return { NS: json.map(({ text }) => text) }
  }
  if (before?.BS === undefined) return undefined
  const members = json.map((each) => (typeof each === 'string' ? fromBase64(each) : undefined))
  const isWhole = members.every((each) => each !== undefined)
  return isWhole ? { BS: members } : undefined
}
