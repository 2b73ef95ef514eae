/** Lets work through while it is open. */
export class Gate {
  #inside = new Set<Promise<unknown>>()
  #opened: Promise<void> = Promise.resolve()
  #open: () => void = () => {}

  /** Does a piece of work, as soon as the gate is open. */
  async through(work: () => Promise<void>): Promise<void> {
    for (let seen; seen !== this.#opened; ) await (seen = this.#opened)
    const running = work()
    this.#inside.add(running)
    try {
      await running
    } finally {
      this.#inside.delete(running)
    }
  }

  /** Resolves when nothing is under way any more, however that ended. REQUIRES: it is open. */
  async close(): Promise<void> {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
    await Promise.allSettled(this.#inside)
  }

  open(): void {
    this.#open()
  }
}
