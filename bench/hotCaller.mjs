import { Agent, request as openRequest } from 'node:http'
import { requestHeaders } from './requestHeaders.mjs'

/** Clients of one server on 127.0.0.1, over connections that are kept; any answer is an answer. */
export class HotCaller {
  #agent
  #port

  constructor(port, connections) {
    this.#port = port
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** The status and the parsed body. Rejects when no whole answer comes. */
  call(operation, request) {
    const body = JSON.stringify(request)
    const host = `127.0.0.1:${this.#port}`
    const headers = {
      ...requestHeaders(operation, { host, body }),
      'content-length': Buffer.byteLength(body),
    }
    const options = {
      host: '127.0.0.1',
      port: this.#port,
      method: 'POST',
      agent: this.#agent,
      headers,
    }
    return new Promise((resolve, reject) => {
      const sent = openRequest(options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part) => (text += part))
        response.once('error', reject)
        response.once('end', () =>
          resolve({ status: response.statusCode, body: JSON.parse(text || '{}') }),
        )
      })
      sent.once('error', reject)
      sent.end(body)
    })
  }

  close() {
    this.#agent.destroy()
  }
}

/** What an answer is, in a word or two: ok, an error's name, or the reasons of a cancellation. */
export function kindOf({ status, body }) {
  if (status === 200) return 'ok'
  const name = String(body.__type ?? body.code ?? status)
    .split('#')
    .pop()
  if (name !== 'TransactionCanceledException') return name
  const codes = body.CancellationReasons?.map(({ Code }) => Code).join(', ')
  return `cancelled [${codes ?? String(body.message ?? body.Message).replaceAll(/.*\[|\].*/gs, '')}]`
}

/** Counts answers by their kinds. */
export class Tally {
  #counts = new Map()

  add(answer) {
    const kind = kindOf(answer)
    this.#counts.set(kind, this.count(kind) + 1)
    return kind
  }

  count(kind) {
    return this.#counts.get(kind) ?? 0
  }

  get text() {
    const sorted = [...this.#counts].sort((a, b) => b[1] - a[1])
    return sorted.map(([kind, count]) => `${kind} ${count}`).join('; ') || 'none'
  }
}

/** Does `jobs`, functions, so many at once. */
export async function inParallel(jobs, width) {
  let next = 0
  const worker = async () => {
    while (next < jobs.length) await jobs[next++]()
  }
  await Promise.all(Array.from({ length: width }, worker))
}
