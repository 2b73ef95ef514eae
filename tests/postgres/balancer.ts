import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

const lookMs = 100

/** A server behind the balancer. */
interface Backend {
  readonly port: number
  isHealthy: boolean
}

/**
 * One address for several servers on loopback, as a load balancer is in front of them: a connection
 * goes to one that was healthy when it was asked last, in turn, and to the next where that takes
 * none any more.
 */
export class Balancer {
  readonly #server: Server
  readonly #backends: Backend[] = []
  readonly #sockets = new Set<Socket>()
  #next = 0
  #timer: NodeJS.Timeout

  private constructor() {
    this.#server = createServer((client) => this.#forward(client, this.#inTurn()))
    this.#timer = setInterval(() => void this.#look(), lookMs)
  }

  static async start(): Promise<Balancer> {
    const balancer = new Balancer()
    balancer.#server.listen(0, '127.0.0.1')
    await once(balancer.#server, 'listening')
    return balancer
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves when the server at `endpoint` says that it is healthy. */
  async add(endpoint: string): Promise<void> {
    const backend = { port: Number(new URL(endpoint).port), isHealthy: false }
    this.#backends.push(backend)
    while (!backend.isHealthy) await this.#look()
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.#backends.map(async (backend) => {
        const health = await fetch(`http://127.0.0.1:${backend.port}/`).catch(() => undefined)
        backend.isHealthy = health?.status === 200
      }),
    )
  }

  #inTurn(): Backend[] {
    const healthy = this.#backends.filter(({ isHealthy }) => isHealthy)
    this.#next += 1
    return healthy.map((_, i) => healthy[(this.#next + i) % healthy.length] as Backend)
  }

  #forward(client: Socket, [backend, ...others]: readonly Backend[]): void {
    this.#sockets.add(client)
    client.on('error', () => undefined)
    client.once('close', () => this.#sockets.delete(client))
    if (backend === undefined) return void client.destroy()
    const server = connect({ port: backend.port, host: '127.0.0.1' })
    const next = (): void => this.#forward(client, others)
    server.once('error', next)
    server.once('connect', () => {
      server.off('error', next)
      server.on('error', () => client.destroy())
      client.once('close', () => server.destroy())
      server.once('close', () => client.destroy())
      client.pipe(server).pipe(client)
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
