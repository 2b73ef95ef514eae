import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const readyTimeoutMs = 20_000
const stopTimeoutMs = 30_000
const keptErrorCharacters = 2_000

const pathOf = (relative) => fileURLToPath(new URL(relative, import.meta.url))

/** A build of Dynatom that starts from `file`: on disk, called `name`, and in memory. */
function dynatomKinds(name, title, file) {
  const start = [file, 'start', '--port', '0', '--log', 'silent']
  return [
    {
      name,
      title: `${title}, durable`,
      isDatabase: true,
      args: (dataDir) => [...start, '--data-dir', dataDir],
    },
    {
      name: `${name}-memory`,
      title: `${title}, in memory`,
      isDatabase: true,
      args: () => [...start, '--in-memory'],
    },
  ]
}

/**
 * The servers that are measured side by side. `args` gives the arguments of Node; the server
 * prints its http://127.0.0.1:port when it is ready. `isDatabase` is false for the yardstick,
 * which needs no table.
 */
export const targetKinds = [
  {
    name: 'echo',
    title: '`node:http` echo',
    isDatabase: false,
    args: () => [pathOf('echoServer.mjs')],
  },
  ...dynatomKinds('dynatom', 'Dynatom', pathOf('../packages/server/dist/start/dynatom.cjs')),
  {
    name: 'dynalite',
    title: 'dynalite, in memory',
    isDatabase: true,
    args: () => [pathOf('dynaliteServer.mjs')],
  },
]

/** Another build of Dynatom, which starts from `file`. */
export const besideKinds = (file, title) => dynatomKinds('beside', title, file)

/** The strongest peer, a native program: measured where it is built, or cargo is there to build it. */
export const nativePeers = [
  {
    name: 'dynoxide',
    title: 'dynoxide 3.2.0, durable',
    isDatabase: true,
    args: (dataDir) => [pathOf('dynoxide.mjs'), dataDir],
  },
  {
    name: 'dynoxide-memory',
    title: 'dynoxide 3.2.0, in memory',
    isDatabase: true,
    args: () => [pathOf('dynoxide.mjs')],
  },
]

/**
 * Resolves to the port that the server announces, and the process that has it where that is not
 * `child` itself; rejects when it ends or stays silent.
 */
function announced(child) {
  return new Promise((resolve, reject) => {
    let output = ''
    let errors = ''
    const timer = setTimeout(() => {
      reject(new Error(`not ready after ${readyTimeoutMs} ms`))
    }, readyTimeoutMs)
    const fail = (why) => {
      clearTimeout(timer)
      reject(new Error(`${why} ${errors.trim()}`.trim()))
    }
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-keptErrorCharacters)
    })
    child.stdout.on('data', (chunk) => {
      output = (output + chunk).slice(-keptErrorCharacters)
      const match = /http:\/\/127\.0\.0\.1:(\d+)\D(?:.*process (\d+)\D)?/.exec(output)
      if (match === null) return
      clearTimeout(timer)
      resolve({ port: Number(match[1]), pid: Number(match[2] ?? child.pid) })
    })
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? `code ${code}`} at start.`))
  })
}

async function stopChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await exited
  clearTimeout(timer)
}

/**
 * Starts a server of the given kind as a process of its own, on a free port of 127.0.0.1, with a
 * fresh data directory under `dataParent`. `stop()` ends it and removes its data; `restart()` ends it
 * and starts another one on them. `readyMs` is how long it took to be ready. Rejects, with what the server said,
 * when it does not start.
 */
export async function startTarget(kind, dataParent) {
  return startOn(kind, await mkdtemp(join(dataParent, 'dynatom-bench-')))
}

async function startOn(kind, dataDir) {
  const begunMs = performance.now()
  const child = spawn(process.execPath, kind.args(dataDir), { stdio: ['ignore', 'pipe', 'pipe'] })
  const abandon = () => {
    child.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  }
  process.once('exit', abandon)
  const stop = async () => {
    await stopChild(child)
    process.off('exit', abandon)
    await rm(dataDir, { recursive: true, force: true })
  }
  const restart = async () => {
    await stopChild(child)
    process.off('exit', abandon)
    return startOn(kind, dataDir)
  }
  try {
    const place = await announced(child)
    return { kind, ...place, readyMs: performance.now() - begunMs, dataDir, stop, restart }
  } catch (error) {
    await stop()
    throw error
  }
}
