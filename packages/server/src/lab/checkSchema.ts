import { unreachable } from '../invariant.ts'
import { nearestName } from '../nearestName.ts'
import type { Schema, Schemas } from './schema.ts'

/**
 * What about `value` is not as `schema` says, in a sentence that calls it `name`; undefined when
 * all is. A member that is undefined is absent.
 */
export function faultOf(
  value: unknown,
  schema: Schema,
  name: string,
  schemas: Schemas = {},
): string | undefined {
  if (schema.$ref !== undefined) {
    const referred = schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)]
    return referred === undefined ? undefined : faultOf(value, referred, name, schemas)
  }
  if (schema.oneOf !== undefined) {
    const isObject = typeof value === 'object'
    const fitting = schema.oneOf.find(({ type }) => (type === 'object') === isObject)
    return faultOf(value, fitting ?? (schema.oneOf[0] as Schema), name, schemas)
  }
  switch (schema.type) {
    case undefined:
      return undefined
    case 'object':
      return faultOfObject(value, schema, name, schemas)
    case 'array':
      return faultOfArray(value, schema, name, schemas)
    case 'string':
      return faultOfText(value, schema, name)
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${name} is true or false.`
    case 'number':
    case 'integer':
      return faultOfNumber(value, schema, name)
    default:
      return unreachable(schema.type)
  }
}

function faultOfObject(
  value: unknown,
  { properties = {}, required = [], additionalProperties, minProperties = 0 }: Schema,
  name: string,
  schemas: Schemas,
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `${name} is an object.`
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  const missing = required.find((each) => !members.some(([member]) => member === each))
  if (missing !== undefined) return `${name} needs "${missing}".`
  if (members.length < minProperties) return `${name} is empty.`
  for (const [member, content] of members) {
    const schema = Object.hasOwn(properties, member) ? properties[member] : additionalProperties
    if (schema === undefined) return unknownMember(member, name, Object.keys(properties))
    const fault = faultOf(content, schema, `${name}.${member}`, schemas)
    if (fault !== undefined) return fault
  }
  return undefined
}

function unknownMember(member: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(member, known)
  const suggestion = nearest === undefined ? '' : ` Did you mean "${nearest}"?`
  return `${name} has no "${member}".${suggestion}`
}

function faultOfArray(
  value: unknown,
  { items = {}, minItems = 0, maxItems = Infinity }: Schema,
  name: string,
  schemas: Schemas,
): string | undefined {
  if (!Array.isArray(value)) return `${name} is a list.`
  if (value.length < minItems) return `${name} has at least ${minItems}.`
  if (value.length > maxItems) return `${name} has at most ${maxItems}.`
  for (const [i, item] of value.entries()) {
    const fault = faultOf(item, items, `${name}[${i}]`, schemas)
    if (fault !== undefined) return fault
  }
  return undefined
}

function faultOfText(
  value: unknown,
  { enum: choices, minLength = 0, maxLength = Infinity }: Schema,
  name: string,
): string | undefined {
  if (typeof value !== 'string') return `${name} is text.`
  if (choices !== undefined) {
    return choices.includes(value) ? undefined : `${name} is one of ${choices.join(', ')}.`
  }
  if (value.length < minLength) return `${name} is empty.`
  return value.length > maxLength ? `${name} has at most ${maxLength} characters.` : undefined
}

function faultOfNumber(
  value: unknown,
  { type, minimum = -Infinity, maximum = Infinity }: Schema,
  name: string,
): string | undefined {
  const isWhole = type === 'integer'
  const kind = isWhole ? 'a whole number' : 'a number'
  if (typeof value !== 'number' || (isWhole && !Number.isInteger(value)))
    return `${name} is ${kind}.`
  if (value >= minimum && value <= maximum) return undefined
  return `${name} is ${kind} from ${minimum} to ${maximum}.`
}
