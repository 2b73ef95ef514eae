import type { Answer, Operation } from './operation.ts'

/** A request that has been answered, well or not: filled in as far as it came. */
export interface AnsweredRequest {
  readonly operation: Operation<never>
  /** Its parameters; undefined when they could not be decoded. */
  request: Readonly<Record<string, unknown>> | undefined
  /** What it was answered with; undefined for one that failed. */
  answer: Answer | undefined
  /** What it failed with, an ApiError or a fault of our own; undefined for one that did not. */
  error: unknown
  /** When it was known what is asked for, by the monotonic clock. */
  readonly startMs: number
  /** From then to the answer in bytes. */
  durationMs: number
  /** Of the request, in characters. */
  readonly requestLength: number
  /** Of the answer, if it did not fail. */
  bodyBytes: number
}

/** Who is told of answers, of DynamoDB and DynamoDB Streams. Must not throw, and is waited for. */
export interface RequestObserver {
  answered(request: AnsweredRequest): void
}
