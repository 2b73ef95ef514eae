/**
 * Work that is done one piece after another for each name, in the order in which it was asked for.
 */
export class Turns {
  /** By name: settles, never rejects, when the work queued so far is done. */
  readonly #turns = new Map<string, Promise<void>>()

  /** Runs `work` when all work of the same name that was asked for before has settled. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name)
    const outcome = before === undefined ? work() : before.then(work)
    const turn = outcome.then(
      () => undefined,
      () => undefined,
    )
    this.#turns.set(name, turn)
    try {
      return await outcome
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name)
    }
  }

  /** Settles when the work asked for so far is done. */
  async settled(): Promise<void> {
    await Promise.all(this.#turns.values())
  }
}
