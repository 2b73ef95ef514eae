import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** What ends a snapshot is sent, and not waited for. */
const unheeded = /^Q....COMMIT\0$/s

/**
 * A port that leads to another one and counts round trips: how often something was sent after an
 * answer had come, over all connections. What is sent side by side is one trip.
 */
export class CountedWay {
  readonly host = '127.0.0.1'
  readonly port: number
  trips = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #hasAnswered = true

  private constructor(server: Server, target: number) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (near) => this.#lead(near, connect(target, this.host)))
  }

  static async open(target: number): Promise<CountedWay> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new CountedWay(server, target)
  }

  #lead(near: Socket, far: Socket): void {
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
    near.on('data', (chunk) => {
      if (!unheeded.test(chunk.toString('latin1'))) {
        if (this.#hasAnswered) this.trips += 1
        this.#hasAnswered = false
      }
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      this.#hasAnswered = true
      near.write(chunk)
    })
  }

  async close(): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(this.#server, 'close')
  }
}
