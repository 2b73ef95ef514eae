/**
 * Who asks this process, whose requests all go through one event loop. A connection that asks again
 * whenever it has its answer, while nobody else asks anything, is its sole caller: then there is
 * nothing that the loop could do meanwhile, and no need to keep it free.
 */
export class SoleCaller {
  #connection: object | undefined
  #requests = 0

  /** How many requests in a row have come on one connection, whichever that is. */
  get requests(): number {
    return this.#requests
  }

  /** A request has come on `connection`. */
  asked(connection: object): void {
    if (connection !== this.#connection) {
      this.#connection = connection
      this.#requests = 0
    }
    this.#requests += 1
  }

  /** A request has come on no connection, of somebody in this process: nobody is the sole one. */
  askedInProcess(): void {
    this.#connection = undefined
    this.#requests = 0
  }
}

/** That of this process. */
export const soleCaller: SoleCaller = new SoleCaller()
