import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import type { TableDefinition } from '../../cli/createDatabase.ts'
import type { RunOptions } from '../runOptions.ts'

/** What a jest-dynamodb-config.js says, of what means something here. */
interface JestDynamodbConfig {
  readonly tables?: readonly ConfiguredTable[]
  readonly port?: number
  readonly hostname?: string
  /** Arguments of DynamoDB Local. */
  readonly options?: readonly string[]
  readonly clientConfig?: { readonly region?: unknown }
}

type ConfiguredTable = { readonly TableName: string } & {
  /** Items of plain values that the table begins with. */
  readonly data?: readonly object[]
}

/** A run as a jest-dynamodb-config.js has it. */
export interface ConfiguredRun {
  readonly options: RunOptions
  readonly hosts: readonly string[]
}

const fileName = 'jest-dynamodb-config.js'
const usualPort = 8000
const loopback = ['127.0.0.1', '::1']

/**
 * The run that JEST_DYNAMODB_CONFIG names, or a jest-dynamodb-config.js in one of `directories`;
 * undefined without one. Rejects with what the file throws.
 */
export async function readJestDynamodbConfig(
  directories: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ConfiguredRun | undefined> {
  const named = environment['JEST_DYNAMODB_CONFIG']
  const found = directories.map((each) => resolve(each, fileName)).find((each) => existsSync(each))
  const path = named === undefined || named === '' ? found : resolve(named)
  return path === undefined ? undefined : runOf(await load(path))
}

async function load(path: string): Promise<JestDynamodbConfig> {
  const loaded = createRequire(path)(path) as Record<string, unknown>
  const isModule = typeof loaded === 'object' && 'default' in loaded
  const config: unknown = isModule ? loaded['default'] : loaded
  return (await (typeof config === 'function'
    ? (config as () => unknown)()
    : config)) as JestDynamodbConfig
}

function withoutData(configured: ConfiguredTable): TableDefinition {
  const table: Partial<Record<'data', unknown>> & TableDefinition = { ...configured }
  delete table.data
  return table
}

function runOf(config: JestDynamodbConfig): ConfiguredRun {
  const { tables = [], port = usualPort, hostname = 'localhost' } = config
  const { options = [], clientConfig = {} } = config
  const region = typeof clientConfig.region === 'string' ? { region: clientConfig.region } : {}
  const seed = tables.flatMap(({ TableName, data }) => (data ? [[TableName, data] as const] : []))
  return {
    hosts: hostname === 'localhost' ? loopback : [hostname],
    options: {
      ...region,
      port,
      tables: tables.map(withoutData),
      seed: Object.fromEntries(seed),
      delayTransientStatuses: options.includes('-delayTransientStatuses'),
      // Its tests have one database, as they had before.
      scope: 'run',
    },
  }
}
