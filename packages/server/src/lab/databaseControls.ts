import type { ControlsOf } from './control.ts'

/** What is done to the database as a whole. */
export interface DatabaseControls {
  /** As `Database.reset`: everything as it was at the start, and nothing left of the lab. */
  reset(): Promise<void>
}

export const databaseControls: ControlsOf<{ database: DatabaseControls }>['database'] = {
  reset: {
    method: 'POST',
    path: '/reset',
    summary: 'Make everything as it was when the database was opened.',
    needsMemory: true,
    perform: (session) => session.host.reset(),
  },
}
