import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { StoreUnavailable } from '../engine.ts'
import type { PostgresSettings } from './postgresSettings.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Read and write for others than the owner of a file. */
const othersBits = 0o077

/**
 * The password that is given elsewhere than in the address: as PGPASSWORD, or in the file that
 * libpq reads (PGPASSFILE, else ~/.pgpass): lines `host:port:database:user:password`, the first
 * that fits, with `*` for anything and `\` before `:` and `\`. Throws StoreUnavailable at a file
 * that others may read.
 */
export function passwordElsewhere(
  settings: Pick<PostgresSettings, 'hosts' | 'database' | 'user'>,
  environment: Environment,
): string | undefined {
  const inEnvironment = environment['PGPASSWORD'] ?? ''
  if (inEnvironment !== '') return inEnvironment
  const path = environment['PGPASSFILE'] ?? join(homedir(), '.pgpass')
  const text = readIfPresent(path)
  if (text === undefined) return undefined
  return passwordIn(text, settings)
}

function readIfPresent(path: string): string | undefined {
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & othersBits) !== 0) {
      throw new StoreUnavailable(
        `The password file ${path} may be read by others; chmod 600 makes it yours alone.`,
      )
    }
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (error instanceof StoreUnavailable) throw error
    throw new StoreUnavailable(
      `The password file ${path} cannot be read: ${(error as Error).message}.`,
    )
  }
}

/** The password of the first line for any of the hosts: the nodes of a cluster have one. */
export function passwordIn(
  text: string,
  { hosts, database, user }: Pick<PostgresSettings, 'hosts' | 'database' | 'user'>,
): string | undefined {
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue
    const fields = (line.match(/(?:\\.|[^\\:])*(?::|$)/g) ?? []).map((field) =>
      field.replace(/:$/, ''),
    )
    const [host = '', port = '', inDatabase = '', ofUser = '', password] = fields
    if (password === undefined) continue
    const isOfHost = hosts.some((each) => fits(host, each.host) && fits(port, String(each.port)))
    if (isOfHost && fits(inDatabase, database) && fits(ofUser, user)) return plain(password)
  }
  return undefined
}

const plain = (field: string): string => field.replaceAll(/\\(.)/g, '$1')
const fits = (field: string, value: string): boolean => field === '*' || plain(field) === value
