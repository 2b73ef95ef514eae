import { mkdirSync, chownSync } from 'node:fs'
import { join } from 'node:path'
import { askJson } from './askJson.mjs'
import { Part } from './part.mjs'

/** @import { ClusterOptions } from './replicatedStore.mjs' */

const readyMs = 60_000
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
      // Who was cut off and comes back does not make the others choose again.
      'pre-vote': 'true',
      // What Patroni asks for: see `patroniNode.mjs`.
      'enable-v2': 'true',
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
      command: ['etcd', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)],
    })
  }

  /** Starts all, and waits until a majority has found itself. */
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
  }
}
