/**
 * How long the built server takes from the start of its process until it is ready, and how much
 * memory it has resident when idle. Prints medians: node bench/startUp.mjs [ROUNDS]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../packages/server/dist/start/dynatom.cjs', import.meta.url))
const rounds = Number(process.argv[2] ?? 11)
const idleMs = 500

function residentMegabytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024
}

async function measure(flags) {
  const begun = performance.now()
  const child = spawn(process.execPath, [main, '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const readyMs = performance.now() - begun
  await new Promise((resolve) => setTimeout(resolve, idleMs))
  const megabytes = residentMegabytes(child.pid)
  child.kill('SIGTERM')
  await once(child, 'exit')
  return { readyMs, megabytes }
}

const medianOf = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

for (const kind of ['durable', 'in memory']) {
  const directory = mkdtempSync(join(tmpdir(), 'dynatom-start-'))
  const flags = kind === 'durable' ? ['--data-dir', directory] : ['--in-memory']
  const results = []
  for (let i = 0; i < rounds; i++) results.push(await measure(flags))
  rmSync(directory, { recursive: true })
  const readyMs = medianOf(results.map((result) => result.readyMs))
  const megabytes = medianOf(results.map((result) => result.megabytes))
  console.log(`${kind}: ready after ${readyMs.toFixed(0)} ms, ${megabytes.toFixed(0)} MB resident`)
}
