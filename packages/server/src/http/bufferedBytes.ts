import { overloadResponse } from './overloadResponse.ts'
import type { RawResponse } from './rawMessage.ts'
import { RetrySchedule } from './retryAfter.ts'

/** Short answers are always sent, so that a client hears of what it has changed. */
const longestShortAnswer = 16 * 1024

/**
 * The bytes that the connections of one server have in memory, how many there may be, and what is
 * said to those that have to come again.
 */
export class BufferedBytes {
  readonly limit: number
  held = 0
  private readonly retries = new RetrySchedule()

  constructor(limit: number) {
    this.limit = limit
  }

  hasRoomFor(length: number): boolean {
    return this.held + length <= this.limit
  }

  /** Whether an answer with a body of `length` bytes may be kept until its client takes it. */
  isSendable(length: number): boolean {
    return length <= longestShortAnswer || this.hasRoomFor(length)
  }

  /** The answer to a request that there is no room for. */
  overload(): RawResponse {
    return overloadResponse(this.retries.refuse())
  }

  /** A request has left that there was room for, and what it held with it. */
  relieve(): void {
    if (this.held === 0) this.retries.clear()
    else this.retries.relieve()
  }
}
