/** `npm run bench`: builds what has changed and runs a suite of the benchmark. */
import { buildIfNeeded, inRoot, installIfNeeded, run } from './workspace.mjs'

const args = process.argv.slice(2)
const flags = {
  '--growth': 'growth.mjs',
  '--large': 'large.mjs',
  '--expiry': 'expiry.mjs',
  '--streams': 'streams.mjs',
  '--statements': 'statements.mjs',
  '--auth': 'auth.mjs',
  '--client': 'client.mjs',
  '--client-types': 'clientTypes.mjs',
  '--conflicts': 'conflicts.mjs',
  '--session': 'session.mjs',
  '--memory': 'memory.mjs',
  '--exec': 'exec.mjs',
  '--snapshots': 'snapshots.mjs',
  '--vectors': 'vectors.mjs',
  '--postgres': 'postgres.mjs',
  '--postgres-servers': 'postgresServers.mjs',
  '--migration': 'migration.mjs',
}
const flag = args.find((arg) => Object.hasOwn(flags, arg))
const suite = flag === undefined ? 'main.mjs' : flags[flag]
const suiteArgs = args.filter((arg) => arg !== flag)

process.exitCode =
  (await installIfNeeded()) ||
  (await buildIfNeeded()) ||
  (await run(process.execPath, [inRoot('bench', suite), ...suiteArgs]))
