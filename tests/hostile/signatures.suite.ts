import { expect, test } from 'vitest'
import { signedByHeader } from '../../packages/server/src/testing/requestSigner.ts'
import { SeededRandom } from '../../packages/server/src/testing/seededRandom.ts'
import { DynatomProcess } from '../means/dynatomProcess.ts'
import { itemsTable } from '../means/itemsTable.ts'
import { errorNameOf, Pipeline, type Reply } from './pipeline.ts'
import { changes, signedRequest, textOf } from './signedRequests.ts'
import { runSeed, suiteOption } from './suiteOptions.ts'

const seed = runSeed('signatures')
const count = suiteOption('REQUESTS', 100_000)
/** After so long no more are sent, however many there were. */
const mostMs = suiteOption('SECONDS', Infinity) * 1000
/** Requests that are on their way at once; each connection has its own. */
const inFlight = 50
const connectionCount = 8

const key = { accessKeyId: 'ROOT', secretAccessKey: 'q/+ secret of the root = key' }
const environment = [
  `DYNATOM_ACCESS_KEY_ID=${key.accessKeyId}`,
  `DYNATOM_SECRET_ACCESS_KEY=${key.secretAccessKey}`,
]

/** What a request is refused with that its signature does not fit. */
const refusals = [
  'InvalidSignatureException',
  'IncompleteSignatureException',
  'UnrecognizedClientException',
  'MissingAuthenticationTokenException',
  // AWS looks for these before it looks at signatures.
  'SerializationException',
  'UnknownOperationException',
]

const termsOf = (timeMs: number): Parameters<typeof signedByHeader>[1] => ({
  key,
  region: 'us-east-1',
  service: 'dynamodb',
  timeMs,
})

async function perform(endpoint: string, operation: string, request: object): Promise<Reply> {
  const plain = {
    method: 'POST',
    path: '/',
    headers: {
      host: 'localhost:8000',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    },
    body: JSON.stringify(request),
  }
  const { method, url, headers } = signedByHeader(plain, termsOf(Date.now()))
  const lines = Object.entries(headers as Record<string, string>)
  const connection = await Pipeline.connect(endpoint)
  const sent = { method, url, lines, body: plain.body, signed: [] }
  const reply = await connection.send(textOf(sent))
  connection.close()
  return reply
}

/** A reply as the figures have it. */
const outcomeOf = (reply: Reply): string => `${reply.status} ${errorNameOf(reply) ?? ''}`.trim()

test('requests with one change are all refused, and their unchanged twins are not', async () => {
  const args = ['--port', '0', '--in-memory', '--log', 'silent', '--auth', 'required']
  const server = new DynatomProcess(args, undefined, { wrapper: ['env', ...environment] })
  const endpoint = await server.endpoint()
  expect((await perform(endpoint, 'CreateTable', itemsTable)).status).toBe(200)
  const outcomes: Record<string, number> = {}
  const changed: Record<string, number> = {}
  const random = new SeededRandom(seed)
  const kinds = Object.entries(changes)
  let done = 0
  const startMs = performance.now()

  /** One changed request and its twin behind it, on one connection. */
  async function play(connection: Pipeline): Promise<void> {
    const request = signedRequest(random, `item ${done}`, termsOf(Date.now()))
    const [kind, change] = random.pick(kinds)
    const other = change(request, random)
    if (other === undefined) return
    done += 1
    const text = textOf(other)
    const replies = [connection.send(text), connection.send(textOf(request))] as const
    const [refused, accepted] = await Promise.all(replies)
    const told = `${kind}: ${text}`
    const isRefused = refused.status === 404 || refusals.includes(errorNameOf(refused) ?? '')
    expect([told, isRefused, refused.status === 200]).toEqual([told, true, false])
    expect([told, accepted]).toEqual([told, { status: 200, body: '{}' }])
    outcomes[outcomeOf(refused)] = (outcomes[outcomeOf(refused)] ?? 0) + 1
    changed[kind] = (changed[kind] ?? 0) + 1
  }

  const isOver = (): boolean => done >= count || performance.now() - startMs > mostMs
  const worker = async (connection: Pipeline): Promise<void> => {
    while (!isOver()) await play(connection)
  }
  const connections = await Promise.all(
    Array.from({ length: connectionCount }, () => Pipeline.connect(endpoint)),
  )
  try {
    await Promise.all(
      Array.from({ length: inFlight }, (_, i) => {
        return worker(connections[i % connectionCount] as Pipeline)
      }),
    )
  } finally {
    for (const connection of connections) connection.close()
  }
  console.log(`${done} requests with one change:`, changed, outcomes)
  expect(Object.keys(changed).sort()).toEqual(Object.keys(changes).sort())
  expect(outcomes['400 InvalidSignatureException']).toBeGreaterThan(done / 2)
  // Nothing was done but what the twins asked for: each item was written once, as it was signed.
  const { body } = await perform(endpoint, 'DescribeTable', { TableName: 'Items' })
  expect((JSON.parse(body) as { Table: { ItemCount: number } }).Table.ItemCount).toBe(done)
  expect(server.output.split('\n')).toHaveLength(2)
})
