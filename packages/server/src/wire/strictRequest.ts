import {
  strictMemberMissing,
  strictTypeMismatch,
  strictValueMismatch,
} from '../errors/wireErrors.ts'

/** What a member of a strictly read request must be. */
export interface StrictMember {
  readonly kind: 'string' | 'sequence' | 'i32' | 'map'
  /** One that is not may be null. */
  readonly isRequired: boolean
}

/** The members of requests that are read strictly, in the order of their structures. */
export type StrictMembers = ReadonlyMap<string, Readonly<Record<string, StrictMember>>>

const expectations = { string: 'a string', sequence: 'a sequence', i32: 'i32', map: 'a map' }

/**
 * Throws as the service behind SearchVectors does (digest of vector search, 5.4): for the first
 * member in the text whose value has another type, SerializationException with the place where the
 * value ends; else for the first that is required and missing, ValidationException with the place
 * where the request ends. `request` is what `bodyText` holds; anything but an object is let pass.
 */
export function checkStrictly(
  request: unknown,
  bodyText: string,
  members: Readonly<Record<string, StrictMember>>,
): void {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return
  const object = request as Readonly<Record<string, unknown>>
  for (const name of Object.keys(object)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined
    if (member !== undefined) checkMember(object[name], member, () => endOf(bodyText, name))
  }
  for (const [name, { isRequired }] of Object.entries(members)) {
    if (isRequired && !Object.hasOwn(object, name)) {
      throw strictMemberMissing(name, placeIn(bodyText, bodyText.lastIndexOf('}') + 1))
    }
  }
}

type Place = ReturnType<typeof placeIn>

function checkMember(value: unknown, { kind, isRequired }: StrictMember, end: () => Place): void {
  if (value === null && !isRequired) return
  if (kind === 'i32' && typeof value === 'number' && Number.isInteger(value)) {
    if (Math.abs(value) < 2 ** 31) return
    throw strictValueMismatch(described(value), expectations.i32, end())
  }
  if (kindOf(value) !== kind) throw strictTypeMismatch(described(value), expectations[kind], end())
}

function kindOf(value: unknown): StrictMember['kind'] | undefined {
  if (typeof value === 'string') return 'string'
  if (Array.isArray(value)) return 'sequence'
  return typeof value === 'object' && value !== null ? 'map' : undefined
}

function described(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return `string ${JSON.stringify(value)}`
  if (typeof value === 'boolean') return `boolean \`${value}\``
  if (typeof value === 'number') {
    return `${Number.isInteger(value) ? 'integer' : 'floating point'} \`${value}\``
  }
  return Array.isArray(value) ? 'sequence' : 'map'
}

/** Where the value of a member of the outermost object ends, or where a collection begins. */
function endOf(text: string, name: string): Place {
  let levels = 0
  let isName = true
  for (const token of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const [shown] = token
    if (shown === '{' || shown === '[') levels += 1
    else if (shown === '}' || shown === ']') levels -= 1
    else if (levels === 1 && shown === ',') isName = true
    else if (levels === 1 && isName && shown.startsWith('"') && JSON.parse(shown) === name) {
      const value = /^\s*:\s*("[^"\\]*(?:\\.[^"\\]*)*"|[{[]|[^\s{}[\],:"]+)/.exec(
        text.slice(token.index + shown.length),
      )
      return placeIn(text, token.index + shown.length + (value?.[0].length ?? 0))
    } else if (levels === 1) isName = false
  }
  return placeIn(text, text.length)
}

/** Line and column of the last of so many characters, both from 1. */
function placeIn(text: string, length: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, length)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  return { line, column: Buffer.byteLength(before.slice(lineStart), 'utf8') }
}
