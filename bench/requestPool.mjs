import { randomBytes } from 'node:crypto'
import { tokenPlaceholder } from './workloads.mjs'

const counterDigits = 12

const signedHeaders =
  'amz-sdk-invocation-id;amz-sdk-request;content-length;content-type;host;' +
  'x-amz-content-sha256;x-amz-date;x-amz-target;x-amz-user-agent'

/**
 * The headers that the AWS SDK for JavaScript v3 sends, in its order and with its lengths. The
 * signature is well formed but not true: the servers are measured without authentication.
 */
export function requestHeaders(operation) {
  const date = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
  const scope = `${date.slice(0, 8)}/us-east-1/dynamodb/aws4_request`
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-user-agent': 'aws-sdk-js/3.1161.0',
    'user-agent':
      'aws-sdk-js/3.1161.0 ua/2.1 os/linux#6.18.44 lang/js md/nodejs#20.20.2 ' +
      'api/dynamodb#3.1161.0 m/N,E,P,e',
    'amz-sdk-invocation-id': '14de8ae5-eecd-44dc-bf56-9fff69b8be66',
    'amz-sdk-request': 'attempt=1; max=4',
    'x-amz-date': date,
    'x-amz-content-sha256': '0123456789abcdef'.repeat(4),
    authorization:
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, ` +
      `SignedHeaders=${signedHeaders}, Signature=${'fedcba9876543210'.repeat(4)}`,
  }
}

function requestBytes(port, operation, body) {
  const text = JSON.stringify(body)
  const lines = Object.entries(requestHeaders(operation)).map(
    ([name, value]) => `${name}: ${value}`,
  )
  lines.push(`host: 127.0.0.1:${port}`, `content-length: ${Buffer.byteLength(text)}`)
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

  /** @param workload one of `workloads`; @param port the port of the server on 127.0.0.1 */
  constructor(workload, port) {
    this.#requests = workload.bodies().map((body) => requestBytes(port, workload.operation, body))
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
