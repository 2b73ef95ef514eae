import pg from 'pg'
import { passwordMissing } from './failures.ts'
import type { PostgresHost, PostgresSettings } from './postgresSettings.ts'

/** A statement that each connection prepares once, by its name; or one that is not prepared. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
  /** How long its answer may take, where that is longer than usual. */
  readonly timeoutMs?: number
}

/** The columns of a row as PostgreSQL writes them: `bytea` is `\x` and hexadecimal digits. */
export type Row = readonly (string | null)[]

/** How much longer than the server the client waits for the end of a statement. */
const answerDelayMs = 1000
const connectTimeoutMs = 3000

/**
 * What a session is like, whatever the cluster is configured for: every statement of a commit sees
 * what was committed before it, and a commit that was answered is on the disk of the standby that
 * the cluster asks for. Entries are found by their keys alone, which no statistics can tell better.
 */
const sessionOptions = (statementTimeoutMs: number): string =>
  [
    `statement_timeout=${statementTimeoutMs}`,
    'synchronous_commit=on',
    'default_transaction_isolation=read\\ committed',
    'plan_cache_mode=force_generic_plan',
    'enable_seqscan=off',
    'enable_bitmapscan=off',
    'enable_hashjoin=off',
    'enable_mergejoin=off',
    'jit=off',
    'bytea_output=hex',
    'client_min_messages=error',
  ]
    .map((option) => `-c ${option}`)
    .join(' ')

const asItIs = (text: unknown): unknown => text
const rawTypes = { getTypeParser: () => asItIs } as unknown as pg.CustomTypesConfig

/** What connects to `host`. Nothing is taken from the environment. */
export function sessionConfig(
  settings: PostgresSettings,
  { host, port }: PostgresHost,
): pg.ClientConfig {
  const { database, user, password, tls, statementTimeoutMs } = settings
  return {
    host,
    port,
    database,
    user,
    password: () => {
      if (password === undefined) throw passwordMissing()
      return password
    },
    ssl: tls ?? false,
    options: sessionOptions(statementTimeoutMs),
    application_name: 'dynatom',
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs + answerDelayMs,
    keepAlive: true,
    types: rawTypes,
  }
}

/** The rows of `statement`. Rejects with what the client or the server says. */
export async function rowsOf(
  client: pg.ClientBase,
  { name, text, values, timeoutMs }: Statement,
): Promise<readonly Row[]> {
  const query: pg.QueryArrayConfig & { query_timeout?: number } = {
    text,
    rowMode: 'array',
    ...(name !== undefined && { name }),
    ...(values !== undefined && { values: [...values] }),
    ...(timeoutMs !== undefined && { query_timeout: timeoutMs + answerDelayMs }),
  }
  const { rows } = await client.query<(string | null)[]>(query)
  // Of several statements at once there are several results, which nobody asks for.
  return rows ?? []
}

/**
 * A connection that knows whether its node is a standby: PostgreSQL says so when it lets somebody
 * in, and whenever that changes.
 */
export class KnowingClient extends pg.Client {
  isStandby = false

  constructor(config?: string | pg.ClientConfig) {
    super(config)
    const { connection } = this as unknown as { connection: ParameterSource }
    connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
      if (parameterName === 'in_hot_standby') this.isStandby = parameterValue === 'on'
    })
  }
}

interface ParameterStatus {
  readonly parameterName: string
  readonly parameterValue: string
}

interface ParameterSource {
  on(event: 'parameterStatus', listener: (status: ParameterStatus) => void): void
}

/** Ends a connection without a word: whatever it waits for is over. */
export function cutOff(client: pg.ClientBase): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}

/** Of a column that is `bytea` and not null. */
export const bytesOf = (column: string | null | undefined): Buffer =>
  Buffer.from((column as string).slice(2), 'hex')
