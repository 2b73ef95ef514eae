import { mkdirSync, chownSync } from 'node:fs'
import { join } from 'node:path'
import { askJson } from './askJson.mjs'
import { Part } from './part.mjs'

/** @import { ClusterOptions } from './replicatedStore.mjs' */

const readyMs = 60_000
/** What Patroni keeps in etcd. */
export const namespace = '/dynatom-cluster/'
export const etcdUser = 'patroni'

/** @param {string} host @param {number} port */
const urlOf = (host, port) => `http://${host}:${port}`

/** The nodes of etcd, which Patroni keeps in which node leads. */
export class EtcdNodes {
  #options
  /** @type {readonly Part[]} */
  parts

  /** @param {ClusterOptions} options */
  constructor(options) {
    this.#options = options
    const { places } = options
    const all = places.map(({ host, ports }, i) => `e${i + 1}=${urlOf(host, ports.etcdPeers)}`)
    this.parts = places.map((_, i) => this.#part(i, all.join(',')))
  }

  /** @param {number} i @param {string} all */
  #part(i, all) {
    const { directory, places, owner } = this.#options
    const { host, ports, wrapper = [] } = /** @type {typeof places[number]} */ (places[i])
    const clients = urlOf(host, ports.etcd)
    const peers = urlOf(host, ports.etcdPeers)
    const flags = {
      name: `e${i + 1}`,
      'data-dir': join(directory, `etcd${i + 1}`),
      'listen-client-urls': clients,
      'advertise-client-urls': clients,
      'listen-peer-urls': peers,
      'initial-advertise-peer-urls': peers,
      'initial-cluster': all,
      'initial-cluster-state': 'new',
      // An election begins after a second, and a leader is heard of five times before.
      'heartbeat-interval': '200',
      'election-timeout': '1000',
      // It forgets what was an hour ago.
      'auto-compaction-mode': 'periodic',
      'auto-compaction-retention': '1h',
    }
    return new Part({
      name: `etcd ${i + 1}`,
      file: `etcd${i + 1}`,
      directory,
      wrapper,
      ...(owner !== undefined && { owner }),
      command: ['etcd', ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])],
    })
  }

  /** Starts all and, in a new cluster, lets nobody in without the password. */
  async start() {
    const { directory, places, owner } = this.#options
    for (const [i, part] of this.parts.entries()) {
      const data = join(directory, `etcd${i + 1}`)
      mkdirSync(data, { recursive: true, mode: 0o700 })
      if (owner !== undefined) chownSync(data, owner.uid, owner.gid)
      part.start()
    }
    for (const [i, part] of this.parts.entries()) {
      const { host, ports } = /** @type {typeof places[number]} */ (places[i])
      const isHealthy = async () => {
        const { health } = await askJson(`${urlOf(host, ports.etcd)}/health`)
        return health === 'true'
      }
      await part.ready(isHealthy, readyMs)
    }
    await this.#requirePassword()
  }

  async #requirePassword() {
    const { places, passwords } = this.#options
    const { host, ports } = /** @type {typeof places[number]} */ (places[0])
    /** @param {string} path @param {object} body */
    const ask = (path, body) => askJson(`${urlOf(host, ports.etcd)}/v3/${path}`, body)
    /** @param {string} text */
    const base64 = (text) => Buffer.from(text).toString('base64')
    // Who is let in without a password is answered.
    const isOpen = await ask('kv/range', { key: base64(namespace) }).catch(() => undefined)
    if (isOpen === undefined) return
    // What a start that was broken off has made is there already.
    /** @param {string} path @param {object} body */
    const make = (path, body) => ask(`auth/${path}`, body).catch(() => undefined)
    const end = `${namespace.slice(0, -1)}0`
    const room = { permType: 'READWRITE', key: base64(namespace), range_end: base64(end) }
    for (const name of ['root', etcdUser]) await make('role/add', { name })
    await make('role/grant', { name: etcdUser, perm: room })
    for (const name of ['root', etcdUser]) {
      await make('user/add', { name, password: passwords.etcd })
      await make('user/grant', { user: name, role: name })
    }
    await ask('auth/enable', {})
  }
}
