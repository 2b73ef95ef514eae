import { elementShapeOf, entryShapesOf, memberShapeOf } from './serviceModel.ts'
import type { ServiceModel, Shape } from './serviceModel.ts'

/** Longest text of a value, or of where it is, in an error message, in characters. */
const maxTextLength = 8192

/**
 * How Java prints a value of the request, which is how DynamoDB shows it in a message: `[a, b]`,
 * `{k=v}`, `Put(tableName=a)`. Collections inside a structure print as `...`, and long texts are
 * cut.
 * REQUIRES: `value` was decoded as shape `shapeName` of `model`.
 */
export function javaText(model: ServiceModel, value: unknown, shapeName: string): string {
  return cutText(valueText(model, value, shapeName))
}

/** The beginning of a text that a client chose, as long as a message may show it. */
export function cutText(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}...` : text
}

/** The name with its first letter in lower case. */
export function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function valueText(model: ServiceModel, value: unknown, shapeName: string): string {
  if (!isCollection(value)) return shortText(value)
  const shape = model.shapeOf(shapeName)
  if (Array.isArray(value)) return listText(model, value, elementShapeOf(shape))
  if (shape.type === 'map') return mapText(model, value, entryShapesOf(shape).value)
  return structureText(value, shapeName, shape)
}

function listText(model: ServiceModel, list: readonly unknown[], elementShape: string): string {
  let text = ''
  for (const element of list) {
    if (text.length > maxTextLength) break
    text += `${text === '' ? '' : ', '}${valueText(model, element, elementShape)}`
  }
  return `[${text}]`
}

function mapText(model: ServiceModel, map: Record<string, unknown>, valueShape: string): string {
  let text = ''
  for (const key of Object.keys(map)) {
    if (text.length > maxTextLength) break
    text += `${text === '' ? '' : ', '}${key}=${valueText(model, map[key], valueShape)}`
  }
  return `{${text}}`
}

function structureText(object: Record<string, unknown>, name: string, shape: Shape): string {
  const members = Object.keys(object)
    .filter((member) => memberShapeOf(shape, member) !== undefined)
    .map((member) => `${lowerCamel(member)}=${shortText(object[member])}`)
  return `${name}(${members.join(', ')})`
}

function isCollection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function shortText(value: unknown): string {
  if (typeof value === 'string') return value
  return isCollection(value) ? '...' : JSON.stringify(value)
}
