import { cloudwatchCodec } from './cloudwatchCodec.ts'
import type { Shape } from './modelFile.ts'
import { elementShapeOf, entryShapesOf, memberShapeOf, type ServiceModel } from './serviceModel.ts'
import { textOfDouble } from './shapedJson.ts'
import { writeShaped, type ScalarType, type ShapeWriter } from './shapedValue.ts'

/*
 * AWS's query protocol, for the service of `cloudwatchCodec`: a form becomes the JSON of the same
 * service, and answers become XML.
 */

const xmlNamespace = 'http://monitoring.amazonaws.com/doc/2010-08-01/'

/** Parameters by the parts of their names: `Dimensions.member.1.Name` has four. */
interface FormNode {
  value: string | undefined
  readonly parts: Map<string, FormNode>
}

const emptyNode = (): FormNode => ({ value: undefined, parts: new Map() })

/** Most parts of a name; those of the model have fewer. */
const maxParts = 16

function treeOf(form: URLSearchParams): FormNode {
  const root = emptyNode()
  for (const [name, value] of form) {
    let node = root
    for (const part of name.split('.', maxParts)) {
      let next = node.parts.get(part)
      if (next === undefined) node.parts.set(part, (next = emptyNode()))
      node = next
    }
    node.value = value
  }
  return root
}

/**
 * The JSON of the request for `operation` that `form` holds. Values that have not the form of their
 * type stay texts, which the decoder of JSON refuses. An operation that is none has no parameters.
 */
export function jsonOfForm(operation: string, form: URLSearchParams): string {
  const { model } = cloudwatchCodec
  if (!model.operationNames().has(operation)) return '{}'
  const shape = model.inputShapeName(operation)
  return JSON.stringify(valueOf(model, model.shapeOf(shape), treeOf(form)))
}

function valueOf(model: ServiceModel, shape: Shape, node: FormNode): unknown {
  const { type } = shape
  if (type === 'list') {
    const elementShape = model.shapeOf(elementShapeOf(shape))
    return numbered(node.parts.get('member')).map((part) => valueOf(model, elementShape, part))
  }
  if (type === 'map') {
    const valueShape = model.shapeOf(entryShapesOf(shape).value)
    const entries = numbered(node.parts.get('entry')).map((entry) => [
      entry.parts.get('key')?.value ?? '',
      valueOf(model, valueShape, entry.parts.get('value') ?? emptyNode()),
    ])
    return Object.fromEntries(entries) as object
  }
  if (type !== 'structure') return scalarOf(type, node.value ?? '')
  const members: [string, unknown][] = []
  for (const [name, part] of node.parts) {
    const memberShape = memberShapeOf(shape, name)
    if (memberShape === undefined) continue
    members.push([name, valueOf(model, model.shapeOf(memberShape), part)])
  }
  return Object.fromEntries(members) as object
}

/** The elements of a list, in the order of their numbers. */
function numbered(node: FormNode | undefined): FormNode[] {
  const parts = [...(node?.parts ?? [])].filter(([number]) => /^\d+$/.test(number))
  return parts.sort(([one], [other]) => Number(one) - Number(other)).map(([, part]) => part)
}

const numbers: ReadonlySet<ScalarType> = new Set(['integer', 'long', 'double'])

function scalarOf(type: ScalarType, text: string): unknown {
  if (type === 'timestamp') return secondsOf(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  const isNumber = numbers.has(type) && /^[-+]?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text)
  return isNumber ? Number(text) : text
}

/** A time as ISO 8601, or as a number of seconds. */
function secondsOf(text: string): number | string {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? text : ms / 1000
}

/** The body of the answer of `operation` whose JSON is `body`. */
export function xmlOfAnswer(operation: string, body: Uint8Array, requestId: string): string {
  const { model } = cloudwatchCodec
  const shape = model.outputShapeName(operation)
  const value: unknown = body.length === 0 ? {} : JSON.parse(Buffer.from(body).toString('utf8'))
  const result = shape === undefined ? '' : writeShaped(model, shape, value, xml)
  return (
    `<${operation}Response xmlns="${xmlNamespace}">` +
    `<${operation}Result>${result}</${operation}Result>` +
    `<ResponseMetadata><RequestId>${escaped(requestId)}</RequestId></ResponseMetadata>` +
    `</${operation}Response>\n`
  )
}

/** An error in the query protocol: its code, whose fault it is, and its text. */
export interface QueryError {
  readonly code: string
  readonly fault: string
  readonly message: string
}

/** The body of an error. */
export function xmlOfError({ code, fault, message }: QueryError, requestId: string): string {
  return (
    `<ErrorResponse xmlns="${xmlNamespace}"><Error><Type>${escaped(fault)}</Type>` +
    `<Code>${escaped(code)}</Code><Message>${escaped(message)}</Message></Error>` +
    `<RequestId>${escaped(requestId)}</RequestId></ErrorResponse>\n`
  )
}

const element = (name: string, content: string): string =>
  content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`

const xml: ShapeWriter<string> = {
  structure: (members) => members.map(([name, content]) => element(name, content)).join(''),
  list: (elements) => elements.map((content) => element('member', content)).join(''),
  map: (entries) =>
    entries
      .map(([key, content]) =>
        element('entry', element('key', escaped(key)) + element('value', content)),
      )
      .join(''),
  scalar(type, value) {
    if (type === 'double') return textOfDouble(value as number)
    if (type !== 'timestamp') return escaped(String(value))
    return new Date((value as number) * 1000).toISOString().replace('.000Z', 'Z')
  },
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Characters that XML has not become the one that stands for what cannot be shown. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => entities[character] as string)
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
}
