/** Runs the benchmark with its arguments, after building the server if that has not been done. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const pathInRoot = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url))

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1
}

if (!existsSync(pathInRoot('packages/server/dist/cli/main.js'))) {
  if (run('npm', ['run', 'build']) !== 0) {
    console.error('The build failed: targets that need it will be left out.')
  }
}

process.exitCode = run(process.execPath, [pathInRoot('bench/main.mjs'), ...process.argv.slice(2)])
