import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const builtMain = new URL('../../packages/server/dist/cli/main.js', import.meta.url)
const main = process.env.DYNATOM_MAIN ?? fileURLToPath(builtMain)
const readyTimeoutMs = 20_000
const stopTimeoutMs = 20_000
const outputLimit = 16_384

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => process.exit(130))
}

function waitUntilReady(child) {
  let output = ''
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`the server ${why}: ${output.trim()}`))
    const timer = setTimeout(() => fail('printed no address'), readyTimeoutMs)
    child.once('error', (error) => fail(`could not start (${error.message})`))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended with ${signal ?? code} before it was ready`)
    })
    child.stderr.on('data', (text) => {
      output = (output + text).slice(-outputLimit)
    })
    child.stdout.on('data', (text) => {
      output = (output + text).slice(-outputLimit)
      const address = /http:\/\/[^\s/:]+:\d+/.exec(output)
      if (address === null) return
      clearTimeout(timer)
      resolve(address[0])
    })
  })
}

/**
 * Starts the built server on a free port with `dataDir` and further `flags`; resolves when it
 * has printed its address. `kill` is a kill -9 that waits for the end of the process (and does
 * nothing when it has ended); `stop` sends SIGTERM and gives the exit `{code, signal}`.
 */
export async function startServer(dataDir, flags = []) {
  const args = ['start', '--port', '0', '--data-dir', dataDir, '--log', 'text', ...flags]
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  running.add(child)
  const exited = once(child, 'exit').then(([code, signal]) => {
    running.delete(child)
    return { code, signal }
  })

  const kill = async () => {
    child.kill('SIGKILL')
    await exited
  }
  const stop = async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
    try {
      return await exited
    } finally {
      clearTimeout(timer)
    }
  }

  try {
    return { endpoint: await waitUntilReady(child), kill, stop }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
}

/** What `dynatom check` prints of a data directory that no server has open. */
export async function checkStore(dataDir) {
  const args = [main, 'check', '--data-dir', dataDir]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  await once(child, 'close')
  return output
}
