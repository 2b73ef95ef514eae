import type { AnyControl } from './control.ts'
import { allControls, schemas, type NamedControl } from './controls.ts'
import { objectOf, text, type Schema } from './schema.ts'

/** What every refusal is. */
const refusal: Schema = {
  ...objectOf({ error: text('what kind it is'), message: text('a sentence') }, [
    'error',
    'message',
  ]),
  additionalProperties: {},
}

/** Grows when what there was is no longer so. */
const surfaceVersion = '1'

/** The lab as OpenAPI 3.1 describes it. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const each of allControls) {
    const path = `/_dynatom/lab${each.control.path}`
    paths[path] = { ...paths[path], [each.control.method.toLowerCase()]: operationOf(each) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'The lab of Dynatom',
      version: surfaceVersion,
      description: 'Served with --lab. Requests that change something are application/json.',
    },
    paths,
    components: {
      schemas: mapped(schemas, published),
      securitySchemes: { controlToken: { type: 'http', scheme: 'bearer' } },
    },
    security: [{}, { controlToken: [] }],
  }
}

function operationOf({ group, name, control }: NamedControl): object {
  const { summary, answer = objectOf({}) } = control
  const { parameters, body } = splitInput(control)
  if (group !== 'namespaces') parameters.push(namespaceParameter)
  return {
    operationId: `${group}.${name}`,
    tags: [group],
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: (body.required ?? []).length > 0, content: jsonOf(body) },
    }),
    responses: {
      '200': { description: 'Done.', content: jsonOf(answer) },
      default: { description: 'Refused.', content: jsonOf(refusal) },
    },
  }
}

/** The lab of a namespace is asked like that of the main database. */
const namespaceParameter = {
  name: 'namespace',
  in: 'query',
  required: false,
  schema: published(text('the namespace whose lab is asked; the main database when absent')),
}

const jsonOf = (schema: Schema): object => ({ 'application/json': { schema: published(schema) } })

/** What of an input stands in path and query, and what in the body. */
function splitInput({ method, path, input }: AnyControl): {
  readonly parameters: object[]
  readonly body: Schema | undefined
} {
  const { properties = {}, required = [] } = input ?? {}
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string)
  const others = Object.keys(properties).filter((name) => !inPath.includes(name))
  const parameterOf = (name: string, place: string): object => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: published(properties[name] ?? {}),
  })
  const parameters = inPath.map((name) => parameterOf(name, 'path'))
  if (method === 'GET') {
    parameters.push(...others.map((name) => parameterOf(name, 'query')))
    return { parameters, body: undefined }
  }
  if (others.length === 0) return { parameters, body: undefined }
  const body = {
    ...input,
    properties: Object.fromEntries(others.map((name) => [name, properties[name] as Schema])),
    required: required.filter((name) => others.includes(name)),
  }
  return { parameters, body }
}

/** A schema as others read it: what is not said to be admitted is not. */
function published(schema: Schema): object {
  const { properties, items, oneOf, additionalProperties, ...rest } = schema
  if (oneOf !== undefined) return { ...rest, oneOf: oneOf.map(published) }
  if (schema.type !== 'object') return { ...rest, ...(items && { items: published(items) }) }
  return {
    ...rest,
    ...(properties && { properties: mapped(properties, published) }),
    additionalProperties:
      additionalProperties === undefined ? false : published(additionalProperties),
  }
}

const mapped = (
  all: Readonly<Record<string, Schema>>,
  change: (schema: Schema) => object,
): Record<string, object> =>
  Object.fromEntries(Object.entries(all).map(([name, each]) => [name, change(each)]))
