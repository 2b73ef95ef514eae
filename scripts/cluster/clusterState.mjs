import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'

/** @import { Passwords, Place, PortName, SecretName } from './replicatedStore.mjs' */

export const host = '127.0.0.1'
export const nodeCount = 3

/** @type {readonly PortName[]} */
const portNames = ['etcd', 'etcdPeers', 'postgres', 'patroni', 'server']
/** @type {readonly SecretName[]} */
const secretNames = ['patroni', 'postgres', 'replication', 'rewind', 'dynatom']

/** Where a cluster is that nobody gave another place: PostgreSQL's user must get there. */
export const defaultDirectory = () =>
  userInfo().uid === 0
    ? '/var/lib/dynatom-cluster'
    : join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'dynatom-cluster')

/**
 * What a cluster keeps from one start to the next.
 * @typedef {object} ClusterState
 * @property {readonly Place[]} places
 * @property {number} port That of the address.
 * @property {Passwords} passwords
 */

/** A password for each that needs one, of 144 bits. @returns {Passwords} */
export function makePasswords() {
  const entries = secretNames.map((name) => [name, randomBytes(18).toString('base64url')])
  return /** @type {Passwords} */ (Object.fromEntries(entries))
}

/** @param {number} count @returns {Promise<readonly number[]>} */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = /** @type {import('node:net').AddressInfo} */ (server.address())
    return address.port
  })
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/**
 * The places of nodes on loopback: from `firstPort` on, or at free ports.
 * @param {number | undefined} firstPort
 * @returns {Promise<ClusterState>}
 */
export async function makeState(firstPort) {
  const count = nodeCount * portNames.length + 1
  const ports =
    firstPort === undefined
      ? await freePorts(count)
      : Array.from({ length: count }, (_, i) => firstPort + i)
  const [port, ...others] = /** @type {[number, ...number[]]} */ (ports)
  const places = Array.from({ length: nodeCount }, (_, i) => {
    const own = portNames.map((name, j) => [name, others[i * portNames.length + j]])
    return { host, ports: /** @type {Place['ports']} */ (Object.fromEntries(own)) }
  })
  return { places, port, passwords: makePasswords() }
}

export const statePath = (/** @type {string} */ directory) => join(directory, 'cluster.json')

/**
 * The state of the cluster in `directory`, which is made where there is none. Rejects when
 * `firstPort` is not that of a cluster that is there.
 * @param {string} directory
 * @param {number | undefined} firstPort
 * @returns {Promise<ClusterState>}
 */
export async function openState(directory, firstPort) {
  const path = statePath(directory)
  if (existsSync(path)) {
    const state = /** @type {ClusterState} */ (JSON.parse(readFileSync(path, 'utf8')))
    if (firstPort === undefined || firstPort === state.port) return state
    throw new Error(`The cluster in ${directory} has its address at port ${state.port}.`)
  }
  mkdirSync(directory, { recursive: true, mode: 0o755 })
  const state = await makeState(firstPort)
  writeFileSync(path, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 })
  return state
}
