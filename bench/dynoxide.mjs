/**
 * Starts dynoxide, in memory or on the directory that is given, on a free port, and prints its address
 * when it answers. Builds it first when that has not been done. Ends with what started it.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const version = '3.2.0'
const root = fileURLToPath(new URL(`../.cache/dynoxide-${version}`, import.meta.url))
const program = join(root, 'bin', 'dynoxide')

/** Whether it is built, or can be. */
export function hasDynoxide() {
  if (existsSync(program)) return true
  try {
    execFileSync('cargo', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Builds it, which takes about ten minutes the first time. */
export function buildDynoxide() {
  if (existsSync(program)) return
  console.error(`Building dynoxide ${version} with cargo. This takes about ten minutes, once.`)
  const what = ['install', 'dynoxide-rs', '--version', version, '--locked', '--root', root]
  execFileSync('cargo', what, { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function answers(port) {
  for (;;) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.on('error', () => resolve(false))
      socket.on('connect', () => socket.destroy())
    })
    if (isOpen) return
    await delay(5)
  }
}

async function main([dataDir]) {
  const port = await freePort()
  const storage = dataDir === undefined ? [] : ['--db-path', join(dataDir, 'data.db')]
  const server = spawn(program, [...storage, '--port', String(port), '--log', 'quiet'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  server.once('exit', (code) => process.exit(code ?? 1))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.kill(signal))
  await answers(port)
  console.log(`dynoxide ready at http://127.0.0.1:${port} in process ${server.pid}.`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
