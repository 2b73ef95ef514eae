import { readFileSync } from 'node:fs'
import { soundRequests } from './soundRequests.ts'

/*
 * Requests with one member of a wrong JSON type, for every member that the service model knows, and with
 * one member of the right type and an extreme value.
 */

interface Shape {
  readonly type: string
  readonly members?: Readonly<Record<string, { readonly shape: string }>>
  readonly member?: { readonly shape: string }
  readonly value?: { readonly shape: string }
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: { readonly shape: string } }>>
  readonly shapes: Readonly<Record<string, Shape>>
}

const model = JSON.parse(
  readFileSync(new URL('../../packages/server/model/dynamodb.json', import.meta.url), 'utf8'),
) as Model

export interface FuzzedRequest {
  readonly operation: string
  /** Where, such as `Item.*.L.0`. */
  readonly path: string
  /** JSON text of the value there. */
  readonly value: string
  /** JSON text of the whole request. */
  readonly body: string
  /** Whether the value has not the type that the model gives it. */
  readonly hasWrongType: boolean
}

const anywhere: readonly string[] = ['null', '[null]', '{"":null}', '[[]]', '{"__proto__":{}}']

const longText = JSON.stringify('x'.repeat(70_000))
const texts = ['""', '"\\u0000"', '"\\ud800"', '"é"', '"-1"', longText]
const numbers = [
  '0',
  '-1',
  '-0',
  '2147483648',
  '9223372036854775808',
  '1e308',
  '1e999',
  '-1e999',
  '1.5',
]
const collections: Readonly<Record<string, readonly string[]>> = {
  list: ['[]'],
  map: ['{}'],
  structure: ['{}'],
}

/** JSON texts that the type of a shape is not, by that type. */
const wrong: Readonly<Record<string, readonly string[]>> = {
  string: ['1', '1.5', '1e999', 'true', 'false', '[]', '{}'],
  blob: ['1', 'true', '[]', '{}', '"%%%%"', '"A"'],
  boolean: ['1', '0', '[]', '{}', '"x"'],
  integer: ['"x"', '"1"', 'true', '[]', '{}'],
  long: ['"x"', '"1"', 'true', '[]', '{}'],
  double: ['"x"', 'true', '[]', '{}'],
  timestamp: ['"x"', 'true', '[]', '{}'],
  list: ['1', '"x"', 'true', '{}'],
  map: ['1', '"x"', 'true', '[]'],
  structure: ['1', '"x"', 'true', '[]'],
}

function extremesOf(type: string): readonly string[] {
  if (type === 'string' || type === 'blob') return [...anywhere, ...texts]
  if (type === 'boolean') return [...anywhere, 'true', 'false']
  return [...anywhere, ...(collections[type] ?? numbers)]
}

type Step = { readonly member: string } | { readonly element: true } | { readonly entry: true }

/** The places of a shape, and how one gets to them; a shape inside itself is looked into once. */
function* placesOf(
  shapeName: string,
  steps: readonly Step[],
  above: readonly string[],
): Generator<{ steps: readonly Step[]; type: string }> {
  const shape = model.shapes[shapeName] as Shape
  if (steps.length > 0) yield { steps, type: shape.type }
  if (above.filter((name) => name === shapeName).length > 1) return
  const inside = [...above, shapeName]
  for (const [member, { shape: name }] of Object.entries(shape.members ?? {})) {
    yield* placesOf(name, [...steps, { member }], inside)
  }
  if (shape.member !== undefined)
    yield* placesOf(shape.member.shape, [...steps, { element: true }], inside)
  if (shape.value !== undefined)
    yield* placesOf(shape.value.shape, [...steps, { entry: true }], inside)
}

const mark = '@the place@'

/** A copy of `value` with the mark at the end of `steps`; what is missing on the way is made. */
function marked(value: unknown, steps: readonly Step[]): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return mark
  if ('element' in step) {
    const list = Array.isArray(value) ? (value as unknown[]) : []
    return [marked(list[0], rest), ...list.slice(1)]
  }
  const object =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const name = 'member' in step ? step.member : (Object.keys(object)[0] ?? 'Items')
  return { ...object, [name]: marked(object[name], rest) }
}

const nameOf = (step: Step): string =>
  'member' in step ? step.member : 'element' in step ? '0' : '*'

export function* fuzzedRequests(): Generator<FuzzedRequest> {
  for (const [operation, sound] of Object.entries(soundRequests)) {
    const input = model.operations[operation]?.input?.shape
    if (input === undefined) throw new Error(`${operation} is no operation of the model`)
    for (const { steps, type } of placesOf(input, [], [])) {
      const template = JSON.stringify(marked(sound, steps))
      const path = steps.map(nameOf).join('.')
      const fuzzed = (value: string, hasWrongType: boolean): FuzzedRequest => {
        const body = template.replace(JSON.stringify(mark), () => value)
        return { operation, path, value: value.slice(0, 40), body, hasWrongType }
      }
      for (const value of wrong[type] ?? []) yield fuzzed(value, true)
      for (const value of extremesOf(type)) yield fuzzed(value, false)
    }
  }
}
