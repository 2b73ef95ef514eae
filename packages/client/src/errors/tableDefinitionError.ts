import { ClientError } from './clientError.ts'

/**
 * A table is defined so that it could not work: a key without a template, or entities that look
 * alike.
 */
export class TableDefinitionError extends ClientError {
  override readonly name = 'TableDefinitionError'
}
