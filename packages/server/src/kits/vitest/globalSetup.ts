import type { TestProject } from 'vitest/node'
import { openRunServer } from '../runServer.ts'
import type { RunOptions } from './vitest.ts'

/** Run once, in the main process of Vitest; gives what ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { dynatomOptions: options = {} } = project.config.provide
  const { database, environment } = await openRunServer(options satisfies RunOptions)
  project.provide('dynatomEnvironment', environment)
  return () => database.close()
}
