import process from 'node:process'
import type { LabDatabase } from '../cli/createDatabase.ts'
import { createTestDatabase } from '../cli/createTestDatabase.ts'
import { childEnvironment } from '../cli/exec/childEnvironment.ts'
import type { RunOptions } from './runOptions.ts'

/** The database that a run has, and what its tests are told by. */
export interface RunServer {
  readonly database: LabDatabase
  readonly environment: Readonly<Record<string, string>>
}

/** Opens a database in memory, which listens on loopback. Rejects as `createDatabase` does. */
export async function openRunServer(
  { scope: _scope, port = 0, ...content }: RunOptions,
  hosts: readonly string[] = ['127.0.0.1'],
): Promise<RunServer> {
  const database = await createTestDatabase(content)
  try {
    const { endpoint } = await database.listen({ port, host: hosts })
    const { region = 'us-east-1' } = content
    return { database, environment: childEnvironment({}, { endpoint, region }) }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Has this process and those that it starts find the server, as `dynatom exec` does. */
export function tellProcess(environment: Readonly<Record<string, string>>): void {
  delete process.env['AWS_PROFILE']
  delete process.env['AWS_SESSION_TOKEN']
  Object.assign(process.env, environment)
}
