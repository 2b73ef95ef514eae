import { randomBytes } from 'node:crypto'
import { requestHeaders } from './requestHeaders.mjs'
import { tokenPlaceholder } from './workloads.mjs'

const counterDigits = 12

function requestBytes(port, operation, body) {
  const text = JSON.stringify(body)
  const host = `127.0.0.1:${port}`
  const length = Buffer.byteLength(text)
  const headers = requestHeaders(operation, { host, body: text, length })
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  lines.push(`host: ${host}`, `content-length: ${length}`)
  return Buffer.from(
    `POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: keep-alive\r\n\r\n${text}`,
  )
}

/**
 * The pre-built requests of one workload against one port, handed out in a cycle.
 *
 * REQUIRES: when the workload has fresh tokens, fewer requests in flight than the cycle is long,
 * because a token is written into the bytes that are about to be sent.
 */
export class RequestPool {
  #requests
  #tokenOffsets
  #next = 0
  #sentCount = 0

  /**
   * @param workload one of `workloads` or `growthWorkloads`
   * @param server its `port` on 127.0.0.1; for workloads of growth, its `itemCount`; for one of
   *   several servers, its `part` of `parts`, which has no item in common with the others
   */
  constructor(workload, { port, itemCount, part = 0, parts = 1 }) {
    const all = workload.bodies(itemCount)
    const bodies = all.filter((_, i) => Math.floor((i * parts) / all.length) === part)
    this.#requests = bodies.map((body) => requestBytes(port, workload.operation, body))
    this.#tokenOffsets = workload.freshToken ? this.#placeRunPrefix() : undefined
  }

  /** The bytes of the next request. */
  next() {
    const index = this.#next
    this.#next = index + 1 === this.#requests.length ? 0 : index + 1
    const request = this.#requests[index]
    if (this.#tokenOffsets !== undefined) {
      const digits = (this.#sentCount++).toString(16).padStart(counterDigits, '0')
      request.latin1Write(digits, this.#tokenOffsets[index])
    }
    return request
  }

  /**
   * Makes the tokens of this run differ from those of every other run, and returns where the
   * counter goes in each request: the last group of the token's digits.
   */
  #placeRunPrefix() {
    const hex = randomBytes(12).toString('hex')
    const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
    const prefix = `${groups.join('-')}-`
    return this.#requests.map((request) => {
      const start = request.lastIndexOf(tokenPlaceholder)
      request.latin1Write(prefix, start)
      return start + prefix.length
    })
  }
}
