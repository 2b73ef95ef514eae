import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** A port that leads to another one, where what is sent arrives so much later in each direction. */
export class DelayedWay {
  #server
  #sockets = new Set()

  static async open(target, delayMs) {
    const way = new DelayedWay()
    way.#server = createServer({ noDelay: true }, (near) => way.#lead(near, target, delayMs))
    way.#server.listen(0, '127.0.0.1')
    await once(way.#server, 'listening')
    way.port = way.#server.address().port
    return way
  }

  #lead(near, target, delayMs) {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      this.#sockets.add(from)
      from.on(
        'data',
        later(delayMs, (chunk) => to.write(chunk)),
      )
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
    }
  }

  close() {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** Gives on what it is called with, in order, each after the delay; a timer is set for the first. */
function later(delayMs, give) {
  const waiting = []
  const next = () => {
    while (waiting.length > 0 && waiting[0].dueMs <= performance.now()) give(waiting.shift().chunk)
    if (waiting.length > 0) setTimeout(next, Math.max(1, waiting[0].dueMs - performance.now()))
  }
  return (chunk) => {
    waiting.push({ chunk, dueMs: performance.now() + delayMs })
    if (waiting.length === 1) setTimeout(next, delayMs)
  }
}
