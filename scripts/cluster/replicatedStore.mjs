import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { EtcdNodes } from './etcdNodes.mjs'
import { PartFailure } from './part.mjs'
import { PatroniNode } from './patroniNode.mjs'

/** @import { Owner } from './programs.mjs' */

/**
 * Where one node is reached, and by what its processes are led there.
 * @typedef {object} Place
 * @property {string} host
 * @property {Readonly<Record<PortName, number>>} ports
 * @property {readonly string[]} [wrapper]
 *
 * @typedef {'etcd' | 'etcdPeers' | 'postgres' | 'patroni' | 'server'} PortName
 * @typedef {'patroni' | 'postgres' | 'replication' | 'rewind' | 'dynatom'} SecretName
 * @typedef {Readonly<Record<SecretName, string>>} Passwords
 *
 * @typedef {object} ClusterOptions
 * @property {string} directory Where logs and data are.
 * @property {readonly Place[]} places
 * @property {Passwords} passwords
 * @property {string} programs Where those of PostgreSQL are.
 * @property {Owner | undefined} owner
 * @property {readonly string[]} [guests] Addresses, beside those of nodes, that PostgreSQL lets in.
 */

const firstLeaderMs = 120_000
const membersMs = 120_000
const pollMs = 200
const etcdStopMs = 2000

/** What servers have the data of: the user and the database of this name. */
export const databaseName = 'dynatom'

/** PostgreSQL at several nodes, of which Patroni has one lead. */
export class ReplicatedStore {
  #options
  /** @readonly */
  etcd
  /** @readonly */
  nodes

  /** @param {ClusterOptions} options */
  constructor(options) {
    this.#options = options
    this.etcd = new EtcdNodes(options)
    this.nodes = options.places.map((_, i) => new PatroniNode(options, i + 1))
  }

  get parts() {
    return [...this.etcd.parts, ...this.nodes.map(({ part }) => part)]
  }

  /** The address of the store as `--engine` takes it, without its password. */
  get address() {
    const hosts = this.#options.places.map(({ host, ports }) => `${host}:${ports.postgres}`)
    return `postgres://${databaseName}@${hosts.join(',')}/${databaseName}?sslmode=disable`
  }

  /**
   * Starts all nodes, and makes the database in a new cluster. Rejects with PartFailure. `tell` is
   * told what is waited for.
   * @param {(text: string) => void} tell
   */
  async start(tell) {
    tell('etcd is started')
    await this.etcd.start()
    tell('PostgreSQL is started')
    for (const node of this.nodes) node.start()
    const [first] = /** @type {[PatroniNode, ...PatroniNode[]]} */ (this.nodes)
    await first.part.ready(async () => (await this.leader()) !== undefined, firstLeaderMs)
    await this.#prepareDatabase()
    tell('the other nodes copy the first one')
    for (const [i, { part }] of this.nodes.entries()) {
      await part.ready(() => this.#follows(i), membersMs)
    }
  }

  /** The node that leads; undefined where none does, or none says so. */
  async leader() {
    const leads = await Promise.all(this.nodes.map((node) => node.isLeader()))
    return this.nodes[leads.indexOf(true)]
  }

  /** @param {number} i */
  async #follows(i) {
    const leader = await this.leader()
    const members = (await leader?.members()) ?? []
    const member = members.find(({ name }) => name === `n${i + 1}`)
    return member !== undefined && ['running', 'streaming'].includes(member.state)
  }

  /**
   * Waits until one node leads, all others follow it, and it has a standby that it waits for.
   * @param {number} withinMs
   */
  async whole(withinMs = membersMs) {
    for (const untilMs = Date.now() + withinMs; ; await pause(pollMs)) {
      const members = (await (await this.leader())?.members().catch(() => [])) ?? []
      const isWhole =
        members.length === this.nodes.length &&
        members.every(({ state }) => ['running', 'streaming'].includes(state)) &&
        new Set(members.map(({ timeline }) => timeline)).size === 1 &&
        members.some(({ role }) => role === 'sync_standby')
      if (isWhole) return
      if (Date.now() > untilMs) {
        throw new PartFailure(`the cluster is not whole again: ${JSON.stringify(members)}`)
      }
    }
  }

  async #prepareDatabase() {
    const { places, passwords } = this.#options
    const leader = await this.leader()
    const place = places[this.nodes.indexOf(/** @type {PatroniNode} */ (leader))]
    if (place === undefined) throw new PartFailure('the first leader has gone before it was used.')
    const client = new pg.Client({
      host: place.host,
      port: place.ports.postgres,
      user: 'postgres',
      password: passwords.postgres,
      database: 'postgres',
    })
    await client.connect()
    try {
      const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [
        databaseName,
      ])
      if (rows.length > 0) return
      await client.query(`DROP ROLE IF EXISTS ${databaseName}`)
      const password = client.escapeLiteral(passwords.dynatom)
      await client.query(`CREATE ROLE ${databaseName} LOGIN PASSWORD ${password}`)
      await client.query(`CREATE DATABASE ${databaseName} OWNER ${databaseName}`)
    } finally {
      await client.end()
    }
  }

  /** Ends all in good order: who leads last, so that nobody takes over. */
  async stop() {
    const leader = await this.leader()
    const others = this.nodes.filter((node) => node !== leader)
    await Promise.all(others.map(({ part }) => part.stop()))
    await leader?.part.stop()
    // The last ones look for one another in vain, and what is written is on the disk.
    await Promise.all(this.etcd.parts.map((part) => part.stop('SIGTERM', etcdStopMs)))
  }
}
