import { ProcessFiles, type FileStep, type StepFault } from './processFiles.ts'
import { SimulatedDisk } from './simulatedDisk.ts'

/** A step that fails. */
export interface Fault extends StepFault {
  readonly call: FileStep
  /** The step succeeds: the fault is for a later one. */
  readonly isPassed?: boolean
}

/**
 * Files of a journal in memory, of one process that is never killed. A test can let calls fail, and
 * take what a crash of the machine would leave.
 */
export class SimulatedFiles extends ProcessFiles {
  readonly #disk: SimulatedDisk
  /** Steps that fail, each once, in the order in which steps of their kind come. */
  readonly faults: Fault[]

  constructor(content: ReadonlyMap<number, Buffer> = new Map()) {
    const disk = new SimulatedDisk(content)
    const faults: Fault[] = []
    super(disk, {
      isAlive: () => true,
      pause: () => Promise.resolve(),
      faultOf(step) {
        const at = faults.findIndex(({ call }) => call === step)
        const fault = at < 0 ? undefined : faults.splice(at, 1)[0]
        return fault?.isPassed === true ? undefined : fault
      },
      splitOf: (length) => length,
    })
    this.#disk = disk
    this.faults = faults
  }

  /** What is there now; with `crashed`, what a crash of the machine leaves of it for sure. */
  content(crashed = false): Map<number, Buffer> {
    return new Map(
      this.#disk.list().map((number) => {
        const { cached, flushed } = this.#disk.file(number)
        return [number, crashed ? flushed : cached]
      }),
    )
  }
}
