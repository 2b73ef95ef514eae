import type { ItemWrite, Operation } from '../history.ts'
import type { AnomalyName } from './finding.ts'

/** Where a version comes from. */
export interface Origin {
  /** The index of the operation in the history. */
  readonly operation: number
  readonly write: ItemWrite
  /** Which of the versions of its write it is. */
  readonly step: number
}

/** Something wrong in a chain, and which reads of it are concerned. */
export interface ChainFault {
  readonly name: AnomalyName
  /** Reads of at least this many versions have seen it, or of exactly so many when `exact`. */
  readonly length: number
  readonly exact: boolean
  readonly version: string
  /** The index of the operation that wrote the version, when somebody did. */
  readonly writer: number | undefined
}

/** A chain without the versions that do not belong there. */
export interface ExaminedChain {
  readonly versions: readonly string[]
  /** The index of the operation that wrote each of `versions`. */
  readonly writers: readonly number[]
  /** How many of `versions` the first n of the recorded chain make, by n. */
  readonly cleanLengths: readonly number[]
  readonly faults: readonly ChainFault[]
}

/** The origins of all versions. Throws when two writes name the same one: a fault of the recorder. */
export function originsOf(operations: readonly Operation[]): Map<string, Origin> {
  const origins = new Map<string, Origin>()
  operations.forEach(({ writes }, operation) => {
    for (const write of writes) {
      if (write.versions.length === 0) throw new Error(`a write of ${write.key} has no version`)
      write.versions.forEach((version, step) => {
        if (origins.has(version)) throw new Error(`two writes of the history name ${version}`)
        origins.set(version, { operation, write, step })
      })
    }
  })
  return origins
}

/** Looks at every version of a recorded chain of `key`. */
export function examineChain(
  key: string,
  chain: readonly string[],
  origins: ReadonlyMap<string, Origin>,
  operations: readonly Operation[],
): ExaminedChain {
  const versions: string[] = []
  const writers: number[] = []
  const cleanLengths = [0]
  const faults: ChainFault[] = []
  const seen = new Set<string>()
  chain.forEach((version, i) => {
    const origin = origins.get(version)
    const writer = origin?.operation
    const fault = (name: AnomalyName, length: number, exact = false): void => {
      faults.push({ name, length, exact, version, writer })
    }
    if (origin === undefined || origin.write.key !== key || origin.write.deletes === true) {
      fault('version that nobody wrote', i + 1)
    } else if (seen.has(version)) {
      fault('duplicate version', i + 1)
    } else if (operations[origin.operation]?.outcome === 'refused') {
      fault('G1a', i + 1)
    } else {
      versions.push(version)
      writers.push(origin.operation)
      const { write, step } = origin
      const isFirst = step === 0
      if (!isFirst && chain[i - 1] !== write.versions[step - 1]) fault('G1b', i + 1)
      if (step < write.versions.length - 1) {
        if (i + 1 === chain.length) fault('G1b', i + 1, true)
        else if (chain[i + 1] === write.versions[step + 1]) fault('G1b', i + 1, true)
        else fault('G1b', i + 1)
      }
    }
    seen.add(version)
    cleanLengths.push(versions.length)
  })
  return { versions, writers, cleanLengths, faults }
}
