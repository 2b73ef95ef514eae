import { inProcessLab } from './inProcessLab.ts'
import type { Lab } from './lab.ts'
import { LabSession, type LabHost } from './labSession.ts'
import { labSurface, type SurfaceRequest } from './labSurface.ts'

/** The lab of a database, and its doors. */
export interface OpenLab {
  readonly session: LabSession
  /** In process. */
  readonly lab: Lab
  /** Over HTTP, below `/_dynatom`. */
  readonly surface: (request: SurfaceRequest) => Promise<object>
}

export function openLab(host: LabHost): OpenLab {
  const session = new LabSession(host)
  return { session, lab: inProcessLab(session), surface: labSurface(session) }
}
