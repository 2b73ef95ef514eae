import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeAlonePrograms } from './alonePrograms.mjs'
import { askJson } from './askJson.mjs'
import { Part } from './part.mjs'

/** @import { ClusterOptions } from './replicatedStore.mjs' */

const answerMs = 1500

/**
 * What Patroni knows of a node.
 * @typedef {object} Member
 * @property {string} name
 * @property {string} role
 * @property {string} state
 * @property {number} [timeline] The number of its history.
 */

/**
 * How soon a leader is given up: its key in etcd lives for `ttl` seconds, and is renewed every
 * `loop_wait`. A leader that cannot renew it steps back before, after `loop_wait` and two times
 * `retry_timeout`: no two lead at a time.
 */
export const failover = {
  ttl: 10,
  loop_wait: 2,
  retry_timeout: 4,
  // A PostgreSQL that does not come back, or does not end, for so many seconds is given up.
  primary_start_timeout: 5,
  primary_stop_timeout: 5,
}

/** A standby that is gone is noticed as soon: commits wait for it. */
const parameters = {
  max_connections: 250,
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  wal_keep_size: '128MB',
  wal_sender_timeout: '5s',
  wal_receiver_timeout: '5s',
  synchronous_commit: 'on',
  unix_socket_directories: '',
}

/** One node of PostgreSQL with the Patroni that starts and watches it. */
export class PatroniNode {
  #options
  #number
  /** @type {Part} */
  part

  /** @param {ClusterOptions} options @param {number} number From 1. */
  constructor(options, number) {
    const { directory, owner } = options
    this.#options = options
    this.#number = number
    const { wrapper = [] } = this.#place
    this.part = new Part({
      name: `PostgreSQL ${number}`,
      file: `postgres${number}`,
      directory,
      wrapper,
      ...(owner !== undefined && { owner }),
      command: ['patroni', join(this.#home, 'patroni.yml')],
    })
  }

  get #place() {
    const { places } = this.#options
    return /** @type {typeof places[number]} */ (places[this.#number - 1])
  }

  get #home() {
    return join(this.#options.directory, `postgres${this.#number}`)
  }

  get #data() {
    return join(this.#home, 'data')
  }

  get #programs() {
    return join(this.#home, 'programs')
  }

  start() {
    const { owner, programs } = this.#options
    const path = join(this.#home, 'patroni.yml')
    mkdirSync(this.#home, { recursive: true, mode: 0o700 })
    makeAlonePrograms(this.#programs, { programs, data: this.#data })
    // What is JSON is YAML.
    writeFileSync(path, JSON.stringify(this.#configuration(), undefined, 2), { mode: 0o600 })
    if (owner !== undefined) {
      for (const each of [this.#home, path]) chownSync(each, owner.uid, owner.gid)
    }
    this.part.start()
  }

  #configuration() {
    const { places, passwords, guests = [] } = this.#options
    const { host, ports } = this.#place
    const api = `${host}:${ports.patroni}`
    const postgres = `${host}:${ports.postgres}`
    const nodes = [...new Set([...places.map((place) => place.host), ...guests])]
    const allowed = nodes.flatMap((each) =>
      ['all', 'replication'].map((database) => `host ${database} all ${each}/32 scram-sha-256`),
    )
    return {
      scope: 'postgres',
      name: `n${this.#number}`,
      namespace: '/dynatom-cluster/',
      restapi: {
        listen: api,
        connect_address: api,
        authentication: { username: 'patroni', password: passwords.patroni },
      },
      // By its older interface: with the newer one Patroni 3 does not compare before it writes who
      // leads, and a leader that was cut off takes that back from its successor.
      etcd: { hosts: places.map((place) => `${place.host}:${place.ports.etcd}`) },
      bootstrap: {
        dcs: {
          ...failover,
          maximum_lag_on_failover: 2 ** 20,
          synchronous_mode: true,
          postgresql: { use_pg_rewind: true, parameters },
        },
        initdb: [
          { encoding: 'UTF8' },
          { locale: 'C' },
          { 'auth-host': 'scram-sha-256' },
          { 'auth-local': 'scram-sha-256' },
          'data-checksums',
        ],
      },
      postgresql: {
        listen: postgres,
        connect_address: postgres,
        data_dir: this.#data,
        bin_dir: this.#programs,
        pgpass: join(this.#home, 'pgpass'),
        // A node that cannot be brought back to the leader's history copies the leader.
        remove_data_directory_on_rewind_failure: true,
        remove_data_directory_on_diverged_timelines: true,
        // Of a leader that writes little a spread checkpoint takes minutes.
        basebackup: [{ checkpoint: 'fast' }],
        pg_hba: ['local all all scram-sha-256', ...allowed],
        authentication: {
          superuser: { username: 'postgres', password: passwords.postgres },
          replication: { username: 'replicator', password: passwords.replication },
          rewind: { username: 'rewinder', password: passwords.rewind },
        },
      },
    }
  }

  /** @param {string} path */
  #api(path) {
    const { host, ports } = this.#place
    return `http://${host}:${ports.patroni}${path}`
  }

  /** Whether it leads and knows so. */
  async isLeader() {
    const signal = AbortSignal.timeout(answerMs)
    return fetch(this.#api('/leader'), { signal }).then(
      async (response) => {
        await response.body?.cancel()
        return response.ok
      },
      () => false,
    )
  }

  /** @returns {Promise<readonly Member[]>} */
  async members() {
    const { members } = await askJson(this.#api('/cluster'))
    return /** @type {Member[]} */ (members)
  }

  /** The number of the process that all of PostgreSQL's are children of, while there is one. */
  get postmaster() {
    const path = join(this.#data, 'postmaster.pid')
    if (!existsSync(path)) return undefined
    const pid = Number(readFileSync(path, 'utf8').split('\n')[0])
    return commandOf(pid).includes('postgres') ? pid : undefined
  }

  /** Kills PostgreSQL and, as with the whole machine, Patroni: nothing says a last word. */
  async kill({ withPatroni = true } = {}) {
    this.killAtOnce({ withPatroni })
    if (withPatroni) await this.part.stop('SIGKILL')
  }

  /** {@link kill} without waiting for the end. */
  killAtOnce({ withPatroni = true } = {}) {
    if (withPatroni) this.part.signal('SIGSTOP')
    const { postmaster } = this
    if (postmaster !== undefined) {
      // A parent that stands still has no more children.
      signalIfThere(postmaster, 'SIGSTOP')
      for (const pid of [...childrenOf(postmaster), postmaster]) signalIfThere(pid, 'SIGKILL')
    }
    if (withPatroni) this.part.signal('SIGKILL')
  }
}

/** @param {number} pid */
function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** @param {number} parent */
function childrenOf(parent) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
        return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) === parent
      } catch {
        return false
      }
    })
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function signalIfThere(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended by itself.
  }
}
