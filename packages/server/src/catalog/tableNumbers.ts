import {
  asBuffer,
  type Bytes,
  type Expectation,
  type MaybePromise,
  type StorageEngine,
  type StorageWrite,
} from '../storage/engine.ts'
import { lastTableNumberKey } from '../layout/storeKeys.ts'

/** The numbers that one change of a table takes. */
export interface NumberDraw {
  /** The next number of the sequence. */
  next(): number
  /**
   * What makes the numbers taken so far the change's own: to be part of its commit, and submitted
   * at once. Empty when none was taken.
   */
  claim(): {
    readonly expectations: readonly Expectation[]
    readonly writes: readonly StorageWrite[]
  }
}

/**
 * The sequence that tables and indexes draw their numbers from. INVARIANT: a number is in one
 * commit at most, so what is kept under it belongs to one table or index for ever. Those of a
 * change that fails may be left out.
 */
export interface TableNumbers {
  /** Begins a change. One that meets a StorageConflict begins anew. */
  draw(): MaybePromise<NumberDraw>
}

/**
 * Numbers of a store that one process has to itself: the last one is in memory, and changes that
 * are under way at once do not meet in the store.
 */
export class LocalNumbers implements TableNumbers {
  #last: number

  private constructor(last: number) {
    this.#last = last
  }

  static async open(engine: StorageEngine): Promise<LocalNumbers> {
    return new LocalNumbers(decodeNumber(await engine.get(lastTableNumberKey)))
  }

  draw(): NumberDraw {
    let isUsed = false
    return {
      next: () => {
        isUsed = true
        this.#last += 1
        return this.#last
      },
      // A later number must not be overwritten with an earlier one, so it is the last of all.
      claim: () => ({ expectations: [], writes: isUsed ? [lastNumberWrite(this.#last)] : [] }),
    }
  }
}

/**
 * Numbers of a store that several processes write to: each change reads the last number, and its
 * commit relies on it. Two changes at once conflict, and one of them begins anew.
 */
export class SharedNumbers implements TableNumbers {
  readonly #engine: StorageEngine

  constructor(engine: StorageEngine) {
    this.#engine = engine
  }

  async draw(): Promise<NumberDraw> {
    const [found] = await this.#engine.read([lastTableNumberKey])
    const first = decodeNumber(found?.value)
    let last = first
    return {
      next: () => {
        last += 1
        return last
      },
      claim: () => {
        if (last === first) return { expectations: [], writes: [] }
        const expectations = [{ key: lastTableNumberKey, version: found?.version }]
        return { expectations, writes: [lastNumberWrite(last)] }
      },
    }
  }
}

function lastNumberWrite(number: number): StorageWrite {
  const value = Buffer.allocUnsafe(4)
  value.writeUInt32BE(number)
  return { key: lastTableNumberKey, value }
}

function decodeNumber(stored: Bytes | undefined): number {
  return stored === undefined ? 0 : asBuffer(stored).readUInt32BE(0)
}
