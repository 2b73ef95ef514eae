import type { Clock } from '../../clock.ts'
import type { Bytes } from '../engine.ts'
import { keyNameOf } from './commitRequest.ts'
import type { Row } from './session.ts'

/** The rows of keys, in their order, all of one state; that of an absent key undefined or nulls. */
type ReadRows = (keys: readonly Bytes[]) => Promise<readonly (Row | undefined)[]>

interface Waiting {
  readonly keys: readonly Bytes[]
  readonly resolve: (rows: readonly (Row | undefined)[]) => void
  readonly reject: (error: unknown) => void
}

/** With fewer statements under way those that come are sent at once, together. */
const maxStatements = 4
const maxKeys = 128
/** A read of more is a statement of its own. */
const maxGatheredKeys = 16

/**
 * Reads of keys that are asked for in the same moment, or while enough are under way, become one
 * statement: what that costs server and node is shared. It is sent when all of them have been asked
 * for, so that each sees what was committed before it.
 */
export class GatheredReads {
  readonly #readRows: ReadRows
  readonly #clock: Clock
  #waiting: Waiting[] = []
  #underWay = 0
  #isDue = false

  constructor(readRows: ReadRows, clock: Clock) {
    this.#readRows = readRows
    this.#clock = clock
  }

  /** As the function that it was made with. */
  read(keys: readonly Bytes[]): Promise<readonly (Row | undefined)[]> {
    if (keys.length > maxGatheredKeys) return this.#readRows(keys)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ keys, resolve, reject })
      this.#sendSoon()
    })
  }

  #sendSoon(): void {
    if (this.#isDue || this.#underWay >= maxStatements || this.#waiting.length === 0) return
    this.#isDue = true
    this.#clock.defer(() => {
      this.#isDue = false
      void this.#send(this.#take())
      this.#sendSoon()
    })
  }

  #take(): readonly Waiting[] {
    let count = 0
    for (let keys = 0; count < this.#waiting.length; count++) {
      keys += (this.#waiting[count] as Waiting).keys.length
      if (keys > maxKeys) break
    }
    return this.#waiting.splice(0, count)
  }

  async #send(asked: readonly Waiting[]): Promise<void> {
    const places = new Map<string, number>()
    const keys: Bytes[] = []
    const placeOf = (key: Bytes): number => {
      const name = keyNameOf(key)
      const known = places.get(name)
      if (known !== undefined) return known
      places.set(name, keys.length)
      return keys.push(key) - 1
    }
    const wanted = asked.map((each) => each.keys.map(placeOf))
    this.#underWay += 1
    try {
      const rows = await this.#readRows(keys)
      asked.forEach(({ resolve }, i) =>
        resolve((wanted[i] as readonly number[]).map((at) => rows[at])),
      )
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
    this.#underWay -= 1
    this.#sendSoon()
  }
}
