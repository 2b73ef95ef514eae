/** How long `dynatom migrate` takes, both ways, and what clients notice of it. See docs/benchmarks.md. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { describeMachine } from './machine.mjs'
import { positiveIntegers } from './options.mjs'
import { PostgresNode } from './postgresNode.mjs'
import { profiles } from './profilesTable.mjs'
import { markdownTable } from './report.mjs'
import { portOf, runDynatom, serverArguments } from './startDynatom.mjs'
import { callOperation, loadTable } from './tableLoader.mjs'

const usage = `npm run bench -- --migration [options]
  --items N             items of the store (200000)
  --writers N           clients that write meanwhile, each one after the other (8)
  --data-dir DIR        where data is put during the run (the system's temporary directory)`

const beforeMs = 5000

const started = new Set()

function dynatom(args, password) {
  const child = runDynatom(args, { PGPASSWORD: password })
  started.add(child)
  child.once('exit', () => started.delete(child))
  return child
}

async function startServer(args, password) {
  const child = dynatom([...serverArguments, ...args], password)
  return { child, port: await portOf(child) }
}

/** One whose store was moved elsewhere ends by itself. */
async function stopServer({ child }) {
  if (!started.has(child)) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

/** Clients that put items of their own until they are told to end or a server says no. */
class Writers {
  times = []
  isOver = false
  errors = 0
  #running

  constructor(port, count) {
    this.#running = Array.from({ length: count }, (_, writer) => this.#write(port, writer))
  }

  async #write(port, writer) {
    for (let i = 0; !this.isOver; i += 1) {
      const Item = { ...profiles.itemOf(i), pk: { S: `written ${writer} ${i}` } }
      const request = { TableName: profiles.tableName, Item }
      const { status } = await callOperation(port, 'PutItem', request).catch(() => ({ status: 0 }))
      if (status === 200) this.times.push(performance.now())
      else if ((this.errors += 1) > 0) return
    }
  }

  async end() {
    this.isOver = true
    await Promise.all(this.#running)
  }

  /** Writes a second between two moments. */
  rate(fromMs, toMs) {
    const count = this.times.filter((ms) => ms >= fromMs && ms < toMs).length
    return (count * 1000) / (toMs - fromMs)
  }

  longestGapMs(fromMs) {
    const times = this.times.filter((ms) => ms >= fromMs)
    return Math.max(...times.map((ms, i) => ms - (times[i - 1] ?? fromMs)))
  }
}

/** When the command said each of its lines. */
async function migrate(from, to, password) {
  const child = dynatom(['migrate', '--from', from, '--to', to], password)
  const lines = []
  let rest = ''
  child.stdout.on('data', (chunk) => {
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop()
    for (const line of parts) {
      lines.push({ line, ms: performance.now() })
      console.log(`  ${line}`)
    }
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`dynatom migrate ended with ${code}`)
  return lines
}

const last = (lines, beginning) => lines.findLast(({ line }) => line.startsWith(beginning))
const seconds = (ms) => (ms / 1000).toFixed(1)

function rowOf(name, { lines, writers, begunMs, endedMs, serviceMs }) {
  const [copied, compared] = [last(lines, 'copied'), last(lines, 'compared')]
  const [checked, moved] = [last(lines, 'checked'), last(lines, 'moved')]
  return [
    name,
    copied.line.slice('copied '.length),
    seconds(copied.ms - begunMs),
    seconds(compared.ms - copied.ms),
    seconds(checked.ms - compared.ms),
    seconds(endedMs - begunMs),
    /(\d+) ms/.exec(moved.line)[1],
    Math.round(writers.rate(begunMs - beforeMs, begunMs)),
    Math.round(writers.rate(begunMs, compared.ms)),
    Math.round(serviceMs),
  ]
}

async function measure(node, { directory, other, items, count }) {
  const { password } = node
  const address = `postgres://${node.user}@${node.host}:${node.port}/${node.database}`
  const server = await startServer(['--data-dir', directory], password)
  await loadTable(server.port, { ...profiles, itemCount: items })
  const there = await moveBeside(server.port, directory, address, { password, count })
  await there.writers.end()
  const gapMs = there.writers.longestGapMs(there.begunMs)
  const back = await moveBeside(server.port, address, other, { password, count })
  const next = await startServer(['--data-dir', other], password)
  const key = { TableName: profiles.tableName, Key: profiles.keyOf(0) }
  await callOperation(next.port, 'GetItem', key)
  const againMs = performance.now()
  await back.writers.end()
  await Promise.all([server, next].map(stopServer))
  return [
    rowOf('data directory to PostgreSQL', { ...there, serviceMs: gapMs }),
    rowOf('PostgreSQL to data directory', {
      ...back,
      serviceMs: againMs - back.writers.times.at(-1),
    }),
  ]
}

async function moveBeside(port, from, to, { password, count }) {
  const writers = new Writers(port, count)
  await delay(beforeMs)
  const begunMs = performance.now()
  const lines = await migrate(from, to, password)
  return { lines, writers, begunMs, endedMs: performance.now() }
}

async function main() {
  const option = (usual) => ({ type: 'string', default: usual })
  const { values } = parseArgs({
    options: {
      items: option('200000'),
      writers: option('8'),
      'data-dir': option(tmpdir()),
      help: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(usage)
  const [items] = positiveIntegers(values.items, 'items')
  const [count] = positiveIntegers(values.writers, 'writers')
  const parent = mkdtempSync(join(values['data-dir'], 'dynatom-bench-migration-'))
  const node = await PostgresNode.leader(values['data-dir'])
  try {
    const directories = { directory: join(parent, 'first'), other: join(parent, 'second') }
    const rows = await measure(node, { ...directories, items, count })
    console.log(`\n${describeMachine(values['data-dir']).join('\n')}\n`)
    const head = ['from and to', 'store', 'copied, s', 'compared, s', 'checked, s', 'all, s']
    head.push('writes stopped, ms', 'writes a second before', 'meanwhile', 'no answer for, ms')
    console.log(markdownTable(head, rows))
  } finally {
    for (const child of started) child.kill('SIGKILL')
    await node.stop()
    rmSync(parent, { recursive: true, force: true })
  }
}

await main()
