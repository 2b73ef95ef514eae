import { RetrySchedule } from './retryAfter.ts'
import type { ServerLimits } from './serverLimits.ts'

export type AdmissionLimits = Pick<
  ServerLimits,
  'maxQueuedCommits' | 'maxOpenReads' | 'maxBufferedBytes'
>

/** Requests of one kind that are being performed. */
interface Places {
  open: number
  readonly most: number
  readonly retries: RetrySchedule
}

/**
 * Bounds the requests that are being performed, whichever front they came by. A request that writes
 * has its place until its commit is durable, so this is what bounds the commits that are queued,
 * the writes that wait for an item, and the memory of both. Reads have places of their own: a disk
 * that stalls holds up writes and nothing else.
 */
export class Admission {
  private readonly writes: Places
  private readonly reads: Places
  private readonly mostBytes: number
  private bytes = 0

  constructor(limits: AdmissionLimits) {
    this.writes = { open: 0, most: limits.maxQueuedCommits, retries: new RetrySchedule() }
    this.reads = { open: 0, most: limits.maxOpenReads, retries: new RetrySchedule() }
    this.mostBytes = limits.maxBufferedBytes
  }

  /** Takes a place for a request with a body of so many bytes; false when there is none. */
  enter(isRead: boolean, bodyBytes: number): boolean {
    const places = isRead ? this.reads : this.writes
    if (places.open >= places.most || this.bytes + bodyBytes > this.mostBytes) return false
    places.open += 1
    this.bytes += bodyBytes
    return true
  }

  /** Gives the place back, with the bytes that it still has. */
  leave(isRead: boolean, bodyBytes: number): void {
    const places = isRead ? this.reads : this.writes
    places.open -= 1
    this.bytes -= bodyBytes
    if (places.open === 0) places.retries.clear()
    else places.retries.relieve()
  }

  /** How many milliseconds a client should wait whom {@link enter} has refused. */
  retryAfterMs(isRead: boolean): number {
    return (isRead ? this.reads : this.writes).retries.refuse()
  }

  /** Takes memory beside the places; false when there is none. */
  takeBytes(length: number): boolean {
    if (this.bytes + length > this.mostBytes) return false
    this.bytes += length
    return true
  }

  /** Gives back some of what {@link enter} or {@link takeBytes} has taken. */
  giveBytes(length: number): void {
    this.bytes -= length
  }
}
