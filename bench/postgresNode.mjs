import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, chmodSync, chownSync, existsSync, mkdtempSync } from 'node:fs'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { treeSeconds } from './cpuSeconds.mjs'

const debianDirectory = '/usr/lib/postgresql'
const startMs = 20_000

/** The directory of the programs of the newest PostgreSQL that is installed. */
export function postgresPrograms() {
  const versions = existsSync(debianDirectory) ? readdirSync(debianDirectory).map(Number) : []
  const newest = Math.max(0, ...versions.filter(Number.isFinite))
  if (newest < 15) throw new Error('PostgreSQL 15 is needed: see scripts/postgres.mjs')
  return join(debianDirectory, String(newest), 'bin')
}

/** PostgreSQL refuses to be root. */
function owner() {
  if (userInfo().uid !== 0) return undefined
  const idOf = (flag) => Number(execFileSync('id', [flag, 'postgres']).toString())
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** A node of a cluster of its own, on loopback, below `parent`: a leader, or what follows one. */
export class PostgresNode {
  host = '127.0.0.1'
  user = 'dynatom'
  database = 'postgres'
  #child

  constructor(port, directory, password) {
    Object.assign(this, { port, directory, password })
  }

  static async leader(parent) {
    const node = new PostgresNode(await freePort(), directoryIn(parent), newPassword())
    const passwordFile = join(node.directory, 'password')
    writeFileSync(passwordFile, node.password, { mode: 0o600 })
    const ids = owner()
    if (ids !== undefined) chownSync(passwordFile, ids.uid, ids.gid)
    const authentication = ['-A', 'scram-sha-256', '-U', node.user, '--pwfile', passwordFile]
    const form = ['-E', 'UTF8', '--locale', 'C', '--no-instructions']
    node.#program('initdb', ['-D', node.data, ...authentication, ...form])
    node.#configure([
      `listen_addresses = '${node.host}'`,
      `port = ${node.port}`,
      `unix_socket_directories = ''`,
      'max_connections = 300',
      'shared_buffers = 256MB',
    ])
    await node.#start()
    return node
  }

  /** A node that follows this one, which waits for it with each commit. */
  async standby(parent) {
    const node = new PostgresNode(await freePort(), directoryIn(parent), this.password)
    const from = `host=${this.host} port=${this.port} user=${this.user} application_name=standby`
    node.#program('pg_basebackup', [
      '-D',
      node.data,
      '-R',
      '-X',
      'stream',
      '-c',
      'fast',
      '-d',
      from,
    ])
    node.#configure([`port = ${node.port}`])
    await node.#start()
    await this.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`)
    await this.query('SELECT pg_reload_conf()')
    return node
  }

  get data() {
    return join(this.directory, 'data')
  }

  #program(name, args) {
    const env = { ...process.env, PGPASSWORD: this.password }
    const stdio = ['ignore', 'ignore', 'inherit']
    execFileSync(join(postgresPrograms(), name), args, { ...owner(), env, stdio })
  }

  #configure(lines) {
    appendFileSync(join(this.data, 'postgresql.conf'), `${lines.join('\n')}\n`)
  }

  async #start() {
    const program = join(postgresPrograms(), 'postgres')
    this.#child = spawn(program, ['-D', this.data], { ...owner(), stdio: 'ignore' })
    for (const untilMs = Date.now() + startMs; ; await delay(50)) {
      try {
        return await this.query('SELECT 1')
      } catch (error) {
        if (Date.now() > untilMs) throw new Error('PostgreSQL did not start', { cause: error })
      }
    }
  }

  async query(text) {
    const { host, port, user, password, database } = this
    const client = new pg.Client({ host, port, user, password, database })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return await client.query(text)
    } finally {
      await client.end()
    }
  }

  /** The time that the node has used so far, in seconds, with that of sessions that are over. */
  cpuSeconds() {
    return treeSeconds(this.#child.pid)
  }

  async stop() {
    if (this.#child?.exitCode === null) {
      const exited = once(this.#child, 'exit')
      this.#child.kill('SIGQUIT')
      await exited
    }
    rmSync(this.directory, { recursive: true, force: true })
  }
}

const newPassword = () => randomBytes(18).toString('base64url')

function directoryIn(parent) {
  const directory = mkdtempSync(join(parent, 'dynatom-bench-postgres-'))
  const ids = owner()
  if (ids !== undefined) chownSync(directory, ids.uid, ids.gid)
  chmodSync(directory, 0o700)
  return directory
}
