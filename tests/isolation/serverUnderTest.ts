import { checkStore, CommandProcess } from '../means/commandProcess.mjs'

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

/** A server process that is killed and started again on its data, each time on a free port. */
export class ServerUnderTest {
  readonly #options: ServerOptions
  #process: CommandProcess | undefined
  #endpoint = ''
  #starts = 0
  #kills = 0
  #ready: Promise<void> = Promise.resolve()
  #failure: Error | undefined
  /** Those that have been told to end. */
  readonly #ending = new WeakSet<CommandProcess>()

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
    return this.#process?.isRunning === true ? this.#process.child.pid : undefined
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
    const own = ['--port', '0', '--host', '127.0.0.1', '--log', 'silent']
    const server = new CommandProcess(['start', ...own, ...store, ...flags], { main })
    this.#process = server
    void server.ended.then(({ code, signal }) => {
      if (this.#ending.has(server)) return
      this.#failure = new Error(`the server ended with ${signal ?? code}: ${server.output}`)
    })
    this.#endpoint = await server.endpoint()
    this.#starts += 1
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
    if (this.#process !== undefined) await this.#end('SIGTERM')
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const server = this.#process as CommandProcess
    if (!server.isRunning) return
    this.#ending.add(server)
    const ended = await (signal === 'SIGKILL' ? server.kill(signal) : server.stop())
    if (signal === 'SIGKILL' || ended.code === 0) return
    throw new Error(`the server stopped with ${ended.signal ?? ended.code}: ${server.output}`)
  }

  /** What `dynatom check` says of the data; undefined when it finds nothing. REQUIRES: stopped. */
  async check(): Promise<string | undefined> {
    const { dataDirectory } = this.#options
    if (dataDirectory === undefined) return undefined
    const { code, output } = await checkStore(dataDirectory)
    return code === 0 ? undefined : output
  }
}
