import { Agent, request as openRequest, type ClientRequest } from 'node:http'
import { requestHeaders } from '../../packages/server/src/testing/rawExchange.ts'

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

const patienceMs = 30_000

/**
 * Sends requests to one server after another over connections that are kept. Node's `fetch` would keep
 * something of every address that it ever spoke to.
 */
export class HttpCaller {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #underWay = new Map<ClientRequest, string>()

  /** The operations that are whole on their way to a server and have no answer yet. */
  get underWay(): readonly string[] {
    return [...this.#underWay.values()]
  }

  /** Rejects when no whole answer came, after half a minute at the latest. */
  call(endpoint: string, operation: string, body: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.#agent, headers: requestHeaders(operation) }
      const sent = openRequest(endpoint, options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.once('error', reject)
        response.once('end', () => {
          try {
            const answer = JSON.parse(text) as Record<string, unknown>
            resolve({ status: response.statusCode as number, body: answer })
          } catch (error) {
            reject(error as Error)
          }
        })
      })
      sent.once('finish', () => this.#underWay.set(sent, operation))
      for (const event of ['response', 'close']) {
        sent.once(event, () => this.#underWay.delete(sent))
      }
      sent.setTimeout(patienceMs, () => sent.destroy(new Error(`no answer to ${operation}`)))
      sent.once('error', reject)
      sent.end(JSON.stringify(body))
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Sends requests to one server, wherever that is. */
export class Client {
  /** Rejects when there is no answer. */
  readonly call: (operation: string, request: object) => Promise<Answer>

  constructor(send: (operation: string, request: object) => Promise<Answer>) {
    this.call = send
  }

  /** The body of the answer; rejects when that is an error. */
  async perform(operation: string, request: object): Promise<Record<string, unknown>> {
    const { status, body } = await this.call(operation, request)
    if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(body)}`)
    return body
  }
}

const caller = new HttpCaller()

/** The operations that {@link httpClient}s have sent as a whole and that have no answer yet. */
export const operationsUnderWay = (): readonly string[] => caller.underWay

/** A client of the server at `endpoint`. */
export const httpClient = (endpoint: string): Client =>
  new Client((operation, request) => caller.call(endpoint, operation, request))

/** Sends one request over HTTP and gives its answer. */
export const call = (endpoint: string, operation: string, request: object): Promise<Answer> =>
  httpClient(endpoint).call(operation, request)

/** Sends one request and gives the body of its answer; throws when that is an error. */
export const perform = (
  endpoint: string,
  operation: string,
  request: object,
): Promise<Record<string, unknown>> => httpClient(endpoint).perform(operation, request)

/** The name of the error that an answer is, without what stands before it. */
export function errorName({ body }: Answer): string {
  const type = String(body['__type'])
  return type.slice(type.indexOf('#') + 1)
}
