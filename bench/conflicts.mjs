/** Requests that meet at few items: what becomes of them, and how long it takes. See docs/benchmarks.md. */
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { additionToBoth, createItems, numberOf, stories } from './conflictStories.mjs'
import { LoadConnection } from './loadConnection.mjs'
import { HotCaller, inParallel, kindOf } from './hotCaller.mjs'
import { describeMachine } from './machine.mjs'
import { positiveIntegers } from './options.mjs'
import { RequestPool } from './requestPool.mjs'
import { markdownTable } from './report.mjs'
import { median, percentile } from './statistics.mjs'
import { startTarget, targetKinds } from './targets.mjs'

const usage = `npm run bench -- --conflicts [options]
  --peer NAME=PORT      another server, which runs on this machine already; any number of them
  --requests N          requests of a kind in each story (1000)
  --rounds N            how often the hot pair is measured on each server (5)
  --data-dir DIR        where durable data is put during the run (the system's temporary directory)`

const connections = 64
const transactions = 320
const [firstPauseMs, longestPauseMs] = [10, 500]
const mostTries = 60
const floodMs = 1000

/** A transaction that is sent until it is done. Gives the tries and the time that it took in ms. */
async function untilDone(caller) {
  const startMs = performance.now()
  for (let tries = 1; tries <= mostTries; tries++) {
    const kind = kindOf(await caller.call('TransactWriteItems', additionToBoth('g')))
    if (kind === 'ok') return { tries, ms: performance.now() - startMs }
    if (!kind.includes('TransactionConflict')) throw new Error(`on the hot pair: ${kind}`)
    await delay(Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1)))
  }
  throw new Error(`a transaction was refused ${mostTries} times`)
}

/** Many transactions on two items by clients that send again what was refused. */
async function hotPair(caller) {
  const before = await numberOf(caller, 'a', 'g')
  const done = []
  const jobs = Array.from({ length: transactions }, () => async () => {
    done.push(await untilDone(caller))
  })
  const startMs = performance.now()
  await inParallel(jobs, connections)
  const ms = performance.now() - startMs
  const counted = [await numberOf(caller, 'a', 'g'), await numberOf(caller, 'b', 'g')]
  if (counted.some((number) => number !== before + transactions)) {
    throw new Error(`the hot pair has ${counted.join(' and ')}, not ${before + transactions}`)
  }
  const waits = done.map((each) => each.ms).sort((a, b) => a - b)
  const tries = done.reduce((sum, each) => sum + each.tries, 0)
  return { ms, p99Ms: percentile(waits, 0.99), refused: (tries - transactions) / tries }
}

/**
 * The same without pauses, from bare sockets, for a while: how many are done in a second, and the
 * share of what was sent that was refused.
 */
async function flood(caller, port) {
  const before = await numberOf(caller, 'a', 'r')
  const workload = { operation: 'TransactWriteItems', bodies: () => [additionToBoth('r')] }
  const pool = new RequestPool(workload, { port })
  const life = { isOver: false, done: 0, refused: 0 }
  const sending = Array.from({ length: connections }, () => sendUntilOver(port, pool, life))
  await delay(floodMs)
  life.isOver = true
  await Promise.all(sending)
  const counted = (await numberOf(caller, 'b', 'r')) - before
  if (counted !== life.done) throw new Error(`${life.done} were done, and ${counted} are there`)
  const floodRefused = life.refused / (life.done + life.refused)
  return { rate: life.done / (floodMs / 1000), floodRefused }
}

/** One request after the other over one connection. Rejects when that breaks. */
function sendUntilOver(port, pool, life) {
  return new Promise((end, fail) => {
    const connection = new LoadConnection(port, {
      onResponse: (status) => {
        life[status === 200 ? 'done' : 'refused'] += 1
        if (!life.isOver) return connection.send(pool.next())
        connection.close()
        end()
      },
      onFailure: fail,
    })
    connection.opened().then(() => connection.send(pool.next()), fail)
  })
}

function rowOf(title, first, rounds) {
  const middle = (name) => median(rounds.map((round) => round[name]))
  const percent = (share) => `${(100 * share).toFixed(1)} %`
  return [
    title,
    `${first.ms.toFixed(0)}`,
    `${middle('ms').toFixed(0)}`,
    `${middle('p99Ms').toFixed(0)}`,
    percent(middle('refused')),
    Math.round(middle('rate')).toLocaleString('en-US'),
    percent(middle('floodRefused')),
  ]
}

/** The servers of this run: Dynatom in both modes, and those that are there already. */
function subjects(peers, dataDir) {
  const own = targetKinds.filter(({ name }) => name.startsWith('dynatom'))
  const started = own.flatMap((kind) =>
    ['refuse', 'queue'].map((mode) => {
      const args = (dir) => [...kind.args(dir), '--transaction-conflicts', mode]
      return {
        title: `${kind.title}, ${mode}`,
        start: () => startTarget({ ...kind, args }, dataDir),
      }
    }),
  )
  const there = peers.map((peer) => {
    const [title, port] = peer.split('=')
    return { title, start: () => ({ port: Number(port), stop: () => undefined }) }
  })
  return [...started, ...there]
}

async function measure({ title, target }, requests) {
  const caller = new HotCaller(target.port, connections + 4)
  await createItems(caller)
  const lines = []
  for (const story of stories) lines.push(await story(caller, { requests, connections }))
  console.log(`\n${title}\n${lines.map((line) => `- ${line}`).join('\n')}`)
  return { title, caller, port: target.port, rounds: [await hotPair(caller)] }
}

async function main() {
  const { values } = parseArgs({
    options: {
      peer: { type: 'string', multiple: true, default: [] },
      requests: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '5' },
      'data-dir': { type: 'string', default: tmpdir() },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(usage)
  const [requests] = positiveIntegers(values.requests, 'requests')
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const dataDir = resolve(values['data-dir'])
  const started = []
  try {
    for (const { title, start } of subjects(values.peer, dataDir)) {
      started.push({ title, target: await start() })
    }
    const measured = []
    for (const each of started) measured.push(await measure(each, requests))
    for (let round = 0; round < rounds; round++) {
      for (const { caller, port, rounds: done } of measured) {
        done.push({ ...(await hotPair(caller)), ...(await flood(caller, port)) })
      }
    }
    console.log(`\n${describeMachine(dataDir).join('\n')}\n`)
    const head = ['320 transactions on two items', 'first time, ms', 'median, ms']
    head.push('wait p99, ms', 'refused', 'done a second without pauses', 'refused')
    const rows = measured.map(({ title, rounds: [first, ...others] }) =>
      rowOf(title, first, others),
    )
    console.log(markdownTable(head, rows))
    for (const { caller } of measured) caller.close()
  } finally {
    for (const { target } of started) await target.stop()
  }
}

await main()
