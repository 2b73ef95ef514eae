/** What became of work that is done in the background, where no client can be told. */
export type WorkEvent =
  | {
      readonly kind: 'failed'
      /** What was being done, such as `removing the items of a deleted table (number 7)`. */
      readonly job: string
      /** Why it failed, in one line. */
      readonly error: string
      /** How many times in a row it has failed, from 1. */
      readonly attempt: number
      readonly nextTryMs: number
    }
  | {
      /** It will not be tried again, and the store must not be used any more. */
      readonly kind: 'ended'
      readonly job: string
      readonly error: string
    }
  | {
      readonly kind: 'recovered'
      readonly job: string
      /** How many times it had failed. */
      readonly attempts: number
    }

export type WorkListener = (event: WorkEvent) => void

/**
 * The background work that fails. Every failure is an event, and so is the success after it; the
 * number of those that last is what health shows. A job is told apart by the words that name it.
 */
export class WorkFailures {
  readonly #listener: WorkListener | undefined
  /** How many times in a row each job has failed. */
  readonly #attempts = new Map<string, number>()
  #isFatal = false

  constructor(listener?: WorkListener) {
    this.#listener = listener
  }

  /** How many jobs fail at present. */
  get count(): number {
    return this.#attempts.size
  }

  /** Whether the store must not be used any more. */
  get isFatal(): boolean {
    return this.#isFatal
  }

  /** How many times in a row a job has failed. */
  attemptsOf(job: string): number {
    return this.#attempts.get(job) ?? 0
  }

  failed(job: string, error: unknown, nextTryMs: (attempt: number) => number): void {
    const attempt = this.attemptsOf(job) + 1
    this.#attempts.set(job, attempt)
    const event = { kind: 'failed', job, error: sentenceOf(error), attempt } as const
    this.#tell({ ...event, nextTryMs: nextTryMs(attempt) })
  }

  /** A job has failed for good: what it found out leaves the store of no use. */
  ended(job: string, error: unknown): void {
    this.#isFatal = true
    this.#tell({ kind: 'ended', job, error: sentenceOf(error) })
  }

  /** A job has succeeded, or has nothing to do any more. */
  succeeded(job: string): void {
    const attempts = this.#attempts.get(job)
    if (attempts === undefined) return
    this.#attempts.delete(job)
    this.#tell({ kind: 'recovered', job, attempts })
  }

  /** A fault of the listener must not end the work. */
  #tell(event: WorkEvent): void {
    try {
      this.#listener?.(event)
    } catch {
      // It has been told.
    }
  }
}

const longestSentence = 300

/** One line without a stack, whatever was thrown. */
function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const line = text.split(/[\r\n]/, 1)[0] as string
  return line === '' ? 'an error without a message' : line.slice(0, longestSentence)
}
