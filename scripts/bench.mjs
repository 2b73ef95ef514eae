/** `npm run bench`: builds what has changed and runs a suite of the benchmark. */
import { buildIfNeeded, inRoot, installIfNeeded, run } from './workspace.mjs'

const args = process.argv.slice(2)
const suite = args.includes('--growth') ? 'growth.mjs' : 'main.mjs'
const suiteArgs = args.filter((arg) => arg !== '--growth')

process.exitCode =
  (await installIfNeeded()) ||
  (await buildIfNeeded()) ||
  (await run(process.execPath, [inRoot('bench', suite), ...suiteArgs]))
