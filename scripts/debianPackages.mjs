/** Packages of Debian, which are installed where whoever asks has agreed. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'

/**
 * Why nothing can be installed here, as one sentence; undefined where it can.
 * @param {string} what
 */
function obstacle(what) {
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) {
    return `There is no apt here: install ${what} in another way.`
  }
  if (process.getuid?.() !== 0) return `Installing ${what} takes the rights of root.`
  return undefined
}

/**
 * @param {readonly string[]} names
 * @param {boolean} isAgreed
 */
async function agreed(names, isAgreed) {
  if (isAgreed) return true
  if (!process.stdin.isTTY) return false
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(`Install ${names.join(', ')} with apt-get? [y/N] `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}

/** @param {readonly string[]} args */
function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const stdio = /** @type {const} */ (['ignore', process.stderr, 'inherit'])
  const { status } = spawnSync('apt-get', args, { stdio: [...stdio], env })
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed.`)
}

/** Debian makes a cluster with PostgreSQL, unless postgresql-common is told before not to. */
function leaveOutMainCluster() {
  const settings = '/etc/postgresql-common/createcluster.conf'
  const text = readFileSync(settings, 'utf8')
  writeFileSync(settings, text.replace(/^#?create_main_cluster.*$/m, 'create_main_cluster = false'))
}

const policyFile = '/usr/sbin/policy-rc.d'

/**
 * Runs `work` while the services of packages that it installs are not started.
 * @param {() => void} work
 */
function withoutServices(work) {
  const isOurs = !existsSync(policyFile)
  if (isOurs) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    work()
  } finally {
    if (isOurs) rmSync(policyFile)
  }
}

/**
 * Installs packages whose programs `isThere` does not find, after asking on the terminal unless
 * `isAgreed`. Their services are neither started nor started with the machine. Rejects with a
 * sentence for whoever called.
 *
 * @param {object} wanted
 * @param {string} wanted.what How sentences name it.
 * @param {readonly string[]} wanted.names
 * @param {readonly string[]} [wanted.services]
 * @param {() => boolean} wanted.isThere
 * @param {boolean} wanted.isAgreed
 */
export async function installPackages({ what, names, services = [], isThere, isAgreed }) {
  if (isThere()) return
  const why = obstacle(what)
  if (why !== undefined) throw new Error(why)
  if (!(await agreed(names, isAgreed))) {
    throw new Error('Nothing was installed; --yes installs without asking.')
  }
  apt('update', '-qq')
  const install = ['install', '-y', '-qq', '--no-install-recommends']
  withoutServices(() => {
    if (names.includes('postgresql')) {
      apt(...install, 'postgresql-common')
      leaveOutMainCluster()
    }
    apt(...install, ...names)
  })
  for (const service of services) spawnSync('systemctl', ['disable', service], { stdio: 'ignore' })
  if (!isThere()) {
    throw new Error(`${what} was installed, and is not of the version that is needed.`)
  }
}
