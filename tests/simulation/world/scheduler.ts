import type { Clock, Timer } from '../../../packages/server/src/clock.ts'
import type { SeededRandom } from '../../../packages/server/src/testing/seededRandom.ts'

/** What steps belong to: a process of the simulated world. Nothing of a killed one ever runs again. */
export interface Owner {
  readonly name: string
  alive: boolean
}

interface Step {
  readonly owner: Owner
  readonly label: string
  readonly work: () => void
  readonly dueMs: number
}

/** How steps are chosen and how fast time goes by. */
export interface Pace {
  /** How likely the step that has waited longest is next, instead of any. */
  readonly fairness: number
  /** The most that time moves on from one step to the next. */
  readonly stepMs: number
}

/** How far an answer from outside moves time on. */
const maxOutsideMs = 10

const startMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678)

/** Taken before anything can forbid it (`ambient.ts`). */
const afterMicrotasks = setImmediate

/**
 * The one thread of a simulated world: it owns time, and a seeded choice says which of the steps that
 * could run is next. Between two steps all promises that can settle have settled, so what happens
 * depends on the seed alone.
 */
export class Scheduler {
  readonly #random: SeededRandom
  readonly #pace: Pace
  #runnable: Step[] = []
  /** In the order of their times; of equal times the one that was asked for first. */
  #waiting: Step[] = []
  #monotonicMs = 0
  #wallOffsetMs = startMs
  #steps = 0
  /** The steps so far, a line each; undefined when nobody wants to know. */
  readonly trace: string[] | undefined
  /** How many answers from outside of the world are waited for: time stands still meanwhile. */
  #heldBy = 0
  /** Called when nothing more can happen without another step, before {@link afterStep}. */
  afterPromises: (() => void) | undefined
  /** Called after each step, when nothing more can happen without another one. */
  afterStep: (() => void) | undefined

  constructor(random: SeededRandom, pace: Pace, trace?: string[]) {
    this.#random = random
    this.#pace = pace
    this.trace = trace
  }

  get steps(): number {
    return this.#steps
  }

  get nowMs(): number {
    return Math.floor(this.#wallOffsetMs + this.#monotonicMs)
  }

  get monotonicMs(): number {
    return this.#monotonicMs
  }

  /** `work` becomes a step that can run `delayMs` from now. Gives the function that cancels it. */
  schedule(owner: Owner, label: string, work: () => void, delayMs = 0): () => void {
    if (!owner.alive) throw new Error(`${owner.name} is dead and asks for a step: ${label}`)
    const step: Step = { owner, label, work, dueMs: this.#monotonicMs + delayMs }
    if (delayMs <= 0) this.#runnable.push(step)
    else this.#await(step)
    return () => {
      this.#runnable = this.#runnable.filter((other) => other !== step)
      this.#waiting = this.#waiting.filter((other) => other !== step)
    }
  }

  #await(step: Step): void {
    let position = this.#waiting.length
    while (position > 0 && (this.#waiting[position - 1] as Step).dueMs > step.dueMs) position -= 1
    this.#waiting.splice(position, 0, step)
  }

  /** Settles after a step of its own. */
  pause(owner: Owner, label: string, delayMs = 0): Promise<void> {
    return new Promise((resolve) => this.schedule(owner, label, resolve, delayMs))
  }

  /** Nothing that belongs to `owner` will run any more. */
  kill(owner: Owner): void {
    owner.alive = false
    this.#runnable = this.#runnable.filter((step) => step.owner !== owner)
    this.#waiting = this.#waiting.filter((step) => step.owner !== owner)
  }

  /** Moves the wall clock, and unless `wallOnly` the other one too, forward by `ms`. */
  jump(ms: number, wallOnly: boolean): void {
    if (wallOnly) this.#wallOffsetMs += ms
    else this.#monotonicMs += ms
  }

  /**
   * Holds time until `answer` settles, which comes from outside of the world; for all in it that took
   * a few milliseconds. What follows is a step
   * of `owner`, and never comes to one that was killed.
   */
  async outside<T>(owner: Owner, label: string, answer: Promise<T>): Promise<T> {
    this.#heldBy += 1
    const settled = await answer.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    this.#heldBy -= 1
    this.#monotonicMs += this.#random.next() * maxOutsideMs
    if (!owner.alive) return new Promise(() => undefined)
    await this.pause(owner, label)
    if ('error' in settled) throw settled.error
    return settled.value
  }

  note(owner: Owner, text: string): void {
    this.trace?.push(`${this.#stamp()} ${owner.name}: ${text}`)
  }

  /**
   * Runs steps until `isDone`. Throws when nothing can run and when there are too many steps; with
   * `patient` it waits for somebody outside to ask for steps instead.
   */
  async run(isDone: () => boolean, limits: { maxSteps: number; patient?: boolean }): Promise<void> {
    for (;;) {
      await new Promise<void>((resolve) => afterMicrotasks(resolve))
      this.afterPromises?.()
      this.afterStep?.()
      if (isDone()) return
      if (this.#heldBy > 0 && this.#runnable.length === 0) continue
      const step = this.#next()
      if (step === undefined) {
        if (limits.patient === true) continue
        throw new Error('the world stands still: somebody waits for what never comes')
      }
      this.#steps += 1
      if (this.#steps > limits.maxSteps) throw new Error('the world does not come to rest')
      if (this.trace !== undefined) this.note(step.owner, step.label)
      step.work()
    }
  }

  #next(): Step | undefined {
    this.#monotonicMs += this.#random.next() * this.#pace.stepMs
    if (this.#runnable.length === 0) {
      const [first] = this.#waiting
      if (first === undefined) return undefined
      this.#monotonicMs = Math.max(this.#monotonicMs, first.dueMs)
    }
    this.#wake()
    const isFair = this.#runnable.length === 1 || this.#random.chance(this.#pace.fairness)
    const position = isFair ? 0 : this.#random.below(this.#runnable.length)
    return this.#runnable.splice(position, 1)[0]
  }

  #wake(): void {
    let count = 0
    while (count < this.#waiting.length && this.#isDue(this.#waiting[count] as Step)) count += 1
    if (count > 0) this.#runnable.push(...this.#waiting.splice(0, count))
  }

  #isDue(step: Step): boolean {
    return step.dueMs <= this.#monotonicMs
  }

  #stamp(): string {
    return `${String(this.#steps).padStart(5)} ${this.#monotonicMs.toFixed(1).padStart(9)} ms`
  }

  /** The clock of one process: what it asks for dies with it. */
  clockOf(owner: Owner): Clock {
    return {
      nowMs: () => this.nowMs,
      monotonicMs: () => this.#monotonicMs,
      defer: (work) => void this.schedule(owner, 'deferred work', work),
      startTimer: (delayMs, work): Timer => ({
        cancel: this.schedule(owner, 'a timer fires', work, delayMs),
      }),
    }
  }
}
