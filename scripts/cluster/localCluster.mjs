import { chmodSync } from 'node:fs'
import { Balancer } from './balancer.mjs'
import { host } from './clusterState.mjs'
import { nodeOwner, postgresDirectory, requireReachable } from './programs.mjs'
import { ReplicatedStore } from './replicatedStore.mjs'
import { ServerNode } from './serverNode.mjs'

/** @import { ClusterState } from './clusterState.mjs' */
/** @import { Part } from './part.mjs' */

/** As systemd does with what ends by itself, a while after. */
const againMs = 5000

/** Three nodes of PostgreSQL, three servers and an address for them, all on loopback. */
export class LocalCluster {
  #state
  #tell
  /** @readonly */
  store
  /** @readonly @type {readonly ServerNode[]} */
  servers
  #balancer
  #isStopping = false
  /** @type {Set<NodeJS.Timeout>} */
  #timers = new Set()

  /**
   * @param {object} options
   * @param {string} options.directory
   * @param {ClusterState} options.state
   * @param {string} options.main What a server starts from.
   * @param {(text: string) => void} options.tell Told what goes on.
   */
  constructor({ directory, state, main, tell }) {
    const { places, passwords } = state
    this.#state = state
    this.#tell = tell
    // Whatever the umask is: who the nodes belong to must get to them.
    chmodSync(directory, 0o755)
    requireReachable(directory)
    this.store = new ReplicatedStore({
      directory,
      places,
      passwords,
      programs: postgresDirectory() ?? '',
      owner: nodeOwner(),
    })
    const { address } = this.store
    this.servers = places.map((place, i) => {
      const password = passwords.dynatom
      return new ServerNode({ main, number: i + 1, directory, place, address, password })
    })
    this.#balancer = new Balancer(this.servers.map(({ endpoint }) => endpoint))
  }

  get endpoint() {
    return `http://${host}:${this.#state.port}`
  }

  /** Rejects with PartFailure, or with what the address's port says. */
  async start() {
    await this.store.start(this.#tell)
    this.#tell('the servers are started')
    for (const server of this.servers) await server.start()
    await this.#balancer.listen(host, this.#state.port)
    for (const part of this.store.etcd.parts) this.#watch(part, () => part.start())
    for (const node of this.store.nodes) this.#watch(node.part, () => node.start())
    for (const { part } of this.servers) this.#watch(part, () => part.start())
  }

  /** @param {Part} part @param {() => void} start */
  #watch(part, start) {
    part.onEnd = () => {
      if (this.#isStopping) return
      this.#tell(`${part.name} has ended and is started again in ${againMs / 1000} seconds`)
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        start()
        this.#tell(`${part.name} is started again`)
      }, againMs)
      this.#timers.add(timer)
    }
  }

  /** Ends all in good order. */
  async stop() {
    this.#isStopping = true
    for (const timer of this.#timers) clearTimeout(timer)
    await this.#balancer.close()
    await Promise.all(this.servers.map(({ part }) => part.stop()))
    await this.store.stop()
  }
}
