import { isRecord, type JsonRecord } from '../records.ts'

const isTextList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')
const isBytes = (value: unknown): boolean => typeof value === 'string' || ArrayBuffer.isView(value)

/** By the name of a type, whether a value can be what an attribute value of DynamoDB has there. */
const forms: Readonly<Record<string, (value: unknown) => boolean>> = {
  S: (value) => typeof value === 'string',
  N: (value) => typeof value === 'string',
  B: isBytes,
  SS: isTextList,
  NS: isTextList,
  BS: (value) => Array.isArray(value) && value.every(isBytes),
  BOOL: (value) => typeof value === 'boolean',
  NULL: (value) => value === true,
  L: (value) => Array.isArray(value) && value.every(isAttributeValue),
  M: (value) => isRecord(value) && Object.values(value).every(isAttributeValue),
}

/** Whether `value` is an attribute value in DynamoDB's JSON, such as `{ "S": "text" }`. */
export function isAttributeValue(value: unknown): boolean {
  if (!isRecord(value)) return false
  const members = Object.entries(value)
  const [name, inner] = members[0] ?? ['', undefined]
  return members.length === 1 && Object.hasOwn(forms, name) && forms[name]?.(inner) === true
}

/**
 * Whether an item is one of DynamoDB's JSON: all its attributes have the name of a type. What
 * stands there is judged where the item is put.
 */
export const isTypedItem = (item: JsonRecord): boolean => Object.values(item).every(hasTypeName)

function hasTypeName(value: unknown): boolean {
  if (!isRecord(value)) return false
  const [name = '', ...others] = Object.keys(value)
  return others.length === 0 && Object.hasOwn(forms, name)
}
