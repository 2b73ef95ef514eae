import process from 'node:process'
import type { RunOptions } from '../runOptions.ts'
import { openRunServer, tellProcess } from '../runServer.ts'
import { readJestDynamodbConfig } from './jestDynamodbConfig.ts'
import { keepDatabase, keptDatabase, tellScope } from './jestRun.ts'

interface ProjectConfig {
  readonly rootDir: string
  readonly globals: { readonly dynatom?: RunOptions }
}

/** Run once, before the workers of Jest are started. */
export default async function setup(_: unknown, project: ProjectConfig): Promise<void> {
  // Several projects may have the preset.
  if (keptDatabase() !== undefined) return
  const directories = [process.cwd(), project.rootDir]
  const configured = await readJestDynamodbConfig(directories, process.env)
  const { scope = 'file', ...options } = { ...configured?.options, ...project.globals.dynatom }
  const { database, environment } = await openRunServer(options, configured?.hosts)
  keepDatabase(database)
  tellProcess(environment)
  tellScope(scope)
}
