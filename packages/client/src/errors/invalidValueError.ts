import { ClientError } from './clientError.ts'

/**
 * A value that was given is not what its attribute is declared to be, or cannot be stored exactly.
 */
export class InvalidValueError extends ClientError {
  override readonly name = 'InvalidValueError'
}
