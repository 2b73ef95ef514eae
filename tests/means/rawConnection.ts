import { createConnection, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A connection whose bytes a test writes itself. */
export class RawConnection {
  readonly socket: Socket
  readonly ended: Promise<string>
  received = ''

  constructor(endpoint: string) {
    const { hostname, port } = new URL(endpoint)
    this.socket = createConnection(Number(port), hostname)
    this.socket.setEncoding('latin1').on('data', (text) => {
      this.received += text.toString()
    })
    this.ended = new Promise((resolve, reject) => {
      this.socket.once('end', () => resolve(this.received))
      this.socket.once('error', reject)
    })
    onTestFinished(() => void this.socket.destroy())
  }

  /** Resolves when `text` has arrived. */
  async seen(text: string): Promise<void> {
    while (!this.received.includes(text)) {
      await new Promise((resolve) => this.socket.once('data', resolve))
    }
  }

  write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(text, (error) => (error ? reject(error) : resolve()))
    })
  }
}
