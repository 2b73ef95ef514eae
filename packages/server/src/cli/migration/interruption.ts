import { OperatorError } from '../operatorError.ts'

/** The exit code of what was ended by SIGINT. */
const interruptedCode = 130

export const interrupted = (): OperatorError =>
  new OperatorError(
    'Interrupted; nothing was given up. Run the same command again to go on.',
    interruptedCode,
  )

/** Ends a migration in good order at the first signal; another one does not wait for that. */
export class Interruption {
  #isAsked = false
  #onAsked: () => void = () => undefined
  readonly #ask = (): void => {
    this.#isAsked = true
    this.#onAsked()
  }

  constructor() {
    process.once('SIGINT', this.#ask)
    process.once('SIGTERM', this.#ask)
  }

  whenAsked(work: () => void): void {
    this.#onAsked = work
  }

  /** Throws OperatorError once it is asked for. */
  check(): void {
    if (this.#isAsked) throw interrupted()
  }

  end(): void {
    process.off('SIGINT', this.#ask)
    process.off('SIGTERM', this.#ask)
  }
}
