import type { Clock, Timer } from '../../clock.ts'
import { proofDelayMs, proofRestFactor } from '../../limits.ts'
import { StoreUnavailable } from '../engine.ts'
import type { RestOfProof } from './storeFile.ts'

/** Ends a proof from within. */
const stopped = new Error('the proof was stopped')

/** What became of a proof; 'stopped' when it was neither whole nor has found damage by then. */
export type ProofOutcome = 'proved' | 'stopped' | 'failed'

export interface LaterProofOptions {
  /** Proves what is to be proved, and calls what it is given between its steps. */
  readonly rest: RestOfProof
  readonly clock: Clock
  /** Called once when the store is damaged, or cannot be read. */
  readonly onDamage: (damage: StoreUnavailable) => void
}

/**
 * The proof of a store that is in use already. It begins a while after the start, and after each
 * step it rests for a multiple of the time that the step took, so that requests find the processor
 * free. REQUIRES: nobody writes over what the proved state refers to until {@link end} resolves.
 */
export class LaterProof {
  readonly #options: LaterProofOptions
  readonly #ended: Promise<void>
  #outcome: ProofOutcome = 'stopped'
  #isStopped = false
  #timer: Timer | undefined
  #wake: (() => void) | undefined
  #stepBeginMs: number

  constructor(options: LaterProofOptions) {
    this.#options = options
    this.#stepBeginMs = options.clock.monotonicMs()
    this.#ended = this.#run()
  }

  /** Stops it where it is. */
  async end(): Promise<ProofOutcome> {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#wake?.()
    await this.#ended
    return this.#outcome
  }

  /** Resolves when it has come to its end. */
  get ended(): Promise<void> {
    return this.#ended
  }

  async #run(): Promise<void> {
    const { rest, onDamage } = this.#options
    try {
      await this.#sleep(proofDelayMs)
      await rest(() => this.#rest())
      this.#outcome = 'proved'
    } catch (error) {
      if (error === stopped) return
      this.#outcome = 'failed'
      onDamage(
        error instanceof StoreUnavailable
          ? error
          : new StoreUnavailable(`The store cannot be read: ${(error as Error).message}.`),
      )
    }
  }

  async #rest(): Promise<void> {
    const tookMs = this.#options.clock.monotonicMs() - this.#stepBeginMs
    await this.#sleep(tookMs * proofRestFactor)
  }

  async #sleep(durationMs: number): Promise<void> {
    if (!this.#isStopped) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.#timer = this.#options.clock.startTimer(durationMs, resolve)
      })
    }
    if (this.#isStopped) throw stopped
    this.#stepBeginMs = this.#options.clock.monotonicMs()
  }
}
