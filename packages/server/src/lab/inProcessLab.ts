import { allControls } from './controls.ts'
import { requestText } from '../wire/requestText.ts'
import type { Lab } from './lab.ts'
import type { LabSession } from './labSession.ts'
import { performControl } from './performControl.ts'

/** What is given in process is as it would come over HTTP: bytes are base64, say. */
const asSent = (input: unknown): unknown =>
  typeof input === 'object' && input !== null ? JSON.parse(requestText(input)) : input

/** The lab as an object: a function for each control, by its group and name. */
export function inProcessLab(session: LabSession): Lab {
  const groups: Record<string, Record<string, (input?: unknown) => Promise<unknown>>> = {}
  for (const { group, name, control } of allControls) {
    groups[group] ??= {}
    groups[group][name] = async (input) => performControl(session, control, asSent(input))
  }
  return groups as unknown as Lab
}
