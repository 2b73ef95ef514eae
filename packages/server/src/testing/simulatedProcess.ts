import { StorageFailure } from '../storage/engine.ts'
import type { Conduct, FileStep, StepFault } from './processFiles.ts'
import type { SeededRandom } from './seededRandom.ts'

/** How likely it is that a step of a file, or a commit of the store, fails. */
export interface FaultRates {
  readonly files: number
  readonly store: number
}

export const noFaults: FaultRates = { files: 0, store: 0 }

/** Lets `count` turns of the microtask queue pass. */
export async function passTurns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve()
}

/** A process that takes its time, meets faults, and can be killed at any step. */
export class SimulatedProcess implements Conduct {
  readonly #random: SeededRandom
  readonly #report: (event: string) => void
  #isAlive = true
  rates: FaultRates

  constructor(random: SeededRandom, rates: FaultRates, report: (event: string) => void) {
    this.#random = random
    this.rates = rates
    this.#report = report
  }

  kill(): void {
    this.#isAlive = false
  }

  isAlive(): boolean {
    return this.#isAlive
  }

  pause(): Promise<void> {
    return passTurns(this.#random.below(6))
  }

  faultOf(step: FileStep): StepFault | undefined {
    if (!this.#random.chance(this.rates.files)) return undefined
    this.#report(`${step} fails`)
    return this.#random.chance(0.3) ? {} : { writtenBytes: this.#random.below(4000) }
  }

  splitOf(length: number): number {
    return this.#random.chance(0.3) ? this.#random.below(length) : length
  }

  /** What a commit of the store waits for and fails of; it may fail though it was applied. */
  async holdStore(stage: 'before' | 'after'): Promise<void> {
    await passTurns(this.#random.below(12))
    if (!this.#isAlive) await new Promise(() => {})
    if (!this.#random.chance(this.rates.store * (stage === 'before' ? 1 : 0.3))) return
    this.#report(`the store fails ${stage} it applies`)
    throw new StorageFailure('no space is left')
  }
}
