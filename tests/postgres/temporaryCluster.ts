import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { makeCertificate } from './certificate.ts'

const debianDirectory = '/usr/lib/postgresql'
const leastVersion = 15
const startMs = 20_000

/** The directory of the programs of the newest PostgreSQL that is installed. */
export function postgresPrograms(): string {
  const versions = existsSync(debianDirectory) ? readdirSync(debianDirectory).map(Number) : []
  const newest = Math.max(0, ...versions.filter(Number.isFinite))
  if (newest < leastVersion) {
    throw new Error(
      'PostgreSQL 15 or later is needed: `node scripts/postgres.mjs` installs it on Debian.',
    )
  }
  return join(debianDirectory, String(newest), 'bin')
}

/** PostgreSQL refuses to be root. */
function owner(): { readonly uid: number; readonly gid: number } | undefined {
  if (userInfo().uid !== 0) return undefined
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres']).toString())
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** What the cluster is started with beside the usual. */
export interface ClusterOptions {
  /** Lines of postgresql.conf. */
  readonly configuration?: readonly string[]
  /** Encrypts, with a certificate of this name, such as `IP:127.0.0.1`; not at all when absent. */
  readonly certificateOf?: string
}

/** A PostgreSQL of a test's own: on loopback, with a password that nobody knows, gone with the test. */
export class TemporaryCluster {
  readonly host = '127.0.0.1'
  readonly user = 'dynatom'
  readonly password: string
  readonly database = 'postgres'
  readonly port: number
  readonly #directory: string
  #process: ChildProcess | undefined

  private constructor(
    port: number,
    directory: string,
    password: string = randomBytes(18).toString('base64url'),
  ) {
    this.password = password
    this.port = port
    this.#directory = directory
  }

  static async start(options: ClusterOptions = {}): Promise<TemporaryCluster> {
    const directory = mkdtempSync(join(tmpdir(), 'dynatom-postgres-'))
    const cluster = new TemporaryCluster(await freePort(), directory)
    try {
      cluster.#initialize(options)
      await cluster.resume()
    } catch (error) {
      await cluster.dispose()
      throw error
    }
    return cluster
  }

  get data(): string {
    return join(this.#directory, 'data')
  }

  /** The file of the certificate that it shows, where it encrypts. */
  get certFile(): string {
    return join(this.#directory, 'server.crt')
  }

  #initialize({ configuration = [], certificateOf }: ClusterOptions): void {
    const passwordFile = join(this.#directory, 'password')
    writeFileSync(passwordFile, this.password, { mode: 0o600 })
    const ids = owner()
    if (ids !== undefined) {
      chownSync(this.#directory, ids.uid, ids.gid)
      chownSync(passwordFile, ids.uid, ids.gid)
    }
    chmodSync(this.#directory, 0o700)
    const authentication = ['-A', 'scram-sha-256', '-U', this.user, '--pwfile', passwordFile]
    const form = ['-E', 'UTF8', '--locale', 'C', '--no-sync', '--no-instructions']
    execFileSync(
      join(postgresPrograms(), 'initdb'),
      ['-D', this.data, ...authentication, ...form],
      {
        ...ids,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    )
    const lines = [
      ...(certificateOf === undefined ? [] : this.#encrypting(certificateOf)),
      `listen_addresses = '${this.host}'`,
      `port = ${this.port}`,
      `unix_socket_directories = ''`,
      'max_connections = 200',
      ...configuration,
    ]
    appendFileSync(join(this.data, 'postgresql.conf'), `${lines.join('\n')}\n`)
  }

  #encrypting(subjectAltName: string): readonly string[] {
    const { certFile, keyFile } = makeCertificate(this.#directory, subjectAltName)
    const ids = owner()
    for (const file of [certFile, keyFile]) {
      chmodSync(file, 0o600)
      if (ids !== undefined) chownSync(file, ids.uid, ids.gid)
    }
    return ['ssl = on', `ssl_cert_file = '${certFile}'`, `ssl_key_file = '${keyFile}'`]
  }

  /** Starts it, again after {@link kill}. Resolves when it lets somebody in. */
  async resume(): Promise<void> {
    const child = spawn(join(postgresPrograms(), 'postgres'), ['-D', this.data], {
      ...owner(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk) => (said = `${said}${String(chunk)}`.slice(-4000)))
    this.#process = child
    for (const untilMs = Date.now() + startMs; ; ) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL did not start: ${said}`)
      try {
        await this.query('SELECT 1')
        return
      } catch (error) {
        if (Date.now() > untilMs)
          throw new Error(`PostgreSQL did not start: ${said}`, { cause: error })
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  /** A node that follows this one, which waits for it with each commit. */
  async follower(): Promise<TemporaryCluster> {
    const directory = mkdtempSync(join(tmpdir(), 'dynatom-postgres-'))
    const follower = new TemporaryCluster(await freePort(), directory, this.password)
    const ids = owner()
    if (ids !== undefined) chownSync(directory, ids.uid, ids.gid)
    const from = `host=${this.host} port=${this.port} user=${this.user} application_name=follower`
    const args = ['-D', follower.data, '-R', '-X', 'stream', '-c', 'fast', '-d', from]
    execFileSync(join(postgresPrograms(), 'pg_basebackup'), args, {
      ...ids,
      env: { ...process.env, PGPASSWORD: this.password },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    appendFileSync(join(follower.data, 'postgresql.conf'), `port = ${follower.port}\n`)
    await follower.resume()
    await this.query(`ALTER SYSTEM SET synchronous_standby_names = 'follower'`)
    await this.query('SELECT pg_reload_conf()')
    return follower
  }

  /** Has it lead, alone. */
  async promote(): Promise<void> {
    // A statement that waits for it would stand in the way of what is still replayed.
    await this.query('SELECT pg_promote(false)')
    for (let isStandby = true; isStandby; ) {
      const { rows } = await this.query('SELECT pg_is_in_recovery() AS standby')
      isStandby = rows[0]?.['standby'] === true
    }
    await this.query('ALTER SYSTEM RESET synchronous_standby_names')
    await this.query('SELECT pg_reload_conf()')
  }

  /** A session of the superuser; whoever asks for it ends it. */
  async session(): Promise<pg.Client> {
    const { host, port, user, password, database } = this
    const client = new pg.Client({ host, port, user, password, database })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }

  /** Runs a statement as the superuser. */
  async query(text: string): Promise<pg.QueryResult<Record<string, unknown>>> {
    const client = await this.session()
    try {
      return await client.query(text)
    } finally {
      await client.end()
    }
  }

  /** From now on nothing reaches a standby; what sends it stands still until the server ends. */
  async holdBack(): Promise<void> {
    const { rows } = await this.query('SELECT pid FROM pg_stat_replication')
    for (const { pid } of rows) process.kill(Number(pid), 'SIGSTOP')
  }

  /** Sends the server a signal: SIGQUIT is death without a last word, SIGINT an orderly end. */
  async stop(signal: 'SIGQUIT' | 'SIGINT' | 'SIGKILL' = 'SIGQUIT'): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }

  async dispose(): Promise<void> {
    await this.stop()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
