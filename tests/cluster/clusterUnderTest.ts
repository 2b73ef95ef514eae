import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makePasswords, makeState, nodeCount } from '../../scripts/cluster/clusterState.mjs'
import {
  hasClusterPrograms,
  nodeOwner,
  postgresDirectory,
} from '../../scripts/cluster/programs.mjs'
import { ReplicatedStore, type Place } from '../../scripts/cluster/replicatedStore.mjs'
import { ServerNode } from '../../scripts/cluster/serverNode.mjs'
import { systemClock, systemRandom } from '../../packages/server/src/clock.ts'
import { openPostgres } from '../../packages/server/src/storage/postgres/openPostgres.ts'
import type { PostgresEngine } from '../../packages/server/src/storage/postgres/postgresEngine.ts'
import { builtMain } from '../means/commandProcess.mjs'
import { isPrivateNetwork, Network, testerAddress } from './network.ts'

/** What nodes listen at that have an address of their own. */
const ports = { etcd: 2379, etcdPeers: 2380, postgres: 5432, patroni: 8008, server: 8000 }

const running = new Set<ClusterUnderTest>()
process.on('exit', () => {
  for (const cluster of running) cluster.killAtOnce()
})

/** Three machines, each with etcd, PostgreSQL and a server. */
export class ClusterUnderTest {
  readonly directory: string
  readonly store: ReplicatedStore
  readonly servers: readonly ServerNode[]
  /** Undefined where machines cannot be had: then all is on loopback, and nothing is cut. */
  readonly network: Network | undefined
  readonly #password: string

  private constructor(places: readonly Place[], network: Network | undefined, main: string) {
    this.directory = mkdtempSync(join(tmpdir(), 'dynatom-cluster-'))
    chmodSync(this.directory, 0o755)
    const { directory } = this
    const passwords = makePasswords()
    this.#password = passwords.dynatom
    this.network = network
    this.store = new ReplicatedStore({
      directory,
      places,
      passwords,
      programs: postgresDirectory() ?? '',
      owner: nodeOwner(),
      guests: network === undefined ? [] : [testerAddress],
    })
    const common = { main, directory, address: this.store.address, password: this.#password }
    this.servers = places.map((place, i) => new ServerNode({ ...common, place, number: i + 1 }))
  }

  static async start(main: string = builtMain): Promise<ClusterUnderTest> {
    if (!hasClusterPrograms()) {
      throw new Error(
        'PostgreSQL 15 or later, Patroni and etcd are needed: `npm run cluster -- install` installs ' +
          'them on Debian.',
      )
    }
    const network = isPrivateNetwork() ? await Network.open(nodeCount) : undefined
    const places =
      network === undefined
        ? (await makeState(undefined)).places
        : Array.from({ length: nodeCount }, (_, i) => ({ ...network.place(i + 1), ports }))
    const cluster = new ClusterUnderTest(places, network, main)
    running.add(cluster)
    try {
      await cluster.store.start(() => undefined)
      await cluster.store.whole()
      await Promise.all(cluster.servers.map((server) => server.start()))
      return cluster
    } catch (error) {
      await cluster.end({ keepsLogs: true })
      throw error
    }
  }

  /** The number of the node that leads, from 1; undefined where none does. */
  async leaderNumber(): Promise<number | undefined> {
    const leader = await this.store.leader()
    return leader === undefined ? undefined : this.store.nodes.indexOf(leader) + 1
  }

  /** The store as one more server has it. */
  engine(): Promise<PostgresEngine> {
    const environment = { PGPASSWORD: this.#password }
    const onFault = (): undefined => undefined
    const surroundings = { clock: systemClock, random: systemRandom, onFault }
    return openPostgres(this.store.address, environment, surroundings)
  }

  /** Nothing of it outlives this process. */
  killAtOnce(): void {
    for (const { part } of this.servers) part.signal('SIGKILL')
    for (const node of this.store.nodes) node.killAtOnce()
    for (const part of this.store.etcd.parts) part.signal('SIGKILL')
  }

  /** Ends everything at once; its logs stay for who asks for them. */
  async end({ keepsLogs = false } = {}): Promise<void> {
    await Promise.all(this.servers.map(({ part }) => part.stop('SIGKILL')))
    await Promise.all(this.store.nodes.map((node) => node.kill()))
    await Promise.all(this.store.etcd.parts.map((part) => part.stop('SIGKILL')))
    this.network?.close()
    running.delete(this)
    if (!keepsLogs) rmSync(this.directory, { recursive: true, force: true })
  }
}
