import { allControls } from './controls.ts'
import type { AnyControl } from './control.ts'
import type { Lab } from './lab.ts'

/** Sends a request to a server and gives what it answers, parsed. */
export type SendJson = (request: {
  readonly method: string
  readonly path: string
  readonly body: string | undefined
}) => Promise<{ readonly status: number; readonly content: unknown }>

/** What a lab of another process refuses: the same `name` and `message` as in its own process. */
export class RemoteLabError extends Error {
  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}

/** The lab of a database in another process, of its namespace `namespace` if there is one. */
export function remoteLab(send: SendJson, namespace?: string): Lab {
  const groups: Record<string, Record<string, (input?: unknown) => Promise<unknown>>> = {}
  for (const { group, name, control } of allControls) {
    groups[group] ??= {}
    // There are no namespaces within one.
    const within = group === 'namespaces' ? undefined : namespace
    groups[group][name] = (input) => ask(send, control, { ...(input as object) }, within)
  }
  return groups as unknown as Lab
}

async function ask(
  send: SendJson,
  { method, path: pattern, answer }: AnyControl,
  input: Readonly<Record<string, unknown>>,
  namespace: string | undefined,
): Promise<unknown> {
  const left = new Map(Object.entries(input).filter(([, value]) => value !== undefined))
  const place = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = left.get(name)
    left.delete(name)
    return encodeURIComponent(textOf(value))
  })
  const query = new URLSearchParams(namespace === undefined ? {} : { namespace })
  if (method === 'GET') for (const [name, value] of left) query.append(name, textOf(value))
  const search = query.toString()
  const { status, content } = await send({
    method,
    path: `/_dynatom/lab${place}${search === '' ? '' : `?${search}`}`,
    body:
      method === 'GET' || left.size === 0 ? undefined : JSON.stringify(Object.fromEntries(left)),
  })
  if (status === 200) return answer === undefined ? undefined : content
  const { error = 'Error', message = `The lab has answered ${status}.` } = content as Refusal
  throw new RemoteLabError(error, message)
}

interface Refusal {
  readonly error?: string
  readonly message?: string
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
