import type { Connection } from './connection.ts'
import { bearing, controlRequest, ControlRefusal, sendControl } from './control.ts'

/** Whether it is refused for want of a token, which can be typed in. */
export const wantsToken = (error: unknown): boolean =>
  error instanceof ControlRefusal && error.name === 'TokenNeeded'

export interface LabRequest {
  /** GET when absent. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/_dynatom/lab`, such as `/faults`. */
  readonly path: string
  /** JSON. */
  readonly body?: string
}

/** Asks the lab of the database that is looked at. Rejects with a {@link ControlRefusal}. */
export function askLab<Told>(
  place: Pick<Connection, 'namespace'>,
  { method = 'GET', path, body }: LabRequest,
): Promise<Told> {
  const request = controlRequest(place, method, `/lab${path}`, body)
  return sendControl(request, bearing(request))
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
