import {
  createDatabase,
  type Database,
  type DatabaseOptions,
} from '../../packages/server/src/cli/createDatabase.ts'
import { HttpCaller } from '../means/httpClient.ts'

/** Where a node can be reached. */
interface Place {
  readonly host: string
  readonly port: number
}

interface Access {
  readonly user: string
  readonly password: string
  readonly database: string
}

/** The address of a store in the nodes at `places`. */
export const addressOf = (
  { user, password, database }: Access,
  places: readonly Place[],
  schema: string,
): string => {
  const hosts = places.map(({ host, port }) => `${host}:${port}`).join(',')
  return `postgres://${user}:${password}@${hosts}/${database}?schema=${schema}`
}

/** A whole server of this process, with a client of its own. */
export class TestServer {
  readonly #database: Database
  readonly #endpoint: string
  readonly #caller = new HttpCaller()

  private constructor(database: Database, endpoint: string) {
    this.#database = database
    this.#endpoint = endpoint
  }

  static async start(engine: string, options: DatabaseOptions = {}): Promise<TestServer> {
    const database = await createDatabase({ ...options, engine })
    const { endpoint } = await database.listen({ port: 0 })
    return new TestServer(database, endpoint)
  }

  /** The response of a request that must succeed. */
  async ask(operation: string, request: object): Promise<Record<string, unknown>> {
    const { status, body } = await this.#caller.call(this.#endpoint, operation, request)
    if (status !== 200) throw new Error(`${operation}: ${JSON.stringify(body)}`)
    return body
  }

  async close(): Promise<void> {
    this.#caller.close()
    await this.#database.close()
  }
}
