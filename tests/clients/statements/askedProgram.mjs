import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { clientEnvironment } from '../clientProgram.mjs'

const closeTimeoutMs = 10_000

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * A client that is a program: it reads a line of JSON for each request, `{operation, request}`, and
 * prints one for each answer, in the same order, until its input ends.
 */
export class AskedProgram {
  #child
  #answers
  #stderr = ''
  #ended

  constructor(endpoint, command, args) {
    const env = clientEnvironment(endpoint)
    this.#child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    running.add(this.#child)
    this.#ended = once(this.#child, 'close').then(([code, signal]) => {
      running.delete(this.#child)
      return signal ?? code
    })
    this.#child.stdin.on('error', () => {})
    this.#child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-(2 ** 16))
    })
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  async ask(operation, request) {
    this.#child.stdin.write(`${JSON.stringify({ operation, request })}\n`)
    const { value, done } = await this.#answers.next()
    if (done) assert.fail(`the program ended with ${await this.#ended}: ${this.#stderr}`)
    return JSON.parse(value)
  }

  /** Ends the input, at which the program must end too. */
  async close() {
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), closeTimeoutMs)
    const ended = await this.#ended
    clearTimeout(timer)
    assert.equal(ended, 0, this.#stderr)
  }
}
