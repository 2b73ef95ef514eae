import { createConnection, type Socket } from 'node:net'
import { requestText } from '../../packages/server/src/testing/rawExchange.ts'

export interface Reply {
  readonly status: number
  readonly body: string
}

interface Asked {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

const endOfHead = Buffer.from('\r\n\r\n')

/** How many connections there were. */
let opened = 0

/**
 * A connection on which requests are sent without waiting for the answers to those before; of every
 * two that are opened, the second sends them one at a time, as SDKs do: the server reads those in
 * another way.
 */
export class Pipeline {
  readonly #socket: Socket
  readonly #isPatient = opened++ % 2 === 1
  #asked: Asked[] = []
  /** Those of them that have not been sent. */
  #unsent: (string | Buffer)[] = []
  #rest: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => {})
    socket.on('close', () => this.#fail(new Error('the server has closed the connection')))
  }

  static connect(endpoint: string): Promise<Pipeline> {
    const { hostname, port } = new URL(endpoint)
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: hostname, port: Number(port), noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => resolve(new Pipeline(socket)))
    })
  }

  /** Sends the bytes of one request; text stands for one byte a character. */
  send(request: string | Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject })
      if (this.#isPatient && this.#asked.length > 1) this.#unsent.push(request)
      else this.#write(request)
    })
  }

  #write(request: string | Buffer): void {
    if (typeof request === 'string') this.#socket.write(request, 'latin1')
    else this.#socket.write(request)
  }

  /** Sends an operation whose body is `text`, in UTF-8, or bytes that may be anything. */
  ask(operation: string, body: string | Buffer): Promise<Reply> {
    return this.send(requestText(operation, asBytes(body)))
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let at = 0
    for (;;) {
      const headEnd = this.#rest.indexOf(endOfHead, at)
      if (headEnd < 0) break
      const head = this.#rest.toString('latin1', at, headEnd)
      const bodyStart = headEnd + endOfHead.length
      const bodyEnd = bodyStart + Number(/content-length: (\d+)/i.exec(head)?.[1])
      if (!(bodyEnd <= this.#rest.length)) break
      const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
      this.#asked
        .shift()
        ?.resolve({ status, body: this.#rest.toString('utf8', bodyStart, bodyEnd) })
      at = bodyEnd
      const next = this.#unsent.shift()
      if (next !== undefined) this.#write(next)
    }
    this.#rest = this.#rest.subarray(at)
  }

  #fail(error: Error): void {
    for (const { reject } of this.#asked.splice(0)) reject(error)
  }
}

/** The bytes of a body, one character each. */
function asBytes(body: string | Buffer): string {
  return (typeof body === 'string' ? Buffer.from(body, 'utf8') : body).toString('latin1')
}

/** The status of an answer and the name of its error, such as `400 ValidationException`. */
export function told(reply: Reply): string {
  return `${reply.status} ${errorNameOf(reply) ?? ''}`.trim()
}

/** The name of the error in an answer's body, without its namespace; undefined if it is none. */
export function errorNameOf({ body }: Reply): string | undefined {
  return /^\{"__type":"[^"#]*#([^"]*)"/.exec(body)?.[1]
}
