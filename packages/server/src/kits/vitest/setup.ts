import process from 'node:process'
import { beforeAll, beforeEach, inject } from 'vitest'
import { namedDatabase } from '../runDatabase.ts'
import { workerName } from '../runOptions.ts'
import { tellProcess } from '../runServer.ts'

/*
 * Run before each file of tests. Clients that outlive a file keep their key, so the key is that of
 * the worker whatever the scope, and its database is what begins anew.
 */

const { scope = 'file' } = inject('dynatomOptions')
const name = workerName(process.env['VITEST_POOL_ID'] ?? '0')
const key = scope === 'run' ? {} : { AWS_ACCESS_KEY_ID: `dynatom-${name}` }
tellProcess({ ...inject('dynatomEnvironment'), ...key })

const begin = (): Promise<void> => namedDatabase(name).close()
if (scope === 'file') beforeAll(begin)
if (scope === 'test') beforeEach(begin)
