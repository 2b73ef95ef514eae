import { ClientError } from './clientError.ts'

/** A cursor that is damaged, or that another query or scan gave. */
export class InvalidCursorError extends ClientError {
  override readonly name = 'InvalidCursorError'
}
