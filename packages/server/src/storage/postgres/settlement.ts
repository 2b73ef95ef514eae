import type { Random } from '../../clock.ts'
import { StorageEnded } from '../engine.ts'
import type { Connections } from './connections.ts'
import { fateOf } from './failures.ts'
import { quoted } from './quoted.ts'

const serverBytes = 10
const serialBytes = 6
const retryPauseMs = 100
/** How long what was committed can be asked for: longer than any statement takes. */
const keptMs = 15 * 60 * 1000

/**
 * The names of the commits of one server, by which one whose answer was lost can be asked for: a
 * commit leaves its token behind. Whoever asks leaves it behind, too, if it is not there: then the
 * commit can take place no more.
 */
export class Settlement {
  readonly #connections: Connections
  readonly #texts: { readonly settle: string; readonly tidy: string; readonly tidyOthers: string }
  readonly #server: Uint8Array
  #serial = 0

  constructor(connections: Connections, schema: string, random: Random) {
    this.#connections = connections
    this.#server = random.bytes(serverBytes)
    const done = `${quoted(schema)}.done`
    this.#texts = {
      settle: `INSERT INTO ${done} (token, applied) VALUES ($1, false)
        ON CONFLICT (token) DO UPDATE SET applied = ${done.split('.').at(-1)}.applied
        RETURNING applied, refused`,
      tidy: `DELETE FROM ${done} WHERE token >= $1 AND token < $2 AND applied
        AND at < now() - interval '${keptMs} milliseconds'`,
      tidyOthers: `DELETE FROM ${done} WHERE at < now() - interval '1 day'`,
    }
  }

  nextToken(): Buffer {
    this.#serial += 1
    return this.#tokenOf(this.#serial)
  }

  #tokenOf(serial: number): Buffer {
    const token = Buffer.alloc(serverBytes + serialBytes)
    token.set(this.#server)
    token.writeUIntBE(serial, serverBytes, serialBytes)
    return token
  }

  /**
   * Which commits of the group of `token` were refused, when it took place; after undefined it
   * never will. Asks until somebody answers: without a leader nothing goes on in any case. Rejects
   * with StorageEnded when the store is closed meanwhile, and then nobody knows.
   */
  async settle(token: Buffer): Promise<readonly number[] | undefined> {
    for (;;) {
      try {
        const lent = await this.#connections.lend('statements')
        try {
          const [row] = await lent.ask({
            name: 'settle',
            text: this.#texts.settle,
            values: [token],
          })
          lent.release(false)
          return row?.[0] === 't' ? numbersOf(row[1]) : undefined
        } catch (error) {
          lent.release(true)
          if (fateOf(error) !== 'refused') await lent.doubt()
        }
      } catch (error) {
        if (error instanceof StorageEnded) throw error
      }
      await this.#connections.pause(retryPauseMs)
    }
  }

  /** Removes what nobody will ask for any more. */
  async tidy(): Promise<void> {
    const values = [this.#tokenOf(0), this.#tokenOf(this.#serial)]
    await this.#connections.ask({ text: this.#texts.tidy, values })
    await this.#connections.ask({ text: this.#texts.tidyOthers })
  }
}

/** The members of an array of numbers as PostgreSQL writes it; none of one that is null. */
export function numbersOf(column: string | null | undefined): readonly number[] {
  const text = column?.slice(1, -1) ?? ''
  return text === '' ? [] : text.split(',').map(Number)
}
