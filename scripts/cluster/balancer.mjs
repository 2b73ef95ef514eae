import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { askHealth } from './askHealth.mjs'

/** @import { Socket } from 'node:net' */

const checkMs = 1000
const connectMs = 2000

/**
 * One address for several servers: a connection goes to one that was healthy a second ago, to each
 * in its turn, and to the next one if it cannot be reached.
 */
export class Balancer {
  #endpoints
  #server = createServer({ allowHalfOpen: true }, (socket) => void this.#lead(socket))
  /** @type {Set<Socket>} */
  #sockets = new Set()
  /** @type {ReadonlySet<string>} */
  #healthy
  #turn = 0
  /** @type {NodeJS.Timeout | undefined} */
  #timer

  /** @param {readonly string[]} endpoints Addresses as `http://host:port`. */
  constructor(endpoints) {
    this.#endpoints = endpoints
    this.#healthy = new Set(endpoints)
  }

  /**
   * Listens; port 0 is a free one. Resolves to the port.
   * @param {string} host @param {number} port
   */
  async listen(host, port) {
    this.#server.listen(port, host)
    await once(this.#server, 'listening')
    this.#check()
    const address = /** @type {import('node:net').AddressInfo} */ (this.#server.address())
    return address.port
  }

  #check() {
    this.#timer = setTimeout(async () => {
      const answers = await Promise.all(this.#endpoints.map(askHealth))
      this.#healthy = new Set(this.#endpoints.filter((_, i) => answers[i]))
      if (this.#server.listening) this.#check()
    }, checkMs)
  }

  /** Those to ask, in order: the healthy ones first, from the one whose turn it is. */
  #order() {
    this.#turn += 1
    const all = this.#endpoints.map(
      (_, i) => /** @type {string} */ (this.#endpoints[(this.#turn + i) % this.#endpoints.length]),
    )
    const healthy = all.filter((each) => this.#healthy.has(each))
    return [...healthy, ...all.filter((each) => !this.#healthy.has(each))]
  }

  /** @param {Socket} near */
  async #lead(near) {
    this.#keep(near)
    for (const endpoint of this.#order()) {
      const far = await reached(new URL(endpoint))
      if (near.destroyed) far?.destroy()
      if (near.destroyed) return
      if (far === undefined) continue
      this.#keep(far)
      for (const [from, to] of /** @type {const} */ ([
        [near, far],
        [far, near],
      ])) {
        from.pipe(to)
        from.once('close', () => to.destroy())
      }
      return
    }
    near.destroy()
  }

  /** @param {Socket} socket */
  #keep(socket) {
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
  }

  async close() {
    clearTimeout(this.#timer)
    if (!this.#server.listening) return
    const closed = once(this.#server.close(), 'close')
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

/**
 * A connection; undefined where none comes about in time.
 * @param {URL} url
 * @returns {Promise<Socket | undefined>}
 */
function reached(url) {
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), allowHalfOpen: true })
    const fail = () => {
      socket.destroy()
      resolve(undefined)
    }
    socket.setTimeout(connectMs, fail)
    socket.once('error', fail)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', fail)
      resolve(socket)
    })
  })
}
