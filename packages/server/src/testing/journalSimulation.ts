import {
  StorageConflict,
  StorageFailure,
  type Bytes,
  type StorageWrite,
} from '../storage/engine.ts'
import type { JournaledEngine } from '../storage/journal/journaledEngine.ts'
import { fileHeadBytes, JournalDamage } from '../storage/journal/journalRecord.ts'
import type { StoreSnapshot } from '../storage/journal/layeredReads.ts'
import { checkReads, stateOf } from './checkedReads.ts'
import { ExpectedState, isSameState, type AskedCommit, type State } from './expectedState.ts'
import { SeededRandom } from './seededRandom.ts'
import type { Tear } from './simulatedDisk.ts'
import { SimulatedMachine, type MachineOptions } from './simulatedMachine.ts'
import { noFaults, passTurns, type FaultRates } from './simulatedProcess.ts'
import { bytesOf, chooseCommit } from './simulatedRequests.ts'

export interface SimulationOptions {
  readonly tear: Tear
  readonly sabotage?: MachineOptions['sabotage']
}

const steps = 60
const maxHeldSnapshots = 5
/** Writes that are asked for one after the other. */
async function* oneByOne(writes: readonly StorageWrite[]): AsyncGenerator<StorageWrite, void> {
  for (const write of writes) yield write
}

/** More than any call takes when nothing stands in its way. */
const manyTurns = 20_000

/**
 * Runs a journaled engine on a simulated disk and store for a while: commits that overlap, reads,
 * snapshots that are held, timers, faults, and a kill, a loss of power or a close at any turn of
 * the microtask queue. Everything that it shows must be what it acknowledged. Rejects with what was
 * wrong; a seed repeats a run.
 */
export async function simulateJournal(seed: number, options: SimulationOptions): Promise<void> {
  const simulation = new JournalSimulation(seed, options)
  try {
    await simulation.run()
  } catch (error) {
    const { message } = error as Error
    const events = simulation.events.slice(-14).join('\n')
    throw new Error(`seed ${seed}, ${simulation.profile}: ${message}\n${events}`, { cause: error })
  }
}

class JournalSimulation {
  readonly #random: SeededRandom
  readonly #options: SimulationOptions
  readonly #maxJournalBytes: number
  readonly #rates: FaultRates
  /** Whether some commits have more writes than the store takes from the journal at once. */
  readonly #largeCommits: boolean
  readonly #machine: SimulatedMachine
  readonly #expected = new ExpectedState()
  readonly events: string[] = []
  #engine!: JournaledEngine
  #held: { readonly snapshot: StoreSnapshot; readonly state: State }[] = []
  #commits = 0
  #failure: Error | undefined

