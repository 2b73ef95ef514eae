/** Where the programs of a cluster are, and whose they are run as. */
import { execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { installPackages } from '../debianPackages.mjs'

const debianDirectory = '/usr/lib/postgresql'
const leastVersion = 15

/** The programs of the newest PostgreSQL that is installed, if it is new enough. */
export function postgresDirectory() {
  const versions = existsSync(debianDirectory) ? readdirSync(debianDirectory).map(Number) : []
  const newest = Math.max(0, ...versions.filter(Number.isFinite))
  const directory = join(debianDirectory, String(newest), 'bin')
  const isUsable = newest >= leastVersion && existsSync(join(directory, 'postgres'))
  return isUsable ? directory : undefined
}

/** @param {string} name */
function isProgram(name) {
  return (process.env['PATH'] ?? '').split(':').some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

export const hasClusterPrograms = () =>
  postgresDirectory() !== undefined && isProgram('etcd') && isProgram('patroni')

/**
 * Installs what a cluster is made of, where it is not there. See {@link installPackages}.
 * @param {boolean} isAgreed
 */
export const installClusterPrograms = (isAgreed) =>
  installPackages({
    what: 'PostgreSQL 15 or later, Patroni and etcd',
    names: ['postgresql', 'patroni', 'python3-etcd', 'etcd-server'],
    services: ['patroni', 'etcd'],
    isThere: hasClusterPrograms,
    isAgreed,
  })

/**
 * @typedef {object} Owner
 * @property {number} uid
 * @property {number} gid
 */

/**
 * Whose processes the nodes are: PostgreSQL refuses to be root.
 * @returns {Owner | undefined} Undefined for the user of this process.
 */
export function nodeOwner() {
  if (userInfo().uid !== 0) return undefined
  /** @param {string} flag */
  const idOf = (flag) => Number(execFileSync('id', [flag, 'postgres']).toString())
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** What has a command be of `owner`. @param {Owner | undefined} owner */
export const asOwner = (owner) =>
  owner === undefined
    ? []
    : ['setpriv', `--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups']

/**
 * Throws with a sentence where the nodes' owner cannot get to their directory.
 * @param {string} directory
 */
export function requireReachable(directory) {
  const [program, ...args] = [...asOwner(nodeOwner()), 'test', '-x', directory]
  if (spawnSync(program, args).status === 0) return
  throw new Error(
    `The user postgres cannot get to ${directory}: take another --directory, or let it pass.`,
  )
}
