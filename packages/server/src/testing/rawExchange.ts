import { connect } from 'node:net'

export const credential: string = 'AKID/20130301/us-east-1/dynamodb/aws4_request'
export const amazonHeaders: Readonly<Record<string, string>> = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.ListTables',
  'x-amz-date': '20130301T000000Z',
  authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=abc`,
}

/** A whole request as text for a socket, with `headers` beside the usual ones. */
export function rawPost(headers: string, body: string, target = 'ListTables'): string {
  const usual = Object.entries({
    ...amazonHeaders,
    'x-amz-target': `DynamoDB_20120810.${target}`,
  })
  const lines = usual.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `POST / HTTP/1.1\r\nHost: x\r\n${lines}${headers}\r\n${body}`
}

/** Sends each of `pieces`, a turn apart, and collects what comes back until the server closes. */
export function exchange(port: number, ...pieces: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.on('data', (chunk) => (received += chunk.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
    const sendNext = (): void => {
      const piece = pieces.shift()
      if (piece === undefined || socket.destroyed) return
      socket.write(piece, () => setTimeout(sendNext, 5))
    }
    socket.on('connect', sendNext)
  })
}