  constructor(seed: number, options: SimulationOptions) {
    this.#random = new SeededRandom(seed)
    this.#options = options
    this.#maxJournalBytes = this.#random.pick([60, 300, 3000, 20_000])
    this.#rates = {
      files: this.#random.pick([0, 0, 0.02, 0.15]),
      store: this.#random.pick([0, 0.1, 0.6]),
    }
    this.#largeCommits = this.#random.chance(0.1)
    const maxRecordBytes = this.#random.pick([40, 200, 1_000_000])
    this.#machine = new SimulatedMachine({
      random: this.#random,
      tear: options.tear,
      maxJournalBytes: this.#maxJournalBytes,
      maxRecordBytes,
      maxHeldBytes: this.#random.pick([0, 400, 1_000_000]),
      sabotage: options.sabotage,
      report: (event) => this.events.push(event),
    })
  }

  /** What the seed chose for the whole run. */
  get profile(): string {
    const { files, store } = this.#rates
    const faults = `faults ${files} and ${store}`
    return `tear ${this.#options.tear}, journal ${this.#maxJournalBytes}, ${faults}`
  }

  async run(): Promise<void> {
    await this.#reopen()
    for (let i = 0; i < steps; i++) {
      await this.#step()
      await passTurns(this.#random.below(40))
      this.#checkHeld()
      if (this.#random.chance(0.2)) this.#read()
      if (this.#failure !== undefined) throw this.#failure
    }
    await this.#finish()
  }

  async #step(): Promise<void> {
    const chosen = this.#random.below(20)
    if (chosen < 9) for (let left = this.#random.below(3); left >= 0; left--) this.#commit()
    else if (chosen < 12) this.#machine.clock.advance(this.#random.pick([500, 1000, 2000]))
    else if (chosen < 15) this.#read()
    else if (chosen < 17) await passTurns(300)
    else if (chosen < 19) await this.#crash()
    else await this.#closeAndReopen()
  }

  #commit(): void {
    this.#commits += 1
    const commit = chooseCommit(this.#random, {
      state: this.#expected.acknowledged,
      number: this.#commits,
      largeCommits: this.#largeCommits,
    })
    const process = this.#machine.process
    const answered = (check: () => void): void => {
      if (!process.isAlive()) return
      try {
        check()
      } catch (error) {
        this.#failure ??= error as Error
      }
    }
    this.#expected.ask(commit)
    this.#handOver(commit).then(
      () => answered(() => this.#expected.acknowledge(commit)),
      (error: unknown) => answered(() => this.#refused(commit, error)),
    )
  }

  #handOver({ expectations, writes }: AskedCommit): Promise<void> {
    const value = (text: string | undefined) => (text === undefined ? undefined : bytesOf(text))
    const expected = expectations.map(([key, text]) => ({
      key: bytesOf(key),
      version: text === undefined ? undefined : this.#engine.versionOf(bytesOf(text)),
    }))
    const shared = new Map<string | undefined, Bytes | undefined>()
    const listed = writes.map(([key, text]) => {
      if (!shared.has(text)) shared.set(text, value(text))
      return { key: bytesOf(key), value: shared.get(text) }
    })
    const isListed = this.#random.chance(0.7)
    return this.#engine.commit(expected, isListed ? listed : oneByOne(listed))
  }

  #refused(commit: AskedCommit, error: unknown): void {
    const conflict = error instanceof StorageConflict
    const mayFail = this.#rates.files > 0 || this.#rates.store > 0
    if (!conflict && !(mayFail && error instanceof StorageFailure)) throw error
    this.#expected.refuse(commit, { conflict, broken: this.#machine.isBroken })
  }

  #read(): void {
    const snapshot = this.#engine.snapshot()
    const state = checkReads({ engine: this.#engine, snapshot, random: this.#random })
    this.#expected.requireVisible(state)
    if (this.#machine.openRanges !== 0) throw new Error('a range of the store was left open')
    if (this.#held.length < maxHeldSnapshots && this.#random.chance(0.3)) {
      this.#held.push({ snapshot, state })
    } else snapshot.close()
  }

  #checkHeld(): void {
    for (const { snapshot, state } of this.#held) {
      if (!isSameState(stateOf(snapshot), state)) throw new Error('a held snapshot has changed')
    }
    if (this.#held.length > 0 && this.#random.chance(0.3)) {
      this.#held.splice(this.#random.below(this.#held.length), 1)[0]?.snapshot.close()
    }
  }

  #releaseHeld(): void {
    for (const { snapshot } of this.#held.splice(0)) snapshot.close()
  }

  async #crash(): Promise<void> {
    this.#releaseHeld()
    await this.#machine.crash()
    await this.#reopen()
  }

  /** Opening may fail, and be interrupted by another crash. */
  async #reopen(): Promise<void> {
    const isLast = !this.#random.chance(0.3)
    const seen = this.#random.chance(0.3) ? this.#machine.readOnly() : undefined
    const opening = this.#machine.open(isLast ? noFaults : this.#rates)
    opening.catch((error: unknown) => this.#noteRefusal(error, !isLast))
    if (!isLast && this.#random.chance(0.5)) {
      await passTurns(this.#random.below(60))
      await this.#crash()
      return
    }
    const opened = await opening.catch(() => undefined)
    if (this.#failure !== undefined) throw this.#failure
    if (opened === undefined) {
      await this.#crash()
      return
    }
    this.#engine = opened
    this.events.push('open')
    this.#machine.process.rates = this.#rates
    const state = stateOf(this.#engine.snapshot())
    if (seen !== undefined && !isSameState(seen, state))
      throw new Error('a reader saw another state')
    this.#expected.settle(state)
  }

  /** An opening may fail for a fault, and never because the journal is not in order. */
  #noteRefusal(error: unknown, mayFail: boolean): void {
    if (!mayFail || error instanceof JournalDamage) this.#failure ??= error as Error
  }

  async #closeAndReopen(): Promise<void> {
    this.#releaseHeld()
    const closing = this.#close()
    if (this.#random.chance(0.3)) {
      closing.catch((error: unknown) => (this.#failure ??= error as Error))
      await passTurns(this.#random.below(300))
    } else await closing
    await this.#crash()
  }

  /** All that was asked for is answered, and nothing else is taken. */
  async #close(): Promise<void> {
    const process = this.#machine.process
    const ended: { failure?: Error }[] = []
    this.#engine.close().then(
      () => ended.push({}),
      (failure: Error) => ended.push({ failure }),
    )
    const late = this.#engine.commit([], []).then(
      () => true,
      () => false,
    )
    if (await late) throw new Error('a closed engine took a commit')
    for (let i = 0; i < manyTurns && ended.length === 0; i++) await Promise.resolve()
    if (!process.isAlive()) return
    if (ended[0] === undefined) throw new Error('close does not end')
    const { failure } = ended[0]
    if (failure !== undefined && this.#rates.files === 0) throw failure
    if (this.#expected.waiting > 0) throw new Error('close left commits without an answer')
  }

  /** Without faults everything goes on and comes to rest. */
  async #finish(): Promise<void> {
    this.#machine.process.rates = noFaults
    for (let second = 0; second < 40; second++) {
      this.#machine.clock.advance(1000)
      await passTurns(400)
    }
    if (this.#expected.waiting > 0) throw new Error('commits never get an answer')
    this.#read()
    this.#releaseHeld()
    if (!this.#machine.isBroken) {
      await this.#close()
      this.#checkClosed()
    }
    await this.#crash()
    if (this.#failure !== undefined) throw this.#failure
  }

  /**
   * The store has everything, and the journal nothing but a head. A fault may let an old file stay
   * until the next move.
   */
  #checkClosed(): void {
    if (!isSameState(this.#machine.stored, this.#expected.acknowledged)) {
      throw new Error('a closed store does not have everything')
    }
    if (this.#rates.files > 0 || this.#rates.store > 0) return
    const lengths = this.#machine.fileLengths
    if (lengths.length !== 1 || lengths[0] !== fileHeadBytes) {
      throw new Error(`a closed journal has files of ${lengths.join(' and ')} bytes`)
    }
  }
}
