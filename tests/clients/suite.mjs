import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkStore, startServer } from './serverProcess.mjs'

const testTimeoutMs = 90_000

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
 * - `crash(flags)`: kill -9, then a new server on the same directory with those flags.
 * After `play` the server must drain and exit with 0 on SIGTERM, and leave a store without findings.
 */
export async function runSuite(report, suiteName, play) {
  const dataDir = await mkdtemp(join(tmpdir(), 'dynatom-clients-'))
  let server

  const test = async (name, body) => {
    try {
      await withinTimeout(body)
      report.ok(`${suiteName}: ${name}`)
    } catch (error) {
      report.notOk(`${suiteName}: ${name}`, error)
    }
  }
  const crash = async (flags = []) => {
    await server.kill()
    server = await startServer(dataDir, flags)
  }

  try {
    server = await startServer(dataDir)
    await play({ test, crash, endpoint: () => server.endpoint })
    await test('drains and exits with 0 on SIGTERM', async () => {
      assert.deepEqual(await server.stop(), { code: 0, signal: null })
    })
    await test('leaves a store in which everything agrees', async () => {
      assert.match(await checkStore(dataDir), /: no findings\n$/)
    })
  } catch (error) {
    report.notOk(suiteName, error)
  } finally {
    await server?.kill()
    await rm(dataDir, { recursive: true, force: true })
  }
}
