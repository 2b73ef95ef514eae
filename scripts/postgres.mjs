/**
 * `node scripts/postgres.mjs [--yes]`: installs PostgreSQL of Debian's packages for `npm run
 * test:postgres`, which starts clusters of its own. It asks before it installs, unless told `--yes`.
 * Nothing of Debian's own cluster is used, and none is made.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'

const debianDirectory = '/usr/lib/postgresql'
const leastVersion = 15

function installed() {
  const versions = existsSync(debianDirectory) ? readdirSync(debianDirectory).map(Number) : []
  return versions.some((version) => version >= leastVersion)
}

/** Why nothing can be installed here, as one sentence; undefined where it can. */
function obstacle() {
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) {
    return 'There is no apt here: install PostgreSQL 15 or later in another way.'
  }
  if (process.getuid?.() !== 0) return 'Installing packages takes the rights of root.'
  return undefined
}

async function agreed() {
  if (process.argv.includes('--yes')) return true
  if (!process.stdin.isTTY) return false
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question('Install the package postgresql with apt-get? [y/N] ')
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { status } = spawnSync('apt-get', args, { stdio: 'inherit', env })
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed.`)
}

/** Debian makes and starts a cluster with the package, unless postgresql-common is told not to. */
function leaveOutMainCluster() {
  const settings = '/etc/postgresql-common/createcluster.conf'
  const text = readFileSync(settings, 'utf8')
  writeFileSync(settings, text.replace(/^#?create_main_cluster.*$/m, 'create_main_cluster = false'))
}

async function main() {
  if (installed()) return
  const why = obstacle()
  if (why !== undefined) throw new Error(why)
  if (!(await agreed())) throw new Error('Nothing was installed; --yes installs without asking.')
  apt('update')
  const common = ['install', '-y', '--no-install-recommends']
  apt(...common, 'postgresql-common')
  leaveOutMainCluster()
  apt(...common, 'postgresql')
}

try {
  await main()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
