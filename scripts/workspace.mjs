/** What the scripts know of the work tree: whether it is installed and built, and how to run things. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeLeftOvers } from './leftOvers.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const inRoot = (...names) => join(root, ...names)

const modifiedMs = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

/** The latest change of a file below `directory` that `counts`, in milliseconds since the epoch. */
function latestChangeMs(directory, counts) {
  let latest = 0
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !counts(entry.name)) continue
    latest = Math.max(latest, modifiedMs(join(entry.parentPath ?? entry.path, entry.name)))
  }
  return latest
}

/**
 * Runs a command with this terminal and resolves to its exit code; a signal that ends it counts as
 * 128 and its number, as in a shell. With `output`, the command's standard output goes there.
 */
export function run(command, args, { output = 'inherit', env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['inherit', output, 'inherit'] })
    const forward = (signal) => child.kill(signal)
    process.on('SIGINT', forward)
    process.on('SIGTERM', forward)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      process.off('SIGINT', forward)
      process.off('SIGTERM', forward)
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

/** Runs a program of an installed package. */
export const runTool = (name, args) =>
  run(process.execPath, [inRoot('node_modules', '.bin', name), ...args])

/**
 * What a running npm was told (`npm pack --dry-run`, `--workspace`) reaches the scripts it runs, and would
 * reach an npm that they run.
 */
const toldToNpm = /^npm_config_(dry_run|global|include_workspace_root|json|omit|workspaces?)$/i

/** Installs exactly the packages that the lock file names, when that has not been done since it changed. */
export async function installIfNeeded() {
  const installed = modifiedMs(inRoot('node_modules', '.package-lock.json'))
  if (installed > 0 && installed >= modifiedMs(inRoot('package-lock.json'))) return 0
  console.error('Installing packages...')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const env = Object.entries(process.env).filter(([name]) => !toldToNpm.test(name))
  // npm reports on standard output, where a program that reads this script's output does not expect it.
  return run(npm, ['ci'], { output: process.stderr, env: Object.fromEntries(env) })
}

const folderOf = (name) => inRoot('packages', name)

/** What the command starts from. */
export const startFile = join(folderOf('server'), 'dist', 'start', 'dynatom.cjs')

/**
 * The packages, and what is made out of each once it is compiled: by which script, and the file that it
 * writes last.
 */
const packages = [
  {
    name: 'server',
    madeForms: [
      { script: 'commonJs.mjs', stamp: 'dist/cjs/package.json', hasKits: true },
      { script: 'startFile.mjs', stamp: 'dist/start/dynatom.cjs' },
    ],
  },
  { name: 'client', madeForms: [{ script: 'commonJs.mjs', stamp: 'dist/cjs/package.json' }] },
  { name: 'mcp', madeForms: [] },
].map(({ name, madeForms }) => {
  const folder = folderOf(name)
  const dist = join(folder, 'dist')
  const forms = madeForms.map((form) => ({ ...form, dist, stamp: join(folder, form.stamp) }))
  return { folder, dist, buildInfo: join(dist, '.tsbuildinfo'), forms }
})

/** The forms of a package that are older than what they are made of. */
function olderForms({ buildInfo, forms }) {
  return forms.filter(({ script, stamp }) => {
    const madeOfMs = Math.max(modifiedMs(buildInfo), modifiedMs(inRoot('scripts', script)))
    return modifiedMs(stamp) < madeOfMs
  })
}

/**
 * Compiles the packages, makes their CommonJS form, the console and what the command starts from, and has that serve some requests,
 * so that its compiled code is kept; without `warmUp` the first start keeps it. Nothing is written when nothing has changed.
 */
export async function build({ warmUp = true } = {}) {
  const compiled = await runTool('tsc', ['-b'])
  if (compiled !== 0) return compiled
  for (const { folder, dist } of packages) {
    removeLeftOvers(dist, join(folder, 'src'), 'cjs', 'console')
  }
  const older = packages.flatMap(olderForms)
  // Their bundler is there only once the packages are installed.
  await Promise.all(
    [...older, ...(isConsoleOlder() ? [consoleForm] : [])].map(async (form) =>
      (await import(`./${form.script}`)).make(form.dist, form),
    ),
  )
  if (!warmUp || !older.some(({ script }) => script === 'startFile.mjs')) return 0
  const status = await run(process.execPath, [inRoot('scripts', 'warmUp.mjs')])
  if (status !== 0) console.error('The first start will be slower: its code could not be kept.')
  return 0
}

/** Whether a package has to be compiled: a source is newer than what was compiled last. */
function isChanged({ folder, buildInfo, forms }) {
  const isSource = (name) => name.endsWith('.ts') && !name.endsWith('.test.ts')
  const isWhole = forms.every(({ stamp }) => existsSync(stamp))
  const changedMs = Math.max(
    latestChangeMs(join(folder, 'src'), isSource),
    modifiedMs(join(folder, 'tsconfig.json')),
    modifiedMs(inRoot('tsconfig.base.json')),
  )
  return !isWhole || modifiedMs(buildInfo) < changedMs
}

/** The console, which no compiler but its bundler makes anything of. */
const consoleForm = { script: 'console.mjs' }
const consoleFolder = folderOf('console')
const consoleStamp = join(folderOf('server'), 'dist', 'console', 'index.html')

/** Whether the console has to be made: what it is made of is newer. */
function isConsoleOlder() {
  const isSource = (name) => !/\.test\.tsx?$/.test(name)
  const changedMs = Math.max(
    latestChangeMs(join(consoleFolder, 'src'), isSource),
    latestChangeMs(join(consoleFolder, 'courses'), () => true),
    modifiedMs(join(consoleFolder, 'index.html')),
    modifiedMs(join(consoleFolder, 'package.json')),
    modifiedMs(inRoot('scripts', 'console.mjs')),
    modifiedMs(inRoot('scripts', 'courses.mjs')),
  )
  return modifiedMs(consoleStamp) < changedMs
}

/** Compiles the packages when a source is newer than what was compiled last. See {@link build}. */
export async function buildIfNeeded(options) {
  if (!packages.some(isChanged) && !isConsoleOlder()) return 0
  console.error('Building...')
  return build(options)
}
