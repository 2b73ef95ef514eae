import type { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'

/** When a server that starts is killed. */
export type StartKill =
  | { readonly delayMs: number }
  /** So long after the server says that it is ready, however long that takes. */
  | { readonly delayAfterReadyMs: number }

/** As far as this part of a usual start's length after its end. */
const reach = 1.2
/** The last of them is what comes after the start. */
const partCount = 6
const rememberedStarts = 5

/**
 * Spreads kills over the whole of a server's start and a little beyond, on a fast machine as on a slow one:
 * the delays go by how long the last starts took. Of as many kills in a row as there are parts, each part
 * gets one, so that how often a kill comes before the server is ready, and how often after, is not left to
 * chance.
 */
export class StartKills {
  readonly #random: SeededRandom
  #startsMs: number[] = []
  #parts: number[] = []

  constructor(random: SeededRandom) {
    this.#random = random
  }

  /** A start took so long until the server was ready. */
  remember(startMs: number): void {
    this.#startsMs = [...this.#startsMs, startMs].slice(-rememberedStarts)
  }

  /** REQUIRES: a start has been remembered. */
  next(): StartKill {
    if (this.#parts.length === 0) {
      const parts = Array.from({ length: partCount }, (_, part) => part)
      this.#parts = this.#random.pickSome(parts, partCount)
    }
    const part = this.#parts.pop() as number
    const startMs = this.#usualStartMs()
    const delayMs = ((part + this.#random.next()) * reach * startMs) / partCount
    return part < partCount - 1 ? { delayMs } : { delayAfterReadyMs: delayMs - startMs }
  }

  #usualStartMs(): number {
    const sorted = [...this.#startsMs].sort((a, b) => a - b)
    return sorted[sorted.length >> 1] as number
  }
}

/** How many of so many kills come after the server was ready, at least and on every machine. */
export const leastAfterReady = (count: number): number => Math.floor(count / partCount)
