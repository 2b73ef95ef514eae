import { Damage } from './damage.ts'
import type { KeyPlace } from './nodeLayout.ts'
import type { Window } from './pageFile.ts'
import type { PageLedger } from './pageLedger.ts'
import type { BigValue, EntryCheck } from './treeCheck.ts'

const keyBytes = 8

/**
 * The tree of free pages: keys are transaction ids, in the order of numbers; the data is a list of
 * 64-bit numbers, of which the first one says how many follow. Each of them is a free page, or the
 * negative length of a run of free pages that begins at the page behind it, or 0 for nothing.
 */
export class FreePagesCheck implements EntryCheck {
  readonly #ledger: PageLedger
  readonly #transactionId: number

  /** Enters the free pages into the ledger. `transactionId` is that of the state. */
  constructor(ledger: PageLedger, transactionId: number) {
    this.#ledger = ledger
    this.#transactionId = transactionId
  }

  compare(a: KeyPlace, b: KeyPlace): number {
    return numberAt(a) - numberAt(b)
  }

  isKey(key: KeyPlace): boolean {
    if (key.end - key.start !== keyBytes) return false
    const id = numberAt(key)
    return id > 0 && id <= this.#transactionId
  }

  isSound(window: Window, key: KeyPlace, dataBytes: number): boolean {
    return this.#takeList(window, key.end, dataBytes)
  }

  digestOf(): number {
    return 0
  }

  isSoundBig(window: Window, { dataBytes }: BigValue, start: number): boolean {
    return this.#takeList(window, start, dataBytes)
  }

  #takeList(window: Window, start: number, dataBytes: number): boolean {
    const count = dataBytes < 8 ? Infinity : window.number(start >> 1)
    if (8 * (count + 1) > dataBytes) throw new Damage('a list of free pages is torn')
    const { bytes } = window
    let length = 1
    for (let i = 1; i <= count; i++) {
      const at = start + 8 * i
      if (bytes.readInt32LE(at + 4) < 0) {
        if (length !== 1) throw new Damage('a list of free pages is torn')
        length = -Number(bytes.readBigInt64LE(at))
        continue
      }
      const page = window.number(at >> 1)
      if (page === 0 && length === 1) continue
      this.#ledger.take(page, length)
      length = 1
    }
    if (length !== 1) throw new Damage('a list of free pages is torn')
    return true
  }
}

function numberAt({ bytes, start }: KeyPlace): number {
  return bytes.readUInt32LE(start) + bytes.readUInt32LE(start + 4) * 2 ** 32
}
