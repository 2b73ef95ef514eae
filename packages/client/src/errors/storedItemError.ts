import { ClientError } from './clientError.ts'

/**
 * What is stored is not what its entity declares: an attribute is missing or of another type, or a
 * number has more digits than the declared type holds. Nothing is rounded or left out instead.
 */
export class StoredItemError extends ClientError {
  override readonly name = 'StoredItemError'
}
