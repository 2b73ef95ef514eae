/**
 * `node otherNode.mjs MAJOR`: prints the directory of a pinned Node.js of that major version, taken from npm
 * and kept in `node_modules/.cache`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const pinned = { 24: '24.22.3', 26: '26.12.1' }

const version = pinned[process.argv[2]]
if (version === undefined) throw new Error(`Versions: ${Object.keys(pinned).join(', ')}.`)

const name = `node-${process.platform}-${process.arch}`
const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url))
const directory = join(cache, `node-${version}`)
const program = join(directory, 'node_modules', name, 'bin', 'node')

if (!existsSync(program)) {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "private": true }\n')
  const install = ['install', '--no-save', '--no-package-lock', `${name}@${version}`]
  const { status } = spawnSync('npm', install, { cwd: directory, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`Node.js ${version} cannot be installed.`)
}
console.log(dirname(program))
