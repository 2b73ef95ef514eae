import type { Connection } from './connection.ts'
import { controlToken } from './controlToken.ts'

/** What the lab refuses something with: the `name` that it gives, and its sentence. */
export class LabRefusal extends Error {
  constructor(status: number, { error, message }: { error?: string; message?: string }) {
    super(message ?? `The server answers ${status}.`)
    this.name = error ?? 'Error'
  }
}

/** Whether it is refused for want of a token, which can be typed in. */
export const wantsToken = (error: unknown): boolean =>
  error instanceof LabRefusal && error.name === 'TokenNeeded'

export interface LabRequest {
  /** GET when absent. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/_dynatom/lab`, such as `/faults`. */
  readonly path: string
  /** JSON. */
  readonly body?: string
}

/** Asks the lab of the database that is looked at. Rejects with a {@link LabRefusal}. */
export async function askLab<Told>(
  { namespace }: Connection,
  { method = 'GET', path, body }: LabRequest,
): Promise<Told> {
  const token = controlToken()
  const search = namespace === undefined ? '' : `?${new URLSearchParams({ namespace }).toString()}`
  const response = await fetch(`/_dynatom/lab${path}${search}`, {
    method,
    headers: {
      ...(method !== 'GET' && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body }),
  })
  const told = (await response.json().catch(() => ({}))) as object
  if (!response.ok) throw new LabRefusal(response.status, told)
  return told as Told
}

/**
 * What the database takes for now, in milliseconds since the epoch: a lab may have moved its clock.
 * Where the lab cannot be asked it is this machine's time.
 */
export async function databaseNowMs(connection: Connection): Promise<number> {
  if (connection.about.lab === 'none') return Date.now()
  const told = askLab<{ readonly nowMs: number }>(connection, { path: '/clock' })
  return told.then(
    ({ nowMs }) => nowMs,
    () => Date.now(),
  )
}
