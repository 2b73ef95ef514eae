import type { ApiError } from '../errors/apiError.ts'
import type { RequestContext } from '../wire/dispatcher.ts'

/** A request that was refused because it met another one. */
export interface RefusedMeeting {
  readonly operation: string
  readonly context: RequestContext
  /** Has whom it met: `meetingsOf`. */
  readonly error: ApiError
}

/** Told of such requests. Must not throw, and is waited for. */
export type OnMeeting = (refused: RefusedMeeting) => void
