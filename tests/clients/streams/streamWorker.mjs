import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { clientEnvironment, javaArguments } from '../clientProgram.mjs'

const waitMs = 80_000
const stopMs = 40_000

const machineOptions = [
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
]

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A worker of the Kinesis Client Library: a process of its own, and what it told. */
export class StreamWorker {
  /** What the processors of its shards were told, in that order. */
  events = []
  #child
  #unfinished = ''
  #stderr = ''
  #ended
  #told = () => {}

  static async start(endpoint, { streamArn, application, name }) {
    const args = await javaArguments('kcl', 'dynatom.clients.StreamWorker')
    return new StreamWorker(
      spawn('java', [...machineOptions, ...args, streamArn, application, name], {
        env: clientEnvironment(endpoint),
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    )
  }

  constructor(child) {
    this.#child = child
    running.add(child)
    this.#ended = once(child, 'close').then(([code, signal]) => {
      running.delete(child)
      this.#told()
      return signal ?? code
    })
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-(2 ** 16))
    })
    child.stdout.setEncoding('utf8').on('data', (text) => this.#hear(text))
  }

  /** Of a line that a kill has cut nobody has been told. */
  #hear(text) {
    const lines = (this.#unfinished + text).split('\n')
    this.#unfinished = lines.pop()
    this.events.push(...lines.map((line) => JSON.parse(line)))
    this.#told()
  }

  /**
   * The records in the order in which they came first: what is told again, because a lease was
   * late, is left out.
   */
  get records() {
    const records = new Map()
    for (const each of this.events) {
      const isAgain = records.has(each.sequenceNumber)
      if (each.event === 'record' && !isAgain) records.set(each.sequenceNumber, each)
    }
    return [...records.values()]
  }

  /** Waits until `isSo` is true of what has been told; fails with what the worker had to say. */
  async until(what, isSo) {
    const givesUpAt = Date.now() + waitMs
    while (!isSo()) {
      const left = givesUpAt - Date.now()
      if (left <= 0 || this.#child.exitCode !== null) {
        console.error(this.#stderr)
        assert.fail(`the worker has not ${what}: it told of ${this.records.length} records`)
      }
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 1000))
        this.#told = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  kill() {
    this.#child.kill('SIGKILL')
    return this.#ended
  }

  /** Lets the worker finish; gives its exit status, or the signal that ended it. */
  async stop() {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs)
    this.#child.kill('SIGTERM')
    const ended = await this.#ended
    clearTimeout(timer)
    return ended
  }
}
