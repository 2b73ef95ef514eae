import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { StoreUnavailable } from '../engine.ts'
import { defaultSettings, type PostgresHost, type PostgresSettings } from './postgresSettings.ts'

const defaultPort = 5432
/** User, password, hosts, database, parameters. */
const form = new RegExp(
  String.raw`^postgres(?:ql)?://(?:([^:@/]*)(?::([^@/]*))?@)?([^/?]+)` +
    String.raw`(?:/([^/?]*))?(?:\?(.*))?$`,
)
const hostForm = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/
const modes = ['verify-full', 'disable']
const parameters = ['sslmode', 'sslrootcert', 'schema']
const exampleText = 'postgres://user@host1,host2:5433/database?sslmode=verify-full'

/**
 * `postgres://user:password@host1:port,host2/database?sslmode=...`, as libpq has it, with `schema`
 * for the place of the tables. What it does not say has its default. Beyond loopback the
 * certificate of a node must be of its host, unless `sslmode=disable`. Throws StoreUnavailable; no
 * text of an error has a password in it.
 */
export function parsePostgresUrl(url: string): PostgresSettings {
  const [, user = '', password, hostList = '', database = '', query = ''] = form.exec(url) ?? []
  if (hostList === '') throw unusable(`it looks like ${exampleText}`)
  if (user === '') throw unusable('it needs a user')
  if (database === '') throw unusable('it needs a database')
  const hosts = hostList.split(',').map(hostOf)
  const given = new URLSearchParams(query)
  for (const name of given.keys()) {
    if (!parameters.includes(name)) throw unusable(`it takes ${parameters.join(', ')}, not ${name}`)
  }
  return {
    ...defaultSettings,
    hosts,
    user: decoded(user),
    password: password === undefined || password === '' ? undefined : decoded(password),
    database: decoded(database),
    schema: given.get('schema') ?? defaultSettings.schema,
    tls: tlsOf(hosts, given),
  }
}

function hostOf(text: string): PostgresHost {
  const [, host, port] = hostForm.exec(text) ?? []
  const number = port === undefined ? defaultPort : Number(port)
  if (host === undefined || number < 1 || number > 65_535) {
    throw unusable(`"${text.includes('@') ? '...' : text}" is not a host`)
  }
  return { host: decoded(host.replaceAll(/^\[|\]$/g, '')), port: number }
}

function tlsOf(
  hosts: readonly PostgresHost[],
  given: URLSearchParams,
): ConnectionOptions | undefined {
  const isLocal = hosts.every(({ host }) => /^(localhost|127\.[\d.]+|::1)$/.test(host))
  const mode = given.get('sslmode') ?? (isLocal ? 'disable' : 'verify-full')
  if (!modes.includes(mode)) throw unusable(`sslmode takes ${modes.join(', ')}`)
  const rootFile = given.get('sslrootcert')
  if (mode === 'disable') {
    if (rootFile !== null) throw unusable('sslrootcert means nothing with sslmode=disable')
    return undefined
  }
  if (rootFile === null || rootFile === 'system') return { rejectUnauthorized: true }
  try {
    return { rejectUnauthorized: true, ca: readFileSync(rootFile, 'utf8') }
  } catch (error) {
    throw unusable(`sslrootcert cannot be read: ${(error as Error).message}`)
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw unusable('a % begins two hexadecimal digits')
  }
}

const unusable = (reason: string): StoreUnavailable =>
  new StoreUnavailable(`The address of the engine cannot be used: ${reason}.`)
