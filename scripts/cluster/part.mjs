import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { asOwner } from './programs.mjs'

/** @import { Owner } from './programs.mjs' */

const pollMs = 100
const stopMs = 30_000

/**
 * @typedef {object} PartOptions
 * @property {string} name How sentences call it.
 * @property {string} file The name of its files without their endings.
 * @property {string} directory Where its files are: `<file>.log`, `<file>.pid`.
 * @property {readonly string[]} command
 * @property {Readonly<Record<string, string>>} [environment] Beside PATH.
 * @property {Owner} [owner] Whose process it is; that of this process when absent.
 * @property {readonly string[]} [wrapper] A program that sets something up and becomes the command.
 */

/** Something of a cluster that did not become what it must be; the message is for people. */
export class PartFailure extends Error {}

/** One process of a cluster, of a session of its own, so that a Ctrl-C here does not reach it. */
export class Part {
  #options
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child
  /** Told when the process ends. @type {() => void} */
  onEnd = () => {}

  /** @param {PartOptions} options */
  constructor(options) {
    this.#options = options
  }

  get name() {
    return this.#options.name
  }

  get logPath() {
    const { directory, file } = this.#options
    return join(directory, `${file}.log`)
  }

  get #pidPath() {
    const { directory, file } = this.#options
    return join(directory, `${file}.pid`)
  }

  get isRunning() {
    const child = this.#child
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null
  }

  get pid() {
    return this.isRunning ? this.#child?.pid : undefined
  }

  start() {
    const { command, environment = {}, owner, wrapper = [] } = this.#options
    const [program, ...args] = [...wrapper, ...asOwner(owner), ...command]
    const log = openSync(this.logPath, 'a', 0o640)
    const child = spawn(/** @type {string} */ (program), args, {
      cwd: '/',
      detached: true,
      env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...environment },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    child.once('error', () => {})
    child.once('exit', () => {
      rmSync(this.#pidPath, { force: true })
      this.onEnd()
    })
    this.#child = child
    if (child.pid !== undefined) writeFileSync(this.#pidPath, pidLine(child.pid))
  }

  /**
   * Waits until `isReady`. Rejects with PartFailure when the process ends before, or too much time
   * passes.
   * @param {() => Promise<boolean>} isReady
   * @param {number} withinMs
   */
  async ready(isReady, withinMs) {
    for (const untilMs = Date.now() + withinMs; ; ) {
      if (await isReady().catch(() => false)) return
      if (!this.isRunning || Date.now() > untilMs) {
        const what = this.isRunning ? 'is not ready' : 'has ended'
        throw new PartFailure(`${this.name} ${what}: its log is ${this.logPath}.`)
      }
      await pause(pollMs)
    }
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    if (this.isRunning) this.#child?.kill(signal)
  }

  /**
   * Sends a signal that ends it and waits for the end; when that takes too long it is SIGKILL.
   * @param {NodeJS.Signals} signal
   */
  async stop(signal = 'SIGTERM', withinMs = stopMs) {
    const child = this.#child
    if (child === undefined || !this.isRunning) return
    this.onEnd = () => {}
    const ended = new Promise((resolve) => child.once('exit', resolve))
    this.signal(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
    await ended
    clearTimeout(timer)
  }
}

/**
 * When a process was started, in ticks since the machine was: with its number that is the process.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

/** A process as its file names it. @param {number} pid */
export const pidLine = (pid) => `${pid} ${startOf(pid)}\n`

/**
 * The process that a file names, if it still is that one.
 * @param {string} path
 */
export function pidIn(path) {
  if (!existsSync(path)) return undefined
  const [pid, start] = readFileSync(path, 'utf8').trim().split(' ')
  const isIt = start !== 'undefined' && startOf(Number(pid)) === start
  return isIt ? Number(pid) : undefined
}
