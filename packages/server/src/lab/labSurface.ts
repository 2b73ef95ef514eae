import {
  controlMethodNotAllowed,
  controlNotFound,
  invalidControl,
} from '../errors/controlErrors.ts'
import type { AnyControl } from './control.ts'
import { allControls } from './controls.ts'
import type { LabSession } from './labSession.ts'
import { openApiDocument } from './openApiDocument.ts'
import { performControl } from './performControl.ts'
import type { Schema } from './schema.ts'

/** A request below `/_dynatom`, as the front gives it. */
export interface SurfaceRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
}

const prefix = '/lab'
const documentPath = '/openapi.json'

/** The lab as paths of HTTP. Rejects with a ControlError or an ApiError. */
export function labSurface(session: LabSession): (request: SurfaceRequest) => Promise<object> {
  return async (request) => {
    const { method, path, query, body } = request
    if (!path.startsWith(`${prefix}/`)) throw controlNotFound(`/_dynatom${path}`)
    const place = path.slice(prefix.length)
    if (place === documentPath) {
      if (method !== 'GET') throw controlMethodNotAllowed(['GET'])
      return openApiDocument()
    }
    const { control, parameters } = found(method, place)
    const input = inputOf(control, { ...Object.fromEntries(query), ...parameters }, body)
    const answer = await performControl(session, control, input)
    return answer ?? {}
  }
}

interface Found {
  readonly control: AnyControl
  readonly parameters: Readonly<Record<string, string>>
}

function found(method: string, path: string): Found {
  const allowed: string[] = []
  for (const { control } of allControls) {
    const parameters = matched(control.path, path)
    if (parameters === undefined) continue
    if (control.method === method) return { control, parameters }
    allowed.push(control.method)
  }
  if (allowed.length > 0) throw controlMethodNotAllowed(allowed)
  throw controlNotFound(`/_dynatom${prefix}${path}`)
}

/** What the parts in braces of `pattern` are in `path`; undefined when that is another. */
function matched(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/')
  const given = path.split('/')
  if (expected.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [i, part] of expected.entries()) {
    const text = given[i] as string
    if (part.startsWith('{')) {
      const decoded = decodedPart(text)
      if (decoded === undefined) return undefined
      parameters[part.slice(1, -1)] = decoded
    } else if (part !== text) return undefined
  }
  return parameters
}

function decodedPart(text: string): string | undefined {
  try {
    return text === '' ? undefined : decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The input of a control: what stands in path and query as its schema has it, and the body. */
function inputOf(
  { input, method }: AnyControl,
  texts: Readonly<Record<string, string>>,
  body: unknown,
): unknown {
  if (method === 'GET' && body !== undefined) throw invalidControl('A GET has no body.')
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
  if (body !== undefined && !isObject) throw invalidControl('The body is an object.')
  const members: Record<string, unknown> = { ...body }
  for (const [name, value] of Object.entries(texts)) {
    if (Object.hasOwn(members, name)) throw invalidControl(`"${name}" is given twice.`)
    members[name] = valueOf(value, input?.properties?.[name])
  }
  if (input === undefined && Object.keys(members).length > 0) {
    throw invalidControl('The request takes nothing.')
  }
  return members
}

/** Text of a path or a query as the type that is expected; what cannot be it stays text. */
function valueOf(value: string, schema: Schema | undefined): unknown {
  const isNumber = schema?.type === 'integer' || schema?.type === 'number'
  if (isNumber && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  if (schema?.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}
