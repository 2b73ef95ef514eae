/** Most bytes that a small write needs. */
const smallBytes = 64 * 1024
/** The part of all bytes that only small writes use. */
const smallShare = 0.25
/** How many writes may be on their way to their items at once without anybody asking for sizes. */
const mostUnsized = 16

/** Writes that are alike in size. */
interface Lane {
  readonly limitBytes: number
  usedBytes: number
  waiting: { readonly needBytes: number; readonly enter: (credit: Credit) => void }[]
}

/** The bytes that one write, or one transaction, counts for. */
export interface Credit {
  bytes: number
  lane: Lane
  /** Whether somebody has said how many bytes it is. */
  isSized: boolean
}

/**
 * Bounds the bytes of the images that all unfinished writes have in memory, of what they found and
 * of what they produce. A write waits here before it reads. While little is in use nobody asks how
 * much a write will need; it is counted when it has been read. Large writes wait for each other in
 * the order of their arrival; small ones have bytes of their own and go on beside them.
 */
export class ByteCredits {
  readonly #small: Lane
  readonly #large: Lane
  readonly #ampleBytes: number
  #unsized = 0

  constructor(limitBytes: number) {
    const smallLimit = Math.floor(limitBytes * smallShare)
    this.#small = { limitBytes: smallLimit, usedBytes: 0, waiting: [] }
    this.#large = { limitBytes: limitBytes - smallLimit, usedBytes: 0, waiting: [] }
    this.#ampleBytes = smallLimit
  }

  /** Bytes in use. */
  get usedBytes(): number {
    return this.#small.usedBytes + this.#large.usedBytes
  }

  /** How many writes wait. */
  get waiting(): number {
    return this.#small.waiting.length + this.#large.waiting.length
  }

  /**
   * Lets a write begin, at once or when it is its turn. `needOf` tells about how many bytes it
   * needs; more than there are count as all of them. {@link leave} must follow.
   */
  enter(needOf: () => number): Credit | Promise<Credit> {
    const credit = this.enterAtOnce()
    if (credit !== undefined) return credit
    const need = needOf()
    const lane = this.#laneOf(need)
    const needBytes = Math.min(need, lane.limitBytes)
    if (lane.waiting.length === 0 && hasRoom(lane, needBytes)) return take(lane, needBytes)
    return new Promise((enter) => lane.waiting.push({ needBytes, enter }))
  }

  /** As {@link enter} while little is in use; undefined otherwise. */
  enterAtOnce(): Credit | undefined {
    const isAmple = this.usedBytes < this.#ampleBytes && this.#unsized < mostUnsized
    if (!isAmple || this.waiting > 0) return undefined
    this.#unsized += 1
    return { bytes: 0, lane: this.#small, isSized: false }
  }

  /** The write has in memory what `bytes` says. */
  update(credit: Credit, bytes: number): void {
    this.#size(credit)
    const before = credit.lane
    before.usedBytes -= credit.bytes
    credit.bytes = bytes
    credit.lane = this.#laneOf(bytes)
    credit.lane.usedBytes += bytes
    letIn(before)
  }

  leave(credit: Credit): void {
    this.#size(credit)
    const { lane } = credit
    lane.usedBytes -= credit.bytes
    credit.bytes = 0
    letIn(lane)
  }

  #size(credit: Credit): void {
    if (!credit.isSized) this.#unsized -= 1
    credit.isSized = true
  }

  #laneOf(bytes: number): Lane {
    return bytes <= smallBytes ? this.#small : this.#large
  }
}

/** What turned out larger than it was thought to be does not keep all others out for ever. */
const hasRoom = ({ usedBytes, limitBytes }: Lane, needBytes: number): boolean =>
  usedBytes === 0 || usedBytes + needBytes <= limitBytes

function take(lane: Lane, bytes: number): Credit {
  lane.usedBytes += bytes
  return { bytes, lane, isSized: true }
}

function letIn(lane: Lane): void {
  for (let next = lane.waiting[0]; next !== undefined; next = lane.waiting[0]) {
    if (!hasRoom(lane, next.needBytes)) return
    lane.waiting.shift()
    next.enter(take(lane, next.needBytes))
  }
}
