import { elementShapeOf, entryShapesOf, memberShapeOf } from './serviceModel.ts'
import type { ServiceModel } from './serviceModel.ts'

/** Longest text of a value, or of where it is, in an error message, in characters. */
const maxTextLength = 8192

/**
 * How Java prints a value of the request, which is how DynamoDB shows it in a message: `[a, b]`,
 * `{k=v}`, `Put(tableName=a)`; the tables of a BatchGetItem it shows as JSON (measured). Long texts
 * are cut.
 * REQUIRES: `value` was decoded as shape `shapeName` of `model`.
 */
export function javaText(model: ServiceModel, value: unknown, shapeName: string): string {
  const isJson = shapeName === 'BatchGetRequestMap'
  return cutText(isJson ? JSON.stringify(value) : valueText(model, value, shapeName))
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
  if (typeof value === 'string') return value
  if (!isCollection(value)) return JSON.stringify(value)
  const shape = model.shapeOf(shapeName)
  if (Array.isArray(value)) return listText(model, value, elementShapeOf(shape))
  if (shape.type === 'map') return mapText(model, value, entryShapesOf(shape).value)
  return structureText(model, value, shapeName)
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

function structureText(
  model: ServiceModel,
  object: Record<string, unknown>,
  shapeName: string,
): string {
  const shape = model.shapeOf(shapeName)
  let text = ''
  for (const member of Object.keys(object)) {
    const memberShape = memberShapeOf(shape, member)
    if (memberShape === undefined) continue
    if (text.length > maxTextLength) break
    const shown = `${lowerCamel(member)}=${valueText(model, object[member], memberShape)}`
    text += `${text === '' ? '' : ', '}${shown}`
  }
  return `${shapeName}(${text})`
}

function isCollection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
