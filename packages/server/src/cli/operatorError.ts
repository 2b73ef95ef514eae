/**
 * Something that the person who started the command can put right. `message` is one clear sentence
 * for them; no stack trace is shown.
 */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** A command line that cannot be understood. */
export function usageError(message: string): OperatorError {
  return new OperatorError(`${message} See dynatom --help.`, 2)
}
