import { ClientError } from './clientError.ts'

/** A transaction or batch that could not succeed and was not sent. */
export class RefusedError extends ClientError {
  override readonly name = 'RefusedError'
  /** The labels, in a batch the positions, of the actions that are the reason. */
  readonly labels: readonly string[]

  constructor(message: string, labels: readonly string[]) {
    super(message)
    this.labels = labels
  }
}
