import { allControls } from './controls.ts'
import type { Lab } from './lab.ts'
import type { LabSession } from './labSession.ts'
import { performControl } from './performControl.ts'

/** The lab as an object: a function for each control, by its group and name. */
export function inProcessLab(session: LabSession): Lab {
  const groups: Record<string, Record<string, (input?: unknown) => Promise<unknown>>> = {}
  for (const { group, name, control } of allControls) {
    groups[group] ??= {}
    groups[group][name] = (input) => performControl(session, control, input)
  }
  return groups as unknown as Lab
}
