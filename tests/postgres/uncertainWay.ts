import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** How often a question is lost on its way, and how often its answer. */
export interface Losses {
  readonly question: number
  readonly answer: number
}

/** A port that leads to another one, on a way on which connections end at the worst moments. */
export class UncertainWay {
  readonly host = '127.0.0.1'
  readonly port: number
  losses: Losses = { question: 0, answer: 0 }
  /** How many answers were lost whose questions arrived. */
  lostAnswers = 0
  /** The port that connections are led to from now on. */
  target: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #chance: () => number

  private constructor(server: Server, target: number, chance: () => number) {
    this.#server = server
    this.#chance = chance
    this.target = target
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (near) => this.#lead(near, connect(this.target, '127.0.0.1')))
  }

  static async open(target: number, chance: () => number): Promise<UncertainWay> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new UncertainWay(server, target, chance)
  }

  #lead(near: Socket, far: Socket): void {
    let answerIsLost = false
    const end = (): void => {
      near.destroy()
      far.destroy()
      this.#sockets.delete(near)
      this.#sockets.delete(far)
    }
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end)
      socket.on('close', end)
    }
    near.on('data', (chunk) => {
      if (this.#chance() < this.losses.question) {
        end()
        return
      }
      answerIsLost = this.#chance() < this.losses.answer
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      if (answerIsLost) {
        this.lostAnswers += 1
        end()
      } else near.write(chunk)
    })
  }

  /** Ends all that is connected. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.#server.close()
    this.cut()
    await once(this.#server, 'close')
  }
}
