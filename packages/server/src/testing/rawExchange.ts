import { createConnection, type Socket } from 'node:net'

export const credential: string = 'AKID/20130301/us-east-1/dynamodb/aws4_request'
const signature = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=abc`

/** What every request of a client has besides the headers of HTTP itself. */
export function requestHeaders(operation: string): Record<string, string> {
  return {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': operation.includes('.') ? operation : `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20130301T000000Z',
    authorization: signature,
  }
}

export const amazonHeaders: Readonly<Record<string, string>> = requestHeaders('ListTables')

const linesOf = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')

/** A request as text for a socket: `headers`, as they are, beside the usual ones, and no length. */
export function rawPost(headers: string, body: string, target = 'ListTables'): string {
  return `POST / HTTP/1.1\r\nHost: x\r\n${linesOf(requestHeaders(target))}${headers}\r\n${body}`
}

/** A whole request as bytes of ISO 8859-1; `headers` come after the usual ones, or replace them. */
export function requestText(
  operation: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): string {
  const all = {
    host: 'localhost',
    'content-length': String(body.length),
    ...requestHeaders(operation),
    ...headers,
  }
  return `POST / HTTP/1.1\r\n${linesOf(all)}\r\n${body}`
}

/** A connection whose bytes a test writes itself; text stands for one byte a character. */
export class RawConnection {
  readonly socket: Socket
  received = ''
  /** Resolves when nothing more can come: with undefined, or with the error that was the end. */
  readonly closed: Promise<Error | undefined>

  /** `allowHalfOpen`: the server's end of the connection is not this side's. */
  constructor(endpoint: string, { allowHalfOpen = false } = {}) {
    const { hostname, port } = new URL(endpoint)
    const host = hostname.replace(/^\[(.*)\]$/, '$1')
    this.socket = createConnection({ host, port: Number(port), allowHalfOpen })
    this.socket.setEncoding('latin1').on('data', (text) => {
      this.received += text.toString()
    })
    this.closed = new Promise((resolve) => {
      let failure: Error | undefined
      this.socket.on('error', (error) => {
        failure = error
      })
      this.socket.once('close', () => resolve(failure))
    })
  }

  /** All that came, when the server has ended the connection; rejects when it has reset it. */
  get ended(): Promise<string> {
    return this.closed.then((failure) => {
      if (failure !== undefined) throw failure
      return this.received
    })
  }

  /** Resolves when `text` has arrived. */
  async seen(text: string): Promise<void> {
    while (!this.received.includes(text)) {
      await new Promise((resolve) => this.socket.once('data', resolve))
    }
  }

  write(bytes: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error | null): void => (error ? reject(error) : resolve())
      if (typeof bytes === 'string') this.socket.write(bytes, 'latin1', done)
      else this.socket.write(bytes, done)
    })
  }
}

/** Sends each of `pieces`, a turn apart, and collects what comes back until the server closes. */
export async function exchange(port: number, ...pieces: (string | Uint8Array)[]): Promise<string> {
  const connection = new RawConnection(`http://127.0.0.1:${port}`)
  const { socket } = connection
  const sendNext = (): void => {
    const piece = pieces.shift()
    if (piece === undefined || socket.destroyed) return
    socket.write(piece, () => setTimeout(sendNext, 5))
  }
  socket.once('connect', sendNext)
  await connection.closed
  return connection.received
}
