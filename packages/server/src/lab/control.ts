import type { LabSession } from './labSession.ts'
import type { Schema } from './schema.ts'

/**
 * One thing that the lab can do. The in-process object, the paths of HTTP and the OpenAPI document
 * are all made of these: what is not said here is nowhere.
 */
export interface Control<Input, Answer> {
  /** What is asked by GET changes nothing. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/_dynatom/lab`; a part in braces is a member of the input: `/faults/{id}`. */
  readonly path: string
  /** A line for the OpenAPI document. */
  readonly summary: string
  /**
   * An object: what stands in the path, then, of a GET, in the query, otherwise in the body. Absent
   * for what takes nothing.
   */
  readonly input?: Schema
  /** Absent for what answers nothing: `{}` over HTTP. */
  readonly answer?: Schema
  /** Whether it is refused where the data is in a directory. */
  readonly needsMemory?: boolean
  /** Rejects with a ControlError, or an ApiError. REQUIRES: the input is as its schema. */
  perform(session: LabSession, input: Input): Answer | Promise<Answer>
}

/** A control of any kind, as the doors see it. */
export type AnyControl = Control<never, unknown>

/** One control for each function of the groups of `Groups`, by the same names. */
export type ControlsOf<Groups> = {
  readonly [Group in keyof Groups]: {
    readonly [Name in keyof Groups[Group]]: Groups[Group][Name] extends (
      ...given: infer Given
    ) => Promise<infer Answer>
      ? Control<Given extends readonly [(infer Input)?] ? NonNullable<Input> : undefined, Answer>
      : never
  }
}
