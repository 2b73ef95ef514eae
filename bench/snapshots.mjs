/** What a snapshot of a database in a program's own process costs, and going back to it. See docs/benchmarks.md. */
import { PutItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createDatabase } from 'dynatom'
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { describeMachine } from './machine.mjs'
import { positiveIntegers } from './options.mjs'
import { median } from './statistics.mjs'

const usage = `npm run bench -- --snapshots [options]
  --rounds N            snapshots of each database (200)
  --sizes LIST          items in it (10,20000)`

const TableName = 'Things'
const table = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}
const itemOf = (i) => ({ id: { S: String(i) }, v: { S: 'x'.repeat(100) } })

async function open(count) {
  const items = Array.from({ length: count }, (_, i) => itemOf(i))
  const seed = { [TableName]: items }
  const database = await createDatabase({ inMemory: true, tables: [table], seed, lab: true })
  return { count, database, client: new DynamoDBClient(database.clientConfig()), ms: [] }
}

/** Milliseconds that it takes to take a snapshot and to go back to it, without the write between them. */
async function costMs({ database, client }) {
  const { snapshots } = database.lab
  const begin = performance.now()
  const held = await snapshots.take()
  const took = performance.now() - begin
  await client.send(new PutItemCommand({ TableName, Item: { id: { S: '0' } } }))
  const again = performance.now()
  await snapshots.restore(held)
  return took + performance.now() - again
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '200' },
    sizes: { type: 'string', default: '10,20000' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  console.log(usage)
} else {
  const [rounds] = positiveIntegers(values.rounds, 'rounds')
  const databases = await Promise.all(positiveIntegers(values.sizes, 'sizes').map(open))
  for (let round = 0; round < rounds; round++) {
    for (const each of databases) each.ms.push(await costMs(each))
  }
  console.log(`${describeMachine(tmpdir()).join('\n')}\n`)
  for (const { count, ms } of databases) {
    const most = Math.max(...ms)
    console.log(`${count} items: ${median(ms).toFixed(2)} ms, at most ${most.toFixed(1)} ms.`)
  }
  for (const { database } of databases) await database.close()
}
