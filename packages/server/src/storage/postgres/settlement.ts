import type { Random } from '../../clock.ts'
import { StorageEnded } from '../engine.ts'
import type { Connections } from './connections.ts'
import { fateOf } from './failures.ts'
import { quoted } from './schema.ts'

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
        RETURNING applied`,
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
   * Whether the commit of `token` took place; after false it never will. Asks until somebody
   * answers: without a leader nothing goes on in any case. Rejects with StorageEnded when the store
   * is closed meanwhile, and then nobody knows.
   */
  async settle(token: Buffer): Promise<boolean> {
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
          return row?.[0] === 't'
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
