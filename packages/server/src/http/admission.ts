import type { ServerLimits } from './serverLimits.ts'

export type AdmissionLimits = Pick<
  ServerLimits,
  'maxQueuedCommits' | 'maxOpenReads' | 'maxBufferedBytes'
>

/** Requests of one kind that are being performed. */
interface Places {
  open: number
  readonly most: number
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
    this.writes = { open: 0, most: limits.maxQueuedCommits }
    this.reads = { open: 0, most: limits.maxOpenReads }
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

  /** Gives the place back. REQUIRES: it was taken by the same arguments. */
  leave(isRead: boolean, bodyBytes: number): void {
    const places = isRead ? this.reads : this.writes
    places.open -= 1
    this.bytes -= bodyBytes
  }
}
