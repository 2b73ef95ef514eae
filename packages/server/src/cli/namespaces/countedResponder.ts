import type { Responder } from '../../http/respond.ts'

/** A responder that knows whether it is answering. */
export class CountedResponder {
  readonly respond: Responder = (request) => this.#respond(request)
  readonly #responder: Responder
  #underWay = 0
  readonly #waiting: (() => void)[] = []

  constructor(responder: Responder) {
    this.#responder = responder
  }

  /** Resolves when no request is under way. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #respond(request: Parameters<Responder>[0]): ReturnType<Responder> {
    this.#underWay += 1
    let isSettled = true
    try {
      const answer = this.#responder(request)
      if (!(answer instanceof Promise)) return answer
      isSettled = false
      return answer.finally(this.#leave)
    } finally {
      if (isSettled) this.#leave()
    }
  }

  readonly #leave = (): void => {
    this.#underWay -= 1
    if (this.#underWay > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
