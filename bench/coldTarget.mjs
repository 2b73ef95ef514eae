/** Servers from their first moment: when they answer, and what they cost. Linux only. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { requestHeaders } from './requestHeaders.mjs'

const probePauseMs = 2
const answerTimeoutMs = 20_000

/** A port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** The processor time that the threads of a process have used, in milliseconds. */
function cpuMs(pid) {
  const threads = readdirSync(`/proc/${pid}/task`)
  const used = threads.map((thread) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    return Number(nanoseconds) / 1e6
  })
  return used.reduce((sum, each) => sum + each, 0)
}

/** How long a process takes that does nothing, in milliseconds. */
export async function bareMs(program) {
  const begin = performance.now()
  await once(spawn(program, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - begin
}

/** A server that has been started and answers. */
export class ColdTarget {
  #child
  #endpoint

  /** Starts `command` on `port`; resolves with the first answer, which `readyMs` and `readyCpuMs` tell of. */
  static async start([program, ...args], port) {
    const target = new ColdTarget()
    const begin = performance.now()
    target.#child = spawn(program, args, { stdio: 'ignore' })
    target.#endpoint = `http://127.0.0.1:${port}/`
    for (;;) {
      try {
        await target.perform('ListTables', {})
        break
      } catch (error) {
        if (performance.now() - begin > answerTimeoutMs) {
          await target.stop()
          throw new Error(`${args.join(' ')} does not answer`, { cause: error })
        }
        await new Promise((resolve) => setTimeout(resolve, probePauseMs))
      }
    }
    target.readyMs = performance.now() - begin
    target.readyCpuMs = target.cpuMs
    return target
  }

  get cpuMs() {
    return cpuMs(this.#child.pid)
  }

  /** Resident memory in MiB. */
  get residentMiB() {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024
  }

  async perform(operation, request) {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: requestHeaders(operation),
      body: JSON.stringify(request),
    })
    const text = await response.text()
    if (response.status !== 200) throw new Error(`${operation}: ${text}`)
    return text
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exited
  }
}
