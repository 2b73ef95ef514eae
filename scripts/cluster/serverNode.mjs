import { askHealth } from './askHealth.mjs'
import { Part } from './part.mjs'

/** @import { Place } from './replicatedStore.mjs' */

const readyMs = 60_000

/**
 * @typedef {object} ServerOptions
 * @property {string} main What the command starts from.
 * @property {number} number From 1.
 * @property {string} directory Where its log is.
 * @property {Place} place
 * @property {string} address Of the store.
 * @property {string} password
 * @property {readonly string[]} [flags]
 */

/** One Dynatom on the store that all of them share. */
export class ServerNode {
  #options
  /** @readonly */
  part

  /** @param {ServerOptions} options */
  constructor(options) {
    this.#options = options
    const { main, number, directory, place, address, password, flags = [] } = options
    const { host, ports, wrapper = [] } = place
    const where = ['--host', host, '--port', String(ports.server), '--engine', address]
    this.part = new Part({
      name: `server ${number}`,
      file: `server${number}`,
      directory,
      wrapper,
      command: [process.execPath, main, 'start', ...where, ...flags],
      environment: { PGPASSWORD: password, HOME: directory },
    })
  }

  get endpoint() {
    const { host, ports } = this.#options.place
    return `http://${host}:${ports.server}`
  }

  /** Resolves when it can be asked. */
  async start() {
    this.part.start()
    await this.part.ready(() => askHealth(this.endpoint), readyMs)
  }
}
