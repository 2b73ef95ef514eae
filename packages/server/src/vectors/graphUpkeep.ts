import { LoopTurns, machineOf, type Clock } from '../clock.ts'
import { graphRestFactor, leastGraphBytes } from '../limits.ts'
import { loadGraphLibrary, type GraphLibrary } from './graphLibrary.ts'
import type { VectorSet } from './vectorSet.ts'

export interface GraphOptions {
  /** Told once that an index is large enough for a graph and there is no library for it. */
  readonly onMissing: () => void
  /** Bytes of vectors from which an index has a graph; those of `limits.ts` when absent. */
  readonly leastBytes?: number
  /** Where the library comes from; the package when absent. */
  readonly load?: () => GraphLibrary | undefined
}

/**
 * Makes the graphs of large sets and brings them up to date, step by step: all events that wait go
 * before the next step, and while there are such, it rests after each.
 */
export class GraphUpkeep {
  readonly #clock: Clock
  readonly #options: GraphOptions
  readonly #tended = new Map<VectorSet, Promise<void>>()
  /** Sets that get no graph: there is no memory for it, or nobody searches them any more. */
  readonly #exact = new WeakSet<VectorSet>()
  #library: GraphLibrary | 'missing' | undefined
  #isClosed = false

  constructor(clock: Clock, options: GraphOptions) {
    this.#clock = machineOf(clock)
    this.#options = options
  }

  /** The set has changed, or may have. */
  tend(set: VectorSet): void {
    if (this.#isClosed || this.#tended.has(set) || this.#exact.has(set)) return
    const { leastBytes = leastGraphBytes } = this.#options
    // Half of it, so that a set about that large does not lose its graph and make it again.
    if (set.vectorBytes < leastBytes / 2) return set.dropGraph()
    if (set.vectorBytes < leastBytes && !set.hasGraph) return
    const library = this.#loaded()
    if (library === undefined) return
    const end = (): void => void this.#tended.delete(set)
    this.#tended.set(set, this.#steps(set, library).then(end, end))
  }

  /** The set is not searched any more. */
  leave(set: VectorSet): void {
    this.#exact.add(set)
    set.dropGraph()
  }

  /** Resolves when all graphs have all that their sets have. */
  async settled(): Promise<void> {
    while (this.#tended.size > 0) await Promise.all(this.#tended.values())
  }

  /** Ends all work before its next step. */
  close(): Promise<void> {
    this.#isClosed = true
    return this.settled()
  }

  #loaded(): GraphLibrary | undefined {
    if (this.#library === undefined) {
      const { load = loadGraphLibrary, onMissing } = this.#options
      this.#library = load() ?? 'missing'
      if (this.#library === 'missing') onMissing()
    }
    return this.#library === 'missing' ? undefined : this.#library
  }

  async #steps(set: VectorSet, library: GraphLibrary): Promise<void> {
    const turns = new LoopTurns(this.#clock)
    let beganMs = this.#clock.monotonicMs()
    try {
      while (this.#isTended(set) && set.stepGraph(library) === 'more') {
        const turn = turns.next()
        if (turn === undefined) continue
        const gaveWayMs = this.#clock.monotonicMs()
        await turn
        const nowMs = this.#clock.monotonicMs()
        const workedMs = gaveWayMs - beganMs
        // Others have had their turn meanwhile.
        if (nowMs - gaveWayMs > workedMs) await this.#rest(workedMs * graphRestFactor)
        beganMs = this.#clock.monotonicMs()
      }
    } catch {
      this.leave(set)
    }
  }

  #isTended(set: VectorSet): boolean {
    return !this.#isClosed && !this.#exact.has(set)
  }

  #rest(forMs: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.startTimer(forMs, resolve))
  }
}
