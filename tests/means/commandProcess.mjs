import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/*
 * Plain JavaScript: the suite of client programs runs it as it is, without a compiler.
 */

/**
 * The place of a module of the package as it is shipped; whoever runs tests has built it.
 * @param {string} path
 */
export function builtModule(path) {
  return fileURLToPath(new URL(`../../packages/server/dist/${path}`, import.meta.url))
}

/** What the command starts from, as users start it; DYNATOM_MAIN names another one. */
export const builtMain = process.env['DYNATOM_MAIN'] ?? builtModule('start/dynatom.cjs')

const readyTimeoutMs = 30_000
const stopTimeoutMs = 30_000
/** Of each output the end is kept. */
const keptLength = 2 ** 20

/**
 * @typedef {object} Ended
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} stdout
 * @property {string} stderr
 *
 * How a command is started where the plain way will not do:
 * @typedef {object} Launch
 * @property {string} [main] Another file than the built one.
 * @property {string} [cwd]
 * @property {readonly string[]} [wrapper] A program and its arguments that set something up and
 *   then become the command.
 * @property {number} [uid] Another user. REQUIRES: this process is root.
 */

/** @type {Set<CommandProcess>} */
const running = new Set()
process.on('exit', () => {
  for (const { child } of running) child.kill('SIGKILL')
})

/** A running command, killed when this process ends. */
export class CommandProcess {
  stdout = ''
  stderr = ''
  /** @type {(() => void)[]} */
  #watchers = []

  /**
   * @param {readonly string[]} args
   * @param {Launch} launch
   */
  constructor(args, { main = builtMain, cwd, wrapper = [], uid } = {}) {
    const [program, ...rest] = [...wrapper, process.execPath, main, ...args]
    this.child = spawn(/** @type {string} */ (program), rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
      ...(uid !== undefined && { uid, gid: uid }),
    })
    running.add(this)
    this.child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      this.stdout = (this.stdout + text).slice(-keptLength)
      this.#tellWatchers()
    })
    this.child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      this.stderr = (this.stderr + text).slice(-keptLength)
    })
    this.child.once('error', ({ message }) => {
      this.stderr += message
    })
    /** @type {Promise<Ended>} */
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        running.delete(this)
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr })
        this.#tellWatchers()
      })
    })
  }

  #tellWatchers() {
    for (const watch of this.#watchers.splice(0)) watch()
  }

  get isRunning() {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** All that the command has printed, for messages. */
  get output() {
    return `${this.stdout}${this.stderr}`.trim()
  }

  /**
   * The part of the standard output that `pattern` matches, once there is one.
   * @param {RegExp} pattern
   */
  async seen(pattern) {
    for (;;) {
      const match = pattern.exec(this.stdout)
      if (match !== null) return match
      if (!this.isRunning) {
        const { code, signal } = await this.ended
        throw new Error(
          `the server ended with ${signal ?? code}, without ${pattern}: ${this.output}`,
        )
      }
      await new Promise((resolve) => this.#watchers.push(() => resolve(undefined)))
    }
  }

  /** The endpoint that the ready line names, once the server is ready; half a minute is too long. */
  async endpoint() {
    /** @type {NodeJS.Timeout | undefined} */
    let timer
    /** @type {Promise<never>} */
    const tooLong = new Promise((_, reject) => {
      const fail = () => reject(new Error(`the server does not become ready: ${this.output}`))
      timer = setTimeout(fail, readyTimeoutMs)
    })
    try {
      const ready = this.seen(/is ready: (https?:\S+) \([^\n]*\)\n.*\n/)
      return /** @type {string} */ ((await Promise.race([ready, tooLong]))[1])
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Sends the signal and waits for the end.
   * @param {NodeJS.Signals} signal
   */
  kill(signal) {
    this.child.kill(signal)
    return this.ended
  }

  /** Ends the command in good order, and with SIGKILL when that takes longer than half a minute. */
  async stop() {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopTimeoutMs)
    try {
      return await this.kill('SIGTERM')
    } finally {
      clearTimeout(timer)
    }
  }
}

/**
 * What `dynatom check` says of a data directory that no server has open.
 * @param {string} dataDirectory
 */
export async function checkStore(dataDirectory) {
  const check = new CommandProcess(['check', '--data-dir', dataDirectory])
  const { code, stdout, stderr } = await check.ended
  return { code, output: stdout + stderr }
}
