import { ClientError } from './clientError.ts'

/**
 * A batch of which DynamoDB had not processed everything after the last attempt. Nothing is left
 * out silently.
 */
export class UnprocessedError<Action = unknown> extends ClientError {
  override readonly name = 'UnprocessedError'
  /** The actions that were not processed, in the order in which they were given. */
  readonly unprocessed: readonly Action[]

  constructor(unprocessed: readonly Action[], count: number, attempts: number) {
    const times = `${attempts} attempts without progress`
    super(`${unprocessed.length} of ${count} actions of a batch were not processed in ${times}.`)
    this.unprocessed = unprocessed
  }
}
