import { ClientError } from './clientError.ts'

/** Values from which no key can be made that would be read as the same values again. */
export class InvalidKeyError extends ClientError {
  override readonly name = 'InvalidKeyError'
}
