import { JournaledEngine } from '../storage/journal/journaledEngine.ts'
import type { JournalFiles } from '../storage/journal/journalFiles.ts'
import { JournalReader } from '../storage/journal/journalReader.ts'
import { appliedKey } from '../storage/journal/layeredReads.ts'
import { stateOf } from './checkedReads.ts'
import { DurableMemory } from './durableMemory.ts'
import type { State } from './expectedState.ts'
import { ManualClock } from './manualClock.ts'
import { ProcessFiles } from './processFiles.ts'
import type { SeededRandom } from './seededRandom.ts'
import { SimulatedDisk, type Tear } from './simulatedDisk.ts'
import { noFaults, SimulatedProcess, type FaultRates } from './simulatedProcess.ts'

export interface MachineOptions {
  readonly random: SeededRandom
  readonly tear: Tear
  readonly maxJournalBytes: number
  readonly maxRecordBytes: number
  readonly maxHeldBytes: number
  /** Puts something wrong between engine and files, which a simulation has to find. */
  readonly sabotage: ((files: JournalFiles) => JournalFiles) | undefined
  readonly report: (event: string) => void
}

/** A machine that runs one process at a time with a journaled engine, and crashes. */
export class SimulatedMachine {
  readonly #options: MachineOptions
  readonly #disk = new SimulatedDisk()
  readonly #store = new DurableMemory()
  /** The process that runs, or was killed last. */
  process: SimulatedProcess
  clock: ManualClock = new ManualClock()
  /** Whether the engine of the process has given up. */
  isBroken = false

  constructor(options: MachineOptions) {
    this.#options = options
    this.process = this.#process(noFaults)
  }

  /** Starts a process that opens the engine. */
  open(rates: FaultRates): Promise<JournaledEngine> {
    const process = this.#process(rates)
    const files = new ProcessFiles(this.#disk, process)
    this.process = process
    this.clock = new ManualClock()
    this.isBroken = false
    this.#store.held = (stage) => process.holdStore(stage)
    return JournaledEngine.open({
      store: this.#store.open(),
      files: this.#options.sabotage?.(files) ?? files,
      clock: this.clock,
      maxJournalBytes: this.#options.maxJournalBytes,
      maxRecordBytes: this.#options.maxRecordBytes,
      maxHeldBytes: this.#options.maxHeldBytes,
      onBroken: (error) => {
        this.#options.report(`broken: ${error.message}`)
        if (process === this.process) this.isBroken = true
      },
    })
  }

  /** The state that somebody sees who only reads, which changes no file. */
  readOnly(): State {
    const before = this.#content()
    const files = new ProcessFiles(this.#disk, this.#process(noFaults))
    const state = stateOf(JournalReader.open(this.#store.open(), files).snapshot())
    const after = this.#content()
    const isSame =
      after.size === before.size && [...after].every(([name, bytes]) => bytes === before.get(name))
    if (!isSame) throw new Error('a reader changed the files')
    return state
  }

  /** A kill of the process or a loss of power. */
  async crash(): Promise<void> {
    const { random, tear, report } = this.#options
    this.process.kill()
    this.#store.kill()
    if (random.chance(0.5)) {
      report('kill')
      return
    }
    report('loss of power')
    this.#disk.losePower(random, tear)
    await this.#store.losePower(random.below(this.#store.unflushed + 1))
  }

  /** What the store has, without what is the engine's own. */
  get stored(): State {
    const state = new Map(stateOf(this.#store.snapshot()))
    state.delete(Buffer.from(appliedKey).toString('latin1'))
    return state
  }

  /** How many ranges of the store somebody has begun and not left. */
  get openRanges(): number {
    return this.#store.openRanges
  }

  /** The lengths of the journal's files. */
  get fileLengths(): readonly number[] {
    return [...this.#content().values()].map(({ length }) => length)
  }

  #content(): Map<number, Buffer> {
    return new Map(this.#disk.list().map((number) => [number, this.#disk.file(number).cached]))
  }

  #process(rates: FaultRates): SimulatedProcess {
    return new SimulatedProcess(this.#options.random, rates, this.#options.report)
  }
}
