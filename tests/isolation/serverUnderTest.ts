import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Is told when a server is ended and started again. */
export interface RestartWatcher {
  /** The process is gone; the next one is started when this resolves. */
  whileDown(): Promise<void>
  /** The next one is ready, so long after the signal, without the time in {@link whileDown}. */
  restarted(signal: 'SIGKILL' | 'SIGTERM', milliseconds: number): void
}

export interface ServerOptions {
  /** The path of the server's main.js. */
  readonly main: string
  /** Where its data is; absent for a server that keeps them in memory. */
  readonly dataDirectory?: string
  readonly watcher?: RestartWatcher
  /** More flags of its command line. */
  readonly flags?: readonly string[]
}

const readyTimeoutMs = 30_000
const stopTimeoutMs = 30_000
const keptOutputLength = 4096

/** A server process that is killed and started again on its data, each time on a free port. */
export class ServerUnderTest {
  readonly #options: ServerOptions
  #child: ChildProcess | undefined
  #endpoint = ''
  #starts = 0
  #kills = 0
  #ready: Promise<void> = Promise.resolve()
  #isEnding = false
  #failure: Error | undefined
  #output = ''

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /** Resolves when a server is there to be asked; rejects when it ended by itself. */
  async ready(): Promise<void> {
    // A kill may have come while the last start was waited for.
    for (let seen; seen !== this.#ready; ) await (seen = this.#ready)
    if (this.#failure !== undefined) throw this.#failure
  }

  get endpoint(): string {
    return this.#endpoint
  }

  /** Counts the processes: what was under way in another life is over. */
  get life(): number {
    return this.#starts
  }

  get kills(): number {
    return this.#kills
  }

  /** The number of the process, while there is one. */
  get pid(): number | undefined {
    const child = this.#child
    return child?.exitCode === null && child.signalCode === null ? child.pid : undefined
  }

  start(): Promise<void> {
    this.#ready = this.#start()
    // Whoever asks for readiness is told of a failure.
    this.#ready.catch(() => {})
    return this.#ready
  }

  async #start(): Promise<void> {
    const { main, dataDirectory, flags = [] } = this.#options
    const store = dataDirectory === undefined ? ['--in-memory'] : ['--data-dir', dataDirectory]
    const args = [
      main,
      'start',
      '--port',
      '0',
      '--host',
      '127.0.0.1',
      '--log',
      'silent',
      ...store,
      ...flags,
    ]
    this.#isEnding = false
    this.#output = ''
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    const killWithUs = (): void => void child.kill('SIGKILL')
    process.once('exit', killWithUs)
    child.once('exit', (code, signal) => {
      process.off('exit', killWithUs)
      if (this.#isEnding) return
      this.#failure = new Error(`the server ended with ${signal ?? code}: ${this.#output}`)
    })
    this.#endpoint = await this.#addressOf(child)
    this.#starts += 1
  }

  #addressOf(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`the server ${why}: ${this.#output}`))
      const timer = setTimeout(() => fail('does not become ready'), readyTimeoutMs)
      child.once('exit', (code, signal) => {
        clearTimeout(timer)
        fail(`ended with ${signal ?? code}`)
      })
      const listen = (text: string): void => {
        this.#output = (this.#output + text).slice(-keptOutputLength)
        const address = / is ready: (http:\S+) .*\n/.exec(this.#output)?.[1]
        if (address === undefined) return
        clearTimeout(timer)
        resolve(address)
      }
      child.stdout?.setEncoding('utf8').on('data', listen)
      child.stderr?.setEncoding('utf8').on('data', listen)
    })
  }

  /**
   * Ends the process and starts another: with SIGKILL at once, with SIGTERM in good order. Rejects when
   * that is not what happens.
   */
  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.ready()
    if (signal === 'SIGKILL') this.#kills += 1
    this.#ready = this.#endAndStart(signal)
    this.#ready.catch(() => {})
    await this.#ready
  }

  async #endAndStart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const { watcher } = this.#options
    const signalledMs = performance.now()
    await this.#end(signal)
    const goneMs = performance.now()
    await watcher?.whileDown()
    const startedMs = performance.now()
    await this.#start()
    watcher?.restarted(signal, goneMs - signalledMs + (performance.now() - startedMs))
  }

  /** Ends the process in good order. Rejects when it does not. */
  async stop(): Promise<void> {
    if (this.#child !== undefined) await this.#end('SIGTERM')
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child as ChildProcess
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    this.#isEnding = true
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
    await exited
    clearTimeout(timer)
    if (signal === 'SIGKILL' || child.exitCode === 0) return
    throw new Error(
      `the server stopped with ${child.signalCode ?? child.exitCode}: ${this.#output}`,
    )
  }

  /** What `dynatom check` says of the data; undefined when it finds nothing. REQUIRES: stopped. */
  async check(): Promise<string | undefined> {
    const { main, dataDirectory } = this.#options
    if (dataDirectory === undefined) return undefined
    const args = [main, 'check', '--data-dir', dataDirectory]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const listen = (text: string): void => {
      if (output.length < keptOutputLength) output += text
    }
    child.stdout.setEncoding('utf8').on('data', listen)
    child.stderr.setEncoding('utf8').on('data', listen)
    const [code] = (await once(child, 'close')) as [number | null]
    return code === 0 ? undefined : output
  }
}
