/** `@dynatom/client` beside the bare DocumentClient, on a database in this process. See docs/benchmarks.md. */
import { tmpdir } from 'node:os'
import { performance } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { createDatabase } from 'dynatom'
import { createClient, tableDefinition } from '@dynatom/client'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { clientWorkloads, seed, shop } from './clientWorkloads.mjs'
import { describeMachine } from './machine.mjs'
import { positiveIntegers } from './options.mjs'
import { markdownTable } from './report.mjs'
import { median } from './statistics.mjs'

const usage = `npm run bench -- --client [options]
  --rounds N            measurements of each (9)
  --duration-ms N       length of each measurement (500)
  --at-once LIST        requests under way at once (1,16)`

/** What the client is to reach of the DocumentClient's requests per second. */
const minimumRatio = 0.9
const warmUps = 2

/** Requests per second of `send`, called with one number after the other by so many callers. */
async function rateOf(send, atOnce, durationMs) {
  let sent = 0
  const startMs = performance.now()
  const caller = async () => {
    while (performance.now() - startMs < durationMs) await send(sent++)
  }
  await Promise.all(Array.from({ length: atOnce }, caller))
  return (sent / (performance.now() - startMs)) * 1000
}

/** Rates of the client and of the DocumentClient, once in each round, first the one and then the other. */
async function measurePairs({ client, documentClient }, { rounds, durationMs, atOnce }) {
  const pairs = []
  for (let round = -warmUps; round < rounds; round++) {
    const order = round % 2 === 0 ? [client, documentClient] : [documentClient, client]
    const rates = new Map()
    for (const send of order) rates.set(send, await rateOf(send, atOnce, durationMs))
    if (round >= 0) pairs.push([rates.get(client), rates.get(documentClient)])
  }
  return pairs
}

const whole = (number) => Math.round(number).toLocaleString('en-US')

function rowOf(name, pairs) {
  const ratios = pairs.map(([own, bare]) => own / bare)
  const ratio = median(ratios)
  const range = [Math.min(...ratios), Math.max(...ratios)].map((each) => each.toFixed(2))
  return [
    name,
    whole(median(pairs.map(([own]) => own))),
    whole(median(pairs.map(([, bare]) => bare))),
    `${ratio.toFixed(2)} (${range.join(' to ')})`,
    ratio >= minimumRatio ? 'reached' : 'not reached',
  ]
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '9' },
      'duration-ms': { type: 'string', default: '500' },
      'at-once': { type: 'string', default: '1,16' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return undefined
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const [durationMs] = positiveIntegers(values['duration-ms'], 'duration-ms')
  return { rounds, durationMs, counts: positiveIntegers(values['at-once'], 'at-once') }
}

async function measure({ rounds, durationMs, counts }) {
  const database = await createDatabase({ inMemory: true, tables: [tableDefinition(shop)] })
  const db = createClient(new DynamoDBClient(database.clientConfig()))
  const bare = DynamoDBDocumentClient.from(new DynamoDBClient(database.clientConfig()))
  const rows = []
  try {
    await seed(db)
    for (const { name, client, documentClient } of clientWorkloads) {
      for (const atOnce of counts) {
        const sends = { client: client(db), documentClient: documentClient(bare) }
        const pairs = await measurePairs(sends, { rounds, durationMs, atOnce })
        rows.push(rowOf(`${name}, at once: ${atOnce}`, pairs))
      }
    }
  } finally {
    await database.close()
  }
  return rows
}

const options = readOptions()
if (options === undefined) console.log(usage)
else {
  const rows = await measure(options)
  const head = [
    'Client',
    'client, 1/s',
    'DocumentClient, 1/s',
    'ratio',
    `aim ${minimumRatio.toFixed(2)}`,
  ]
  console.log(`${describeMachine(tmpdir()).join('\n')}\n`)
  console.log(markdownTable(head, rows))
}
