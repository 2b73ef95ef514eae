import {
  unexpectedFieldType,
  unexpectedStructure,
  unexpectedValueType,
  unparsableBody,
  unrecognizedCollection,
} from '../errors/wireErrors.ts'
import { checkBlob } from './checkBlob.ts'
import { checkBoolean, checkString } from './checkScalarTypes.ts'

const attributeValueClass = 'com.amazonaws.dynamodb.v20120810.AttributeValue'

/** Most levels of an attribute value that are looked at; 32 are legal, and checked elsewhere. */
const maxLevels = 250

type JsonObject = { [member: string]: unknown }

/**
 * Checks that `value` has the JSON types of the model's AttributeValue, all levels down, and
 * removes members that are null or unknown. How many members are left, and what they hold, is not
 * checked.
 * Written by hand, as most of the JSON of most requests passes here.
 */
export function checkAttributeValueTypes(value: unknown): void {
  checkLevel(value, maxLevels)
}

/** Checks an item, a key, or another map of attribute values likewise. */
export function checkAttributeMapTypes(map: unknown): void {
  checkMap(map, maxLevels)
}

function checkLevel(value: unknown, levels: number): void {
  if (typeof value !== 'object') throw unexpectedValueType()
  if (Array.isArray(value)) throw unrecognizedCollection(`class ${attributeValueClass}`)
  if (levels === 0) throw unparsableBody()
  const object = value as JsonObject
  for (const member in object) {
    const content = object[member]
    if (content === null) delete object[member]
    else if (member === 'S' || member === 'N') checkString(content)
    else checkContent(object, member, levels)
  }
}

function checkContent(object: JsonObject, member: string, levels: number): void {
  const content = object[member]
  switch (member) {
    case 'B':
      checkBlob(content)
      return
    case 'BOOL':
    case 'NULL':
      checkBoolean(content)
      return
    case 'M':
      checkMap(content, levels - 1)
      return
    case 'L':
      checkList(content)
      checkElements(content, levels - 1)
      return
    case 'SS':
    case 'NS':
      checkList(content)
      for (const element of content) checkString(element)
      return
    case 'BS':
      checkList(content)
      for (const element of content) checkBlob(element)
      return
    default:
      delete object[member]
  }
}

function checkMap(map: unknown, levels: number): void {
  if (typeof map !== 'object') throw unexpectedFieldType()
  if (Array.isArray(map)) {
    throw unrecognizedCollection(`java.util.Map<java.lang.String, ${attributeValueClass}>`)
  }
  const object = map as JsonObject
  for (const name in object) {
    const value = object[name]
    // A null does not drop the attribute: it is an empty and hence an invalid value.
    if (value === null) object[name] = {}
    else checkLevel(value, levels)
  }
}

function checkList(value: unknown): asserts value is unknown[] {
  if (Array.isArray(value)) return
  throw typeof value === 'object' ? unexpectedStructure() : unexpectedFieldType()
}

function checkElements(list: unknown[], levels: number): void {
  for (let index = 0; index < list.length; index++) {
    if (list[index] === null) list[index] = {}
    else checkLevel(list[index], levels)
  }
}
