import { decodeCounterChanges, sumOf } from '../commits/counterChanges.ts'
import type { Counter } from '../commits/counters.ts'
import { counterChangeKey, counterChangeRange } from '../layout/storeKeys.ts'
import { asBuffer, type Bytes, type Snapshot } from '../storage/engine.ts'
import type { StoreFindings } from './storeFindings.ts'

const keyLength = counterChangeKey(Buffer.alloc(8), 0).length

/** What commits have noted about counters and nobody has added up yet. */
export class CountChanges {
  readonly #sums = new Map<string, readonly number[]>()

  static async read(snapshot: Snapshot, findings: StoreFindings): Promise<CountChanges> {
    const changes = new CountChanges()
    for await (const { key, value } of snapshot.range(counterChangeRange)) {
      if (key.length !== keyLength) {
        findings.add('unknownKey', key, 'The key has a wrong length')
        continue
      }
      if (!changes.#add(value)) findings.add('counter', key, 'The changes cannot be read')
    }
    return changes
  }

  /** The values of a counter with its changes. */
  valuesOf({ key, values }: Counter): readonly number[] {
    return sumOf(values, this.#sums.get(nameOf(key)) ?? [])
  }

  #add(stored: Bytes): boolean {
    try {
      for (const { key, differences } of decodeCounterChanges(stored)) {
        const before = this.#sums.get(nameOf(key)) ?? [0, 0]
        this.#sums.set(nameOf(key), sumOf(before, differences))
      }
      return true
    } catch (error) {
      if (error instanceof RangeError) return false
      throw error
    }
  }
}

const nameOf = (key: Bytes): string => asBuffer(key).toString('latin1')
