import type { NewerWords, Voice } from './layers.ts'

/** An error that the model answers with, in the shape of an error body. */
export class Refusal extends Error {
  readonly type: string
  /** What the body has beside type and message. */
  readonly members: object
  /** What the newer layer says in place of the message; it says the same when absent. */
  readonly newer: NewerWords | undefined

  constructor(type: string, message: string, members: object = {}, newer?: NewerWords) {
    super(message)
    this.type = type
    this.members = members
    this.newer = newer
  }

  messageIn({ layer, operation }: Voice): string {
    return (layer === 'newer' ? this.newer?.(operation) : undefined) ?? this.message
  }
}

/** A ValidationException with its text, or its two. */
export const invalid = (message: string, newer?: NewerWords): Refusal =>
  new Refusal('ValidationException', message, {}, newer)

export const invalidParameterText = (detail: string): string =>
  `One or more parameter values were invalid: ${detail}`

/** A ValidationException about a parameter value. */
export const invalidParameter = (detail: string): Refusal => invalid(invalidParameterText(detail))
