/** An error that the model answers with, in the shape of an error body. */
export class Refusal extends Error {
  readonly type: string
  /** What the body has beside type and message. */
  readonly members: object

  constructor(type: string, message: string, members: object = {}) {
    super(message)
    this.type = type
    this.members = members
  }
}

/** A ValidationException with its text. */
export const invalid = (message: string): Refusal => new Refusal('ValidationException', message)

/** A ValidationException about a parameter value. */
export const invalidParameter = (detail: string): Refusal =>
  invalid(`One or more parameter values were invalid: ${detail}`)
