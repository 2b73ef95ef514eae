import type { Connection } from '../connection.ts'
import { request, text, whole } from './schemas.ts'
import type { ObjectSchema, Tool, ToolArguments } from './tool.ts'
import { transaction } from './writeTools.ts'

/** Asked for by names that say what they are for. */
const dryRun: Tool = {
  name: 'dry_run_transaction',
  description:
    'Tells what a transaction would come to: each position with its outcome and why. Nothing ' +
    'is written or held.',
  inputSchema: request(transaction, ['TransactItems']),
  changes: false,
  run: (connection, given) => connection.lab({ method: 'POST', path: '/dry-run', body: given }),
}

const explain: Tool = {
  name: 'explain_request',
  description:
    'Tells why a request was refused: the condition with the value that each operand had, or ' +
    'who held the item.',
  inputSchema: request({ requestId: text('That of the refusal, as its error tells.') }, [
    'requestId',
  ]),
  changes: false,
  run: (connection, { requestId }) =>
    connection.lab({
      method: 'GET',
      path: `/explanations/${encodeURIComponent(String(requestId))}`,
    }),
}

const explainLast: Tool = {
  name: 'explain_last_refusals',
  description: 'Tells why the last requests that were refused were refused.',
  inputSchema: request({ limit: whole('How many; 10 when absent.') }),
  changes: false,
  run: (connection, { limit = 10 }) =>
    connection.lab({
      method: 'GET',
      path: `/explanations?limit=${encodeURIComponent(String(limit))}`,
    }),
}

const named: readonly Tool[] = [dryRun, explain, explainLast]

/** What the named tools ask: not offered twice. */
const askedByName: ReadonlySet<string> = new Set([
  '/dry-run',
  '/explanations',
  '/explanations/{requestId}',
])

interface Described {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly schema: object
  }[]
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: ObjectSchema } }
  }
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components?: { readonly schemas?: Readonly<Record<string, object>> }
}

const prefix = '/_dynatom/lab'

/**
 * The tools of the lab, as it describes itself. Rejects as the connection does, such as where the
 * database has none.
 */
export async function labTools(connection: Connection): Promise<readonly Tool[]> {
  const document = (await connection.lab({ method: 'GET', path: '/openapi.json' })) as Document
  const others = Object.entries(document.paths).flatMap(([path, methods]) => {
    const place = path.slice(prefix.length)
    if (askedByName.has(place)) return []
    return Object.entries(methods).map(([method, described]) =>
      toolOf(method.toUpperCase(), place, described, document),
    )
  })
  return [...named, ...others]
}

function toolOf(method: string, path: string, described: Described, document: Document): Tool {
  const { operationId, summary, requestBody } = described
  // Which database is asked is said where the protocol is started.
  const parameters = (described.parameters ?? []).filter(({ name }) => name !== 'namespace')
  const body = requestBody?.content['application/json'].schema
  return {
    name: `lab_${operationId.replaceAll('.', '_')}`,
    description: summary,
    inputSchema: inputSchemaOf(parameters, body, document),
    changes: method !== 'GET',
    destroys: method !== 'GET',
    run(connection, given) {
      const left = new Map(Object.entries(given))
      const taken = (name: string): string => {
        const value = left.get(name)
        left.delete(name)
        return encodeURIComponent(textOf(value))
      }
      const place = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => taken(name))
      const query = parameters.flatMap((each) =>
        each.in === 'query' && left.has(each.name) ? [`${each.name}=${taken(each.name)}`] : [],
      )
      return connection.lab({
        method,
        path: query.length === 0 ? place : `${place}?${query.join('&')}`,
        ...(body !== undefined && { body: Object.fromEntries(left) satisfies ToolArguments }),
      })
    },
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')

/** Parameters and body as one object; what schemas share goes along. */
function inputSchemaOf(
  parameters: NonNullable<Described['parameters']>,
  body: ObjectSchema | undefined,
  document: Document,
): ObjectSchema {
  const required = [
    ...parameters.filter((each) => each.required === true).map(({ name }) => name),
    ...(body?.required ?? []),
  ]
  const properties = {
    ...Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    ...body?.properties,
  }
  const schema = { type: 'object' as const, properties, ...(required.length > 0 && { required }) }
  const own = JSON.stringify(schema)
  if (!own.includes('#/components/schemas/')) return schema
  const shared = JSON.stringify(document.components?.schemas ?? {})
  const local = (each: string): string => each.replaceAll('#/components/schemas/', '#/$defs/')
  return {
    ...(JSON.parse(local(own)) as ObjectSchema),
    $defs: JSON.parse(local(shared)) as object,
  }
}
