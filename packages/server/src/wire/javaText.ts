import { elementShapeOf, entryShapesOf, memberShapeOf, shapeOf } from './serviceModel.ts'
import type { Shape } from './serviceModel.ts'

/** Longest text of a value, or of where it is, in an error message, in characters. */
const maxTextLength = 8192

/**
 * How Java prints a value of the request, which is how DynamoDB shows it in a message: `[a, b]`,
 * `{k=v}`, `Put(tableName=a)`; the tables of a BatchGetItem it shows as JSON (measured). Long texts
 * are cut.
 * REQUIRES: `value` was decoded as shape `shapeName`.
 */
export function javaText(value: unknown, shapeName: string): string {
  const isJson = shapeName === 'BatchGetRequestMap'
  return cutText(isJson ? JSON.stringify(value) : valueText(value, shapeName))
}

/** The beginning of a text that a client chose, as long as a message may show it. */
export function cutText(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}...` : text
}

/** The name with its first letter in lower case. */
export function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function valueText(value: unknown, shapeName: string): string {
  if (typeof value === 'string') return value
  if (!isCollection(value)) return JSON.stringify(value)
  const shape = shapeOf(shapeName)
  if (Array.isArray(value)) return listText(value, elementShapeOf(shape))
  if (shape.type === 'map') return mapText(value, entryShapesOf(shape).value)
  return structureText(value, shapeName, shape)
}

function listText(list: readonly unknown[], elementShape: string): string {
  let text = ''
  for (const element of list) {
    if (text.length > maxTextLength) break
    text += `${text === '' ? '' : ', '}${valueText(element, elementShape)}`
  }
  return `[${text}]`
}

function mapText(map: Record<string, unknown>, valueShape: string): string {
  let text = ''
  for (const key of Object.keys(map)) {
    if (text.length > maxTextLength) break
    text += `${text === '' ? '' : ', '}${key}=${valueText(map[key], valueShape)}`
  }
  return `{${text}}`
}

function structureText(object: Record<string, unknown>, name: string, shape: Shape): string {
  let text = ''
  for (const member of Object.keys(object)) {
    const memberShape = memberShapeOf(shape, member)
    if (memberShape === undefined) continue
    if (text.length > maxTextLength) break
    const shown = `${lowerCamel(member)}=${valueText(object[member], memberShape)}`
    text += `${text === '' ? '' : ', '}${shown}`
  }
  return `${name}(${text})`
}

function isCollection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
