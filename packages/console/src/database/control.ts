import type { Connection } from './connection.ts'
import { controlToken } from './controlToken.ts'

/** What the server refuses something below `/_dynatom` with: its `name`, and its sentence. */
export class ControlRefusal extends Error {
  readonly status: number

  constructor(status: number, { error, message }: { error?: string; message?: string }) {
    super(message ?? `The server answers ${status}.`)
    this.name = error ?? 'Error'
    this.status = status
  }
}

export interface ControlRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly query: Record<string, string>
  readonly headers: Record<string, string>
  /** JSON. */
  readonly body?: string | undefined
}

/**
 * A request about a namespace, the main database for none; `place`, below `/_dynatom`, may have a
 * query.
 */
export function controlRequest(
  { namespace }: Pick<Connection, 'namespace'>,
  method: ControlRequest['method'],
  place: string,
  body?: string,
): ControlRequest {
  const [path = '', search = ''] = place.split('?')
  return {
    method,
    path: `/_dynatom${path}`,
    query: {
      ...Object.fromEntries(new URLSearchParams(search)),
      ...(namespace !== undefined && { namespace }),
    },
    headers: method === 'GET' ? {} : { 'content-type': 'application/json' },
    body,
  }
}

/** The headers of a request with the token that was typed in, if one was. */
export function bearing({ headers }: ControlRequest): Record<string, string> {
  const token = controlToken()
  return token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` }
}

/** Undefined for what is refused. */
export async function unlessRefused<Told>(asked: Promise<Told>): Promise<Told | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof ControlRefusal) return undefined
    throw error
  }
}

/** Sends a request with these headers. Rejects with a {@link ControlRefusal}. */
export async function sendControl<Told>(
  { method, path, query, body }: ControlRequest,
  headers: Record<string, string>,
): Promise<Told> {
  const search = new URLSearchParams(query).toString()
  const response = await fetch(`${path}${search === '' ? '' : `?${search}`}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  })
  const told = (await response.json().catch(() => ({}))) as object
  if (!response.ok) throw new ControlRefusal(response.status, told)
  return told as Told
}
