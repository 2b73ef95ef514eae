import type { PassingWrite, PointName, Points } from '../transactions/points.ts'

/** Holds transactions up at one of the points that they pass, as long as a test says so. */
export class HeldTransactions implements Points {
  readonly letsWritesPass = true
  #point: PointName | undefined
  #left = 0
  readonly #held: (() => void)[] = []
  #told: (() => void)[] = []

  /** The next transactions, as many, wait at `point` for one of the calls below. */
  hold(point: PointName, count = 1): void {
    this.#point = point
    this.#left = count
  }

  /** Resolves when a transaction waits. */
  waits(): Promise<void> {
    return this.#held.length > 0
      ? Promise.resolve()
      : new Promise((resolve) => void this.#told.push(resolve))
  }

  letGo(): void {
    for (const letGo of this.#held.splice(0)) letGo()
  }

  at(point: PointName, { kind }: PassingWrite): Promise<void> | undefined {
    if (kind !== 'transaction' || point !== this.#point || this.#left === 0) return undefined
    this.#left -= 1
    return new Promise((letGo) => {
      this.#held.push(letGo)
      for (const tell of this.#told.splice(0)) tell()
    })
  }
}
