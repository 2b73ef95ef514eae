import type { ControlsOf } from '../control.ts'
import type { LabSession } from '../labSession.ts'
import { objectOf, type Schema } from '../schema.ts'
import { eventualLagSchema, type EventualLag } from './eventualLag.ts'

export interface ReadSettings {
  /** By how many milliseconds eventually consistent reads lag: 0 at the start. */
  readonly eventualLagMs: EventualLag
}

/** How reads behave that need not be up to date; strong and transactional ones are exact. */
export interface ReadControls {
  get(): Promise<ReadSettings>
  /** From now on; a draw begins anew with its seed. */
  set(settings: ReadSettings): Promise<ReadSettings>
}

const settings: Schema = objectOf({ eventualLagMs: eventualLagSchema }, ['eventualLagMs'])

const settingsOf = ({ time }: LabSession): ReadSettings => ({ eventualLagMs: time.lag })

export const readControls: ControlsOf<{ reads: ReadControls }>['reads'] = {
  get: {
    method: 'GET',
    path: '/reads',
    summary: 'How long eventually consistent reads lag.',
    answer: settings,
    perform: settingsOf,
  },
  set: {
    method: 'PUT',
    path: '/reads',
    summary: 'Let eventually consistent reads, of indexes and of streams too, lag.',
    input: settings,
    answer: settings,
    perform(session, { eventualLagMs }) {
      session.time.setLag(eventualLagMs)
      return settingsOf(session)
    },
  },
}
