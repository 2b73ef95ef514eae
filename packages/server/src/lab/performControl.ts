import { invalidControl, needsMemory } from '../errors/controlErrors.ts'
import { faultOf } from './checkSchema.ts'
import type { AnyControl } from './control.ts'
import { schemas } from './controls.ts'
import type { LabSession } from './labSession.ts'

/** Does what a control does. Rejects with a ControlError, for a bad `input` too, or an ApiError. */
export async function performControl(
  session: LabSession,
  control: AnyControl,
  input: unknown,
): Promise<unknown> {
  if (control.needsMemory === true && !session.host.isInMemory) throw needsMemory()
  if (control.input === undefined) return control.perform(session, undefined as never)
  const given = input ?? {}
  const fault = faultOf(given, control.input, 'The request', schemas)
  if (fault !== undefined) throw invalidControl(fault)
  return control.perform(session, given as never)
}
