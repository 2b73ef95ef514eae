import type { Clock } from '../../clock.ts'

interface GathererOptions<Asked> {
  readonly clock: Clock
  /** With fewer groups under way those that come are sent at once, together. */
  readonly maxUnderWay: number
  /** Those that go together, the first of those that wait among them, and the others. */
  readonly take: (waiting: readonly Asked[]) => readonly [readonly Asked[], Asked[]]
  /** Rejects with what all of the group have met. */
  readonly send: (group: readonly Asked[]) => Promise<void>
}

/**
 * What is asked for in the same moment, or while enough is under way, is sent together: when all of
 * it has been asked for, so that each sees what was done before it.
 */
export class Gatherer<Asked extends { readonly reject: (error: unknown) => void }> {
  readonly #options: GathererOptions<Asked>
  #waiting: Asked[] = []
  #underWay = 0
  #isDue = false

  constructor(options: GathererOptions<Asked>) {
    this.#options = options
  }

  ask(asked: Asked): void {
    this.#waiting.push(asked)
    this.#sendSoon()
  }

  #sendSoon(): void {
    const { clock, maxUnderWay, take } = this.#options
    if (this.#isDue || this.#underWay >= maxUnderWay || this.#waiting.length === 0) return
    this.#isDue = true
    clock.defer(() => {
      this.#isDue = false
      const [group, rest] = take(this.#waiting)
      this.#waiting = rest
      void this.#send(group)
      this.#sendSoon()
    })
  }

  async #send(group: readonly Asked[]): Promise<void> {
    this.#underWay += 1
    try {
      await this.#options.send(group)
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
    this.#underWay -= 1
    this.#sendSoon()
  }
}
