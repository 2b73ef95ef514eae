import type { Clock } from '../../clock.ts'
import type { Bytes } from '../engine.ts'
import { keyNameOf } from './commitRequest.ts'
import { Gatherer } from './gatherer.ts'
import type { Row } from './session.ts'

/** The rows of keys, in their order, all of one state; that of an absent key undefined or nulls. */
type ReadRows = (keys: readonly Bytes[]) => Promise<readonly (Row | undefined)[]>

interface Waiting {
  readonly keys: readonly Bytes[]
  readonly resolve: (rows: readonly (Row | undefined)[]) => void
  readonly reject: (error: unknown) => void
}

const maxStatements = 4
const maxKeys = 128
/** A read of more is a statement of its own. */
const maxGatheredKeys = 16

/**
 * Reads of keys that are asked for in the same moment, or while enough are under way, become one
 * statement: what that costs server and node is shared. Each sees what was committed before it.
 */
export class GatheredReads {
  readonly #readRows: ReadRows
  readonly #gatherer: Gatherer<Waiting>

  constructor(readRows: ReadRows, clock: Clock) {
    this.#readRows = readRows
    const send = (asked: readonly Waiting[]): Promise<void> => readAll(readRows, asked)
    this.#gatherer = new Gatherer({ clock, maxUnderWay: maxStatements, take: takeFirst, send })
  }

  /** As the function that it was made with. */
  read(keys: readonly Bytes[]): Promise<readonly (Row | undefined)[]> {
    if (keys.length > maxGatheredKeys) return this.#readRows(keys)
    return new Promise((resolve, reject) => this.#gatherer.ask({ keys, resolve, reject }))
  }
}

function takeFirst(waiting: readonly Waiting[]): [Waiting[], Waiting[]] {
  let count = 0
  for (let keys = 0; count < waiting.length; count++) {
    keys += (waiting[count] as Waiting).keys.length
    if (keys > maxKeys) break
  }
  return [waiting.slice(0, count), waiting.slice(count)]
}

async function readAll(readRows: ReadRows, asked: readonly Waiting[]): Promise<void> {
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
  const rows = await readRows(keys)
  asked.forEach(({ resolve }, i) => resolve((wanted[i] as readonly number[]).map((at) => rows[at])))
}
