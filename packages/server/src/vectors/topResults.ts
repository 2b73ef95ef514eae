/** A vector that is near enough, so far. */
export interface Candidate {
  readonly score: number
  /** The lower, the nearer. */
  readonly rank: number
  /** Tells those of one rank apart: the lower comes first. */
  readonly key: string
  readonly slot: number
}

/** The nearest of the vectors that were offered, in their order; no more than there is room for. */
export class TopResults {
  readonly candidates: Candidate[] = []
  readonly #room: number
  /** The rank that one more has to be below, or at, if there is no room left. */
  worst: number = Infinity

  constructor(room: number) {
    this.#room = room
  }

  /** REQUIRES: `candidate` has a rank of at most `worst`. */
  offer(candidate: Candidate): void {
    const { candidates } = this
    let at = candidates.length
    while (at > 0 && isBefore(candidate, candidates[at - 1] as Candidate)) at--
    if (at === this.#room) return
    candidates.splice(at, 0, candidate)
    if (candidates.length > this.#room) candidates.pop()
    if (candidates.length === this.#room) this.worst = (candidates.at(-1) as Candidate).rank
  }
}

function isBefore(a: Candidate, b: Candidate): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.key < b.key)
}
