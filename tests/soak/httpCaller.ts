import { Agent, request } from 'node:http'
import { requestHeaders, type Answer } from '../server/dynatomProcess.ts'

const patienceMs = 30_000

/**
 * Sends requests to one server after another over connections that are kept. Node's `fetch` would keep
 * something of every address that it ever spoke to.
 */
export class HttpCaller {
  readonly #agent = new Agent({ keepAlive: true })

  /** Rejects when no whole answer came, after half a minute at the latest. */
  call(endpoint: string, operation: string, body: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.#agent, headers: requestHeaders(operation) }
      const sent = request(endpoint, options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.once('error', reject)
        response.once('end', () => {
          const answer = JSON.parse(text) as Record<string, unknown>
          resolve({ status: response.statusCode as number, body: answer })
        })
      })
      sent.setTimeout(patienceMs, () => sent.destroy(new Error(`no answer to ${operation}`)))
      sent.once('error', reject)
      sent.end(JSON.stringify(body))
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
