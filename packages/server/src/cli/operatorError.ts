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

/** A command line that cannot be understood, for the reason in `sentence`. */
export class UsageError extends OperatorError {
  readonly sentence: string

  constructor(sentence: string) {
    super(`${sentence} See dynatom --help.`, 2)
    this.sentence = sentence
  }
}

export const usageError = (sentence: string): UsageError => new UsageError(sentence)
