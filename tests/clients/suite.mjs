import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkStore, CommandProcess } from '../means/commandProcess.mjs'

const testTimeoutMs = 90_000

// Servers do not outlive this process, however it is told to end.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => process.exit(130))
}

const heldUpMain = fileURLToPath(new URL('../means/heldUpServer.mjs', import.meta.url))

/** A server on a free port with `dataDir` and further `flags`, and its endpoint. */
async function startServer(dataDir, flags = [], launch = {}) {
  const args = ['start', '--port', '0', '--data-dir', dataDir, '--log', 'text', ...flags]
  const server = new CommandProcess(args, launch)
  return { server, endpoint: await server.endpoint() }
}

async function withinTimeout(body) {
  let timer
  const timeout = new Promise((_resolve, reject) => {
    const message = `not finished after ${testTimeoutMs} ms`
    timer = setTimeout(() => reject(new Error(message)), testTimeoutMs)
  })
  try {
    return await Promise.race([body(), timeout])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Plays one suite against a server of its own, on a free port and a fresh directory.
 *
 * `play(suite)` gets
 * - `test(name, body)`: runs and reports one test; a failure does not stop the suite;
 * - `endpoint()`: where the server listens now;
 * - `holdUp()`: stops the server, then one on the same directory that keeps the items of many transactions for
 *   some milliseconds before it judges them, so that others meet them;
 * - `crash(flags)`: kill -9, then a new server on the same directory with those flags.
 * After `play` the server must drain and exit with 0 on SIGTERM, and leave a store without findings.
 */
export async function runSuite(report, suiteName, play) {
  const dataDir = await mkdtemp(join(tmpdir(), 'dynatom-clients-'))
  let current

  const test = async (name, body) => {
    try {
      await withinTimeout(body)
      report.ok(`${suiteName}: ${name}`)
    } catch (error) {
      report.notOk(`${suiteName}: ${name}`, error)
    }
  }
  const crash = async (flags = []) => {
    await current.server.kill('SIGKILL')
    current = await startServer(dataDir, flags)
  }

  const holdUp = async () => {
    await current.server.stop()
    current = await startServer(dataDir, [], { main: heldUpMain })
  }

  try {
    current = await startServer(dataDir)
    await play({ test, crash, holdUp, endpoint: () => current.endpoint })
    await test('drains and exits with 0 on SIGTERM', async () => {
      const { code, signal } = await current.server.stop()
      assert.deepEqual({ code, signal }, { code: 0, signal: null })
    })
    await test('leaves a store in which everything agrees', async () => {
      assert.match((await checkStore(dataDir)).output, /: no findings\n$/)
    })
  } catch (error) {
    report.notOk(suiteName, error)
  } finally {
    await current?.server.kill('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  }
}
